//! Frozen reports, the assessor's samples, signals, the funnel's sums.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, date, integer, json_binary, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

use crate::insert_only;

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
                    .table("snapshot")
                    .col(uuid("id").primary_key())
                    .col(big_integer("number").unique_key())
                    .col(text("plan"))
                    .col(text("title"))
                    .col(date("as_of"))
                    .col(timestamp_with_time_zone("known_at"))
                    .col(uuid_null("corrects").unique_key())
                    .col(text_null("reason"))
                    // Text, not JSON: what is hashed is kept byte for byte.
                    .col(text("document"))
                    .col(text_null("previous_hash"))
                    .col(text("hash").unique_key())
                    .col(uuid_null("made_by"))
                    .col(timestamp_with_time_zone("made_at"))
                    .foreign_key(ForeignKey::create().from("snapshot", "plan").to("plan", "code"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("snapshot_part")
                    .col(uuid("snapshot_id"))
                    .col(text("indicator"))
                    .col(text("document"))
                    .col(text("hash"))
                    .primary_key(Index::create().col("snapshot_id").col("indicator"))
                    .foreign_key(
                        ForeignKey::create().from("snapshot_part", "snapshot_id").to("snapshot", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        insert_only::guard(manager, "snapshot").await?;
        insert_only::guard(manager, "snapshot_part").await?;
        manager
            .create_table(
                Table::create()
                    .table("assessment")
                    .col(uuid("id").primary_key())
                    .col(uuid("snapshot_id"))
                    .col(text_null("indicator"))
                    .col(text("seed"))
                    .col(integer("population"))
                    .col(integer("sample_size"))
                    .col(text("status"))
                    .col(text_null("opinion"))
                    .col(text_null("signature"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("signed_by"))
                    .col(timestamp_with_time_zone_null("signed_at"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("assessment", "snapshot_id").to("snapshot", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("assessment_item")
                    .col(uuid("assessment_id"))
                    .col(integer("position"))
                    .col(uuid("entry_id"))
                    .col(text("indicator"))
                    .col(json_binary("unit"))
                    .col(text_null("verdict"))
                    .col(text_null("note"))
                    .col(uuid_null("judged_by"))
                    .col(timestamp_with_time_zone_null("judged_at"))
                    .col(uuid_null("reversal_id"))
                    .primary_key(Index::create().col("assessment_id").col("position"))
                    .foreign_key(
                        ForeignKey::create().from("assessment_item", "assessment_id").to("assessment", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("assessment_item", "entry_id").to("ledger_entry", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("signal")
                    .col(uuid("id").primary_key())
                    .col(text("kind"))
                    // What it is about, once: a second look at the same facts raises nothing new.
                    .col(text("fact_key").unique_key())
                    .col(uuid_null("organisation_id"))
                    .col(json_binary("subjects"))
                    .col(json_binary("facts"))
                    .col(boolean("demo"))
                    .col(text("status"))
                    .col(timestamp_with_time_zone("raised_at"))
                    .col(text_null("note"))
                    .col(uuid_null("judged_by"))
                    .col(timestamp_with_time_zone_null("judged_at"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("signal_by_status").table("signal").col("status").col("id").to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("funnel_month")
                    .col(boolean("demo"))
                    .col(text("dimension"))
                    .col(text("value"))
                    .col(text("step"))
                    .col(date("month"))
                    .col(big_integer("reached"))
                    .primary_key(
                        Index::create().col("demo").col("dimension").col("value").col("step").col("month"),
                    )
                    .to_owned(),
            )
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["funnel_month", "signal", "assessment_item", "assessment", "snapshot_part", "snapshot"]
        {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        insert_only::release(manager, "snapshot_part").await?;
        insert_only::release(manager, "snapshot").await
    }
}
