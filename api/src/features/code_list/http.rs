//! `/code-lists`: public, the same for everybody, and cacheable.

use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, get, http::header};
use serde::Serialize;
use techmart_entity::value::code_list::CodeList;
use utoipa::ToSchema;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{LISTS, content_tag, find};
use crate::{
    error::{AppError, Result},
    web::{etag, path},
};

/// The names of all lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CodeListNames {
    #[schema(example = json!(["demand_type", "field", "problem", "town"]))]
    pub items: Vec<&'static str>,
}

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/code-lists").service(list_code_lists).service(get_code_list));
}

/// The names of all code lists.
#[utoipa::path(operation_id = "list_code_lists", tag = "code-lists", responses((status = 200, body = CodeListNames)))]
#[get("")]
async fn list_code_lists(request: HttpRequest) -> HttpResponse {
    static NAMES: LazyLock<(CodeListNames, String)> = LazyLock::new(|| {
        let names = CodeListNames { items: LISTS.iter().map(|ready| ready.list.list.as_str()).collect() };
        let tag = content_tag(&names);
        (names, tag)
    });
    let (names, tag) = &*NAMES;
    cacheable(&request, names, tag)
}

/// The codes of a list, with their labels in Chinese and English.
#[utoipa::path(operation_id = "get_code_list", tag = "code-lists",
    params(("list" = String, Path, description = "the name of the list", example = "demand_type")),
    responses((status = 200, body = CodeList)))]
#[get("/{list}")]
async fn get_code_list(request: HttpRequest) -> Result<HttpResponse> {
    let name: String = path::segment(&request, "list")?;
    let ready = find(&name).ok_or_else(AppError::not_found)?;
    Ok(cacheable(&request, &ready.list, &ready.etag))
}

/// The lists change with a release only; a client that has one asks again after an hour.
fn cacheable(request: &HttpRequest, body: &impl Serialize, tag: &str) -> HttpResponse {
    let mut response =
        if etag::is_known(request, tag) { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((header::ETAG, tag));
    if etag::is_known(request, tag) { response.finish() } else { response.json(body) }
}
