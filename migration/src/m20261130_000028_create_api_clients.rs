//! Clients that call with a key, their keys, and how they are used; and with whose key an act was done.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, date, integer, json_binary, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// An index: its name, its table, its columns, and whether it is unique.
type Indexed = (&'static str, &'static str, &'static [&'static str], bool);

const INDEXES: &[Indexed] = &[
    ("api_client_by_organisation", "api_client", &["organisation_id", "id"], false),
    ("api_client_by_responsible", "api_client", &["responsible_id", "id"], false),
    ("api_client_by_status", "api_client", &["status", "id"], false),
    ("api_client_key_code", "api_client_key", &["code"], true),
    ("api_client_key_by_client", "api_client_key", &["client_id", "id"], false),
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
                    .table("api_client")
                    .col(uuid("id").primary_key())
                    .col(uuid_null("organisation_id"))
                    .col(uuid("responsible_id"))
                    .col(text("name"))
                    .col(text("purpose"))
                    .col(text("status"))
                    .col(json_binary("asked_scopes"))
                    .col(json_binary("scopes"))
                    .col(json_binary("origins"))
                    .col(integer("per_minute"))
                    .col(big_integer("daily_quota"))
                    .col(text_null("reason"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("api_client", "organisation_id").to("organisation", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("api_client", "responsible_id").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("api_client_key")
                    .col(uuid("id").primary_key())
                    .col(uuid("client_id"))
                    .col(text("code"))
                    .col(text("hash"))
                    .col(text_null("label"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(uuid_null("revoked_by"))
                    .col(timestamp_with_time_zone_null("revoked_at"))
                    .col(timestamp_with_time_zone_null("last_used_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("api_client_key", "client_id").to("api_client", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("api_client_usage")
                    .col(uuid("client_id"))
                    .col(date("day"))
                    .col(text("scope"))
                    .col(big_integer("requests"))
                    .col(big_integer("refused"))
                    .col(big_integer("failed"))
                    .col(big_integer("limited"))
                    .primary_key(Index::create().col("client_id").col("day").col("scope"))
                    .foreign_key(
                        ForeignKey::create().from("api_client_usage", "client_id").to("api_client", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, table, columns, unique) in INDEXES {
            let mut index = Index::create().name(*name).table(*table).to_owned();
            for column in *columns {
                index.col(*column);
            }
            if *unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        manager
            .alter_table(Table::alter().table("audit").add_column(uuid_null("api_client_id")).to_owned())
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("audit").drop_column("api_client_id").to_owned()).await?;
        for table in ["api_client_usage", "api_client_key", "api_client"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
