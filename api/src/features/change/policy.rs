//! What belongs into the public catalogue. Pure.

use techmart_entity::{
    change::TombstoneReason,
    listing::{Audience, Model, status::ListingStatus},
};

/// How a listing stands to everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The lists and the search of a visitor show it.
    Shown,
    Hidden(TombstoneReason),
}

/// How the listing stands to everybody. That its owner is suspended is not told apart from its own suspension: of
/// what is posted without a name it would name the owner.
#[must_use]
pub fn standing(row: &Model, owner_suspended: bool) -> Standing {
    use TombstoneReason as R;
    match row.status {
        ListingStatus::Published if owner_suspended => Standing::Hidden(R::Suspended),
        ListingStatus::Published => match row.audience {
            Audience::Public | Audience::Anonymous => Standing::Shown,
            Audience::SignedIn | Audience::Parties | Audience::Unlisted => Standing::Hidden(R::Restricted),
        },
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Returned
        | ListingStatus::Rejected => Standing::Hidden(R::Restricted),
        ListingStatus::Suspended => Standing::Hidden(R::Suspended),
        ListingStatus::Expired => Standing::Hidden(R::Expired),
        ListingStatus::Withdrawn => Standing::Hidden(R::Withdrawn),
        ListingStatus::Solved => Standing::Hidden(R::Solved),
        ListingStatus::ClosedUnsolved => Standing::Hidden(R::ClosedUnsolved),
        ListingStatus::Merged => Standing::Hidden(R::Merged),
    }
}
