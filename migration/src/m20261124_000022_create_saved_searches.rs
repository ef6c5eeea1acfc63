//! Searches that people keep, and what they told.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, ForeignKeyAction, Index, Table},
    schema::{big_integer, text, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
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
                    .table("saved_search")
                    .col(uuid("id").primary_key())
                    .col(uuid("account_id"))
                    .col(text("name"))
                    .col(text("query"))
                    .col(text("pace"))
                    .col(timestamp_with_time_zone("since"))
                    .col(timestamp_with_time_zone_null("last_run_at"))
                    .col(timestamp_with_time_zone("next_run_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("saved_search", "account_id").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("saved_search_by_account", ["account_id", "id"].as_slice()),
            ("saved_search_due", &["pace", "next_run_at"]),
        ] {
            let mut index = Index::create().name(name).table("saved_search").to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("saved_search_hit")
                    .col(uuid("saved_search_id"))
                    .col(uuid("listing_id"))
                    .col(uuid("alert_id"))
                    .col(timestamp_with_time_zone("told_at"))
                    .primary_key(Index::create().col("saved_search_id").col("listing_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("saved_search_hit", "saved_search_id")
                            .to("saved_search", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("saved_search_hit_by_alert")
                    .table("saved_search_hit")
                    .col("alert_id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["saved_search_hit", "saved_search"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
