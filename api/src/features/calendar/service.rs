//! Looking at the calendar and changing it.

use chrono::Datelike;
use sea_orm::ConnectionTrait;
use techmart_entity::{Day, audit::SubjectKind, calendar::Model};

use super::{
    dto::{CalendarOut, CalendarQuery, DayIn},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit::{self, Record},
        desk,
    },
    say,
};

/// The most days that are shown at once.
const MOST: i64 = 3 * 366;

/// The calendar of some days.
///
/// # Errors
/// 400 when the days are no period of at most three years.
pub async fn show(db: &impl ConnectionTrait, cx: &Context, query: &CalendarQuery) -> Result<CalendarOut> {
    let year = cx.today.year();
    let from = query.from.or(Day::from_ymd_opt(year, 1, 1)).unwrap_or(cx.today);
    let to = query.to.or(Day::from_ymd_opt(from.year(), 12, 31)).unwrap_or(from);
    if to < from || (to - from).num_days() > MOST {
        let fault = say!(
            "起止日期须在三年以内，且止不早于起。",
            "Give a period of at most three years that ends after it begins."
        );
        return Err(AppError::unfit(
            Code::InvalidParameter,
            vec![Fault::parameter("to", "bad_period", fault)],
        ));
    }
    let calendar = repo::load(db).await?;
    let worked = from.iter_days().take_while(|day| *day <= to).filter(|day| calendar.is_worked(*day)).count();
    Ok(CalendarOut {
        from,
        to,
        entered_until: repo::last(db).await?,
        working_days: u32::try_from(worked).unwrap_or(u32::MAX),
        items: repo::list(db, from, to).await?.into_iter().map(Into::into).collect(),
    })
}

/// Says what a day is; clocks that run are set anew.
///
/// # Errors
/// 401 and 403 for whoever is no admin.
pub async fn put(tx: &Tx, cx: &Context, day: Day, given: DayIn) -> Result<Model> {
    admin(cx)?;
    let row = Model { day, kind: given.kind, name: given.name.trim().to_owned() };
    repo::save(tx, row.clone()).await?;
    changed(tx, cx, day, "set_calendar_day", serde_json::json!({ "kind": row.kind })).await?;
    Ok(row)
}

/// Lets a day be what its weekday says.
///
/// # Errors
/// 401 and 403 for whoever is no admin, 404 when it was nothing else.
pub async fn remove(tx: &Tx, cx: &Context, day: Day) -> Result<()> {
    admin(cx)?;
    if !repo::remove(tx, day).await? {
        return Err(AppError::not_found());
    }
    changed(tx, cx, day, "clear_calendar_day", serde_json::json!({})).await
}

async fn changed(tx: &Tx, cx: &Context, day: Day, action: &str, facts: serde_json::Value) -> Result<()> {
    audit::record(tx, cx, Record::act(action, SubjectKind::Calendar, day).with(facts)).await?;
    desk::service::set_clocks(tx).await
}

fn admin(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_admin() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("工作日历由管理员维护。", "Admins keep the calendar.")))
}
