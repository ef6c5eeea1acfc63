//! Dockings, their meetings, contracts and landings.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, big_integer_null, boolean, date, date_null, json_binary, json_binary_null, text,
        text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
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
                    .table("docking")
                    .col(uuid("id").primary_key())
                    .col(uuid("enterprise_id"))
                    .col(uuid("supplier_id"))
                    .col(uuid_null("achievement_id"))
                    .col(uuid_null("demand_id"))
                    .col(uuid_null("provider_id"))
                    .col(uuid_null("broker_id"))
                    .col(text("origin"))
                    .col(boolean("demo"))
                    .col(text("stage"))
                    .col(text_null("open_key").unique_key())
                    .col(json_binary_null("match_reasons"))
                    .col(text_null("message"))
                    .col(text_null("interest_side"))
                    .col(uuid_null("interest_by"))
                    .col(timestamp_with_time_zone_null("interest_at"))
                    .col(uuid_null("accepted_by"))
                    .col(timestamp_with_time_zone_null("accepted_at"))
                    .col(uuid_null("consent_attachment_id"))
                    .col(text_null("consent_note"))
                    .col(date_null("expires_on"))
                    .col(timestamp_with_time_zone_null("met_at"))
                    .col(text_null("decline_code"))
                    .col(text_null("close_code"))
                    .col(text_null("end_note"))
                    .col(uuid_null("ended_by"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(text_null("closed_from"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("docking", "enterprise_id").to("organisation", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("docking", "supplier_id").to("organisation", "id"))
                    .foreign_key(ForeignKey::create().from("docking", "achievement_id").to("listing", "id"))
                    .foreign_key(ForeignKey::create().from("docking", "demand_id").to("listing", "id"))
                    .foreign_key(ForeignKey::create().from("docking", "provider_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_meeting")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(date("held_on"))
                    .col(text_null("place"))
                    .col(text("mode"))
                    .col(json_binary("attendees"))
                    .col(text("summary"))
                    .col(uuid_null("minutes_attachment_id"))
                    .col(uuid("recorded_by"))
                    .col(text("recorded_side"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(uuid_null("confirmed_by"))
                    .col(text_null("confirmed_side"))
                    .col(timestamp_with_time_zone_null("confirmed_at"))
                    .foreign_key(
                        ForeignKey::create().from("docking_meeting", "docking_id").to("docking", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("contract")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id").unique_key())
                    .col(text("number"))
                    .col(text("title"))
                    .col(text("contract_type"))
                    .col(text("status"))
                    .col(uuid("buyer_id"))
                    .col(uuid("seller_id"))
                    .col(date("signed_on"))
                    .col(date_null("term_from"))
                    .col(date_null("term_to"))
                    .col(big_integer("total_amount"))
                    .col(big_integer_null("technical_amount"))
                    .col(text("currency"))
                    .col(text_null("payment"))
                    .col(boolean("related_party"))
                    .col(uuid("paper_attachment_id"))
                    .col(text_null("registration_number"))
                    .col(text_null("registration_key").unique_key())
                    .col(text_null("registration_authority"))
                    .col(date_null("registered_on"))
                    .col(uuid_null("certificate_attachment_id"))
                    .col(text("rule_version"))
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(uuid_null("registered_by"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("contract", "docking_id").to("docking", "id"))
                    .foreign_key(ForeignKey::create().from("contract", "buyer_id").to("organisation", "id"))
                    .foreign_key(ForeignKey::create().from("contract", "seller_id").to("organisation", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("landing")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id").unique_key())
                    .col(uuid("enterprise_id"))
                    .col(uuid_null("achievement_id"))
                    .col(date("landed_on"))
                    .col(text("form"))
                    .col(text("place"))
                    .col(boolean("in_zone"))
                    .col(text_null("output"))
                    .col(json_binary("evidence"))
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .foreign_key(ForeignKey::create().from("landing", "docking_id").to("docking", "id"))
                    .foreign_key(
                        ForeignKey::create().from("landing", "enterprise_id").to("organisation", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("docking_by_enterprise")
                    .table("docking")
                    .col("enterprise_id")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("docking_by_supplier")
                    .table("docking")
                    .col("supplier_id")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("docking_by_achievement")
                    .table("docking")
                    .col("achievement_id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("docking_by_demand").table("docking").col("demand_id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("docking_by_stage").table("docking").col("stage").col("id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("docking_expiry")
                    .table("docking")
                    .col("stage")
                    .col("expires_on")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("docking_meeting_by_docking")
                    .table("docking_meeting")
                    .col("docking_id")
                    .to_owned(),
            )
            .await?;

        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("landing").to_owned()).await?;
        manager.drop_table(Table::drop().table("contract").to_owned()).await?;
        manager.drop_table(Table::drop().table("docking_meeting").to_owned()).await?;
        manager.drop_table(Table::drop().table("docking").to_owned()).await?;

        Ok(())
    }
}
