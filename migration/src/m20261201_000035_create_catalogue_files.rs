//! The files of the public catalogue: a row a kind.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, Table},
    schema::{big_integer_null, text, text_null, timestamp_with_time_zone_null},
    sea_orm::ConnectionTrait,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kind: ColumnDef = text("listing_kind").primary_key().to_owned();
        manager
            .create_table(
                Table::create()
                    .table("catalogue_file")
                    .col(kind)
                    .col(timestamp_with_time_zone_null("asked_at"))
                    .col(timestamp_with_time_zone_null("made_at"))
                    .col(big_integer_null("position"))
                    .col(big_integer_null("rows"))
                    .col(text_null("csv_sha256"))
                    .col(big_integer_null("csv_size"))
                    .col(text_null("json_lines_sha256"))
                    .col(big_integer_null("json_lines_size"))
                    .to_owned(),
            )
            .await?;
        for kind in ["achievement", "demand", "provider"] {
            let row = format!("INSERT INTO catalogue_file (listing_kind) VALUES ('{kind}')");
            manager.get_connection().execute_unprepared(&row).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("catalogue_file").to_owned()).await
    }
}
