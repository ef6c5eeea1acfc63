//! A meeting of the two sides, recorded by one and confirmed by another.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Side;
use crate::{
    Day, Instant, coded_enum,
    id::{AccountId, AttachmentId, DockingId, MeetingId},
};

coded_enum! {
    /// How they met.
    pub enum MeetingMode: "meeting_mode" {
        OnSite = "on_site" ("现场", "on site"),
        Online = "online" ("线上", "online"),
        Phone = "phone" ("电话", "telephone"),
    }
}

/// Who was there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult, ToSchema)]
#[serde(transparent)]
pub struct Attendees(pub Vec<String>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "docking_meeting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MeetingId,
    pub docking_id: DockingId,
    pub held_on: Day,
    pub place: Option<String>,
    pub mode: MeetingMode,
    #[sea_orm(column_type = "JsonBinary")]
    pub attendees: Attendees,
    pub summary: String,
    /// The minutes 会议纪要.
    pub minutes_attachment_id: Option<AttachmentId>,
    pub recorded_by: AccountId,
    pub recorded_side: Side,
    pub recorded_at: Instant,
    pub confirmed_by: Option<AccountId>,
    pub confirmed_side: Option<Side>,
    pub confirmed_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
