//! A key of an API client. The secret is not in the row: nobody can read it there.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    id::{AccountId, ApiClientId, ApiKeyId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_client_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiKeyId,
    pub client_id: ApiClientId,
    /// The middle of the key, by which it is found: `tm_<code>_…`. The database keeps it unique.
    pub code: String,
    /// SHA-256 of the whole key, as hexadecimal digits.
    pub hash: String,
    /// What its owner calls it.
    pub label: Option<String>,
    pub created_by: AccountId,
    pub created_at: Instant,
    /// Its own end, or the end of the overlap with the key that followed it.
    pub expires_at: Instant,
    pub revoked_by: Option<AccountId>,
    pub revoked_at: Option<Instant>,
    /// Within a minute.
    pub last_used_at: Option<Instant>,
    /// Of what people change: a use changes nothing of it.
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether it opens anything at that instant.
    #[must_use]
    pub fn is_live(&self, now: Instant) -> bool {
        self.revoked_at.is_none() && self.expires_at > now
    }
}
