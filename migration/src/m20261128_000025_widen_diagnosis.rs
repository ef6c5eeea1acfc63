//! Every judgement of a demand, kept as it was given. Those of before stand on the demands' own rows and come here with the
//! next one.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{json_binary, uuid},
};

use crate::insert_only;

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
                    .table("demand_judgement")
                    .col(uuid("id").primary_key())
                    .col(uuid("listing_id"))
                    .col(json_binary("diagnosis"))
                    .foreign_key(
                        ForeignKey::create().from("demand_judgement", "listing_id").to("listing", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("demand_judgement_by_listing")
                    .table("demand_judgement")
                    .col("listing_id")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        insert_only::guard(manager, "demand_judgement").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("demand_judgement").to_owned()).await?;
        insert_only::release(manager, "demand_judgement").await
    }
}
