//! `/dockings/{id}/messages`

use actix_web::{HttpResponse, get, post};
use techmart_entity::id::DockingId;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{MessageIn, MessageOut, MessageQuery, ReadMarkIn, UnreadMessages},
    service, view,
};

use crate::{
    error::{AppError, Result},
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/dockings/{id}/messages")
            .service(list_docking_messages)
            .service(write_docking_message)
            .service(read_docking_messages),
    );
}

/// The messages of a docking that the caller may read, newest first: those between both sides, and one's own side's
/// with the service centre. The centre and auditors read all.
#[utoipa::path(operation_id = "list_docking_messages", tag = "docking cases",
    params(("id" = DockingId, Path), MessageQuery), responses((status = 200, body = Page<MessageOut>)))]
#[get("")]
async fn list_docking_messages(
    look: Look,
    id: Id<DockingId>,
    query: Query<MessageQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Writes a message. Before both sides have consented, what goes between them holds no contacts and no files.
#[utoipa::path(operation_id = "write_docking_message", tag = "docking cases", params(("id" = DockingId, Path)),
    request_body = MessageIn, responses((status = 201, body = MessageOut)))]
#[post("")]
async fn write_docking_message(act: Act, id: Id<DockingId>, body: Body<MessageIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let (docking, row) = service::write(tx, &act, id.0, body.0.clone()).await?;
        let shown = view::show(tx, &act, &docking, vec![row]).await?;
        let message = shown.into_iter().next().ok_or_else(AppError::not_found)?;
        Ok(Answer::created(message, format!("/api/v1/dockings/{}/messages", id.0)))
    })
    .await
}

/// Marks everything up to a message as read.
#[utoipa::path(operation_id = "read_docking_messages", tag = "docking cases", params(("id" = DockingId, Path)),
    request_body = ReadMarkIn, responses((status = 200, body = UnreadMessages)))]
#[post("/read")]
async fn read_docking_messages(act: Act, id: Id<DockingId>, body: Body<ReadMarkIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let unread = service::read(tx, &act, id.0, body.0.up_to).await?;
        Ok(Answer::ok(UnreadMessages { unread }))
    })
    .await
}
