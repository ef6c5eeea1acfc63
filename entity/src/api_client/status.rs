//! The life cycle of an API client.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Where an API client stands.
    pub enum ApiClientStatus: "api_client_status" {
        Requested = "requested" ("待审批", "requested"),
        Approved = "approved" ("已批准", "approved"),
        Suspended = "suspended" ("已停用", "suspended"),
        Rejected = "rejected" ("未批准", "rejected"),
        Revoked = "revoked" ("已撤销", "revoked"),
    }
}

coded_enum! {
    /// What can be done to an API client.
    pub enum ApiClientMove: "api_client_move" {
        Approve = "approve" ("批准", "approve"),
        Reject = "reject" ("不予批准", "reject"),
        Suspend = "suspend" ("停用", "suspend"),
        Resume = "resume" ("恢复", "resume"),
        Revoke = "revoke" ("撤销", "revoke"),
    }
}

impl LifeCycle for ApiClientStatus {
    type Move = ApiClientMove;

    const MOVES: &'static [ApiClientMove] = ApiClientMove::ALL;

    fn target(self, mv: ApiClientMove) -> Option<Self> {
        use ApiClientStatus as S;
        let (from, to): (&[S], S) = match mv {
            // Approved anew, it has what this approval says: other scopes, another quota.
            ApiClientMove::Approve => (&[S::Requested, S::Approved], S::Approved),
            ApiClientMove::Reject => (&[S::Requested], S::Rejected),
            ApiClientMove::Suspend => (&[S::Approved], S::Suspended),
            ApiClientMove::Resume => (&[S::Suspended], S::Approved),
            // What is not wanted any more need not be decided on.
            ApiClientMove::Revoke => (&[S::Requested, S::Approved, S::Suspended], S::Revoked),
        };
        from.contains(&self).then_some(to)
    }
}

impl ApiClientStatus {
    /// Those of which something can still come: they count towards how many somebody may have.
    pub const ALIVE: &'static [Self] = &[Self::Requested, Self::Approved, Self::Suspended];
}
