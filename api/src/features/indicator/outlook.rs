//! Where an indicator leads: the rate that is needed, the rate that there was, and a forecast that says how
//! it was made, or why there is none.

use chrono::{Datelike, Duration};
use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day,
    indicator::{IndicatorKind, TargetPeriod, plan_target},
};

use super::{
    course::{Course, next_month},
    dto::{ForecastMonth, ForecastOut, OutlookOut, StandingQuery},
    progress::{self, Asked},
};
use crate::{
    auth::Context,
    error::{Result, Wording},
    features::ledger::{
        sums::{self, first_of},
        tally::adds_up,
    },
    say,
};

/// A forecast rests on so many complete months at most.
const MONTHS_AT_MOST: usize = 12;
/// It takes so many complete months, and in so many of them something has to have happened.
const MONTHS_AT_LEAST: usize = 6;
const BUSY_AT_LEAST: usize = 3;
/// The mean length of a month in days.
const MONTH_DAYS: f64 = 30.436_875;
/// Four of five cases lie within so many standard deviations.
const FOUR_OF_FIVE: f64 = 1.281_55;

/// Where an indicator of a plan leads.
///
/// # Errors
/// 404 for an unknown plan, or an indicator that it does not ask for.
pub async fn outlook(
    db: &impl ConnectionTrait,
    cx: &Context,
    indicator: &str,
    query: &StandingQuery,
) -> Result<OutlookOut> {
    let asked = progress::asked(db, cx, query).await?;
    let (indicator, target, course) = progress::of_one(db, &asked, indicator).await?;
    let adds_up = adds_up(indicator.kind, indicator.counting);
    let progress = progress::progress_of(&indicator, &target, &course, &asked);
    let end = end_of_period(&target, course.last());
    let months_left = as_months((end - course.last()).num_days());
    let remaining = as_f64(progress.remaining);
    let needed = (progress.remaining > 0 && months_left > 0.0)
        .then(|| to_hundredths(remaining / months_left.max(1.0)));
    let basis = if adds_up { increments(&course) } else { Vec::new() };
    let present = (!basis.is_empty()).then(|| to_hundredths(mean(&basis)));
    let (forecast, no_forecast) = match why_none(adds_up, &basis, months_left) {
        Some(reason) => (None, Some(reason)),
        None => (Some(forecast(&target, &course, &basis, end)), None),
    };
    Ok(OutlookOut {
        first_met_on: if adds_up { first_met(db, &asked, &indicator.code, &target).await? } else { None },
        needed_a_month: needed,
        present_a_month: present,
        forecast,
        no_forecast,
        progress,
    })
}

/// The last day on which the target can be met: of the window, or of the year.
fn end_of_period(target: &plan_target::Model, last: Day) -> Day {
    match target.period {
        TargetPeriod::Window => target.ends_on,
        TargetPeriod::Year => Day::from_ymd_opt(last.year(), 12, 31).unwrap_or(last).min(target.ends_on),
    }
}

/// What the last complete months of the window brought, the earliest first.
fn increments(course: &Course) -> Vec<f64> {
    let series = course.series();
    let complete: Vec<_> = series
        .iter()
        .enumerate()
        .filter(|(_, end)| next_month(end.month).pred_opt().is_some_and(|day| day <= course.last()))
        .map(|(i, end)| {
            let before = i.checked_sub(1).and_then(|i| series.get(i));
            // What is asked of each year begins anew in January.
            let before = before.filter(|before| before.figures.confirmed <= end.figures.confirmed);
            as_f64(end.figures.confirmed - before.map_or(0, |before| before.figures.confirmed))
        })
        .collect();
    // The first month of a stock holds all that was there before: it is no rate.
    let skip = complete.len().saturating_sub(MONTHS_AT_MOST).max(1);
    complete.into_iter().skip(skip).collect()
}

