//! Indicators, plans and the ledger, whose entries and events nobody can change.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, date, integer, json_binary, text, text_null, timestamp_with_time_zone, uuid,
        uuid_null,
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
                    .table("indicator")
                    .col(text("code").primary_key())
                    .col(integer("position"))
                    .col(text("name_zh"))
                    .col(text("name_en"))
                    .col(text("unit_zh"))
                    .col(text("unit_en"))
                    .col(text("kind"))
                    .col(text("measure"))
                    .col(text("counting"))
                    .col(text("rule_zh"))
                    .col(text("rule_en"))
                    .col(text("rule_version"))
                    .col(json_binary("parameters"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("plan")
                    .col(text("code").primary_key())
                    .col(text("name_zh"))
                    .col(text("name_en"))
                    .col(date("starts_on"))
                    .col(date("ends_on"))
                    .col(boolean("demo"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("plan_target")
                    .col(text("plan"))
                    .col(text("indicator"))
                    .col(big_integer("target"))
                    .col(date("starts_on"))
                    .col(date("ends_on"))
                    .col(json_binary("responsible_units"))
                    .primary_key(Index::create().col("plan").col("indicator"))
                    .foreign_key(ForeignKey::create().from("plan_target", "plan").to("plan", "code"))
                    .foreign_key(
                        ForeignKey::create().from("plan_target", "indicator").to("indicator", "code"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("ledger_entry")
                    .col(uuid("id").primary_key())
                    .col(text("indicator"))
                    .col(text("unit_key"))
                    .col(text("label"))
                    .col(big_integer("delta"))
                    .col(date("effective_on"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(text("rule_version"))
                    .col(json_binary("facts"))
                    .col(json_binary("evidence"))
                    .col(uuid_null("actor_id"))
                    .col(json_binary("performers"))
                    .col(json_binary("organisations"))
                    .col(boolean("demo"))
                    .col(uuid_null("listing_id"))
                    .col(uuid_null("docking_id"))
                    .col(uuid_null("contract_id"))
                    .col(uuid_null("reverses").unique_key())
                    .col(text_null("reason"))
                    .foreign_key(
                        ForeignKey::create().from("ledger_entry", "indicator").to("indicator", "code"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("ledger_event")
                    .col(ColumnDef::new("seq").big_integer().not_null().auto_increment().primary_key())
                    .col(uuid("entry_id"))
                    .col(text("stage"))
                    .col(timestamp_with_time_zone("at"))
                    .col(uuid_null("by"))
                    .col(text_null("reason"))
                    .col(json_binary("evidence"))
                    .foreign_key(
                        ForeignKey::create().from("ledger_event", "entry_id").to("ledger_entry", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("ledger_active")
                    .col(text("indicator"))
                    .col(text("unit_key"))
                    .col(uuid("entry_id").unique_key())
                    .col(text("stage"))
                    .primary_key(Index::create().col("indicator").col("unit_key"))
                    .foreign_key(
                        ForeignKey::create().from("ledger_active", "entry_id").to("ledger_entry", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ledger_entry_by_indicator")
                    .table("ledger_entry")
                    .col("indicator")
                    .col("demo")
                    .col("effective_on")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ledger_entry_by_listing")
                    .table("ledger_entry")
                    .col("listing_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ledger_entry_by_docking")
                    .table("ledger_entry")
                    .col("docking_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("ledger_event_by_entry")
                    .table("ledger_event")
                    .col("entry_id")
                    .to_owned(),
            )
            .await?;
        insert_only::guard(manager, "ledger_entry").await?;
        insert_only::guard(manager, "ledger_event").await?;

        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("ledger_active").to_owned()).await?;
        manager.drop_table(Table::drop().table("ledger_event").to_owned()).await?;
        manager.drop_table(Table::drop().table("ledger_entry").to_owned()).await?;
        manager.drop_table(Table::drop().table("plan_target").to_owned()).await?;
        manager.drop_table(Table::drop().table("plan").to_owned()).await?;
        manager.drop_table(Table::drop().table("indicator").to_owned()).await?;
        insert_only::release(manager, "ledger_entry").await?;
        insert_only::release(manager, "ledger_event").await?;

        Ok(())
    }
}
