//! The life cycle of a provider's entry 入驻: a broker reviews, an admin approves, the
//! signed agreement makes the entry.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where an entry stands.
    pub enum EntryStatus: "entry_status" {
        Applied = "applied" ("已申请", "applied"),
        UnderReview = "under_review" ("审核中", "under review"),
        Approved = "approved" ("已批准", "approved"),
        Rejected = "rejected" ("未批准", "rejected"),
        Entered = "entered" ("已入驻", "entered"),
        Suspended = "suspended" ("暂停", "suspended"),
        Expired = "expired" ("协议到期", "expired"),
        Exited = "exited" ("已退出", "exited"),
    }
}

coded_enum! {
    /// What can be done to an entry.
    pub enum EntryMove: "entry_move" {
        Review = "review" ("开始审核", "review"),
        Approve = "approve" ("批准", "approve"),
        Reject = "reject" ("不予批准", "reject"),
        Enter = "enter" ("签约入驻", "enter"),
        Suspend = "suspend" ("暂停", "suspend"),
        Resume = "resume" ("恢复", "resume"),
        Expire = "expire" ("到期", "expire"),
        Renew = "renew" ("续签", "renew"),
        Exit = "exit" ("退出", "exit"),
    }
}

impl LifeCycle for EntryStatus {
    type Move = EntryMove;

    const MOVES: &'static [EntryMove] = EntryMove::ALL;

    fn target(self, mv: EntryMove) -> Option<Self> {
        use EntryStatus as S;
        let (from, to): (&[S], S) = match mv {
            EntryMove::Review => (&[S::Applied], S::UnderReview),
            EntryMove::Approve => (&[S::UnderReview], S::Approved),
            EntryMove::Reject => (&[S::UnderReview, S::Approved], S::Rejected),
            EntryMove::Enter => (&[S::Approved], S::Entered),
            EntryMove::Suspend => (&[S::Entered], S::Suspended),
            EntryMove::Resume => (&[S::Suspended], S::Entered),
            EntryMove::Expire => (&[S::Entered, S::Suspended], S::Expired),
            EntryMove::Renew => (&[S::Entered, S::Expired], S::Entered),
            EntryMove::Exit => (&[S::Entered, S::Suspended, S::Expired], S::Exited),
        };
        from.contains(&self).then_some(to)
    }
}

impl EntryStatus {
    /// Whether another application may stand beside it: a body has one open entry.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Applied
            | Self::UnderReview
            | Self::Approved
            | Self::Entered
            | Self::Suspended
            | Self::Expired => true,
            Self::Rejected | Self::Exited => false,
        }
    }
}
