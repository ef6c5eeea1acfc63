//! A refresh token, stored as its hash. It is used once; a second use revokes the session.

use sea_orm::entity::prelude::*;

use crate::{Instant, id::SessionId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// SHA-256 (hex) of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub session_id: SessionId,
    pub issued_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
