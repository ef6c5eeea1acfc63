//! A signal against inflated figures: facts that a person should look at, never a refusal.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Instant,
    audit::SubjectKind,
    coded_enum,
    id::{AccountId, OrganisationId, SignalId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// What strikes.
    pub enum SignalKind: "signal_kind" {
        SameDayBurst = "same_day_burst" ("同日集中发布", "many on one day by one organisation"),
        ShortText = "short_text" ("文本过短", "short text"),
        SimilarityCluster = "similarity_cluster" ("内容雷同", "a cluster of like texts"),
        PastDeadline = "past_deadline" ("截止日期已过", "deadline already past"),
        NoFigure = "no_figure" ("无量化指标", "no measurable figure"),
        SharedContact = "shared_contact" ("同一联系人多家单位", "one contact for many organisations"),
        RelatedContract = "related_contract" ("关联企业合同", "contract between related companies"),
        TwinContract = "twin_contract" ("疑似同一合同", "two contracts that may be one"),
    }
}

coded_enum! {
    /// Where a signal stands.
    pub enum SignalStatus: "signal_status" {
        Open = "open" ("待核查", "open"),
        Explained = "explained" ("已说明", "explained"),
        Upheld = "upheld" ("属实", "upheld"),
    }
}

coded_enum! {
    /// What can be done to a signal.
    pub enum SignalMove: "signal_move" {
        Explain = "explain" ("说明", "explain"),
        Uphold = "uphold" ("确认属实", "uphold"),
        Reopen = "reopen" ("重新核查", "reopen"),
    }
}

impl LifeCycle for SignalStatus {
    type Move = SignalMove;

    const MOVES: &'static [SignalMove] = SignalMove::ALL;

    fn target(self, mv: SignalMove) -> Option<Self> {
        use SignalStatus as S;
        let (from, to): (&[S], S) = match mv {
            SignalMove::Explain => (&[S::Open], S::Explained),
            SignalMove::Uphold => (&[S::Open], S::Upheld),
            SignalMove::Reopen => (&[S::Explained, S::Upheld], S::Open),
        };
        from.contains(&self).then_some(to)
    }
}

/// One thing that a signal is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    pub kind: SubjectKind,
    pub id: String,
    pub label: String,
}

/// What a signal is about, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Subjects(pub Vec<Subject>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "signal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignalId,
    pub kind: SignalKind,
    /// The same facts raise one signal.
    #[sea_orm(unique)]
    pub fact_key: String,
    pub organisation_id: Option<OrganisationId>,
    #[sea_orm(column_type = "JsonBinary")]
    pub subjects: Subjects,
    /// The facts behind it. Nothing private.
    #[sea_orm(column_type = "JsonBinary")]
    pub facts: Json,
    pub demo: bool,
    pub status: SignalStatus,
    pub raised_at: Instant,
    pub note: Option<String>,
    pub judged_by: Option<AccountId>,
    pub judged_at: Option<Instant>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
