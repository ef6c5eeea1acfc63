//! API clients: front-ends and platforms of others that call with a key, for an organisation or for public reading.

pub mod key;
pub mod scope;
pub mod status;
pub mod usage;

use scope::ApiScope;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use status::ApiClientStatus;

use crate::{
    Instant,
    id::{AccountId, ApiClientId, OrganisationId},
};

/// Scopes, each once and in the order of their list, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Scopes(pub Vec<ApiScope>);

impl Scopes {
    /// Each once, in the order of the list.
    #[must_use]
    pub fn of(given: impl IntoIterator<Item = ApiScope>) -> Self {
        let given: std::collections::BTreeSet<ApiScope> = given.into_iter().collect();
        Self(given.into_iter().collect())
    }

    /// Whether it is one of them.
    #[must_use]
    pub fn has(&self, scope: ApiScope) -> bool {
        self.0.contains(&scope)
    }
}

/// Origins of pages, exactly as browsers send them, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Origins(pub Vec<String>);

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_client")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ApiClientId,
    /// For which organisation it acts; none where it reads what is public.
    pub organisation_id: Option<OrganisationId>,
    /// Who answers for it: what it does for an organisation it does as this person.
    pub responsible_id: AccountId,
    pub name: String,
    /// What it is for, in the words of who asked for it.
    pub purpose: String,
    pub status: ApiClientStatus,
    #[sea_orm(column_type = "JsonBinary")]
    pub asked_scopes: Scopes,
    /// What was granted of them.
    #[sea_orm(column_type = "JsonBinary")]
    pub scopes: Scopes,
    #[sea_orm(column_type = "JsonBinary")]
    pub origins: Origins,
    /// Requests a minute, by each process of the service.
    pub per_minute: i32,
    /// Requests a day in Asia/Shanghai, by all of them.
    pub daily_quota: i64,
    /// Why it was rejected, suspended or revoked.
    pub reason: Option<String>,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Instant>,
    pub created_by: AccountId,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
