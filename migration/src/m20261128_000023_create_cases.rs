//! What happens in a docking beside its stages: messages, confidentiality, appointments, offers, providers' help,
//! reminders.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, Expr, ExprTrait, ForeignKey, Index, Query, Table},
    schema::{
        big_integer, big_integer_null, date, date_null, integer, json_binary, text, text_null,
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
            .alter_table(
                Table::alter()
                    .table("docking")
                    .add_column(timestamp_with_time_zone_null("active_at"))
                    .to_owned(),
            )
            .await?;
        let known = Query::update().table("docking").value("active_at", Expr::col("updated_at")).to_owned();
        manager.execute(known).await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_message")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(text("channel"))
                    .col(text("side"))
                    .col(uuid("author_id"))
                    .col(text("body"))
                    .col(json_binary("attached"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().from("docking_message", "docking_id").to("docking", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_read_mark")
                    .col(uuid("docking_id"))
                    .col(uuid("account_id"))
                    .col(text("side"))
                    .col(uuid("up_to"))
                    .col(timestamp_with_time_zone("read_at"))
                    .primary_key(Index::create().col("docking_id").col("account_id"))
                    .foreign_key(
                        ForeignKey::create().from("docking_read_mark", "docking_id").to("docking", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_nda")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(date("signed_on"))
                    .col(date_null("valid_to"))
                    .col(text_null("covers"))
                    .col(uuid("paper_attachment_id"))
                    .col(uuid("recorded_by"))
                    .col(text("recorded_side"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(uuid_null("confirmed_by"))
                    .col(text_null("confirmed_side"))
                    .col(timestamp_with_time_zone_null("confirmed_at"))
                    .foreign_key(ForeignKey::create().from("docking_nda", "docking_id").to("docking", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_appointment")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(text("status"))
                    .col(text("mode"))
                    .col(text_null("place"))
                    .col(text_null("join_url"))
                    .col(text_null("agenda"))
                    .col(integer("minutes"))
                    .col(json_binary("times"))
                    .col(timestamp_with_time_zone_null("starts_at"))
                    .col(uuid("proposed_by"))
                    .col(text("proposed_side"))
                    .col(integer("sequence"))
                    .col(text_null("end_note"))
                    .col(uuid_null("meeting_id"))
                    .col(timestamp_with_time_zone_null("reminded_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("docking_appointment", "docking_id").to("docking", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_appointment_answer")
                    .col(uuid("appointment_id"))
                    .col(text("side"))
                    .col(json_binary("fits"))
                    .col(text_null("note"))
                    .col(uuid("answered_by"))
                    .col(timestamp_with_time_zone("answered_at"))
                    .primary_key(Index::create().col("appointment_id").col("side"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("docking_appointment_answer", "appointment_id")
                            .to("docking_appointment", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_attendance")
                    .col(uuid("appointment_id"))
                    .col(uuid("account_id"))
                    .col(text("side"))
                    .col(text("answer"))
                    .col(timestamp_with_time_zone("answered_at"))
                    .primary_key(Index::create().col("appointment_id").col("account_id"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("docking_attendance", "appointment_id")
                            .to("docking_appointment", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_offer")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(text("status"))
                    .col(text("side"))
                    .col(text("cooperation_mode"))
                    .col(big_integer_null("amount"))
                    .col(text("currency"))
                    .col(text("terms"))
                    .col(date_null("valid_to"))
                    .col(uuid_null("paper_attachment_id"))
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(uuid_null("answered_by"))
                    .col(text_null("answered_side"))
                    .col(timestamp_with_time_zone_null("answered_at"))
                    .col(text_null("answer_note"))
                    .col(timestamp_with_time_zone_null("reminded_at"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("docking_offer", "docking_id").to("docking", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_assistance")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(text("kind"))
                    .col(text("status"))
                    .col(uuid("provider_id"))
                    .col(uuid("organisation_id"))
                    .col(text("brief"))
                    .col(date_null("due_on"))
                    .col(uuid("requested_by"))
                    .col(text("requested_side"))
                    .col(timestamp_with_time_zone("requested_at"))
                    .col(uuid_null("answered_by"))
                    .col(timestamp_with_time_zone_null("answered_at"))
                    .col(text_null("answer_note"))
                    .col(text_null("result"))
                    .col(uuid_null("report_attachment_id"))
                    .col(timestamp_with_time_zone_null("delivered_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("docking_assistance", "docking_id").to("docking", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("docking_reminder")
                    .col(uuid("id").primary_key())
                    .col(uuid("docking_id"))
                    .col(uuid("account_id"))
                    .col(timestamp_with_time_zone("at"))
                    .col(text("note"))
                    .col(timestamp_with_time_zone_null("told_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create().from("docking_reminder", "docking_id").to("docking", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        for (table, name, columns) in [
            ("docking_message", "docking_message_by_docking", ["docking_id", "id"].as_slice()),
            ("docking_nda", "docking_nda_by_docking", &["docking_id", "id"]),
            ("docking_appointment", "docking_appointment_by_docking", &["docking_id", "id"]),
            ("docking_appointment", "docking_appointment_by_start", &["status", "starts_at"]),
            ("docking_offer", "docking_offer_by_docking", &["docking_id", "id"]),
            ("docking_offer", "docking_offer_by_end", &["status", "valid_to"]),
            ("docking_assistance", "docking_assistance_by_docking", &["docking_id", "id"]),
            ("docking_assistance", "docking_assistance_by_organisation", &["organisation_id", "id"]),
            ("docking_reminder", "docking_reminder_by_account", &["account_id", "docking_id", "id"]),
            ("docking_reminder", "docking_reminder_due", &["told_at", "at"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        // Within how many working days a docking that nobody leads gets a broker, and one that stands still a call.
        let terms = Query::insert()
            .into_table("desk_term")
            .columns(["queue", "working_days"])
            .values_panic(["case_without_broker".into(), 2.into()])
            .values_panic(["case_standing_still".into(), 5.into()])
            .to_owned();
        manager.execute(terms).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for queue in ["case_standing_still", "case_without_broker"] {
            let term =
                Query::delete().from_table("desk_term").and_where(Expr::col("queue").eq(queue)).to_owned();
            manager.execute(term).await?;
        }
        for table in [
            "docking_reminder",
            "docking_assistance",
            "docking_offer",
            "docking_attendance",
            "docking_appointment_answer",
            "docking_appointment",
            "docking_nda",
            "docking_read_mark",
            "docking_message",
        ] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        manager.alter_table(Table::alter().table("docking").drop_column("active_at").to_owned()).await
    }
}
