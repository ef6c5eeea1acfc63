//! `/changes`

use std::{convert::Infallible, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    web::Bytes,
};
use futures_util::{StreamExt, stream};
use serde_json::json;
use tokio::sync::mpsc;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{ChangesOut, ChangesQuery, Position, StreamEvent, StreamQuery},
    service,
    stream::{AHEAD, Followed, Word, follow},
};
use crate::{
    error::Result,
    web::{act::Look, answer::Answer, query::Query},
};

/// How long a stream lasts when the request does not say, in seconds.
const LIFE: u64 = 900;
/// How long a reader waits before it comes again, in milliseconds.
const AGAIN: u32 = 2000;

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/changes").service(list_changes).service(stream_changes));
}

/// What has changed in the public catalogue (what its lists show a visitor), in the order of commits.
///
/// Each item stands once, at its last change: an upsert with the document as everybody reads it, or a tombstone with
/// the reason. Whoever begins without `since`, lays each answer over what they have and goes on with `next` while
/// `more`, ends with exactly the catalogue, whatever is written meanwhile. `next` only grows, also while nothing of
/// the wanted types changes; it holds for ever. With `wait` the answer comes with the next change, or empty when the
/// time is up: no sooner to be asked again than that.
#[utoipa::path(operation_id = "list_changes", tag = "changes", params(ChangesQuery),
    responses((status = 200, body = ChangesOut)))]
#[get("")]
async fn list_changes(look: Look, query: Query<ChangesQuery>) -> Result<HttpResponse> {
    let out = service::wait(&look.state, &look, query.0).await?;
    Ok(Answer::ok(out).respond(&look.http))
}

/// The same as Server-Sent Events.
///
/// Each event `change` has the item of `/changes` as its data and its place as its id, so an EventSource that lost the
/// connection goes on where it was (`Last-Event-ID`). The event `caught_up` says that everything up to its id was
/// told. A comment comes every 15 seconds. A client has at most 8 connections that wait.
#[utoipa::path(operation_id = "stream_changes", tag = "changes",
    params(StreamQuery, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was read.")),
    responses((status = 200, description = "the events", body = StreamEvent, content_type = "text/event-stream")))]
#[get("/stream")]
async fn stream_changes(look: Look, query: Query<StreamQuery>) -> Result<HttpResponse> {
    let query = query.0;
    let since = last_event(&look.http).or(query.since);
    let since = since.as_deref().map(Position::read).transpose()?.unwrap_or_default();
    // A place that is none is refused here, where it can be.
    service::page(look.state.db.read(), since, &query.types, 1).await?;
    let followed = Followed {
        since,
        kinds: query.types,
        life: Duration::from_secs(query.seconds.unwrap_or(LIFE)),
        seat: look.state.feed.seats.take(&look)?,
    };
    let (say, said) = mpsc::channel(AHEAD);
    actix_web::rt::spawn(follow(look.state.clone().into_inner(), followed, say));
    let first = stream::iter([Bytes::from(format!("retry: {AGAIN}\n\n"))]);
    let words = stream::unfold(said, |mut said| async move {
        let word = said.recv().await?;
        Some((event(&word), said))
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/event-stream"))
        .insert_header((CACHE_CONTROL, "no-store"))
        // A proxy that gathers would hold the words back.
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(Box::pin(first.chain(words).map(Ok::<_, Infallible>))))
}

/// What an EventSource read last.
fn last_event(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get("last-event-id")?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned()).filter(|text| !text.is_empty())
}

/// A word as an event.
fn event(word: &Word) -> Bytes {
    let written = |name: &str, id: Position, data: serde_json::Value| {
        format!("event: {name}\nid: {id}\ndata: {data}\n\n")
    };
    Bytes::from(match word {
        Word::Change(item) => written("change", item.position, json!(item)),
        Word::CaughtUp(at) => written("caught_up", *at, json!({ "next": at })),
        Word::StillHere => ": still here\n\n".to_owned(),
    })
}
