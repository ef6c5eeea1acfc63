//! The term of a verification, renewals that were asked for, and the reminders that were told.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, Index, Table},
    schema::{date, small_integer, text, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // What was verified before has no end.
        for (table, column) in [
            ("organisation", ColumnDef::new("valid_until").date().to_owned()),
            ("organisation", ColumnDef::new("renewal_asked_at").timestamp_with_time_zone().to_owned()),
            ("provider_entry", ColumnDef::new("renewal_asked_at").timestamp_with_time_zone().to_owned()),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        for (name, table, columns) in [
            ("organisation_expiry", "organisation", ["verification", "valid_until"]),
            ("provider_entry_expiry", "provider_entry", ["status", "agreement_valid_to"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("expiry_reminder")
                    .col(uuid("subject_id"))
                    .col(date("ends_on"))
                    .col(small_integer("stage"))
                    .col(text("kind"))
                    .col(timestamp_with_time_zone("told_at"))
                    .primary_key(Index::create().col("subject_id").col("ends_on").col("stage"))
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("expiry_reminder").to_owned()).await?;
        for (name, table) in
            [("provider_entry_expiry", "provider_entry"), ("organisation_expiry", "organisation")]
        {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        for (table, column) in [
            ("provider_entry", "renewal_asked_at"),
            ("organisation", "renewal_asked_at"),
            ("organisation", "valid_until"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
