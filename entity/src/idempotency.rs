//! The answer to a request that carried an Idempotency-Key, kept for 24 hours.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    /// SHA-256 (hex) of caller, method, path and key: the guard is this unique row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
    /// SHA-256 (hex) of the body and of what else decides the act.
    pub request_hash: String,
    pub status: i16,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub body: Option<Json>,
    #[sea_orm(column_type = "JsonBinary")]
    pub headers: Json,
    pub created_at: Instant,
    pub expires_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
