//! A platform to which listings are reported: which kinds, in which columns, and how its answer reads.

pub mod item;
pub mod package;

use std::collections::BTreeMap;

use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Instant, coded_enum,
    id::{AccountId, OutboundTargetId},
    listing::ListingKind,
};

coded_enum! {
    /// Whether packages are made for it.
    pub enum TargetStatus: "outbound_target_status" {
        Active = "active" ("启用", "active"),
        Paused = "paused" ("停用", "paused"),
    }
}

/// What goes into a column: the value of a field, or the same words in every row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[schema(as = OutboundColumn)]
pub struct SheetColumn {
    /// The platform's own heading.
    #[schema(min_length = 1, max_length = 100, example = "成果名称")]
    pub heading: String,
    /// `id`, `url`, `title`, `published_on`, `organisation.name`, `organisation.town`, or a field of the published
    /// content such as `content.summary`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 100, example = "content.title")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, max_length = 500)]
    pub constant: Option<String>,
    /// The platform's words for our codes; without an entry our own Chinese label stands.
    pub labels: BTreeMap<String, String>,
    /// A listing without it is left out of the package.
    pub required: bool,
}

/// A sheet of a package: the listings of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OutboundSheet)]
pub struct Sheet {
    pub kind: ListingKind,
    #[schema(min_length = 1, max_length = 31, example = "科技成果")]
    pub name: String,
    #[schema(min_items = 1, max_items = 60)]
    pub columns: Vec<SheetColumn>,
}

/// How the sheet that comes back reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OutboundAnswerSheet)]
pub struct AnswerSheet {
    /// The heading of our id, which a sheet of the package has as well.
    #[schema(min_length = 1, max_length = 100, example = "本平台编号")]
    pub id: String,
    #[schema(min_length = 1, max_length = 100, example = "审核结果")]
    pub result: String,
    /// The words for "accepted".
    #[schema(min_items = 1, max_items = 20)]
    pub accepted: Vec<String>,
    #[schema(min_items = 1, max_items = 20)]
    pub refused: Vec<String>,
    /// The heading of the platform's own number.
    #[schema(min_length = 1, max_length = 100, example = "平台编号")]
    pub remote_id: String,
    #[schema(min_length = 1, max_length = 100, example = "审核意见")]
    pub opinion: String,
}

/// How listings are laid out for a platform, and how its answer is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OutboundProfile)]
pub struct Profile {
    #[schema(min_items = 1, max_items = 3)]
    pub sheets: Vec<Sheet>,
    pub answer: AnswerSheet,
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbound_target")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OutboundTargetId,
    #[sea_orm(unique)]
    pub name: String,
    /// What the platform is called.
    pub platform: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub profile: Profile,
    pub status: TargetStatus,
    /// How many were made.
    pub packages: i64,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
