//! One sign-in, with all the tokens that were made from it.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    id::{AccountId, SessionId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SessionId,
    pub account_id: AccountId,
    pub created_at: Instant,
    pub last_used_at: Instant,
    /// The absolute end, whatever is refreshed.
    pub expires_at: Instant,
    pub revoked_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
