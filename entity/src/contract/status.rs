//! The life cycle of a technology contract.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where a contract stands.
    pub enum ContractStatus: "contract_status" {
        Draft = "draft" ("草稿", "draft"),
        Signed = "signed" ("已签订", "signed"),
        Submitted = "submitted" ("已申请登记", "submitted for registration"),
        Registered = "registered" ("已登记", "registered"),
        Changed = "changed" ("已变更", "changed"),
        Revoked = "revoked" ("已撤销登记", "registration revoked"),
        Cancelled = "cancelled" ("已取消", "cancelled"),
    }
}

coded_enum! {
    /// What can be done to a contract.
    pub enum ContractMove: "contract_move" {
        Sign = "sign" ("签订", "sign"),
        SubmitForRegistration = "submit_for_registration" ("申请登记", "submit for registration"),
        Register = "register" ("登记", "register"),
        Change = "change" ("变更", "change"),
        Revoke = "revoke" ("撤销登记", "revoke"),
        Cancel = "cancel" ("取消", "cancel"),
    }
}

impl LifeCycle for ContractStatus {
    type Move = ContractMove;

    const MOVES: &'static [ContractMove] = ContractMove::ALL;

    fn target(self, mv: ContractMove) -> Option<Self> {
        use ContractStatus as S;
        let (from, to): (&[S], S) = match mv {
            ContractMove::Sign => (&[S::Draft], S::Signed),
            ContractMove::SubmitForRegistration => (&[S::Signed], S::Submitted),
            // A certificate that was got on paper is recorded without the application before it.
            ContractMove::Register => (&[S::Signed, S::Submitted], S::Registered),
            ContractMove::Change => (&[S::Registered, S::Changed], S::Changed),
            ContractMove::Revoke => (&[S::Registered, S::Changed], S::Revoked),
            ContractMove::Cancel => (&[S::Draft, S::Signed, S::Submitted], S::Cancelled),
        };
        from.contains(&self).then_some(to)
    }
}
