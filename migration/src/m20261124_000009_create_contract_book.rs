//! Contracts that need no docking, their amendments, milestones of landings, enclave entries and
//! finance cases.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, ForeignKey, Index, Table, TableCreateStatement},
    schema::{
        big_integer, big_integer_null, boolean, date, date_null, json_binary, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: &str = "id, docking_id, number, title, contract_type, status, buyer_id, seller_id, signed_on, \
    term_from, term_to, total_amount, technical_amount, currency, payment, related_party, paper_attachment_id, \
    registration_number, registration_key, registration_authority, registered_on, certificate_attachment_id, \
    rule_version, recorded_by, recorded_at, registered_by, version";

/// The table as it was before this step, under another name; with `free` its docking may be none.
fn contract(name: &'static str, free: bool) -> TableCreateStatement {
    let mut docking = ColumnDef::new("docking_id");
    docking.uuid().unique_key();
    if !free {
        docking.not_null();
    }
    Table::create()
        .table(name)
        .col(uuid("id").primary_key())
        .col(docking)
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
        .foreign_key(ForeignKey::create().from(name, "docking_id").to("docking", "id"))
        .foreign_key(ForeignKey::create().from(name, "buyer_id").to("organisation", "id"))
        .foreign_key(ForeignKey::create().from(name, "seller_id").to("organisation", "id"))
        .to_owned()
}

/// SQLite cannot change whether a column may be null: there the table is written anew.
async fn free_docking(manager: &SchemaManager<'_>, free: bool) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        let word = if free { "DROP" } else { "SET" };
        db.execute_unprepared(&format!("ALTER TABLE contract ALTER COLUMN docking_id {word} NOT NULL"))
            .await?;
        return Ok(());
    }
    manager.create_table(contract("contract_anew", free)).await?;
    db.execute_unprepared(&format!("INSERT INTO contract_anew ({COLUMNS}) SELECT {COLUMNS} FROM contract"))
        .await?;
    manager.drop_table(Table::drop().table("contract").to_owned()).await?;
    manager.rename_table(Table::rename().table("contract_anew", "contract").to_owned()).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        free_docking(manager, true).await?;
        for column in [
            ColumnDef::new("demo").boolean().not_null().default(false).to_owned(),
            ColumnDef::new("achievements").json_binary().not_null().default("[]").to_owned(),
            date_null("submitted_on"),
            date_null("ended_on"),
            text_null("end_reason"),
            uuid_null("ended_by"),
        ] {
            manager.alter_table(Table::alter().table("contract").add_column(column).to_owned()).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared(
            "UPDATE contract SET demo = COALESCE((SELECT d.demo FROM docking d WHERE d.id = contract.docking_id), demo)",
        )
        .await?;
        // What it is about is the docking's achievement, where it has one.
        let list = if manager.get_database_backend() == DbBackend::Postgres {
            "jsonb_build_array(d.achievement_id::text)"
        } else {
            // Ids lie in SQLite as sixteen bytes; the JSON holds them as they are written.
            "json_array(lower(substr(hex(d.achievement_id), 1, 8) || '-' || substr(hex(d.achievement_id), 9, 4) || '-' \
             || substr(hex(d.achievement_id), 13, 4) || '-' || substr(hex(d.achievement_id), 17, 4) || '-' \
             || substr(hex(d.achievement_id), 21)))"
        };
        db.execute_unprepared(&format!(
            "UPDATE contract SET achievements = (SELECT {list} FROM docking d WHERE d.id = contract.docking_id) \
             WHERE EXISTS (SELECT 1 FROM docking d WHERE d.id = contract.docking_id AND d.achievement_id IS NOT NULL)"
        ))
        .await?;
        manager
            .create_table(
                Table::create()
                    .table("contract_amendment")
                    .col(uuid("id").primary_key())
                    .col(uuid("contract_id"))
                    .col(date("changed_on"))
                    .col(text("reason"))
                    .col(json_binary("before"))
                    .col(json_binary("after"))
                    .col(uuid("paper_attachment_id"))
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .foreign_key(
                        ForeignKey::create().from("contract_amendment", "contract_id").to("contract", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("landing_milestone")
                    .col(uuid("id").primary_key())
                    .col(uuid("landing_id"))
                    .col(text("kind"))
                    .col(date("reached_on"))
                    .col(text_null("note"))
                    .col(json_binary("evidence"))
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .foreign_key(
                        ForeignKey::create().from("landing_milestone", "landing_id").to("landing", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("enclave_entry")
                    .col(uuid("id").primary_key())
                    .col(text("enclave"))
                    .col(uuid("listing_id"))
                    .col(uuid_null("organisation_id"))
                    .col(boolean("demo"))
                    .col(text("status"))
                    .col(text_null("open_key").unique_key())
                    .col(date("introduced_on"))
                    .col(uuid("agreement_attachment_id"))
                    .col(text_null("note"))
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(uuid_null("ended_by"))
                    .col(timestamp_with_time_zone_null("ended_at"))
                    .col(text_null("end_reason"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("enclave_entry", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("finance_case")
                    .col(uuid("id").primary_key())
                    .col(text("kind"))
                    .col(text("number"))
                    .col(uuid("enterprise_id"))
                    .col(uuid_null("provider_id"))
                    .col(text("lender"))
                    .col(big_integer("amount"))
                    .col(text("currency"))
                    .col(date("granted_on"))
                    .col(date_null("ends_on"))
                    .col(json_binary("pledged"))
                    .col(uuid("paper_attachment_id"))
                    .col(text_null("note"))
                    .col(boolean("demo"))
                    .col(text("status"))
                    .col(text_null("open_key").unique_key())
                    .col(uuid("recorded_by"))
                    .col(timestamp_with_time_zone("recorded_at"))
                    .col(date_null("ended_on"))
                    .col(uuid_null("ended_by"))
                    .col(text_null("end_reason"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("finance_case", "enterprise_id").to("organisation", "id"),
                    )
                    .foreign_key(ForeignKey::create().from("finance_case", "provider_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        for (name, table, columns) in [
            ("contract_by_status", "contract", &["status", "id"] as &[&str]),
            ("contract_by_buyer", "contract", &["buyer_id"]),
            ("contract_by_seller", "contract", &["seller_id"]),
            ("contract_amendment_by_contract", "contract_amendment", &["contract_id"]),
            ("landing_milestone_by_landing", "landing_milestone", &["landing_id"]),
            ("enclave_entry_by_listing", "enclave_entry", &["listing_id"]),
            ("finance_case_by_enterprise", "finance_case", &["enterprise_id"]),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index.to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["finance_case", "enclave_entry", "landing_milestone", "contract_amendment"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for name in ["contract_by_status", "contract_by_buyer", "contract_by_seller"] {
            manager.drop_index(Index::drop().name(name).table("contract").to_owned()).await?;
        }
        for column in ["ended_by", "end_reason", "ended_on", "submitted_on", "achievements", "demo"] {
            manager.alter_table(Table::alter().table("contract").drop_column(column).to_owned()).await?;
        }
        // A contract without a docking has no place in the table as it was before.
        manager.get_connection().execute_unprepared("DELETE FROM contract WHERE docking_id IS NULL").await?;
        free_docking(manager, false).await
    }
}
