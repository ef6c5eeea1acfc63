//! What people are told, and how they want to be told.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        boolean, json_binary, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
        uuid_null,
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
                    .table("notification")
                    .col(uuid("id").primary_key())
                    .col(uuid("account_id"))
                    .col(text("kind"))
                    .col(text("subject_kind"))
                    .col(text("subject_id"))
                    .col(text("source"))
                    .col(uuid_null("audit_id"))
                    .col(json_binary("words"))
                    .col(text_null("path"))
                    .col(boolean("listed"))
                    .col(timestamp_with_time_zone_null("read_at"))
                    .col(text("mail"))
                    .col(timestamp_with_time_zone_null("mailed_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("notification", "account_id").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("notification_once")
                    .table("notification")
                    .col("source")
                    .col("account_id")
                    .unique()
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("notification_by_account", ["account_id", "id"].as_slice()),
            ("notification_by_mail", &["account_id", "mail", "id"]),
            ("notification_by_subject", &["subject_id"]),
        ] {
            let mut index = Index::create().name(name).table("notification").to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        // A lane finds its own among however many wait in another.
        manager
            .create_index(
                Index::create()
                    .name("outbox_by_lane")
                    .table("outbox")
                    .col("kind")
                    .col("done_at")
                    .col("dead_at")
                    .col("seq")
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("notification_preference")
                    .col(uuid("account_id"))
                    .col(text("kind"))
                    .col(boolean("listed"))
                    .col(text("mail"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .primary_key(Index::create().col("account_id").col("kind"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("notification_preference", "account_id")
                            .to("account", "id"),
                    )
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("notification_preference").to_owned()).await?;
        manager.drop_index(Index::drop().name("outbox_by_lane").table("outbox").to_owned()).await?;
        manager.drop_table(Table::drop().table("notification").to_owned()).await
    }
}
