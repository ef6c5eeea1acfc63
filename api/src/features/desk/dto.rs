//! The desk on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    audit::SubjectKind,
    desk::{Queue, note},
    id::{AccountId, DeskItemId, DeskNoteId, OrganisationId},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// Something that waits for the centre.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskItemOut {
    pub id: DeskItemId,
    pub queue: Queue,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    /// Where it is looked at and decided.
    pub href: Option<String>,
    pub title: String,
    pub organisation_id: Option<OrganisationId>,
    pub demo: bool,
    pub opened_at: Moment,
    /// Until when it is to be answered; null where no clock runs.
    pub due_at: Option<Moment>,
    pub overdue: bool,
    pub assignee: Option<DeskPersonOut>,
    pub assigned_at: Option<Moment>,
    pub warned_at: Option<Moment>,
    pub escalated_at: Option<Moment>,
    pub closed_at: Option<Moment>,
    pub closed_by: Option<AccountId>,
}

/// A person of the centre.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskPersonOut {
    pub account_id: AccountId,
    pub name: String,
}

/// What to show of the desk.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DeskQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Several for any of them.
    #[serde(default)]
    #[param(max_items = 12)]
    pub queue: Vec<Queue>,
    /// What that person looks after.
    pub assignee_id: Option<AccountId>,
    /// What the caller looks after.
    pub mine: Option<bool>,
    /// What nobody looks after.
    pub unassigned: Option<bool>,
    /// Whose clock has run out.
    pub overdue: Option<bool>,
    /// Whom it concerns.
    pub organisation_id: Option<OrganisationId>,
    /// What it is about.
    #[param(max_length = 36)]
    pub subject_id: Option<String>,
    pub demo: Option<bool>,
    /// What does not wait any more, instead.
    pub closed: Option<bool>,
}

/// How much waits.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Tally {
    pub open: i64,
    pub unassigned: i64,
    pub mine: i64,
    pub overdue: i64,
    pub due_today: i64,
}

/// How much waits in a queue.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueueOut {
    pub queue: Queue,
    #[serde(flatten)]
    pub tally: Tally,
}

/// How much waits in all queues.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CountsOut {
    pub total: Tally,
    pub queues: Vec<QueueOut>,
}

/// Whether to count demo items.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct CountsQuery {
    pub demo: Option<bool>,
}

/// What somebody of the centre has to do and has done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadOut {
    pub person: DeskPersonOut,
    pub open: i64,
    pub overdue: i64,
    pub due_today: i64,
    /// Closed by them within the last 30 days.
    pub closed_30_days: i64,
    /// Of those, after their clock had run out.
    pub late_30_days: i64,
}

/// The work load of everybody of the centre.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LoadsOut {
    pub items: Vec<LoadOut>,
}

/// Who is to look after it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOverIn {
    pub account_id: AccountId,
    /// What they have to know. Only the centre reads it.
    #[schema(min_length = 2, max_length = 2000, pattern = r"\S")]
    pub note: String,
}

/// A note.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskNoteIn {
    #[schema(min_length = 1, max_length = 5000, pattern = r"\S")]
    pub body: String,
}

/// A note that only the centre reads.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskNoteOut {
    pub id: DeskNoteId,
    pub body: String,
    pub written_by: AccountId,
    pub written_at: Moment,
}

impl From<note::Model> for DeskNoteOut {
    fn from(row: note::Model) -> Self {
        Self { id: row.id, body: row.body, written_by: row.written_by, written_at: row.written_at.into() }
    }
}

/// Which notes.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DeskNotesQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// Within how many working days a queue is to be answered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskTermOut {
    pub queue: Queue,
    /// Null where no clock runs.
    pub working_days: Option<i32>,
}

/// The terms of all queues.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeskTermsOut {
    pub items: Vec<DeskTermOut>,
}

/// A new term.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskTermIn {
    /// Null for no clock.
    #[schema(minimum = 1, maximum = 60)]
    pub working_days: Option<i32>,
}
