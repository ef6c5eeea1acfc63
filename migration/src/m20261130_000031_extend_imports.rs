//! Imports of tables: how the file is written, which sheet of it, how far the job is; and what the columns and
//! words of a source mean.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, Table},
    schema::{
        big_integer, json_binary, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &[&str] = &["format", "kind", "sheet", "notes", "lines", "started_at", "advanced_at", "line"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns: [ColumnDef; 8] = [
            // Until now every file was one of JSON Lines.
            ColumnDef::new("format").text().not_null().default("json_lines").to_owned(),
            text_null("kind"),
            text_null("sheet"),
            ColumnDef::new("notes").json_binary().not_null().default("[]").to_owned(),
            ColumnDef::new("lines").big_integer().to_owned(),
            timestamp_with_time_zone_null("started_at"),
            timestamp_with_time_zone_null("advanced_at"),
            ColumnDef::new("line").big_integer().not_null().default(0).to_owned(),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("import").add_column(column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("import_mapping")
                    .col(text("source_system").primary_key())
                    .col(json_binary("columns"))
                    .col(json_binary("words"))
                    .col(uuid_null("updated_by"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("import_mapping").to_owned()).await?;
        for column in COLUMNS.iter().rev() {
            manager.alter_table(Table::alter().table("import").drop_column(*column).to_owned()).await?;
        }
        Ok(())
    }
}
