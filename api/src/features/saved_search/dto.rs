//! Saved searches on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::SavedSearchId,
    saved_search::{Model, SearchPace},
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

/// A search that the caller keeps.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedSearchOut {
    pub id: SavedSearchId,
    pub name: String,
    pub query: String,
    /// The search itself.
    #[schema(example = "/api/v1/search?q=电机控制器&kind=achievement")]
    pub href: String,
    pub pace: SearchPace,
    /// What was published before is not new.
    pub since: Moment,
    pub last_run_at: Option<Moment>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Model> for SavedSearchOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            href: format!("/api/v1/search?{}", row.query),
            name: row.name,
            query: row.query,
            pace: row.pace,
            since: row.since.into(),
            last_run_at: row.last_run_at.map(Into::into),
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A search to keep.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedSearchIn {
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "电机控制器的新成果")]
    pub name: String,
    /// The query of `GET /search` as its address has it, without limit, cursor, facets and sort.
    #[schema(min_length = 1, max_length = 2000, example = "q=电机控制器&kind=achievement&trl_min=6")]
    pub query: String,
    pub pace: SearchPace,
}

/// What to change of it; what is absent stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedSearchPatch {
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = r"\S")]
    pub name: Option<String>,
    /// Another question begins anew: what was published until now is not new.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub query: Option<String>,
    #[serde(default)]
    pub pace: Option<SearchPace>,
}

/// Which page.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SavedSearchQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
