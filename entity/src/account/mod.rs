//! People: their accounts, sign-ins and single-use tokens.

pub mod erasure;
pub mod one_time_token;
pub mod refresh_token;
pub mod session;
pub mod sign_in_failure;

use sea_orm::entity::prelude::*;

use crate::{Instant, coded_enum, id::AccountId};

coded_enum! {
    /// What a person is to the service centre. What they are to an organisation is their membership.
    pub enum Role: "role" {
        Member = "member" ("单位用户", "member of organisations"),
        Broker = "broker" ("技术经理人", "broker"),
        Admin = "admin" ("管理员", "admin"),
        Auditor = "auditor" ("审计", "auditor"),
    }
}

coded_enum! {
    /// How often somebody is written to about things of a kind.
    pub enum MailPace: "mail_pace" {
        AtOnce = "at_once" ("随时", "at once"),
        Daily = "daily" ("每日", "daily"),
        Never = "never" ("不接收", "never"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Lower case; unique.
    #[sea_orm(unique)]
    pub email: String,
    pub email_verified_at: Option<Instant>,
    /// Argon2id in PHC form.
    pub password_hash: String,
    pub name: String,
    pub role: Role,
    /// The language of mails: `zh` or `en`.
    pub locale: String,
    /// How often new matches are told by mail.
    pub match_digest: MailPace,
    pub disabled_at: Option<Instant>,
    /// Since when nothing is left of the person but the id.
    pub erased_at: Option<Instant>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
