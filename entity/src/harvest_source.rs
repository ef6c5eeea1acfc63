//! A place from which listings are fetched by schedule.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, HarvestSourceId, ImportId},
    listing::ListingKind,
};

coded_enum! {
    /// How a source is asked.
    pub enum HarvestKind: "harvest_kind" {
        OaiPmh = "oai_pmh" ("OAI-PMH 2.0", "OAI-PMH 2.0"),
        Csv = "csv" ("CSV 文件地址", "address of a CSV file"),
    }
}

coded_enum! {
    /// How often it is asked.
    pub enum HarvestPace: "harvest_pace" {
        ByHand = "by_hand" ("手动", "by hand"),
        Hourly = "hourly" ("每小时", "hourly"),
        Daily = "daily" ("每天", "daily"),
        Weekly = "weekly" ("每周", "weekly"),
    }
}

coded_enum! {
    /// How a run ended, or that it has not.
    pub enum HarvestOutcome: "harvest_outcome" {
        Running = "running" ("进行中", "running"),
        Done = "done" ("完成", "done"),
        Failed = "failed" ("失败", "failed"),
        /// Too much had vanished; nothing was done, and it waits for a person.
        Stopped = "stopped" ("已拦停", "stopped by the guard"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "harvest_source")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HarvestSourceId,
    pub name: String,
    pub kind: HarvestKind,
    pub address: String,
    /// The set of OAI-PMH; none for everything.
    pub oai_set: Option<String>,
    /// The metadata format of OAI-PMH.
    pub oai_prefix: Option<String>,
    pub listing_kind: ListingKind,
    /// Names the mapping, and is part of the upsert key.
    pub source_system: String,
    pub pace: HarvestPace,
    /// The hour of a day in Shanghai, and the day of a week from Monday 1.
    pub hour: i16,
    pub weekday: i16,
    pub paused: bool,
    /// More of the source's items than both may not vanish at once.
    pub guard_percent: i16,
    pub guard_count: i32,
    /// A person has looked: the next run may take away as much as it finds gone.
    pub guard_lifted: bool,
    pub next_run_at: Option<Instant>,
    /// From when OAI-PMH is asked for changes: the source's own time.
    pub cursor: Option<String>,
    pub last_started_at: Option<Instant>,
    pub last_finished_at: Option<Instant>,
    pub last_outcome: Option<HarvestOutcome>,
    pub last_message: Option<String>,
    pub last_import_id: Option<ImportId>,
    /// What the last run took away, or would have taken.
    pub last_vanished: i64,
    /// Runs that failed one after the other.
    pub failures: i32,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}
