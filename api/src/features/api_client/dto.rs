//! API clients and their keys on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    api_client::{
        Model, key,
        scope::ApiScope,
        status::{ApiClientMove, ApiClientStatus},
    },
    id::{AccountId, ApiClientId, ApiKeyId, OrganisationId},
    life_cycle::LifeCycle,
};
use utoipa::{IntoParams, ToSchema};

use crate::{auth::Context, clock::Moment};

/// A client that calls with a key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiClientOut {
    pub id: ApiClientId,
    #[schema(example = "市科创门户")]
    pub name: String,
    pub purpose: String,
    /// For which organisation it acts; null where it reads what is public.
    pub organisation_id: Option<OrganisationId>,
    /// Who answers for it: what it does for an organisation it does as this person.
    pub responsible_id: AccountId,
    pub status: ApiClientStatus,
    /// What can be done to it now, by whoever may.
    pub legal_moves: Vec<ApiClientMove>,
    pub asked_scopes: Vec<ApiScope>,
    /// What was granted of them.
    pub scopes: Vec<ApiScope>,
    /// Whether more is asked for than was granted: it waits for an admin.
    pub waits: bool,
    #[schema(example = json!(["https://front.example"]))]
    pub origins: Vec<String>,
    /// Requests a minute, by each process of the service.
    #[schema(example = 1200)]
    pub per_minute: i32,
    /// Requests a day in Asia/Shanghai.
    #[schema(example = 100_000)]
    pub daily_quota: i64,
    /// Why it was rejected, suspended or revoked.
    pub reason: Option<String>,
    pub decided_at: Option<Moment>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Model> for ApiClientOut {
    fn from(row: Model) -> Self {
        let alive = ApiClientStatus::ALIVE.contains(&row.status);
        Self {
            id: row.id,
            name: row.name,
            purpose: row.purpose,
            organisation_id: row.organisation_id,
            responsible_id: row.responsible_id,
            status: row.status,
            legal_moves: row.status.legal(),
            waits: alive && row.asked_scopes != row.scopes,
            asked_scopes: row.asked_scopes.0,
            scopes: row.scopes.0,
            origins: row.origins.0,
            per_minute: row.per_minute,
            daily_quota: row.daily_quota,
            reason: row.reason,
            decided_at: row.decided_at.map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A client that is asked for.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiClientIn {
    #[schema(min_length = 2, max_length = 100, example = "市科创门户")]
    pub name: String,
    /// What it is for, and whose pages or systems call.
    #[schema(
        min_length = 2,
        max_length = 2000,
        example = "在门户首页展示成果与需求，由市科技局信息中心维护。"
    )]
    pub purpose: String,
    /// For which organisation; null for public reading.
    #[serde(default)]
    pub organisation_id: Option<OrganisationId>,
    #[schema(min_items = 1, max_items = 20, example = json!(["catalogue:read"]))]
    pub scopes: Vec<ApiScope>,
    /// Pages from which browsers may call, as they send it in `Origin`; none when only servers call.
    #[serde(default)]
    #[schema(max_items = 20, example = json!(["https://front.example"]))]
    pub origins: Vec<String>,
}

/// What to change of it; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiClientPatch {
    #[serde(default)]
    #[schema(min_length = 2, max_length = 100)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(min_length = 2, max_length = 2000)]
    pub purpose: Option<String>,
    /// What is left out is taken away at once; what is new waits for an admin.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Option<Vec<ApiScope>>,
    #[serde(default)]
    #[schema(max_items = 20)]
    pub origins: Option<Vec<String>>,
}

/// What an admin grants.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiClientGrantIn {
    /// Of those that were asked for; all of them when absent.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 20)]
    pub scopes: Option<Vec<ApiScope>>,
    /// Requests a minute; as it is when absent (1,200 at first).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 60_000)]
    pub per_minute: Option<i32>,
    /// Requests a day; as it is when absent (100,000 at first).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000_000)]
    pub daily_quota: Option<i64>,
}

/// Why. It reaches whoever answers for the client.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiClientReasonIn {
    #[schema(min_length = 2, max_length = 2000, example = "用途说明不清楚，请补充数据去向。")]
    pub reason: String,
}

/// Who answers for it from now on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiClientHandOverIn {
    /// Another owner of the organisation.
    pub account_id: AccountId,
}

/// Which clients.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ApiClientQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[serde(default)]
    pub status: Vec<ApiClientStatus>,
    pub organisation_id: Option<OrganisationId>,
    /// Only those for public reading, or only those of organisations.
    pub public: Option<bool>,
}

/// A key, without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiKeyOut {
    pub id: ApiKeyId,
    /// How it begins, to tell it from others.
    #[schema(example = "tm_4kQz0aBc9D")]
    pub prefix: String,
    pub label: Option<String>,
    pub created_by: AccountId,
    pub created_at: Moment,
    /// Its own end, or the end of the overlap with the key that followed it.
    pub expires_at: Moment,
    pub revoked_at: Option<Moment>,
    /// Within a minute.
    pub last_used_at: Option<Moment>,
    /// Whether it opens something now.
    pub live: bool,
}

impl ApiKeyOut {
    #[must_use]
    pub fn of(cx: &Context, row: key::Model) -> Self {
        Self {
            live: row.is_live(cx.now),
            id: row.id,
            prefix: format!("tm_{}", row.code),
            label: row.label,
            created_by: row.created_by,
            created_at: row.created_at.into(),
            expires_at: row.expires_at.into(),
            revoked_at: row.revoked_at.map(Into::into),
            last_used_at: row.last_used_at.map(Into::into),
        }
    }
}

/// A new key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewApiKeyOut {
    #[serde(flatten)]
    pub about: ApiKeyOut,
    /// The key itself, this once: it is stored nowhere. Null when the request is repeated: it was shown already.
    #[schema(example = "tm_4kQz0aBc9D_3rT…")]
    pub key: Option<String>,
}

/// A key to make.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyIn {
    /// What to call it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, example = "生产环境 2026")]
    pub label: Option<String>,
    /// After how many days it ends; 365 when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 730, example = 365)]
    pub days: Option<i64>,
    /// For how many hours the key of before goes on; 24 when absent, 0 ends it now.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 720, example = 24)]
    pub overlap_hours: Option<i64>,
}

/// Which page of keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// Of which days.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ApiUsageQuery {
    /// The first day in Asia/Shanghai; the 30th before the last when absent.
    pub from: Option<chrono::NaiveDate>,
    /// The last day; today when absent. At most 92 days.
    pub to: Option<chrono::NaiveDate>,
}

/// How a client was used on a day, under a scope.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiUsageRowOut {
    pub day: chrono::NaiveDate,
    /// Null where it asked for what needs no scope or is closed to keys.
    pub scope: Option<ApiScope>,
    /// Requests that were judged, whatever was answered: these count towards the quota.
    #[schema(example = 1840)]
    pub requests: i64,
    /// Of these, answered with 4xx.
    #[schema(example = 12)]
    pub refused: i64,
    /// Of these, answered with 5xx.
    #[schema(example = 0)]
    pub failed: i64,
    /// Besides these, 429: too many at once, or beyond the day's quota.
    #[schema(example = 3)]
    pub limited: i64,
}

/// How a client was used.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiUsageOut {
    pub from: chrono::NaiveDate,
    pub to: chrono::NaiveDate,
    #[schema(example = 100_000)]
    pub daily_quota: i64,
    /// By day and scope, oldest first; a few seconds behind.
    pub items: Vec<ApiUsageRowOut>,
}
