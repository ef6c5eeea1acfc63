//! An invitation to join an organisation, sent by mail: whoever proves the address takes it up.

use sea_orm::entity::prelude::*;

use super::membership::MemberRole;
use crate::{
    Instant, coded_enum,
    id::{AccountId, InvitationId, OrganisationId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Where an invitation stands.
    pub enum InvitationStatus: "invitation_status" {
        Sent = "sent" ("已发出", "sent"),
        Accepted = "accepted" ("已接受", "accepted"),
        Revoked = "revoked" ("已撤回", "revoked"),
        Expired = "expired" ("已过期", "expired"),
    }
}

coded_enum! {
    /// What can be done to an invitation.
    pub enum InvitationMove: "invitation_move" {
        Accept = "accept" ("接受", "accept"),
        Revoke = "revoke" ("撤回", "revoke"),
        Expire = "expire" ("过期", "expire"),
    }
}

impl LifeCycle for InvitationStatus {
    type Move = InvitationMove;

    const MOVES: &'static [InvitationMove] = InvitationMove::ALL;

    fn target(self, mv: InvitationMove) -> Option<Self> {
        use InvitationStatus as S;
        let to = match mv {
            InvitationMove::Accept => S::Accepted,
            InvitationMove::Revoke => S::Revoked,
            InvitationMove::Expire => S::Expired,
        };
        (self == S::Sent).then_some(to)
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: InvitationId,
    pub organisation_id: OrganisationId,
    /// In the form in which accounts keep it.
    pub email: String,
    pub role: MemberRole,
    /// SHA-256 (hex) of the token in the mail.
    #[sea_orm(unique)]
    pub token_hash: String,
    /// Organisation and address while it is open: the database keeps it to one.
    #[sea_orm(unique)]
    pub open_key: Option<String>,
    pub status: InvitationStatus,
    pub invited_by: AccountId,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub accepted_by: Option<AccountId>,
    pub ended_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
