//! What the matcher recommends, whom it was told, and how often people want to be told.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, double, json_binary, text, text_null, timestamp_with_time_zone,
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
                    .table("recommendation")
                    .col(uuid("id").primary_key())
                    .col(uuid("achievement_id"))
                    .col(uuid("demand_id"))
                    .col(text("pair_key").unique_key())
                    .col(uuid("supplier_id"))
                    .col(uuid("enterprise_id"))
                    .col(boolean("demo"))
                    .col(double("score"))
                    .col(json_binary("found"))
                    .col(text("model_version"))
                    .col(text("status"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(text_null("code"))
                    .col(text_null("note"))
                    .col(uuid_null("docking_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("recommendation", "achievement_id").to("listing", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("recommendation", "demand_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        for (name, column) in [
            ("recommendation_by_achievement", "achievement_id"),
            ("recommendation_by_demand", "demand_id"),
            ("recommendation_by_status", "status"),
        ] {
            manager
                .create_index(
                    Index::create().name(name).table("recommendation").col(column).col("id").to_owned(),
                )
                .await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("recommendation_notice")
                    .col(uuid("recommendation_id"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("told_at"))
                    .primary_key(Index::create().col("recommendation_id").col("account_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("recommendation_notice", "recommendation_id")
                            .to("recommendation", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(
                Table::alter().table("account").add_column(text("match_digest").default("daily")).to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("account").drop_column("match_digest").to_owned()).await?;
        manager.drop_table(Table::drop().table("recommendation_notice").to_owned()).await?;
        manager.drop_table(Table::drop().table("recommendation").to_owned()).await
    }
}
