//! `/calendar`

use actix_web::{HttpResponse, get, post};
use techmart_entity::Day;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{CalendarOut, CalendarQuery, DayIn, DayOut, DueOut, DueQuery},
    repo, service,
};
use crate::{
    clock::day_of,
    error::Result,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        path::segment,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/calendar")
            .service(get_calendar)
            .service(get_due)
            .service(set_calendar_day)
            .service(clear_calendar_day),
    );
}

/// Which days are worked: weekdays, but for what is listed here.
#[utoipa::path(operation_id = "get_calendar", tag = "calendar", params(CalendarQuery),
    responses((status = 200, body = CalendarOut)))]
#[get("")]
async fn get_calendar(look: Look, query: Query<CalendarQuery>) -> Result<HttpResponse> {
    Ok(Answer::ok(service::show(look.state.db.read(), &look, &query.0).await?).respond(&look.http))
}

/// Until when something is to be done that has so many working days from an instant on: the end of the last of them in
/// Shanghai. What comes in on a day off begins to run with the next working day.
#[utoipa::path(operation_id = "get_due", tag = "calendar", params(DueQuery), responses((status = 200, body = DueOut)))]
#[get("/due")]
async fn get_due(look: Look, query: Query<DueQuery>) -> Result<HttpResponse> {
    let calendar = repo::load(look.state.db.read()).await?;
    let due_at = calendar.due(query.0.from, query.0.working_days);
    Ok(Answer::ok(DueOut { day: day_of(due_at), due_at: due_at.into() }).respond(&look.http))
}

/// Says that a day is a holiday or worked instead. For admins. Clocks that run are set anew.
#[utoipa::path(operation_id = "set_calendar_day", tag = "calendar", params(("day" = chrono::NaiveDate, Path)),
    request_body = DayIn, responses((status = 200, body = DayOut)))]
#[post("/{day}")]
async fn set_calendar_day(act: Act, body: Body<DayIn>) -> Result<HttpResponse> {
    let day: Day = segment(&act.http, "day")?;
    act.run(async |tx| Ok(Answer::ok(DayOut::from(service::put(tx, &act, day, body.0.clone()).await?)))).await
}

/// Lets a day be what its weekday says. For admins.
#[utoipa::path(operation_id = "clear_calendar_day", tag = "calendar", params(("day" = chrono::NaiveDate, Path)),
    responses((status = 204)))]
#[post("/{day}/clear")]
async fn clear_calendar_day(act: Act) -> Result<HttpResponse> {
    let day: Day = segment(&act.http, "day")?;
    act.run(async |tx| {
        service::remove(tx, &act, day).await?;
        Ok(Answer::nothing())
    })
    .await
}
