//! Events 专场对接 and the like: the fairs, roadshows, contests and trainings that the centre holds, who comes to them,
//! what is shown there and who meets whom.

pub mod item;
pub mod pair;
pub mod sign_up;
pub mod status;

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use status::EventStatus;
use utoipa::ToSchema;

use crate::{
    Instant, coded_enum,
    id::{AccountId, AttachmentId, EventId},
    listing::ListingKind,
    value::field::Field,
};

coded_enum! {
    /// What kind of event it is.
    pub enum EventKind: "event_kind" {
        MatchingFair = "matching_fair" ("专场对接", "matching fair"),
        Roadshow = "roadshow" ("路演", "roadshow"),
        Contest = "contest" ("大赛", "contest"),
        Training = "training" ("培训", "training"),
    }
}

/// An item of the programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgrammeItem {
    /// When it begins.
    pub at: Instant,
    pub title: String,
    pub speaker: Option<String>,
    pub note: Option<String>,
}

/// The programme, in its order, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Programme(pub Vec<ProgrammeItem>);

/// The call: what is asked for, and what may be brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Call {
    #[serde(default)]
    #[schema(max_length = 5000, example = "征集汽车零部件方向的成果与需求，每家单位不超过 3 项。")]
    pub text: Option<String>,
    /// Which listings may be brought; none when it is empty.
    #[serde(default)]
    #[schema(max_items = 2)]
    pub kinds: Vec<ListingKind>,
    /// Where to read more.
    #[serde(default)]
    #[schema(max_length = 500, pattern = r"^https?://\S+$", example = "https://centre.example/fair")]
    pub link: Option<String>,
}

/// Papers, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Papers(pub Vec<AttachmentId>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    pub kind: EventKind,
    pub status: EventStatus,
    /// Its host is the centre, so it is said when it is made.
    pub demo: bool,
    pub title: String,
    pub title_en: Option<String>,
    pub theme: Option<String>,
    pub field: Option<Field>,
    pub summary: String,
    pub organisers: Option<String>,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub place: Option<String>,
    /// Where to join it online. Private: for those who have a place.
    pub online_url: Option<String>,
    pub sign_up_from: Option<Instant>,
    pub sign_up_until: Option<Instant>,
    /// How many may come; none where there is no limit.
    pub capacity: Option<i32>,
    /// How many of one organisation may.
    pub per_organisation: Option<i32>,
    #[sea_orm(column_type = "JsonBinary")]
    pub programme: Programme,
    #[sea_orm(column_type = "JsonBinary")]
    pub call: Call,
    /// When its participants were reminded of it.
    pub reminded_at: Option<Instant>,
    pub held_by: Option<AccountId>,
    pub held_at: Option<Instant>,
    pub report_summary: Option<String>,
    /// Photographs, the list of signatures.
    #[sea_orm(column_type = "JsonBinary")]
    pub report_papers: Papers,
    pub reported_by: Option<AccountId>,
    pub reported_at: Option<Instant>,
    pub end_reason: Option<String>,
    pub created_by: AccountId,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
