//! The life cycle of an offer.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where an offer stands.
    pub enum OfferStatus: "offer_status" {
        Open = "open" ("待答复", "open"),
        Accepted = "accepted" ("已接受", "accepted"),
        Declined = "declined" ("已拒绝", "declined"),
        Withdrawn = "withdrawn" ("已撤回", "withdrawn"),
        Lapsed = "lapsed" ("已过期", "lapsed"),
    }
}

coded_enum! {
    /// What can be done to an offer.
    pub enum OfferMove: "offer_move" {
        Accept = "accept" ("接受", "accept"),
        Decline = "decline" ("拒绝", "decline"),
        Withdraw = "withdraw" ("撤回", "withdraw"),
        Lapse = "lapse" ("过期", "lapse"),
    }
}

impl LifeCycle for OfferStatus {
    type Move = OfferMove;

    const MOVES: &'static [OfferMove] = OfferMove::ALL;

    fn target(self, mv: OfferMove) -> Option<Self> {
        let to = match mv {
            OfferMove::Accept => Self::Accepted,
            OfferMove::Decline => Self::Declined,
            OfferMove::Withdraw => Self::Withdrawn,
            OfferMove::Lapse => Self::Lapsed,
        };
        (self == Self::Open).then_some(to)
    }
}
