//! Who meets whom at an event: pairs that the matcher or a broker proposes, with their place in the timetable and what
//! came of them.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    docking::{DeclineCode, pair_key},
    id::{AccountId, DockingId, EventId, EventPairId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Where a pair stands.
    pub enum EventPairStatus: "event_pair_status" {
        Proposed = "proposed" ("待安排", "proposed"),
        Accepted = "accepted" ("已安排", "accepted"),
        Held = "held" ("已洽谈", "held"),
        Dismissed = "dismissed" ("不安排", "dismissed"),
    }
}

coded_enum! {
    /// What can be done to a pair.
    pub enum EventPairMove: "event_pair_move" {
        Accept = "accept" ("安排", "accept"),
        Reschedule = "reschedule" ("改期", "reschedule"),
        Dismiss = "dismiss" ("不安排", "dismiss"),
        RecordResult = "record_result" ("登记结果", "record the result"),
    }
}

impl LifeCycle for EventPairStatus {
    type Move = EventPairMove;

    const MOVES: &'static [EventPairMove] = EventPairMove::ALL;

    fn target(self, mv: EventPairMove) -> Option<Self> {
        use EventPairStatus as S;
        let (from, to): (&[S], S) = match mv {
            EventPairMove::Accept => (&[S::Proposed], S::Accepted),
            EventPairMove::Reschedule => (&[S::Accepted], S::Accepted),
            EventPairMove::Dismiss => (&[S::Proposed, S::Accepted], S::Dismissed),
            // A result may be corrected.
            EventPairMove::RecordResult => (&[S::Accepted, S::Held], S::Held),
        };
        from.contains(&self).then_some(to)
    }
}

coded_enum! {
    /// What came of a pair.
    pub enum PairResult: "event_pair_result" {
        Interest = "interest" ("有合作意向", "both are interested"),
        Met = "met" ("已洽谈", "they met"),
        NoInterest = "no_interest" ("无意向", "no interest"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "event_pair")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventPairId,
    pub event_id: EventId,
    pub achievement_id: Option<ListingId>,
    pub demand_id: Option<ListingId>,
    pub supplier_id: OrganisationId,
    pub enterprise_id: OrganisationId,
    /// The database keeps it to one pair of the same in an event, whatever became of it.
    pub pair_key: String,
    /// As the matcher judged it; none where a broker named the pair.
    pub score: Option<f64>,
    /// The match as the matcher told it.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub found: Option<Json>,
    pub model_version: Option<String>,
    pub status: EventPairStatus,
    pub slot_at: Option<Instant>,
    pub table_number: Option<i32>,
    pub proposed_by: AccountId,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Instant>,
    pub result: Option<PairResult>,
    /// Why it was dismissed, or why there was no interest.
    pub code: Option<DeclineCode>,
    pub note: Option<String>,
    /// The docking that came of it.
    pub docking_id: Option<DockingId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The key of a pair: both listings, or one and the other side.
    #[must_use]
    pub fn key(
        achievement: Option<ListingId>,
        demand: Option<ListingId>,
        supplier: OrganisationId,
        enterprise: OrganisationId,
    ) -> String {
        match (achievement, demand) {
            (Some(achievement), Some(demand)) => format!("achievement:{achievement}|demand:{demand}"),
            (Some(_), None) | (None, Some(_)) | (None, None) => {
                pair_key(achievement, demand, supplier, enterprise)
            }
        }
    }

    /// The keys under which a docking of the pair would be open.
    #[must_use]
    pub fn docking_keys(&self) -> Vec<String> {
        let of = |achievement, demand| pair_key(achievement, demand, self.supplier_id, self.enterprise_id);
        let over_demand = self.demand_id.map(|id| of(None, Some(id)));
        let over_achievement = self.achievement_id.map(|id| of(Some(id), None));
        over_demand.into_iter().chain(over_achievement).collect()
    }
}

/// Who sits where and when: the key keeps an organisation from two tables at once.
pub mod slot {
    use sea_orm::entity::prelude::*;

    use crate::{
        Instant,
        id::{EventId, EventPairId, OrganisationId},
    };

    /// The row.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "event_slot")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub event_id: EventId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub slot_at: Instant,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: OrganisationId,
        pub pair_id: EventPairId,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
