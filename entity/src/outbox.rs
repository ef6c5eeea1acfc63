//! What has to happen outside the database because of a change, written in the same transaction.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    /// What is to be done: `index`, `mail`, `import`, `reindex`.
    pub kind: String,
    /// Ids, never copies of state, and nothing private.
    #[sea_orm(column_type = "JsonBinary")]
    pub payload: Json,
    pub created_at: Instant,
    pub attempts: i32,
    pub next_at: Instant,
    /// Who is at it, and until when nobody else may be.
    pub claimed_by: Option<String>,
    pub claimed_until: Option<Instant>,
    pub done_at: Option<Instant>,
    /// Given up: a person looks at it and retries it.
    pub dead_at: Option<Instant>,
    pub last_error: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
