//! Harvest sources on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    harvest_source::{HarvestKind, HarvestOutcome, HarvestPace, Model},
    id::{AccountId, HarvestSourceId, ImportId},
    listing::ListingKind,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

fn hour() -> i16 {
    3
}

fn weekday() -> i16 {
    1
}

fn guard_percent() -> i16 {
    10
}

fn guard_count() -> i32 {
    20
}

/// A place to fetch listings from.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HarvestSourceIn {
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "省科技成果库")]
    pub name: String,
    pub kind: HarvestKind,
    /// The base address of OAI-PMH, or that of the file: https, on the public internet.
    #[schema(min_length = 1, max_length = 2000, example = "https://repository.example/oai")]
    pub address: String,
    /// The set of OAI-PMH; everything when absent.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub oai_set: Option<String>,
    /// The metadata format of OAI-PMH; `oai_dc` when absent. The elements of another format are columns of
    /// their names, for the mapping of the source.
    #[serde(default)]
    #[schema(max_length = 100, example = "oai_dc")]
    pub oai_prefix: Option<String>,
    /// The kind of what it brings.
    pub listing_kind: ListingKind,
    /// Names the mapping, and is part of the key by which an item is known again.
    #[schema(min_length = 1, max_length = 100, pattern = r"\S", example = "kehui")]
    pub source_system: String,
    pub pace: HarvestPace,
    /// The hour of the day in Shanghai, for daily and weekly runs.
    #[serde(default = "hour")]
    #[schema(minimum = 0, maximum = 23, default = 3)]
    pub hour: i16,
    /// The day of the week from Monday 1, for weekly runs.
    #[serde(default = "weekday")]
    #[schema(minimum = 1, maximum = 7, default = 1)]
    pub weekday: i16,
    /// No run by schedule while it is.
    #[serde(default)]
    pub paused: bool,
    /// A run in which more of the source's published items vanish than this share and than `guard_count` does
    /// nothing and waits for a person.
    #[serde(default = "guard_percent")]
    #[schema(minimum = 0, maximum = 100, default = 10)]
    pub guard_percent: i16,
    #[serde(default = "guard_count")]
    #[schema(minimum = 0, maximum = 100_000, default = 20)]
    pub guard_count: i32,
}

/// A place that listings are fetched from, and how its last run ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HarvestSourceOut {
    pub id: HarvestSourceId,
    pub name: String,
    pub kind: HarvestKind,
    pub address: String,
    pub oai_set: Option<String>,
    pub oai_prefix: Option<String>,
    pub listing_kind: ListingKind,
    pub source_system: String,
    pub pace: HarvestPace,
    pub hour: i16,
    pub weekday: i16,
    pub paused: bool,
    pub guard_percent: i16,
    pub guard_count: i32,
    pub next_run_at: Option<Moment>,
    /// From when OAI-PMH is asked for changes next.
    pub cursor: Option<String>,
    pub last_started_at: Option<Moment>,
    pub last_finished_at: Option<Moment>,
    pub last_outcome: Option<HarvestOutcome>,
    /// What there is to tell of the last run.
    pub last_message: Option<String>,
    /// The import of the last run, with the results of its rows.
    pub last_import_id: Option<ImportId>,
    /// Published items that the last run withdrew since they had vanished; where the guard stopped it, those that
    /// would have been.
    pub last_vanished: i64,
    pub created_by: Option<AccountId>,
    pub created_at: Moment,
    pub updated_at: Moment,
}

impl From<Model> for HarvestSourceOut {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            address: row.address,
            oai_set: row.oai_set,
            oai_prefix: row.oai_prefix,
            listing_kind: row.listing_kind,
            source_system: row.source_system,
            pace: row.pace,
            hour: row.hour,
            weekday: row.weekday,
            paused: row.paused,
            guard_percent: row.guard_percent,
            guard_count: row.guard_count,
            next_run_at: row.next_run_at.map(Into::into),
            cursor: row.cursor,
            last_started_at: row.last_started_at.map(Into::into),
            last_finished_at: row.last_finished_at.map(Into::into),
            last_outcome: row.last_outcome,
            last_message: row.last_message,
            last_import_id: row.last_import_id,
            last_vanished: row.last_vanished,
            created_by: row.created_by,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
        }
    }
}

/// A page of harvest sources.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct HarvestSourcesQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}
