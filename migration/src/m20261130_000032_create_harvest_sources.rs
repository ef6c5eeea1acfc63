//! Places from which listings are fetched by schedule.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, Index, Table},
    schema::{
        big_integer, boolean, integer, small_integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("harvest_source")
                    .col(uuid("id").primary_key())
                    .col(text("name"))
                    .col(text("kind"))
                    .col(text("address"))
                    .col(text_null("oai_set"))
                    .col(text_null("oai_prefix"))
                    .col(text("listing_kind"))
                    .col(text("source_system"))
                    .col(text("pace"))
                    .col(small_integer("hour"))
                    .col(small_integer("weekday"))
                    .col(boolean("paused"))
                    .col(small_integer("guard_percent"))
                    .col(integer("guard_count"))
                    .col(boolean("guard_lifted"))
                    .col(timestamp_with_time_zone_null("next_run_at"))
                    .col(text_null("cursor"))
                    .col(timestamp_with_time_zone_null("last_started_at"))
                    .col(timestamp_with_time_zone_null("last_finished_at"))
                    .col(text_null("last_outcome"))
                    .col(text_null("last_message"))
                    .col(uuid_null("last_import_id"))
                    .col(big_integer("last_vanished"))
                    .col(integer("failures"))
                    .col(uuid_null("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("harvest_source_due", ["next_run_at", "id"]),
            ("harvest_source_by_system", ["source_system", "id"]),
        ] {
            let mut index = Index::create().name(name).table("harvest_source").to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        // What a source has brought, to see what of it has vanished.
        let brought = Index::create()
            .name("listing_by_source_system")
            .table("listing")
            .col("source_system")
            .col("kind")
            .col("id")
            .to_owned();
        manager.create_index(brought).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("listing_by_source_system").table("listing").to_owned())
            .await?;
        manager.drop_table(Table::drop().table("harvest_source").to_owned()).await
    }
}
