//! Attachments on the wire.

use serde::Serialize;
use techmart_entity::{
    attachment::{AttachmentPurpose, Model},
    id::{AccountId, AttachmentId, OrganisationId},
};
use utoipa::ToSchema;

use crate::clock::Moment;

// Only described here: `upload.rs` reads it as it comes.
/// A file with what it is for.
#[derive(Debug, ToSchema)]
pub struct AttachmentIn {
    pub purpose: AttachmentPurpose,
    /// At most 10 MiB; PDF, PNG, JPEG, WebP, DOCX or XLSX, told by its content.
    #[schema(value_type = String, format = Binary)]
    pub file: Vec<u8>,
}

/// The bytes of a file.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct FileBytes(pub Vec<u8>);

/// What is known of a file.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttachmentOut {
    pub id: AttachmentId,
    pub file_name: String,
    /// By content, never by what the client says.
    #[schema(example = "application/pdf")]
    pub media_type: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the bytes, in hex.
    pub sha256: String,
    pub purpose: AttachmentPurpose,
    pub uploaded_by: AccountId,
    /// For which organisation it was uploaded; null for the centre.
    pub organisation_id: Option<OrganisationId>,
    /// What uses it; null until an act does.
    #[schema(example = "docking:0193a5c2-7d1e-7c3a-9d7f-5a2b1c0d4e6f")]
    pub used_by: Option<String>,
    pub created_at: Moment,
}

impl From<Model> for AttachmentOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            file_name: row.file_name,
            media_type: row.media_type,
            size: row.size,
            sha256: row.sha256,
            purpose: row.purpose,
            uploaded_by: row.uploaded_by,
            organisation_id: row.organisation_id,
            used_by: row.used_by,
            created_at: row.created_at.into(),
        }
    }
}
