//! The steps that listings reached: what the funnel's sums add up, and what they are verified against.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{boolean, date, text, text_null, uuid, uuid_null},
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
                    .table("listing_step")
                    .col(uuid("listing_id"))
                    .col(text("step"))
                    .col(date("reached_on"))
                    .col(boolean("demo"))
                    .col(text("kind"))
                    .col(text_null("field"))
                    .col(text_null("town"))
                    .col(uuid_null("organisation_id"))
                    .col(text("source"))
                    .primary_key(Index::create().col("listing_id").col("step"))
                    .foreign_key(ForeignKey::create().from("listing_step", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("listing_step_by_day")
                    .table("listing_step")
                    .col("demo")
                    .col("step")
                    .col("reached_on")
                    .col("listing_id")
                    .to_owned(),
            )
            .await?;
        // Whole, so that a funnel of a thousand owners is read from the index alone.
        manager
            .create_index(
                Index::create()
                    .name("funnel_month_by_value")
                    .table("funnel_month")
                    .col("demo")
                    .col("dimension")
                    .col("value")
                    .col("step")
                    .col("month")
                    .col("reached")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("funnel_month_by_value").table("funnel_month").to_owned())
            .await?;
        manager.drop_table(Table::drop().table("listing_step").to_owned()).await
    }
}
