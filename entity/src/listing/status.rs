//! The life cycle of a listing, used twice in each row: for the item itself and, once
//! it is published, for the next version that is being worked on beside it.

use crate::{
    coded_enum,
    life_cycle::{IllegalMove, LifeCycle, StatusChange},
};

coded_enum! {
    /// Where an item, or the next version of a published item, stands.
    pub enum ListingStatus: "listing_status" {
        Draft = "draft" ("草稿", "draft"),
        Submitted = "submitted" ("待审核", "submitted"),
        InReview = "in_review" ("审核中", "in review"),
        Returned = "returned" ("退回修改", "returned"),
        Rejected = "rejected" ("不予发布", "rejected"),
        Published = "published" ("已发布", "published"),
        Suspended = "suspended" ("暂停展示", "suspended"),
        Expired = "expired" ("已过期", "expired"),
        Withdrawn = "withdrawn" ("已撤回", "withdrawn"),
        Solved = "solved" ("已解决", "solved"),
        ClosedUnsolved = "closed_unsolved" ("未解决关闭", "closed unsolved"),
        Merged = "merged" ("已合并", "merged into another"),
    }
}

coded_enum! {
    /// What can be done to a listing.
    pub enum ListingMove: "listing_move" {
        Submit = "submit" ("提交", "submit"),
        Recall = "recall" ("撤回提交", "recall"),
        Claim = "claim" ("领取审核", "claim"),
        Release = "release" ("放回队列", "release"),
        Publish = "publish" ("发布", "publish"),
        Return = "return" ("退回", "return"),
        Reject = "reject" ("不予发布", "reject"),
        Suspend = "suspend" ("暂停展示", "suspend"),
        Resume = "resume" ("恢复展示", "resume"),
        Expire = "expire" ("到期", "expire"),
        Renew = "renew" ("续期", "renew"),
        Withdraw = "withdraw" ("撤下", "withdraw"),
        Solve = "solve" ("标记已解决", "solve"),
        CloseUnsolved = "close_unsolved" ("未解决关闭", "close unsolved"),
        Merge = "merge" ("并入另一条", "merge into another"),
        Unmerge = "unmerge" ("撤销合并", "undo the merge"),
    }
}

impl LifeCycle for ListingStatus {
    type Move = ListingMove;

    const MOVES: &'static [ListingMove] = ListingMove::ALL;

    fn target(self, mv: ListingMove) -> Option<Self> {
        use ListingStatus as S;
        let (from, to): (&[S], S) = match mv {
            ListingMove::Submit => (&[S::Draft, S::Returned], S::Submitted),
            ListingMove::Recall => (&[S::Submitted], S::Draft),
            ListingMove::Claim => (&[S::Submitted], S::InReview),
            ListingMove::Release => (&[S::InReview], S::Submitted),
            ListingMove::Publish => (&[S::InReview], S::Published),
            ListingMove::Return => (&[S::InReview], S::Returned),
            ListingMove::Reject => (&[S::InReview], S::Rejected),
            ListingMove::Suspend => (&[S::Published], S::Suspended),
            ListingMove::Resume => (&[S::Suspended], S::Published),
            ListingMove::Expire => (&[S::Published], S::Expired),
            // Renewing before the end is allowed: an owner need not wait until nobody finds the item.
            ListingMove::Renew => (&[S::Published, S::Expired], S::Published),
            ListingMove::Withdraw => (&[S::Published, S::Suspended, S::Expired], S::Withdrawn),
            ListingMove::Solve => (&[S::Published, S::Expired], S::Solved),
            ListingMove::CloseUnsolved => (&[S::Published, S::Expired], S::ClosedUnsolved),
            // Whatever a listing has come to, it may turn out to be another one; what was counted of it
            // stands until then.
            ListingMove::Merge => (
                &[
                    S::Draft,
                    S::Submitted,
                    S::InReview,
                    S::Returned,
                    S::Rejected,
                    S::Published,
                    S::Suspended,
                    S::Expired,
                    S::Withdrawn,
                    S::Solved,
                    S::ClosedUnsolved,
                ],
                S::Merged,
            ),
            // Where it really goes is where it was merged from: `unmerge` below.
            ListingMove::Unmerge => (&[S::Merged], S::Draft),
        };
        from.contains(&self).then_some(to)
    }
}

impl ListingStatus {
    /// Whether the author may change the content while the version stands here.
    #[must_use]
    pub fn is_editable(self) -> bool {
        matches!(self, Self::Draft | Self::Returned)
    }

    /// Whether the item has been published at some time, so that its page (or tombstone) stays readable.
    #[must_use]
    pub fn was_published(self) -> bool {
        match self {
            // What was merged may have been either: `Model::was_published` knows.
            Self::Draft
            | Self::Submitted
            | Self::InReview
            | Self::Returned
            | Self::Rejected
            | Self::Merged => false,
            Self::Published
            | Self::Suspended
            | Self::Expired
            | Self::Withdrawn
            | Self::Solved
            | Self::ClosedUnsolved => true,
        }
    }

    /// Undoes a merge: the listing stands again where it stood.
    ///
    /// # Errors
    /// [`IllegalMove`] when it is not merged.
    pub fn unmerge(self, merged_from: Self) -> Result<StatusChange<Self>, IllegalMove> {
        Ok(self.apply(ListingMove::Unmerge)?.landing_at(merged_from))
    }
}

impl ListingMove {
    /// Whether the move belongs to the review of a version, and not to the published item.
    #[must_use]
    pub fn is_review(self) -> bool {
        match self {
            Self::Submit
            | Self::Recall
            | Self::Claim
            | Self::Release
            | Self::Publish
            | Self::Return
            | Self::Reject => true,
            Self::Suspend
            | Self::Resume
            | Self::Expire
            | Self::Renew
            | Self::Withdraw
            | Self::Solve
            | Self::CloseUnsolved
            | Self::Merge
            | Self::Unmerge => false,
        }
    }
}
