//! Platforms to which listings are reported, and where each listing stands there.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, json_binary, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null,
        uuid, uuid_null,
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
                    .table("outbound_target")
                    .col(uuid("id").primary_key())
                    .col(text("name").unique_key())
                    .col(text("platform"))
                    .col(json_binary("profile"))
                    .col(text("status"))
                    .col(big_integer("packages"))
                    .col(uuid_null("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("outbound_package")
                    .col(uuid("id").primary_key())
                    .col(uuid("target_id"))
                    .col(big_integer("number"))
                    .col(uuid("attachment_id"))
                    .col(big_integer("rows"))
                    .col(big_integer("removals"))
                    .col(big_integer("left_out"))
                    .col(uuid_null("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("outbound_package", "target_id")
                            .to("outbound_target", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("outbound_package", "attachment_id").to("attachment", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("outbound_item")
                    .col(uuid("target_id"))
                    .col(uuid("listing_id"))
                    .col(text("kind"))
                    .col(text("title"))
                    .col(text("state"))
                    .col(text("last_payload_hash"))
                    .col(text_null("remote_id"))
                    .col(text_null("opinion"))
                    .col(uuid("package_id"))
                    .col(timestamp_with_time_zone("packed_at"))
                    .col(timestamp_with_time_zone_null("answered_at"))
                    .primary_key(Index::create().col("target_id").col("listing_id"))
                    .foreign_key(
                        ForeignKey::create().from("outbound_item", "target_id").to("outbound_target", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("outbound_item", "package_id").to("outbound_package", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("outbound_item", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        for (name, table, columns) in [
            ("outbound_package_once", "outbound_package", ["target_id", "number"].as_slice()),
            ("outbound_item_by_state", "outbound_item", &["target_id", "state", "listing_id"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            if name.ends_with("_once") {
                index.unique();
            }
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["outbound_item", "outbound_package", "outbound_target"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
