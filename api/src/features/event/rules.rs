//! What an event must keep to. Faults are collected, so that a caller learns of all of them at once.

use chrono::{Datelike, Duration, SubsecRound};
use techmart_entity::{
    Instant,
    event::{Call, Model},
    listing::ListingKind,
};

use crate::{
    clock::{Moment, day_of},
    error::Fault,
    features::docking::rules::{required, said},
    say,
};

/// The longest event, in days.
const LONGEST: i64 = 31;

/// Years in which events may begin.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2199;

/// An instant as both databases store it.
#[must_use]
pub fn cut(moment: Moment) -> Instant {
    moment.0.trunc_subsecs(3)
}

/// What is wrong with an event as it would be.
pub fn check(row: &Model, faults: &mut Vec<Fault>) {
    said(&row.title, "/title", faults);
    said(&row.summary, "/summary", faults);
    if !YEARS.contains(&day_of(row.starts_at).year()) {
        let words = say!("年份应在 1990 至 2199 之间。", "Its year is between 1990 and 2199.");
        faults.push(Fault::at("/starts_at", "out_of_range", words));
        return;
    }
    if row.ends_at <= row.starts_at {
        let words = say!("须晚于开始时间。", "It has to end after it begins.");
        faults.push(Fault::at("/ends_at", "too_early", words));
    } else if row.ends_at - row.starts_at > Duration::days(LONGEST) {
        let words = say!("最长 {LONGEST} 天。", "It lasts {LONGEST} days at most.");
        faults.push(Fault::at("/ends_at", "too_late", words));
    }
    if let Some(until) = row.sign_up_until {
        if until > row.ends_at {
            let words = say!("报名截止不能晚于活动结束。", "Nobody signs up after its end.");
            faults.push(Fault::at("/sign_up_until", "too_late", words));
        }
        if row.sign_up_from.is_some_and(|from| from >= until) {
            let words = say!("须晚于报名开始。", "It has to be after sign-up begins.");
            faults.push(Fault::at("/sign_up_until", "too_early", words));
        }
    }
    for (i, item) in row.programme.0.iter().enumerate() {
        said(&item.title, &format!("/programme/{i}/title"), faults);
        if item.at < row.starts_at || item.at > row.ends_at {
            let words = say!("须在活动时间之内。", "It has to be within the event.");
            faults.push(Fault::at(format!("/programme/{i}/at"), "out_of_range", words));
        }
    }
    check_call(&row.call, faults);
}

fn check_call(call: &Call, faults: &mut Vec<Fault>) {
    for (i, kind) in call.kinds.iter().enumerate() {
        if *kind == ListingKind::Provider {
            let words = say!("活动展示成果和需求。", "Achievements and demands are shown at events.");
            faults.push(Fault::at(format!("/call/kinds/{i}"), "not_applicable", words));
        }
    }
}

/// What an event lacks before it is opened. One that is over is opened all the same: so a broker records what was held
/// before; nobody signs up any more.
pub fn check_open(row: &Model, faults: &mut Vec<Fault>) {
    let nowhere = row.place.as_deref().is_none_or(|place| place.trim().is_empty());
    if nowhere && row.online_url.is_none() {
        faults.push(required("/place"));
    }
}

/// Whether people may sign up now.
pub fn check_sign_up(row: &Model, now: Instant, faults: &mut Vec<Fault>) {
    if row.sign_up_from.is_some_and(|from| now < from) {
        let words = say!("报名尚未开始。", "Sign-up has not begun.");
        faults.push(Fault::at("", "sign_up_not_begun", words));
    }
    if now > row.sign_up_until.unwrap_or(row.ends_at) {
        let words = say!("报名已经截止。", "Sign-up is over.");
        faults.push(Fault::at("", "sign_up_over", words));
    }
}

/// What cannot have happened before the event began.
pub fn check_begun(row: &Model, now: Instant, faults: &mut Vec<Fault>) {
    if now < row.starts_at {
        let words = say!("活动尚未开始。", "The event has not begun.");
        faults.push(Fault::at("", "too_early", words));
    }
}
