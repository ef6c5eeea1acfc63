//! The log on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    audit::{Model, SubjectKind},
    id::{AccountId, ApiClientId, AuditId, OrganisationId},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A line of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditOut {
    pub id: AuditId,
    pub at: Moment,
    /// Who acted; null when the service itself did.
    pub actor_id: Option<AccountId>,
    pub acting_organisation_id: Option<OrganisationId>,
    /// The client with whose key it was done; null when the person acted themselves.
    pub api_client_id: Option<ApiClientId>,
    #[schema(example = "publish")]
    pub action: String,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    pub request_id: Option<String>,
}

impl From<Model> for AuditOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            at: row.at.into(),
            actor_id: row.actor_id,
            acting_organisation_id: row.acting_organisation_id,
            api_client_id: row.api_client_id,
            action: row.action,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            from_status: row.from_status,
            to_status: row.to_status,
            reason_code: row.reason_code,
            reason: row.reason,
            facts: row.facts,
            request_id: row.request_id,
        }
    }
}

/// One step in the history of an item, as its author sees it: what happened, when and why, without
/// the names of the centre's people.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HistoryOut {
    pub at: Moment,
    #[schema(example = "return")]
    pub action: String,
    pub from_status: Option<String>,
    pub to_status: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    /// The organisation for which it was done; null for the centre.
    pub acting_organisation_id: Option<OrganisationId>,
}

impl From<Model> for HistoryOut {
    fn from(row: Model) -> Self {
        Self {
            at: row.at.into(),
            action: row.action,
            from_status: row.from_status,
            to_status: row.to_status,
            reason_code: row.reason_code,
            reason: row.reason,
            acting_organisation_id: row.acting_organisation_id,
        }
    }
}

/// What to look for in the log.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub subject_kind: Option<SubjectKind>,
    /// The id of what was acted on.
    #[param(max_length = 100)]
    pub subject_id: Option<String>,
    pub actor_id: Option<AccountId>,
    #[param(max_length = 100)]
    pub action: Option<String>,
}

/// A page of a history.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct HistoryQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
