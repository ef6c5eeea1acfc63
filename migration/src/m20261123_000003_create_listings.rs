//! Listings with their versions, and the entries of providers.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, date_null, integer, json_binary, json_binary_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
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
                    .table("listing")
                    .col(uuid("id").primary_key())
                    .col(text("kind"))
                    .col(uuid_null("organisation_id"))
                    .col(boolean("demo"))
                    .col(text("status"))
                    .col(text_null("next_status"))
                    .col(uuid_null("published_version_id"))
                    .col(uuid_null("working_version_id"))
                    .col(text("title"))
                    .col(text("title_key"))
                    .col(text("audience"))
                    .col(text("source"))
                    .col(text_null("source_system"))
                    .col(text_null("source_id"))
                    .col(text_null("source_url"))
                    .col(text_null("import_key").unique_key())
                    .col(json_binary_null("raw"))
                    .col(uuid_null("collected_by"))
                    .col(timestamp_with_time_zone_null("collected_at"))
                    .col(uuid_null("collection_attachment_id"))
                    .col(json_binary_null("diagnosis"))
                    .col(uuid_null("claimed_by"))
                    .col(timestamp_with_time_zone_null("claimed_at"))
                    .col(uuid_null("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(timestamp_with_time_zone_null("first_submitted_at"))
                    .col(timestamp_with_time_zone_null("first_published_at"))
                    .col(timestamp_with_time_zone_null("expires_at"))
                    .col(timestamp_with_time_zone_null("withdrawn_at"))
                    .col(text_null("withdrawal_reason"))
                    .col(big_integer("version"))
                    .col(big_integer("draft_revision"))
                    .foreign_key(
                        ForeignKey::create().from("listing", "organisation_id").to("organisation", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("listing_version")
                    .col(uuid("id").primary_key())
                    .col(uuid("listing_id"))
                    .col(integer("number"))
                    .col(json_binary("content"))
                    .col(text_null("content_hash"))
                    .col(uuid_null("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(uuid_null("submitted_by"))
                    .col(timestamp_with_time_zone_null("submitted_at"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(timestamp_with_time_zone_null("published_at"))
                    .foreign_key(
                        ForeignKey::create().from("listing_version", "listing_id").to("listing", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("listing_duplicate_key")
                    .col(uuid("listing_id"))
                    .col(text("key"))
                    .col(text("kind"))
                    .primary_key(Index::create().col("listing_id").col("key"))
                    .foreign_key(
                        ForeignKey::create().from("listing_duplicate_key", "listing_id").to("listing", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("provider_entry")
                    .col(uuid("id").primary_key())
                    .col(uuid("listing_id"))
                    .col(uuid("organisation_id"))
                    .col(text_null("open_key").unique_key())
                    .col(boolean("demo"))
                    .col(text("status"))
                    .col(text_null("agreement_number"))
                    .col(date_null("agreement_signed_on"))
                    .col(date_null("agreement_valid_to"))
                    .col(uuid_null("agreement_attachment_id"))
                    .col(uuid("applied_by"))
                    .col(uuid_null("reviewed_by"))
                    .col(uuid_null("approved_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("provider_entry", "listing_id").to("listing", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("provider_entry", "organisation_id")
                            .to("organisation", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_public")
                    .table("listing")
                    .col("kind")
                    .col("status")
                    .col("first_published_at")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_by_organisation")
                    .table("listing")
                    .col("organisation_id")
                    .col("kind")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("listing_by_kind").table("listing").col("kind").col("id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_queue")
                    .table("listing")
                    .col("status")
                    .col("next_status")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_expiry")
                    .table("listing")
                    .col("status")
                    .col("expires_at")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_version_number")
                    .table("listing_version")
                    .col("listing_id")
                    .col("number")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_duplicate_key_by_key")
                    .table("listing_duplicate_key")
                    .col("key")
                    .col("kind")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("provider_entry_by_listing")
                    .table("provider_entry")
                    .col("listing_id")
                    .to_owned(),
            )
            .await?;

        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("provider_entry").to_owned()).await?;
        manager.drop_table(Table::drop().table("listing_duplicate_key").to_owned()).await?;
        manager.drop_table(Table::drop().table("listing_version").to_owned()).await?;
        manager.drop_table(Table::drop().table("listing").to_owned()).await?;

        Ok(())
    }
}
