//! The life cycle of a docking.

use crate::{
    coded_enum,
    life_cycle::{IllegalMove, LifeCycle, StatusChange},
};

coded_enum! {
    /// How far a docking has come.
    pub enum DockingStage: "docking_stage" {
        Recommended = "recommended" ("已推荐", "recommended"),
        InterestExpressed = "interest_expressed" ("已表达意向", "interest expressed"),
        Accepted = "accepted" ("已接受", "accepted"),
        Met = "met" ("已对接", "met"),
        Negotiating = "negotiating" ("洽谈中", "negotiating"),
        ContractSigned = "contract_signed" ("已签约", "contract signed"),
        Registered = "registered" ("已登记", "contract registered"),
        Landed = "landed" ("已落地", "landed"),
        Dismissed = "dismissed" ("推荐未采纳", "dismissed"),
        Declined = "declined" ("已婉拒", "declined"),
        Expired = "expired" ("逾期未复", "expired"),
        Closed = "closed" ("已关闭", "closed"),
    }
}

coded_enum! {
    /// What can be done to a docking.
    pub enum DockingMove: "docking_move" {
        ExpressInterest = "express_interest" ("表达意向", "express interest"),
        Accept = "accept" ("接受", "accept"),
        ConfirmMeeting = "confirm_meeting" ("确认会面", "confirm the meeting"),
        Negotiate = "negotiate" ("进入洽谈", "negotiate"),
        SignContract = "sign_contract" ("签订合同", "sign the contract"),
        RegisterContract = "register_contract" ("合同登记", "register the contract"),
        Land = "land" ("落地", "land"),
        Dismiss = "dismiss" ("不采纳", "dismiss"),
        Decline = "decline" ("婉拒", "decline"),
        Expire = "expire" ("逾期", "expire"),
        Close = "close" ("关闭", "close"),
        Reopen = "reopen" ("重新打开", "reopen"),
    }
}

impl LifeCycle for DockingStage {
    type Move = DockingMove;

    const MOVES: &'static [DockingMove] = DockingMove::ALL;

    fn target(self, mv: DockingMove) -> Option<Self> {
        use DockingStage as S;
        let (from, to): (&[S], S) = match mv {
            DockingMove::ExpressInterest => (&[S::Recommended], S::InterestExpressed),
            DockingMove::Accept => (&[S::InterestExpressed], S::Accepted),
            DockingMove::ConfirmMeeting => (&[S::Accepted], S::Met),
            DockingMove::Negotiate => (&[S::Met], S::Negotiating),
            // A pair that agrees at its first meeting signs at once.
            DockingMove::SignContract => (&[S::Met, S::Negotiating], S::ContractSigned),
            DockingMove::RegisterContract => (&[S::ContractSigned], S::Registered),
            // Equity needs no registration: landing may follow the signature.
            DockingMove::Land => (&[S::ContractSigned, S::Registered], S::Landed),
            DockingMove::Dismiss => (&[S::Recommended], S::Dismissed),
            DockingMove::Decline => (&[S::InterestExpressed], S::Declined),
            DockingMove::Expire => (&[S::InterestExpressed], S::Expired),
            DockingMove::Close => {
                (&[S::Accepted, S::Met, S::Negotiating, S::ContractSigned, S::Registered], S::Closed)
            }
            // Where it really goes is what it was closed from: `reopen` below.
            DockingMove::Reopen => (&[S::Closed], S::Accepted),
        };
        from.contains(&self).then_some(to)
    }
}

impl DockingStage {
    /// Whether another docking of the same pair may stand beside it.
    #[must_use]
    pub fn is_open(self) -> bool {
        match self {
            Self::Recommended
            | Self::InterestExpressed
            | Self::Accepted
            | Self::Met
            | Self::Negotiating
            | Self::ContractSigned
            | Self::Registered
            | Self::Landed => true,
            Self::Dismissed | Self::Declined | Self::Expired | Self::Closed => false,
        }
    }

    /// Whether the two sides have consented, so that each may see the other's contacts.
    #[must_use]
    pub fn has_consent(self) -> bool {
        match self {
            Self::Accepted
            | Self::Met
            | Self::Negotiating
            | Self::ContractSigned
            | Self::Registered
            | Self::Landed => true,
            Self::Recommended
            | Self::InterestExpressed
            | Self::Dismissed
            | Self::Declined
            | Self::Expired
            | Self::Closed => false,
        }
    }

    /// Reopens a closed docking at the stage it was closed from.
    ///
    /// # Errors
    /// [`IllegalMove`] when it is not closed.
    pub fn reopen(self, closed_from: Option<Self>) -> Result<StatusChange<Self>, IllegalMove> {
        let change = self.apply(DockingMove::Reopen)?;
        Ok(closed_from.map_or(change, |stage| change.landing_at(stage)))
    }
}
