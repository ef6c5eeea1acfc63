//! The schema, step by step. Runs on SQLite and PostgreSQL alike and imports no entity: a step must
//! mean tomorrow what it means today. Steps are only ever added; each can be undone.

use sea_orm_migration::MigrationTrait;

mod insert_only;
mod m20261123_000001_create_people;
mod m20261123_000002_create_organisations;
mod m20261123_000003_create_listings;
mod m20261123_000004_create_dockings;
mod m20261123_000005_create_ledger;
mod m20261123_000006_create_plumbing;
mod m20261123_000007_load_plans;
mod m20261124_000008_extend_indicators;
mod m20261124_000009_create_contract_book;
mod m20261124_000010_create_reports;
mod m20261124_000011_create_duplicates;
mod m20261124_000012_load_whole_plan;
mod m20261124_000013_index_files_and_invitations;
mod m20261124_000014_create_listing_step;
mod m20261124_000015_index_worklist;
mod m20261124_000016_create_recommendations;
mod m20261124_000017_create_notifications;
mod m20261124_000018_create_desk;
mod m20261124_000022_create_saved_searches;
mod m20261128_000023_create_cases;
mod m20261128_000024_create_events;
mod m20261128_000025_widen_diagnosis;
mod m20261128_000026_create_expiry;
mod m20261128_000027_create_listing_months;
mod m20261130_000028_create_api_clients;
mod m20261130_000029_create_changes;
mod m20261130_000030_create_webhooks;
mod m20261130_000031_extend_imports;
mod m20261130_000032_create_harvest_sources;
mod m20261130_000033_create_erasure;
mod m20261130_000034_create_outbound;
mod m20261201_000035_create_catalogue_files;

pub use sea_orm_migration::MigratorTrait;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_people::Migration),
            Box::new(m20261123_000002_create_organisations::Migration),
            Box::new(m20261123_000003_create_listings::Migration),
            Box::new(m20261123_000004_create_dockings::Migration),
            Box::new(m20261123_000005_create_ledger::Migration),
            Box::new(m20261123_000006_create_plumbing::Migration),
            Box::new(m20261123_000007_load_plans::Migration),
            Box::new(m20261124_000008_extend_indicators::Migration),
            Box::new(m20261124_000009_create_contract_book::Migration),
            Box::new(m20261124_000010_create_reports::Migration),
            Box::new(m20261124_000011_create_duplicates::Migration),
            Box::new(m20261124_000012_load_whole_plan::Migration),
            Box::new(m20261124_000013_index_files_and_invitations::Migration),
            Box::new(m20261124_000014_create_listing_step::Migration),
            Box::new(m20261124_000015_index_worklist::Migration),
            Box::new(m20261124_000016_create_recommendations::Migration),
            Box::new(m20261124_000017_create_notifications::Migration),
            Box::new(m20261124_000018_create_desk::Migration),
            Box::new(m20261124_000022_create_saved_searches::Migration),
            Box::new(m20261128_000023_create_cases::Migration),
            Box::new(m20261128_000024_create_events::Migration),
            Box::new(m20261128_000025_widen_diagnosis::Migration),
            Box::new(m20261128_000026_create_expiry::Migration),
            Box::new(m20261128_000027_create_listing_months::Migration),
            Box::new(m20261130_000028_create_api_clients::Migration),
            Box::new(m20261130_000029_create_changes::Migration),
            Box::new(m20261130_000030_create_webhooks::Migration),
            Box::new(m20261130_000031_extend_imports::Migration),
            Box::new(m20261130_000032_create_harvest_sources::Migration),
            Box::new(m20261130_000033_create_erasure::Migration),
            Box::new(m20261130_000034_create_outbound::Migration),
            Box::new(m20261201_000035_create_catalogue_files::Migration),
        ]
    }
}
