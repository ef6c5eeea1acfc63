//! The life cycle of an organisation's verification.

use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// Whether the centre has convinced itself that the organisation is who it says.
    pub enum VerificationStatus: "verification_status" {
        Unverified = "unverified" ("未认证", "unverified"),
        Submitted = "submitted" ("待认证", "submitted"),
        Verified = "verified" ("已认证", "verified"),
        Rejected = "rejected" ("认证未通过", "rejected"),
        Expired = "expired" ("认证过期", "expired"),
        Suspended = "suspended" ("已停用", "suspended"),
    }
}

coded_enum! {
    /// What can be done to a verification.
    pub enum VerificationMove: "verification_move" {
        Submit = "submit" ("提交认证", "submit"),
        Verify = "verify" ("通过认证", "verify"),
        Reject = "reject" ("不予认证", "reject"),
        Expire = "expire" ("过期", "expire"),
        Suspend = "suspend" ("停用", "suspend"),
        Resume = "resume" ("恢复", "resume"),
        Renew = "renew" ("续期", "renew"),
    }
}

impl LifeCycle for VerificationStatus {
    type Move = VerificationMove;

    const MOVES: &'static [VerificationMove] = VerificationMove::ALL;

    fn target(self, mv: VerificationMove) -> Option<Self> {
        use VerificationStatus as S;
        let (from, to): (&[S], S) = match mv {
            VerificationMove::Submit => (&[S::Unverified, S::Rejected, S::Expired], S::Submitted),
            VerificationMove::Verify => (&[S::Submitted], S::Verified),
            VerificationMove::Reject => (&[S::Submitted], S::Rejected),
            VerificationMove::Expire => (&[S::Verified], S::Expired),
            VerificationMove::Suspend => (&[S::Verified], S::Suspended),
            VerificationMove::Resume => (&[S::Suspended], S::Verified),
            // In one act, so that nobody has to fall back to unverified to be verified again.
            VerificationMove::Renew => (&[S::Verified, S::Expired], S::Verified),
        };
        from.contains(&self).then_some(to)
    }
}
