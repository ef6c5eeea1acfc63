//! Pairs that may be one, what was decided of them, and invitations of members.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, integer, json_binary, json_binary_null, text, text_null,
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
                    .table("duplicate")
                    .col(uuid("id").primary_key())
                    .col(text("subject"))
                    .col(uuid("left_id"))
                    .col(uuid("right_id"))
                    .col(boolean("demo"))
                    .col(json_binary("reasons"))
                    .col(integer("score"))
                    .col(text("status"))
                    .col(uuid_null("canonical_id"))
                    // What a decision changed, so that it can be undone.
                    .col(json_binary_null("effects"))
                    .col(text_null("note"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(timestamp_with_time_zone("found_at"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("duplicate_pair")
                    .table("duplicate")
                    .col("subject")
                    .col("left_id")
                    .col("right_id")
                    .unique()
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("duplicate_by_status")
                    .table("duplicate")
                    .col("status")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        // The prints of a listing's text, by which near ones are found.
        manager
            .create_table(
                Table::create()
                    .table("listing_print")
                    .col(text("band"))
                    .col(uuid("listing_id"))
                    .primary_key(Index::create().col("band").col("listing_id"))
                    .foreign_key(ForeignKey::create().from("listing_print", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_print_by_listing")
                    .table("listing_print")
                    .col("listing_id")
                    .to_owned(),
            )
            .await?;
        manager
            .alter_table(Table::alter().table("listing").add_column(uuid_null("merged_into")).to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("invitation")
                    .col(uuid("id").primary_key())
                    .col(uuid("organisation_id"))
                    .col(text("email"))
                    .col(text("role"))
                    .col(text("token_hash").unique_key())
                    .col(text_null("open_key").unique_key())
                    .col(text("status"))
                    .col(uuid("invited_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .col(uuid_null("accepted_by"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .foreign_key(
                        ForeignKey::create().from("invitation", "organisation_id").to("organisation", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("invitation_by_organisation")
                    .table("invitation")
                    .col("organisation_id")
                    .col("id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("invitation").to_owned()).await?;
        manager.alter_table(Table::alter().table("listing").drop_column("merged_into").to_owned()).await?;
        manager.drop_table(Table::drop().table("listing_print").to_owned()).await?;
        manager.drop_table(Table::drop().table("duplicate").to_owned()).await
    }
}
