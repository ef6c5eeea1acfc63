//! How listings are looked at, by month; and what the figures of the service read.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{big_integer, date, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Name, table and columns.
const INDEXES: &[(&str, &str, &[&str])] = &[
    ("desk_item_by_closing", "desk_item", &["demo", "closed_at"]),
    ("docking_by_ending", "docking", &["demo", "ended_at"]),
    ("docking_by_provider", "docking", &["provider_id"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("listing_month")
                    .col(uuid("listing_id"))
                    .col(date("month"))
                    .col(big_integer("views"))
                    .col(big_integer("appearances"))
                    .col(big_integer("alerts"))
                    .primary_key(Index::create().col("listing_id").col("month"))
                    .foreign_key(ForeignKey::create().from("listing_month", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        for (name, table, columns) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).to_owned();
            for column in *columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in INDEXES {
            manager.drop_index(Index::drop().name(*name).table(*table).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table("listing_month").to_owned()).await
    }
}
