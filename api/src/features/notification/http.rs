//! `/notifications`, `/notification-preferences`, `/unsubscribe`

use actix_web::{HttpResponse, get, post};
use techmart_entity::{id::NotificationId, notification::NotificationKind};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        NotificationOut, NotificationQuery, PreferencePatch, PreferencesOut, ReadIn, ReadOut, UnreadOut,
        UnsubscribeQuery,
    },
    service, unsubscribe, view,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::{self, Answer},
        body::Body,
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/notifications")
            .service(list_notifications)
            .service(count_unread_notifications)
            .service(read_notifications)
            .service(read_notification),
    );
    config.service(
        scope("/notification-preferences")
            .service(list_notification_preferences)
            .service(choose_notification_preference),
    );
    config.service(scope("/unsubscribe").service(show_unsubscribe).service(end_mails));
}

/// What the caller was told, newest first.
#[utoipa::path(operation_id = "list_notifications", tag = "notifications", params(NotificationQuery),
    responses((status = 200, body = Page<NotificationOut>)))]
#[get("")]
async fn list_notifications(look: Look, query: Query<NotificationQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// How much of it the caller has not read.
#[utoipa::path(operation_id = "count_unread_notifications", tag = "notifications",
    responses((status = 200, body = UnreadOut)))]
#[get("/unread")]
async fn count_unread_notifications(look: Look) -> Result<HttpResponse> {
    Ok(Answer::ok(view::unread(look.state.db.read(), &look).await?).respond(&look.http))
}

/// Marks everything up to and including one as read.
#[utoipa::path(operation_id = "read_notifications", tag = "notifications", request_body = ReadIn,
    responses((status = 200, body = ReadOut)))]
#[post("/read")]
async fn read_notifications(act: Act, body: Body<ReadIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let marked = service::read_up_to(tx, &act, body.0.up_to).await?;
        Ok(Answer::ok(ReadOut { marked }))
    })
    .await
}

/// Marks one as read.
#[utoipa::path(operation_id = "read_notification", tag = "notifications", params(("id" = NotificationId, Path)),
    responses((status = 200, body = NotificationOut)))]
#[post("/{id}/read")]
async fn read_notification(act: Act, id: Id<NotificationId>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(Answer::ok(NotificationOut::from(service::read(tx, &act, id.0).await?)))).await
}

/// How the caller is told of things of each kind: in the list, by mail, at which pace.
#[utoipa::path(operation_id = "list_notification_preferences", tag = "notifications",
    responses((status = 200, body = PreferencesOut)))]
#[get("")]
async fn list_notification_preferences(look: Look) -> Result<HttpResponse> {
    Ok(Answer::ok(view::preferences(look.state.db.read(), &look).await?).respond(&look.http))
}

/// Chooses how to be told of things of a kind; what is absent stays.
#[utoipa::path(operation_id = "choose_notification_preference", tag = "notifications",
    params(("kind" = NotificationKind, Path)), request_body = PreferencePatch,
    responses((status = 200, body = PreferencesOut)))]
#[post("/{kind}")]
async fn choose_notification_preference(act: Act, body: Body<PreferencePatch>) -> Result<HttpResponse> {
    let kind: NotificationKind = segment(&act.http, "kind")?;
    act.run(async |tx| {
        service::prefer(tx, &act, kind, &body.0).await?;
        Ok(Answer::ok(view::preferences(tx, &act).await?))
    })
    .await
}

/// A page with a button that ends mails of a kind. Looking at it ends nothing.
#[utoipa::path(operation_id = "show_unsubscribe", tag = "notifications", params(UnsubscribeQuery),
    responses((status = 200, body = String, content_type = "text/html")))]
#[get("")]
async fn show_unsubscribe(look: Look, query: Query<UnsubscribeQuery>) -> Result<HttpResponse> {
    let (_, what) = unsubscribe::read(&look.state, &query.0.token)?;
    Ok(answer::page(unsubscribe::ask(what)))
}

/// Ends mails of a kind for whom the token names, without signing in (RFC 8058). Again and again it does no harm.
#[utoipa::path(operation_id = "unsubscribe", tag = "notifications", params(UnsubscribeQuery),
    responses((status = 200, body = String, content_type = "text/html")))]
#[post("")]
async fn end_mails(look: Look, query: Query<UnsubscribeQuery>) -> Result<HttpResponse> {
    let (account, what) = unsubscribe::read(&look.state, &query.0.token)?;
    unsubscribe::end(&look.state, account, what).await?;
    Ok(answer::page(unsubscribe::ended(what)))
}
