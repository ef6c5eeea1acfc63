//! `/catalogue`

use actix_web::{
    HttpResponse,
    body::SizedStream,
    get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
};
use futures_util::StreamExt;
use techmart_entity::listing::ListingKind;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{CatalogueFilesOut, files, stored},
    making::FOLDER,
    repo,
};
use crate::{
    error::{AppError, Code, Result},
    features::{export::Form, import::dto::TableBytes},
    say,
    web::{act::Look, answer::Answer, etag, path::segment},
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/catalogue")
            .service(list_catalogue_files)
            .service(get_catalogue_table)
            .service(get_catalogue_lines),
    );
}

/// The public catalogue as files, a CSV and a JSON Lines of each kind, made anew within a quarter of an hour after it
/// has changed. Whoever wants to keep a copy reads a file and then follows `/changes` from its `position`.
#[utoipa::path(operation_id = "list_catalogue_files", tag = "changes",
    responses((status = 200, body = CatalogueFilesOut)))]
#[get("")]
async fn list_catalogue_files(look: Look) -> Result<HttpResponse> {
    let rows = repo::all(look.state.db.read()).await?;
    let items = rows.iter().flat_map(files).collect();
    Ok(Answer::ok(CatalogueFilesOut { items }).respond(&look.http))
}

/// Everything of a kind that everybody reads, as a table (UTF-8 with its mark, commas; codes and names of fields as in
/// JSON). 503 for the first minute of a new service.
#[utoipa::path(operation_id = "get_catalogue_table", tag = "changes",
    params(("kind" = ListingKind, Path)),
    responses((status = 200, description = "the file", body = TableBytes, content_type = "text/csv")))]
#[get("/{kind}.csv")]
async fn get_catalogue_table(look: Look) -> Result<HttpResponse> {
    file(&look, Form::Csv).await
}

/// The same as JSON Lines: an object a line, as `/achievements/{id}`, `/demands/{id}` and `/providers/{id}` answer it.
#[utoipa::path(operation_id = "get_catalogue_lines", tag = "changes",
    params(("kind" = ListingKind, Path)),
    responses((status = 200, description = "the file", body = TableBytes, content_type = "application/x-ndjson")))]
#[get("/{kind}.jsonl")]
async fn get_catalogue_lines(look: Look) -> Result<HttpResponse> {
    file(&look, Form::JsonLines).await
}

async fn file(look: &Look, form: Form) -> Result<HttpResponse> {
    let kind: ListingKind = segment(&look.http, "kind")?;
    let row = repo::of(look.state.db.read(), kind).await?;
    let Some((sha256, size)) = stored(&row, form) else {
        let detail = say!("文件正在生成，请稍后再试。", "The file is being made; try again soon.");
        return Err(AppError::new(Code::Unavailable, detail).retry_after(30));
    };
    let tag = etag::tag(sha256);
    if etag::is_known(&look.http, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    let unavailable = |error| AppError::unavailable(Code::Unavailable, error);
    let bytes = look.state.files.get(FOLDER, sha256).await.map_err(unavailable)?;
    let name = format!("{kind}.{}", form.extension());
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        // A key counts, so nobody between keeps it.
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Origin"))
        .insert_header((header::ETAG, tag))
        .body(SizedStream::new(
            u64::try_from(size).unwrap_or_default(),
            bytes.map(|chunk| chunk.map_err(AppError::internal)),
        )))
}
