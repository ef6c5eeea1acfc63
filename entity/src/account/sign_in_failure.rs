//! A failed sign-in, kept to slow down guessing. The address that was tried is stored as a hash, so
//! that a mistyped password in the e-mail field is not kept.

use sea_orm::entity::prelude::*;

use crate::Instant;

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_failure")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// SHA-256 (hex) of the e-mail address.
    pub email_hash: String,
    /// The client's network address.
    pub client: String,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
