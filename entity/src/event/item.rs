//! What is shown at an event: published achievements and demands, brought by their organisations or added by a broker.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, EventId, EventItemId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing::ListingKind,
};

coded_enum! {
    /// Where an item of an event stands.
    pub enum EventItemStatus: "event_item_status" {
        Brought = "brought" ("待审核", "brought"),
        Shown = "shown" ("已展示", "shown"),
        Refused = "refused" ("未采用", "refused"),
        Withdrawn = "withdrawn" ("已撤下", "withdrawn"),
    }
}

coded_enum! {
    /// What can be done to an item of an event.
    pub enum EventItemMove: "event_item_move" {
        Approve = "approve" ("采用", "approve"),
        Refuse = "refuse" ("不采用", "refuse"),
        Withdraw = "withdraw" ("撤下", "withdraw"),
        Bring = "bring" ("重新提交", "bring again"),
    }
}

impl LifeCycle for EventItemStatus {
    type Move = EventItemMove;

    const MOVES: &'static [EventItemMove] = EventItemMove::ALL;

    fn target(self, mv: EventItemMove) -> Option<Self> {
        use EventItemStatus as S;
        let (from, to): (&[S], S) = match mv {
            EventItemMove::Approve => (&[S::Brought], S::Shown),
            EventItemMove::Refuse => (&[S::Brought], S::Refused),
            EventItemMove::Withdraw => (&[S::Brought, S::Shown], S::Withdrawn),
            EventItemMove::Bring => (&[S::Refused, S::Withdrawn], S::Brought),
        };
        from.contains(&self).then_some(to)
    }
}

/// The row. The database keeps it to one for each event and listing.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventItemId,
    pub event_id: EventId,
    pub listing_id: ListingId,
    pub kind: ListingKind,
    /// Its owner when it was brought.
    pub organisation_id: OrganisationId,
    pub status: EventItemStatus,
    pub brought_by: AccountId,
    pub brought_at: Instant,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Instant>,
    /// Why it was refused or withdrawn; reaches the organisation.
    pub reason: Option<String>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
