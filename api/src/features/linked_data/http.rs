//! `/{kind}/{id}/jsonld`, and the directory of providers.

use actix_web::{HttpResponse, get, http::header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use techmart_entity::{
    id::ListingId,
    listing::{ListingKind, status::ListingStatus},
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::document::{CONTEXT, list, node};
use crate::{
    error::{AppError, Result},
    features::{
        change::service::{Face, Seen, seen},
        listing::repo::{self, Filter, ListKey, Order},
    },
    web::{
        act::Look,
        etag,
        paging::{Cut, Page},
        query::Query,
    },
};

/// The media type.
const JSON_LD: &str = "application/ld+json";

/// The address below `/providers`.
pub fn of_providers(config: &mut ServiceConfig) {
    config.service(get_provider_directory);
}

/// A page of the directory.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DirectoryQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `cursor` of the Link to the next page.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// The published providers as an ItemList of services with their organisations (schema.org), last published first.
/// Link leads to the next page.
#[utoipa::path(operation_id = "get_provider_directory", tag = "providers", params(DirectoryQuery),
    responses((status = 200, body = Object, content_type = "application/ld+json")))]
#[get("/directory.jsonld")]
async fn get_provider_directory(look: Look, query: Query<DirectoryQuery>) -> Result<HttpResponse> {
    let (db, query) = (look.state.db.read(), query.0);
    let cut = Cut::<ListKey>::read(query.limit, query.cursor.as_deref(), &"provider directory")?;
    let filter = Filter {
        kind: Some(ListingKind::Provider),
        statuses: vec![ListingStatus::Published],
        ..Filter::default()
    };
    let rows = repo::list(db, repo::public_scope(), &filter, Order::Newest, cut.after, cut.limit + 1).await?;
    let key = |row: &techmart_entity::listing::Model| ListKey {
        at: row.first_published_at.map(|at| at.timestamp_millis()),
        id: row.id,
    };
    let page: Page<ListingId> = cut.page(rows, key, |row| row.id);
    let public_url = &look.state.config.public_url;
    let mut seen = seen(db, &page.items).await?;
    let nodes = page.items.iter().filter_map(|id| shown(&seen.remove(id)?, public_url)).collect();
    let url = format!("{public_url}/api/v1/providers/directory.jsonld");
    let mut response = answer(&look, &list("科技服务机构名录 / Service providers", &url, nodes));
    if let Some(cursor) = page.next_cursor {
        let link = format!("<{}?limit={}&cursor={cursor}>; rel=\"next\"", look.http.path(), cut.limit);
        if let Ok(link) = header::HeaderValue::from_str(&link) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

/// A listing of the public catalogue.
///
/// # Errors
/// 404 when it is not in it, or of another kind.
pub async fn one(look: &Look, kind: ListingKind, id: ListingId) -> Result<HttpResponse> {
    let seen = seen(look.state.db.read(), &[id]).await?.remove(&id);
    let of_kind = seen.filter(|seen| seen.row.kind == kind);
    let node = of_kind.and_then(|seen| shown(&seen, &look.state.config.public_url));
    let mut node = node.ok_or_else(AppError::not_found)?;
    node["@context"] = json!(CONTEXT);
    Ok(answer(look, &node))
}

fn shown(seen: &Seen, public_url: &str) -> Option<Value> {
    match &seen.face {
        Face::Shown { document, .. } => Some(node(seen.row.kind, &json!(document), public_url)),
        Face::Hidden(_) => None,
    }
}

/// The same for whoever asks, so a cache may keep it as long as it asks whether it still holds.
fn answer(look: &Look, body: &Value) -> HttpResponse {
    let text = body.to_string();
    let tag = etag::tag(hex::encode(&Sha256::digest(&text)[..12]));
    if etag::is_known(&look.http, &tag) {
        return HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish();
    }
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, JSON_LD))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::ETAG, tag))
        .body(text)
}
