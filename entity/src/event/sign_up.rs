//! Who comes to an event: one row for each person.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, EventId, OrganisationId, SignUpId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Where a sign-up stands.
    pub enum SignUpStatus: "sign_up_status" {
        Waiting = "waiting" ("候补", "on the waiting list"),
        Confirmed = "confirmed" ("已确认", "confirmed"),
        Cancelled = "cancelled" ("已取消", "cancelled"),
    }
}

coded_enum! {
    /// What can be done to a sign-up.
    pub enum SignUpMove: "sign_up_move" {
        MoveUp = "move_up" ("递补", "move up"),
        Cancel = "cancel" ("取消", "cancel"),
        Renew = "renew" ("重新报名", "sign up again"),
    }
}

impl LifeCycle for SignUpStatus {
    type Move = SignUpMove;

    const MOVES: &'static [SignUpMove] = SignUpMove::ALL;

    fn target(self, mv: SignUpMove) -> Option<Self> {
        use SignUpStatus as S;
        let (from, to): (&[S], S) = match mv {
            SignUpMove::MoveUp => (&[S::Waiting], S::Confirmed),
            SignUpMove::Cancel => (&[S::Waiting, S::Confirmed], S::Cancelled),
            // At the end of the queue.
            SignUpMove::Renew => (&[S::Cancelled], S::Waiting),
        };
        from.contains(&self).then_some(to)
    }
}

/// The row. The database keeps it to one for each event and person.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event_sign_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SignUpId,
    pub event_id: EventId,
    pub account_id: AccountId,
    /// For which organisation the person comes; none for themselves alone.
    pub organisation_id: Option<OrganisationId>,
    pub status: SignUpStatus,
    /// 1, 2, 3 … within the event: the order of the queue.
    pub position: i64,
    pub signed_up_at: Instant,
    pub cancelled_by: Option<AccountId>,
    pub reason: Option<String>,
    pub attended_at: Option<Instant>,
    pub checked_in_by: Option<AccountId>,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
