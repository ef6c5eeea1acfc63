//! The life cycle of a provider's help.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where it stands.
    pub enum AssistanceStatus: "assistance_status" {
        Requested = "requested" ("待机构答复", "requested"),
        TakenOn = "taken_on" ("已承接", "taken on"),
        Delivered = "delivered" ("已交付", "delivered"),
        Declined = "declined" ("机构未承接", "declined"),
        Cancelled = "cancelled" ("已取消", "called off"),
    }
}

coded_enum! {
    /// What can be done to it.
    pub enum AssistanceMove: "assistance_move" {
        TakeOn = "take_on" ("承接", "take on"),
        Decline = "decline" ("不承接", "decline"),
        Deliver = "deliver" ("交付", "deliver"),
        Cancel = "cancel" ("取消", "call off"),
    }
}

impl LifeCycle for AssistanceStatus {
    type Move = AssistanceMove;

    const MOVES: &'static [AssistanceMove] = AssistanceMove::ALL;

    fn target(self, mv: AssistanceMove) -> Option<Self> {
        use AssistanceStatus as S;
        let (from, to): (&[S], S) = match mv {
            AssistanceMove::TakeOn => (&[S::Requested], S::TakenOn),
            AssistanceMove::Decline => (&[S::Requested], S::Declined),
            AssistanceMove::Deliver => (&[S::TakenOn], S::Delivered),
            AssistanceMove::Cancel => (&[S::Requested, S::TakenOn], S::Cancelled),
        };
        from.contains(&self).then_some(to)
    }
}
