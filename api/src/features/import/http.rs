//! `/imports`: for brokers and admins.

use actix_web::{
    HttpMessage, HttpResponse, HttpResponseBuilder,
    body::SizedStream,
    get,
    http::header::{self, ContentDisposition, DispositionParam, DispositionType},
    post,
    web::{self, Payload},
};
use futures_util::StreamExt;
use techmart_entity::{
    id::ImportId,
    import::{ImportFormat, Model},
    listing::ListingKind,
};
use tokio::fs::File;
use tokio_util::io::ReaderStream;
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{ImportOut, ImportQuery, ImportRowOut, ImportRowsQuery, ImportsQuery, TableBytes},
    policy, repo, returned, service, template, upload,
};
use crate::{
    error::{AppError, Result},
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::BodyHash,
        etag,
        paging::{Cut, Page},
        path::{Id, segment},
        query::Query,
        request,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/imports")
            .service(get_import_template_workbook)
            .service(get_import_template_text)
            .service(start_import)
            .service(list_imports)
            .service(get_import)
            .service(get_import_rows_workbook)
            .service(get_import_rows_text)
            .service(list_import_rows),
    );
}

/// A template to fill in and import, as a workbook: Chinese headings with the fields' names below, lists to
/// choose from, a sheet that explains, and an example that the import leaves out.
#[utoipa::path(operation_id = "get_import_template_workbook", tag = "imports",
    params(("kind" = ListingKind, Path)),
    responses((status = 200, description = "the template", body = TableBytes,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
#[get("/templates/{kind}.xlsx")]
async fn get_import_template_workbook(look: Look) -> Result<HttpResponse> {
    policy::work_with(&look)?;
    let kind: ListingKind = segment(&look.http, "kind")?;
    let bytes = web::block(move || template::workbook(kind)).await.map_err(AppError::internal)??;
    Ok(table_answer(ImportFormat::Xlsx, format!("techmart-{kind}.xlsx")).body(bytes))
}

/// The same template as a file of separated values (UTF-8 with its mark, commas).
#[utoipa::path(operation_id = "get_import_template_text", tag = "imports",
    params(("kind" = ListingKind, Path)),
    responses((status = 200, description = "the template", body = TableBytes, content_type = "text/csv")))]
#[get("/templates/{kind}.csv")]
async fn get_import_template_text(look: Look) -> Result<HttpResponse> {
    policy::work_with(&look)?;
    let kind: ListingKind = segment(&look.http, "kind")?;
    Ok(table_answer(ImportFormat::Csv, format!("techmart-{kind}.csv")).body(template::csv(kind)?))
}

fn table_answer(format: ImportFormat, name: String) -> HttpResponseBuilder {
    let media_type = match format {
        ImportFormat::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ImportFormat::Csv | ImportFormat::JsonLines => "text/csv; charset=utf-8",
    };
    let mut answer = HttpResponse::Ok();
    answer
        .content_type(media_type)
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Accept-Language, Origin"));
    answer
}

/// Starts the import of a file of listings, 64 MiB at most: one JSON object a line, or a table (CSV, or a
/// workbook of which one sheet is read). Headings are known by their Chinese and English names; encoding and
/// separator of a text are recognised. The answer names the job; its rows are taken up in the background.
#[utoipa::path(operation_id = "start_import", tag = "imports", params(ImportQuery),
    request_body(content(
        (String = "application/x-ndjson"),
        (TableBytes = "text/csv"),
        (TableBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    )),
    responses((status = 202, body = ImportOut)))]
#[post("")]
async fn start_import(act: Act, query: Query<ImportQuery>, payload: Payload) -> Result<HttpResponse> {
    // Whoever may not import is told so before the file is read.
    policy::work_with(&act)?;
    let upload = upload::read(&act.http, payload).await?;
    act.http.extensions_mut().insert(BodyHash(upload.sha256.clone()));
    let sent = service::look(&act.state, &upload, &query.0).await?;
    service::store(&act.state, &sent.sha256, upload.file).await?;
    act.run(async |tx| {
        let row = service::start(tx, &act, &sent, &query.0).await?;
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
    page_or_file(look, query, async move |look, query| {
        policy::work_with(look)?;
        let cut = Cut::<ImportId>::read(query.limit, query.cursor.as_deref(), &"imports")?;
        let rows = repo::list(look.state.db.read(), cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, ImportOut::from))
    })
    .await
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

/// The imported table with what became of its rows, as a workbook: a copy with two columns more, in which what
/// was wrong is marked and can be repaired. The repaired copy is imported again as it is; rows that nobody
/// touched are the same as before. 404 for an import that was not of a table.
#[utoipa::path(operation_id = "get_import_rows_workbook", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, description = "the copy", body = TableBytes,
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
#[get("/{id}/rows.xlsx")]
async fn get_import_rows_workbook(look: Look, id: Id<ImportId>) -> Result<HttpResponse> {
    copy(&look, id.0, ImportFormat::Xlsx).await
}

/// The same copy as a file of separated values (UTF-8 with its mark, commas).
#[utoipa::path(operation_id = "get_import_rows_text", tag = "imports", params(("id" = ImportId, Path)),
    responses((status = 200, description = "the copy", body = TableBytes, content_type = "text/csv")))]
#[get("/{id}/rows.csv")]
async fn get_import_rows_text(look: Look, id: Id<ImportId>) -> Result<HttpResponse> {
    copy(&look, id.0, ImportFormat::Csv).await
}

async fn copy(look: &Look, id: ImportId, format: ImportFormat) -> Result<HttpResponse> {
    policy::work_with(look)?;
    let import = repo::find(look.state.db.read(), id).await?;
    let language = request::info(&look.http).language;
    let file = returned::copy(&look.state, &import, format, language).await?;
    let size = file.metadata().map_err(AppError::internal)?.len();
    let bytes = ReaderStream::with_capacity(File::from_std(file), 64 * 1024);
    let bytes = bytes.map(|chunk| chunk.map_err(AppError::internal));
    let ending = match format {
        ImportFormat::Xlsx => "xlsx",
        ImportFormat::Csv | ImportFormat::JsonLines => "csv",
    };
    Ok(table_answer(format, format!("import-{id}.{ending}")).body(SizedStream::new(size, bytes)))
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
    page_or_file(look, query, async move |look, query| {
        policy::work_with(look)?;
        let db = look.state.db.read();
        let import = repo::find(db, id.0).await?;
        let mark = ("import_rows", import.id, query.outcome);
        let cut = Cut::<i64>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let rows = repo::rows(db, import.id, query.outcome, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.line, ImportRowOut::from))
    })
    .await
}

/// An import changes with its status and with every batch of rows.
fn tag(row: &Model) -> String {
    etag::tag(format!("{}-{}", row.status, row.rows))
}
