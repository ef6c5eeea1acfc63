//! A link that works once: to verify an address or to choose a new password.

use sea_orm::entity::prelude::*;

use crate::{Instant, coded_enum, id::AccountId};

coded_enum! {
    /// What the link is for.
    pub enum TokenPurpose: "token_purpose" {
        VerifyEmail = "verify_email" ("验证邮箱", "verify the address"),
        ResetPassword = "reset_password" ("重设密码", "reset the password"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_token")]
pub struct Model {
    /// SHA-256 (hex) of the token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub account_id: AccountId,
    pub purpose: TokenPurpose,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
