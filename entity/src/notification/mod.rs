//! What people are told: one row for each person and thing told, which is at once the line in their list and the
//! mail, sent or not.

pub mod preference;

use sea_orm::FromJsonQueryResult;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    Instant,
    account::MailPace,
    audit::SubjectKind,
    coded_enum,
    id::{AccountId, AuditId, NotificationId},
};

coded_enum! {
    /// What a notification is about: people choose for each kind whether and how they are told.
    pub enum NotificationKind: "notification_kind" {
        Listing = "listing" ("成果、需求、机构的审核与发布", "review and publication"),
        Organisation = "organisation" ("单位认证", "verification of organisations"),
        Entry = "entry" ("机构入驻", "entry of providers"),
        Docking = "docking" ("对接进展", "progress of dockings"),
        Message = "message" ("对接留言", "messages in dockings"),
        Meeting = "meeting" ("会面安排", "meetings"),
        Contract = "contract" ("合同", "contracts"),
        Event = "event" ("对接活动", "events"),
        Recommendation = "recommendation" ("撮合推荐", "recommendations"),
        SavedSearch = "saved_search" ("订阅检索", "saved searches"),
        Expiry = "expiry" ("到期提醒", "terms that end"),
        ApiClient = "api_client" ("接口客户端", "API clients"),
        Desk = "desk" ("工作台", "work of the service centre"),
    }
}

impl NotificationKind {
    /// How mails of the kind go out for whoever has not chosen.
    #[must_use]
    pub const fn default_pace(self) -> MailPace {
        match self {
            Self::Recommendation => MailPace::Daily,
            Self::Listing
            | Self::Organisation
            | Self::Entry
            | Self::Docking
            | Self::Message
            | Self::Meeting
            | Self::Contract
            | Self::Event
            | Self::SavedSearch
            | Self::Expiry
            | Self::ApiClient
            | Self::Desk => MailPace::AtOnce,
        }
    }
}

coded_enum! {
    /// Where the mail of a notification stands.
    pub enum MailState: "mail_state" {
        Unwanted = "unwanted" ("不发邮件", "no mail wanted"),
        Waiting = "waiting" ("待发送", "waiting"),
        Digest = "digest" ("待汇总", "waits for the digest"),
        Sent = "sent" ("已发送", "sent"),
        Dropped = "dropped" ("不再发送", "not sent any more"),
        Failed = "failed" ("发送失败", "given up"),
    }
}

/// What is told, in both languages. Nothing private stands in it: it goes by mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Words {
    pub zh: Text,
    pub en: Text,
}

/// What is told in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    pub subject: String,
    pub lines: Vec<String>,
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notification")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NotificationId,
    pub account_id: AccountId,
    pub kind: NotificationKind,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    /// What it follows from: nobody is told the same twice.
    pub source: String,
    /// The act it follows from, by which is decided anew at sending whom it concerns.
    pub audit_id: Option<AuditId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub words: Words,
    /// The address of what it is about, below the public address of the service.
    pub path: Option<String>,
    /// Whether it stands in the person's list.
    pub listed: bool,
    pub read_at: Option<Instant>,
    pub mail: MailState,
    pub mailed_at: Option<Instant>,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
