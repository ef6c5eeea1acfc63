//! Invitations on the wire. The token travels in the mail and in the one request that uses it up.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, InvitationId, OrganisationId},
    organisation::{
        invitation::{InvitationMove, InvitationStatus},
        membership::MemberRole,
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::{clock::Moment, features::listing::dto::OrganisationBrief};

/// Who is invited, and to what.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationIn {
    /// Whether it has an account does not matter: who has none registers it first.
    #[schema(min_length = 3, max_length = 254, example = "colleague@example.com")]
    pub email: String,
    pub role: MemberRole,
}

/// The token of the mail.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitationIn {
    #[schema(min_length = 1, max_length = 200)]
    pub token: String,
}

/// An invitation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct InvitationOut {
    pub id: InvitationId,
    pub organisation_id: OrganisationId,
    /// For members and the centre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub role: MemberRole,
    pub status: InvitationStatus,
    pub legal_moves: Vec<InvitationMove>,
    pub invited_by: AccountId,
    pub accepted_by: Option<AccountId>,
    pub created_at: Moment,
    pub expires_at: Moment,
    /// When it was accepted, revoked or let expire.
    pub ended_at: Option<Moment>,
}

/// To what one belongs since the acceptance.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcceptedInvitationOut {
    pub organisation: OrganisationBrief,
    pub role: MemberRole,
    pub since: Moment,
}

/// What to list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct InvitationQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    #[param(max_items = 4)]
    pub status: Vec<InvitationStatus>,
}
