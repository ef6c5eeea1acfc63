//! `/imports`: for brokers and admins.

use actix_web::{HttpMessage, HttpResponse, get, post, web::Payload};
use techmart_entity::{id::ImportId, import::Model};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{ImportOut, ImportQuery, ImportRowOut, ImportRowsQuery, ImportsQuery},
    policy, repo, service, upload,
};
use crate::{
    error::Result,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::BodyHash,
        etag,
        paging::{Cut, Page},
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/imports")
            .service(start_import)
            .service(list_imports)
            .service(get_import)
            .service(list_import_rows),
    );
}

/// Starts the import of a file of listings, one JSON object a line, 64 MiB at most. The answer names
/// the job; its rows are taken up in the background.
#[utoipa::path(operation_id = "start_import", tag = "imports", params(ImportQuery),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 202, body = ImportOut)))]
#[post("")]
async fn start_import(act: Act, query: Query<ImportQuery>, payload: Payload) -> Result<HttpResponse> {
    // Whoever may not import is told so before the file is read.
    policy::work_with(&act)?;
    let upload::Spooled { file, sha256 } = upload::read(&act.http, payload).await?;
    act.http.extensions_mut().insert(BodyHash(sha256.clone()));
    service::store(&act.state, &sha256, file).await?;
    act.run(async |tx| {
        let row = service::start(tx, &act, &sha256, &query.0).await?;
        let (tag, location) = (tag(&row), format!("/api/v1/imports/{}", row.id));
        Ok(Answer::accepted(ImportOut::from(row), location).tagged(tag))
    })
    .await
}

/// Imports, newest first.
#[utoipa::path(operation_id = "list_imports", tag = "imports", params(ImportsQuery),
    responses((status = 200, body = Page<ImportOut>)))]
#[get("")]
async fn list_imports(look: Look, query: Query<ImportsQuery>) -> Result<HttpResponse> {
    policy::work_with(&look)?;
    let Query(query) = query;
    let cut = Cut::<ImportId>::read(query.limit, query.cursor.as_deref(), &"imports")?;
    let rows = repo::list(look.state.db.read(), cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, ImportOut::from).respond(&look.http))
}

/// An import: how far it is, and how its rows ended.
#[utoipa::path(operation_id = "get_import", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, body = ImportOut)))]
#[get("/{id}")]
async fn get_import(look: Look, id: Id<ImportId>) -> Result<HttpResponse> {
    policy::work_with(&look)?;
    let row = repo::find(look.state.db.read(), id.0).await?;
    let tag = tag(&row);
    Ok(Answer::ok(ImportOut::from(row)).tagged(tag).respond(&look.http))
}

/// What became of each row, in the order of the file.
#[utoipa::path(operation_id = "list_import_rows", tag = "imports", params(("id" = ImportId, Path), ImportRowsQuery),
    responses((status = 200, body = Page<ImportRowOut>)))]
#[get("/{id}/rows")]
async fn list_import_rows(
    look: Look,
    id: Id<ImportId>,
    query: Query<ImportRowsQuery>,
) -> Result<HttpResponse> {
    policy::work_with(&look)?;
    let Query(query) = query;
    let db = look.state.db.read();
    let import = repo::find(db, id.0).await?;
    let mark = ("import_rows", import.id, query.outcome);
    let cut = Cut::<i64>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::rows(db, import.id, query.outcome, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.line, ImportRowOut::from).respond(&look.http))
}

/// An import changes with its status and with every batch of rows.
fn tag(row: &Model) -> String {
    etag::tag(format!("{}-{}", row.status, row.rows))
}
