//! `/events`; beside it the addresses of sign-ups, items and pairs below it.

mod items;
mod pairs;
mod people;

use actix_web::{HttpResponse, get, http::header, patch, post};
use techmart_entity::{event::Model, id::EventId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    calendar,
    dto::{
        EventBrief, EventIn, EventOut, EventPatch, EventQuery, EventReasonIn,
        report::{EventReportIn, EventReportOut},
    },
    policy, report, service, view,
};

use crate::{
    error::{AppError, Result},
    features::{
        audit::{
            self,
            dto::{HistoryOut, HistoryQuery},
        },
        code_list::content_tag,
        export::page_or_file,
    },
    mail::{Invitation, Method},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        etag,
        paging::{Cut, Page},
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/events")
            .service(list_events)
            .service(create_event)
            .service(get_event)
            .service(patch_event)
            .service(open_event)
            .service(close_event)
            .service(hold_event)
            .service(cancel_event)
            .service(report_event)
            .service(get_event_report)
            .service(withdraw_event_report)
            .service(get_event_calendar)
            .service(list_event_history)
            .configure(people::routes)
            .configure(items::routes)
            .configure(pairs::routes),
    );
}

fn shown(row: Model) -> Answer<EventOut> {
    let tag = service::tag(&row);
    Answer::ok(EventOut::from(row)).tagged(tag)
}

/// Events in the order in which they begin. Drafts are for the centre and auditors.
#[utoipa::path(operation_id = "list_events", tag = "events", params(EventQuery),
    responses((status = 200, body = Page<EventBrief>)))]
#[get("")]
async fn list_events(look: Look, query: Query<EventQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// A broker makes an event, as a draft.
#[utoipa::path(operation_id = "create_event", tag = "events", request_body = EventIn,
    responses((status = 201, body = EventOut)))]
#[post("")]
async fn create_event(act: Act, body: Body<EventIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::create(tx, &act, body.0.clone()).await?;
        let (place, tag) = (format!("/api/v1/events/{}", row.id), service::tag(&row));
        Ok(Answer::created(EventOut::from(row), place).tagged(tag))
    })
    .await
}

/// An event, as everybody may know it.
#[utoipa::path(operation_id = "get_event", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = EventOut)))]
#[get("/{id}")]
async fn get_event(look: Look, id: Id<EventId>) -> Result<HttpResponse> {
    Ok(shown(view::find(look.state.db.read(), &look, id.0).await?).respond(&look.http))
}

/// A broker changes an event that was not held yet. Participants are told when time, place, address, title or programme
/// change; with more room those who wait move up.
#[utoipa::path(operation_id = "patch_event", tag = "events", params(("id" = EventId, Path)), request_body = EventPatch,
    responses((status = 200, body = EventOut)))]
#[patch("/{id}")]
async fn patch_event(act: Act, id: Id<EventId>, body: Body<EventPatch>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::patch(tx, &act, id.0, &act.precondition, body.0.clone()).await?)))
        .await
}

/// A broker opens an event for sign-up, or opens it again.
#[utoipa::path(operation_id = "open_event", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = EventOut)))]
#[post("/{id}/open")]
async fn open_event(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::open(tx, &act, id.0, &act.precondition).await?))).await
}

/// A broker closes sign-up.
#[utoipa::path(operation_id = "close_event", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = EventOut)))]
#[post("/{id}/close")]
async fn close_event(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::close(tx, &act, id.0, &act.precondition).await?))).await
}

/// A broker records that it was held: a candidate of T9, or, a contest, of T9C.
#[utoipa::path(operation_id = "hold_event", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = EventOut)))]
#[post("/{id}/hold")]
async fn hold_event(act: Act, id: Id<EventId>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(service::hold(tx, &act, id.0, &act.precondition).await?))).await
}

/// A broker cancels an event, with the reason that reaches everybody who signed up; its count is reversed.
#[utoipa::path(operation_id = "cancel_event", tag = "events", params(("id" = EventId, Path)),
    request_body = EventReasonIn, responses((status = 200, body = EventOut)))]
#[post("/{id}/cancel")]
async fn cancel_event(act: Act, id: Id<EventId>, body: Body<EventReasonIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        Ok(shown(service::cancel(tx, &act, id.0, &act.precondition, reason).await?))
    })
    .await
}

/// A broker reports an event that was held, with what shows it. Somebody else confirms its count.
#[utoipa::path(operation_id = "report_event", tag = "events", params(("id" = EventId, Path)),
    request_body = EventReportIn, responses((status = 200, body = EventOut)))]
#[post("/{id}/report")]
async fn report_event(act: Act, id: Id<EventId>, body: Body<EventReportIn>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(shown(report::report(tx, &act, id.0, &act.precondition, body.0.clone()).await?)))
        .await
}

/// What came of an event, as it stands now: for the centre and auditors, and for everybody once it is reported.
#[utoipa::path(operation_id = "get_event_report", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, body = EventReportOut)))]
#[get("/{id}/report")]
async fn get_event_report(look: Look, id: Id<EventId>) -> Result<HttpResponse> {
    let out = report::figures(look.state.db.read(), &look, id.0).await?;
    let tag = content_tag(&out);
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// A broker takes a report back, with the reason; its count is reversed and waits for another report.
#[utoipa::path(operation_id = "withdraw_event_report", tag = "events", params(("id" = EventId, Path)),
    request_body = EventReasonIn, responses((status = 200, body = EventOut)))]
#[post("/{id}/report/withdraw")]
async fn withdraw_event_report(act: Act, id: Id<EventId>, body: Body<EventReasonIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let reason = body.0.reason.clone();
        Ok(shown(report::withdraw(tx, &act, id.0, &act.precondition, reason).await?))
    })
    .await
}

/// An event as an entry of a calendar, with what everybody may know.
#[utoipa::path(operation_id = "get_event_calendar", tag = "events", params(("id" = EventId, Path)),
    responses((status = 200, description = "the entry", body = String, content_type = "text/calendar")))]
#[get("/{id}/calendar.ics")]
async fn get_event_calendar(look: Look, id: Id<EventId>) -> Result<HttpResponse> {
    let row = view::find(look.state.db.read(), &look, id.0).await?;
    let tag = service::tag(&row);
    let known = etag::is_known(&look.http, &tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Origin"))
        .insert_header((header::ETAG, tag));
    if known {
        return Ok(response.finish());
    }
    let invitation = Invitation {
        url: Some(format!("{}/api/v1/events/{}", look.state.config.public_url, row.id)),
        ..calendar::invitation(&row, Method::Publish)
    };
    Ok(response
        .content_type("text/calendar; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"event.ics\""))
        .body(invitation.write(look.state.config.mail_address(), None).ics))
}

/// Everything that was done to an event and at it, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_event_history", tag = "events", params(("id" = EventId, Path), HistoryQuery),
    responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/history")]
async fn list_event_history(look: Look, id: Id<EventId>, query: Query<HistoryQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::look_inside(look)?;
        let db = look.state.db.read();
        view::find(db, look, id.0).await?;
        let cut = Cut::read(query.limit, query.cursor.as_deref(), &("history", id.0))?;
        let filter = audit::repo::Filter {
            subject: Some((techmart_entity::audit::SubjectKind::Event, id.0.to_string())),
            ..audit::repo::Filter::default()
        };
        let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, HistoryOut::from))
    })
    .await
}

/// A second id of a path.
fn part<T: std::str::FromStr>(http: &actix_web::HttpRequest, name: &str) -> Result<T, AppError> {
    crate::web::path::segment(http, name)
}
