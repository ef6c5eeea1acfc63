//! `/attachments`

use actix_multipart::Multipart;
use actix_web::{
    HttpMessage, HttpResponse,
    body::SizedStream,
    get,
    http::header::{self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue},
    post,
};
use futures_util::StreamExt;
use techmart_entity::{attachment::Model, id::AttachmentId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{AttachmentIn, AttachmentOut, FileBytes},
    service, upload,
};
use crate::{
    error::{AppError, Result},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::BodyHash,
        etag,
        path::Id,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/attachments")
            .service(upload_attachment)
            .service(get_attachment)
            .service(get_attachment_content),
    );
}

/// Uploads a file of 10 MiB at most. It is for the acting organisation, which keeps 500 MiB at most (413
/// beyond that); from the centre it may be for none. Whoever acts on it names its id. Auditors upload
/// nothing.
#[utoipa::path(operation_id = "upload_attachment", tag = "attachments",
    request_body(content = AttachmentIn, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentOut)))]
#[post("")]
async fn upload_attachment(act: Act, multipart: Multipart) -> Result<HttpResponse> {
    // Whoever may not upload is told so before the file is read.
    service::expect_upload(&act.state, &act).await?;
    let mut upload = upload::read(&act.http, multipart).await?;
    act.http.extensions_mut().insert(BodyHash(upload.request_hash()));
    service::store(&act.state, &mut upload).await?;
    act.run(async |tx| {
        let row = service::create(tx, &act, &upload).await?;
        let (tag, location) = (metadata_tag(&row), format!("/api/v1/attachments/{}", row.id));
        Ok(Answer::created(AttachmentOut::from(row), location).tagged(tag))
    })
    .await
}

/// What is known of a file. For whoever uploaded it, the members of the organisation it is for, the
/// parties of the docking that uses it, the centre, and auditors (logged).
#[utoipa::path(operation_id = "get_attachment", tag = "attachments", params(("id" = AttachmentId, Path)),
    responses((status = 200, body = AttachmentOut)))]
#[get("/{id}")]
async fn get_attachment(look: Look, id: Id<AttachmentId>) -> Result<HttpResponse> {
    let row = service::read(&look.state, &look, id.0).await?;
    let tag = metadata_tag(&row);
    Ok(Answer::ok(AttachmentOut::from(row)).tagged(tag).respond(&look.http))
}

/// The bytes of a file, to be saved. For the same readers as what is known of it.
#[utoipa::path(operation_id = "get_attachment_content", tag = "attachments", params(("id" = AttachmentId, Path)),
    responses((status = 200, description = "the file", content(
        (FileBytes = "application/pdf"),
        (FileBytes = "image/png"),
        (FileBytes = "image/jpeg"),
        (FileBytes = "image/webp"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ))))]
#[get("/{id}/content")]
async fn get_attachment_content(look: Look, id: Id<AttachmentId>) -> Result<HttpResponse> {
    let row = service::read(&look.state, &look, id.0).await?;
    let tag = etag::tag(&row.sha256);
    if etag::is_known(&look.http, &tag) {
        return Ok(HttpResponse::NotModified().insert_header((header::ETAG, tag)).finish());
    }
    let bytes = look.state.files.get(service::FOLDER, &row.sha256).await.map_err(service::unavailable)?;
    let size = u64::try_from(row.size).unwrap_or_default();
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, row.media_type.as_str()))
        .insert_header(disposition(&row))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::VARY, "Authorization, Acting-Organisation, Origin"))
        .insert_header((header::ETAG, tag))
        .body(SizedStream::new(size, bytes.map(|chunk| chunk.map_err(AppError::internal)))))
}

fn disposition(row: &Model) -> ContentDisposition {
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::FilenameExt(ExtendedValue {
            charset: Charset::Ext("UTF-8".to_owned()),
            language_tag: None,
            value: row.file_name.clone().into_bytes(),
        })],
    }
}

/// The bytes never change; what uses them may.
fn metadata_tag(row: &Model) -> String {
    let state = if row.used_by.is_some() { "used" } else { "free" };
    etag::tag(format!("{state}-{}", row.sha256))
}
