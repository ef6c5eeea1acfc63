//! `/dockings/{id}/appointments`

use actix_web::{
    HttpResponse, get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    post,
};
use techmart_entity::{
    docking::appointment::Model,
    id::{AppointmentId, DockingId},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        AppointmentIn, AppointmentOut, AppointmentQuery, AttendanceIn, CancelAppointmentIn, RescheduleIn,
        TimesAnswerIn,
    },
    service, view,
};

use crate::{
    db::Tx,
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/dockings/{id}/appointments")
            .service(list_docking_appointments)
            .service(propose_docking_appointment)
            .service(get_docking_appointment)
            .service(get_docking_appointment_calendar)
            .service(answer_docking_appointment)
            .service(reschedule_docking_appointment)
            .service(cancel_docking_appointment)
            .service(attend_docking_appointment),
    );
}

async fn shown(tx: &Tx, row: Model) -> Result<Answer<AppointmentOut>> {
    let (out, tag) = view::after_act(tx, row).await?;
    Ok(Answer::ok(out).tagged(tag))
}

/// The appointments of a docking, newest first.
#[utoipa::path(operation_id = "list_docking_appointments", tag = "docking cases",
    params(("id" = DockingId, Path), AppointmentQuery), responses((status = 200, body = Page<AppointmentOut>)))]
#[get("")]
async fn list_docking_appointments(
    look: Look,
    id: Id<DockingId>,
    query: Query<AppointmentQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// A side or a broker proposes times to meet. The others say which fit; the first that fits all is agreed on.
#[utoipa::path(operation_id = "propose_docking_appointment", tag = "docking cases",
    params(("id" = DockingId, Path)), request_body = AppointmentIn,
    responses((status = 201, body = AppointmentOut)))]
#[post("")]
async fn propose_docking_appointment(
    act: Act,
    id: Id<DockingId>,
    body: Body<AppointmentIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::propose(tx, &act, id.0, body.0.clone()).await?;
        let location = format!("/api/v1/dockings/{}/appointments/{}", id.0, row.id);
        let (out, tag) = view::after_act(tx, row).await?;
        Ok(Answer::created(out, location).tagged(tag))
    })
    .await
}

/// An appointment.
#[utoipa::path(operation_id = "get_docking_appointment", tag = "docking cases",
    params(("id" = DockingId, Path), ("appointment_id" = AppointmentId, Path)),
    responses((status = 200, body = AppointmentOut)))]
#[get("/{appointment_id}")]
async fn get_docking_appointment(look: Look, id: Id<DockingId>) -> Result<HttpResponse> {
    let appointment: AppointmentId = segment(&look.http, "appointment_id")?;
    let (out, tag) = view::one(look.state.db.read(), &look, id.0, appointment).await?;
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// An appointment as a file for a calendar (iCalendar, RFC 5545), once a time is agreed on.
#[utoipa::path(operation_id = "get_docking_appointment_calendar", tag = "docking cases",
    params(("id" = DockingId, Path), ("appointment_id" = AppointmentId, Path)),
    responses((status = 200, description = "the file", body = String, content_type = "text/calendar")))]
#[get("/{appointment_id}/calendar.ics")]
async fn get_docking_appointment_calendar(look: Look, id: Id<DockingId>) -> Result<HttpResponse> {
    let appointment: AppointmentId = segment(&look.http, "appointment_id")?;
    let invitation = view::calendar(look.state.db.read(), &look, id.0, appointment).await?;
    let ics = invitation.write(look.state.config.mail_address(), None).ics;
    let file = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename("appointment.ics".to_owned())],
    };
    Ok(HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header(file)
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Origin"))
        .body(ics))
}

/// A side says which of the times fit; a broker for one of which nobody has an account.
#[utoipa::path(operation_id = "answer_docking_appointment", tag = "docking cases",
    params(("id" = DockingId, Path), ("appointment_id" = AppointmentId, Path)), request_body = TimesAnswerIn,
    responses((status = 200, body = AppointmentOut)))]
#[post("/{appointment_id}/answer")]
async fn answer_docking_appointment(
    act: Act,
    id: Id<DockingId>,
    body: Body<TimesAnswerIn>,
) -> Result<HttpResponse> {
    let at = (id.0, segment(&act.http, "appointment_id")?);
    act.run(async |tx| {
        let row = service::answer(tx, &act, at, &act.precondition, body.0.clone()).await?;
        shown(tx, row).await
    })
    .await
}

/// A side or a broker proposes other times; what was agreed on does not hold any more.
#[utoipa::path(operation_id = "reschedule_docking_appointment", tag = "docking cases",
    params(("id" = DockingId, Path), ("appointment_id" = AppointmentId, Path)), request_body = RescheduleIn,
    responses((status = 200, body = AppointmentOut)))]
#[post("/{appointment_id}/reschedule")]
async fn reschedule_docking_appointment(
    act: Act,
    id: Id<DockingId>,
    body: Body<RescheduleIn>,
) -> Result<HttpResponse> {
    let at = (id.0, segment(&act.http, "appointment_id")?);
    act.run(async |tx| {
        let row = service::reschedule(tx, &act, at, &act.precondition, body.0.clone()).await?;
        shown(tx, row).await
    })
    .await
}

/// A side or a broker cancels it.
#[utoipa::path(operation_id = "cancel_docking_appointment", tag = "docking cases",
    params(("id" = DockingId, Path), ("appointment_id" = AppointmentId, Path)),
    request_body = CancelAppointmentIn, responses((status = 200, body = AppointmentOut)))]
#[post("/{appointment_id}/cancel")]
async fn cancel_docking_appointment(
    act: Act,
    id: Id<DockingId>,
    body: Body<CancelAppointmentIn>,
) -> Result<HttpResponse> {
    let at = (id.0, segment(&act.http, "appointment_id")?);
    act.run(async |tx| {
        let row = service::cancel(tx, &act, at, &act.precondition, body.0.clone()).await?;
        shown(tx, row).await
    })
    .await
}

/// The caller says whether they will come.
#[utoipa::path(operation_id = "attend_docking_appointment", tag = "docking cases",
    params(("id" = DockingId, Path), ("appointment_id" = AppointmentId, Path)), request_body = AttendanceIn,
    responses((status = 200, body = AppointmentOut)))]
#[post("/{appointment_id}/attendance")]
async fn attend_docking_appointment(
    act: Act,
    id: Id<DockingId>,
    body: Body<AttendanceIn>,
) -> Result<HttpResponse> {
    let at = (id.0, segment(&act.http, "appointment_id")?);
    act.run(async |tx| {
        let row = service::attend(tx, &act, at, body.0.answer).await?;
        shown(tx, row).await
    })
    .await
}
