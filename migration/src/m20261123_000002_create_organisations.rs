//! Organisations and their members.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, json_binary, text, text_null, timestamp_with_time_zone,
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
                    .table("organisation")
                    .col(uuid("id").primary_key())
                    .col(text("name"))
                    .col(text("name_key"))
                    .col(text_null("name_en"))
                    .col(text_null("short_name"))
                    .col(text("kind"))
                    .col(text_null("uscc").unique_key())
                    .col(text_null("legal_rep"))
                    .col(text_null("region_code"))
                    .col(text_null("town"))
                    .col(text_null("industry_code"))
                    .col(text_null("scale"))
                    .col(json_binary("tags"))
                    .col(json_binary("contacts"))
                    .col(boolean("demo"))
                    .col(text("verification"))
                    .col(text_null("verification_method"))
                    .col(text_null("verification_evidence"))
                    .col(text_null("verification_reason"))
                    .col(uuid_null("verified_by"))
                    .col(timestamp_with_time_zone_null("verified_at"))
                    .col(uuid_null("merged_into"))
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
                    .table("membership")
                    .col(uuid("organisation_id"))
                    .col(uuid("account_id"))
                    .col(text("role"))
                    .col(timestamp_with_time_zone("created_at"))
                    .primary_key(Index::create().col("organisation_id").col("account_id"))
                    .foreign_key(
                        ForeignKey::create().from("membership", "organisation_id").to("organisation", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("membership", "account_id").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("organisation_by_name").table("organisation").col("name_key").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("organisation_by_verification")
                    .table("organisation")
                    .col("verification")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("membership_by_account")
                    .table("membership")
                    .col("account_id")
                    .to_owned(),
            )
            .await?;

        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("membership").to_owned()).await?;
        manager.drop_table(Table::drop().table("organisation").to_owned()).await?;

        Ok(())
    }
}
