//! The life cycle of an event.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where an event stands.
    pub enum EventStatus: "event_status" {
        Draft = "draft" ("草稿", "draft"),
        Open = "open" ("报名中", "open for sign-up"),
        Closed = "closed" ("报名截止", "sign-up closed"),
        Held = "held" ("已举办", "held"),
        Reported = "reported" ("已总结", "reported"),
        Cancelled = "cancelled" ("已取消", "cancelled"),
    }
}

coded_enum! {
    /// What can be done to an event.
    pub enum EventMove: "event_move" {
        Open = "open" ("开放报名", "open sign-up"),
        Close = "close" ("截止报名", "close sign-up"),
        Hold = "hold" ("登记已举办", "record that it was held"),
        Report = "report" ("提交总结", "report"),
        WithdrawReport = "withdraw_report" ("撤回总结", "withdraw the report"),
        Cancel = "cancel" ("取消", "cancel"),
    }
}

impl LifeCycle for EventStatus {
    type Move = EventMove;

    const MOVES: &'static [EventMove] = EventMove::ALL;

    fn target(self, mv: EventMove) -> Option<Self> {
        use EventStatus as S;
        let (from, to): (&[S], S) = match mv {
            // What was closed too early is opened again.
            EventMove::Open => (&[S::Draft, S::Closed], S::Open),
            EventMove::Close => (&[S::Open], S::Closed),
            EventMove::Hold => (&[S::Closed], S::Held),
            EventMove::Report => (&[S::Held], S::Reported),
            EventMove::WithdrawReport => (&[S::Reported], S::Held),
            // Held by mistake is cancelled too: its count is taken back.
            EventMove::Cancel => (&[S::Draft, S::Open, S::Closed, S::Held], S::Cancelled),
        };
        from.contains(&self).then_some(to)
    }
}

impl EventStatus {
    /// Whether everybody may know of it.
    #[must_use]
    pub fn is_public(self) -> bool {
        match self {
            Self::Draft => false,
            Self::Open | Self::Closed | Self::Held | Self::Reported | Self::Cancelled => true,
        }
    }

    /// Whether it is still to come or was held: work goes on at it.
    #[must_use]
    pub fn is_alive(self) -> bool {
        match self {
            Self::Open | Self::Closed | Self::Held => true,
            Self::Draft | Self::Reported | Self::Cancelled => false,
        }
    }
}
