//! `/dockings/{id}/reminders`

use actix_web::{HttpResponse, get, post};
use techmart_entity::id::{DockingId, ReminderId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{ReminderIn, ReminderOut, ReminderQuery},
    service,
};

use crate::{
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
        scope("/dockings/{id}/reminders")
            .service(list_docking_reminders)
            .service(keep_docking_reminder)
            .service(cancel_docking_reminder),
    );
}

/// The caller's own reminders in a docking, newest first.
#[utoipa::path(operation_id = "list_docking_reminders", tag = "docking cases",
    params(("id" = DockingId, Path), ReminderQuery), responses((status = 200, body = Page<ReminderOut>)))]
#[get("")]
async fn list_docking_reminders(
    look: Look,
    id: Id<DockingId>,
    query: Query<ReminderQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        service::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Keeps a reminder: the caller alone is told when its time has come.
#[utoipa::path(operation_id = "keep_docking_reminder", tag = "docking cases", params(("id" = DockingId, Path)),
    request_body = ReminderIn, responses((status = 201, body = ReminderOut)))]
#[post("")]
async fn keep_docking_reminder(act: Act, id: Id<DockingId>, body: Body<ReminderIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::keep(tx, &act, id.0, body.0.clone()).await?;
        Ok(Answer::created(ReminderOut::from(row), format!("/api/v1/dockings/{}/reminders", id.0)))
    })
    .await
}

/// Takes a reminder away.
#[utoipa::path(operation_id = "cancel_docking_reminder", tag = "docking cases",
    params(("id" = DockingId, Path), ("reminder_id" = ReminderId, Path)), responses((status = 204)))]
#[post("/{reminder_id}/cancel")]
async fn cancel_docking_reminder(act: Act, id: Id<DockingId>) -> Result<HttpResponse> {
    let reminder: ReminderId = segment(&act.http, "reminder_id")?;
    act.run(async |tx| {
        service::remove(tx, &act, id.0, reminder).await?;
        Ok(Answer::nothing())
    })
    .await
}
