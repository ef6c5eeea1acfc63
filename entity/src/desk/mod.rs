//! The broker's desk: what waits for the service centre, one row for each thing and queue.

pub mod note;
pub mod term;

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    audit::SubjectKind,
    coded_enum,
    id::{AccountId, DeskItemId, OrganisationId},
};

coded_enum! {
    /// What something waits for.
    pub enum Queue: "queue" {
        Review = "review" ("待审核", "review"),
        SecondDiagnosis = "second_diagnosis" ("待二次诊断", "second diagnosis"),
        Owner = "owner" ("待确认权利人", "owner to be found"),
        Verification = "verification" ("单位认证", "verification of an organisation"),
        Entry = "entry" ("机构入驻", "entry of a provider"),
        Consent = "consent" ("待代为答复的意向", "interest in one without an account"),
        Recommendation = "recommendation" ("撮合推荐", "recommendation"),
        Confirmation = "confirmation" ("计数确认", "count to confirm"),
        Doubt = "doubt" ("抽查疑点", "doubt of an assessor"),
        Duplicate = "duplicate" ("疑似重复", "possible duplicate"),
        Signal = "signal" ("异常信号", "signal"),
        CaseWithoutBroker = "case_without_broker" ("无人负责的对接", "docking that nobody leads"),
        CaseStandingStill = "case_standing_still" ("停滞的对接", "docking that stands still"),
        Expiring = "expiring" ("即将到期", "term that ends"),
        EventItem = "event_item" ("待审核的活动展示", "items brought to an event"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeskItemId,
    pub queue: Queue,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    /// Queue and subject while it waits: the database keeps it to one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub title: String,
    pub organisation_id: Option<OrganisationId>,
    pub demo: bool,
    pub opened_at: Instant,
    /// Until when it is to be answered; none where no clock runs.
    pub due_at: Option<Instant>,
    /// By which the list is in order: when it is due, and without a clock long after it was opened.
    pub sort_at: Instant,
    pub assignee_id: Option<AccountId>,
    pub assigned_at: Option<Instant>,
    pub warned_at: Option<Instant>,
    pub escalated_at: Option<Instant>,
    pub closed_at: Option<Instant>,
    pub closed_by: Option<AccountId>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The key of what waits.
    #[must_use]
    pub fn key(queue: Queue, subject_id: &str) -> String {
        format!("{queue}:{subject_id}")
    }
}