fn why_none(adds_up: bool, basis: &[f64], months_left: f64) -> Option<Wording> {
    if !adds_up {
        return Some(say!(
            "填报的水平或比率不做外推。",
            "Levels and rates that are reported are not carried forward."
        ));
    }
    if months_left <= 0.0 {
        return Some(say!("规划期（或年度）已结束。", "The window (or the year) is over."));
    }
    let busy = basis.iter().filter(|month| **month > 0.0).count();
    let (there, least, few) = (basis.len(), MONTHS_AT_LEAST, BUSY_AT_LEAST);
    (there < least || busy < few).then(|| {
        say!(
            "数据太少：首月（含此前存量）之后需要 {least} 个完整月份、其中 {few} 个有确认，现有 {there} 个、其中 {busy} 个。",
            "Too few data: after the first month, which holds all that was there before, it takes {least} complete months, {few} of them with something confirmed; there are {there}, {busy} with."
        )
    })
}

fn forecast(target: &plan_target::Model, course: &Course, basis: &[f64], end: Day) -> ForecastOut {
    let now = course.headline().confirmed;
    let (rate, spread) = (mean(basis), deviation(basis));
    let at = |day: Day| {
        let ahead = as_months((day - course.last()).num_days());
        let expected = as_f64(now) + rate * ahead;
        // The months scatter, and their mean is known from few of them.
        let give = FOUR_OF_FIVE * spread * (ahead + ahead * ahead / as_f64(basis.len())).sqrt();
        (round(expected), round(expected - give).max(now), round(expected + give).max(now))
    };
    let mut series = Vec::new();
    let mut month = first_of(course.last());
    while month <= end && series.len() < 120 {
        let day = next_month(month).pred_opt().unwrap_or(month).min(end);
        let (expected, low, high) = at(day);
        series.push(ForecastMonth { month: month.format("%Y-%m").to_string(), expected, low, high });
        month = next_month(month);
    }
    let (expected, low, high) = at(end);
    let missing = as_f64(target.target - now);
    let met_on = (missing > 0.0 && rate > 0.0)
        .then(|| Duration::try_days(round(missing / rate * MONTH_DAYS)))
        .flatten()
        .and_then(|days| course.last().checked_add_signed(days))
        .filter(|day| *day <= end);
    let months = basis.len();
    ForecastOut {
        method: say!(
            "按最近 {months} 个完整月份已确认数的月均值外推；区间为按各月离散程度估计的 80% 预测区间。仅为预测，不是事实。",
            "The mean of what the last {months} complete months brought, confirmed, carried forward; the interval is the 80 % prediction interval by their scatter. A forecast, not a fact."
        ),
        months: u32::try_from(months).unwrap_or(u32::MAX),
        on: end,
        expected,
        low,
        high,
        met_on,
        series,
    }
}

/// The first day on which the confirmed figure reached the target, as known then.
async fn first_met(
    db: &impl ConnectionTrait,
    asked: &Asked,
    indicator: &str,
    target: &plan_target::Model,
) -> Result<Option<Day>> {
    let of = sums::Asked {
        demo: asked.plan.demo,
        indicator: Some(indicator),
        starts_on: target.starts_on,
        last: asked.as_of.min(target.ends_on),
        known_at: (!asked.current).then_some(asked.known_at),
    };
    let kind = super::repo::kind(db, indicator).await?;
    let mut sum = 0_i64;
    let mut year = None;
    for ((_, inside, day), sums) in sums::by_day(db, of).await? {
        if !inside && kind == IndicatorKind::Flow {
            continue;
        }
        if target.period == TargetPeriod::Year && year != Some(day.year()) {
            year = Some(day.year());
            sum = 0;
        }
        sum = sum.saturating_add(sums.confirmed);
        if sum >= target.target {
            return Ok(Some(day.max(target.starts_on)));
        }
    }
    Ok(None)
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / as_f64(values.len()) }
}

/// The standard deviation of a sample.
fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = mean(values);
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    (squares / as_f64(values.len() - 1)).sqrt()
}

fn as_months(days: i64) -> f64 {
    as_f64(days.max(0)) / MONTH_DAYS
}

fn to_hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[expect(clippy::cast_precision_loss, reason = "forecasts need no more than 52 bits")]
fn as_f64(value: impl TryInto<i64>) -> f64 {
    value.try_into().unwrap_or(i64::MAX) as f64
}

#[expect(clippy::cast_possible_truncation, reason = "a float out of range becomes the nearest integer")]
fn round(value: f64) -> i64 {
    value.round() as i64
}
