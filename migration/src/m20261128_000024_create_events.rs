//! Events: who comes, what is shown, who meets whom. What T9 counts is held by acts from now on; what other offices
//! hold is reported by hand as before.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, Expr, ExprTrait, ForeignKey, Index, Query, Table},
    schema::{
        big_integer, boolean, double_null, integer_null, json_binary, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::ConnectionTrait,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// On which acts the indicators of events rest.
const BASES: &[(&str, &str)] = &[("T9", "event_held"), ("T9C", "contest_held")];

/// An index: its name, its table, its columns, and whether it is unique.
type Indexed = (&'static str, &'static str, &'static [&'static str], bool);

const INDEXES: &[Indexed] = &[
    ("event_in_order", "event", &["starts_at", "id"], false),
    ("event_by_status", "event", &["status", "starts_at"], false),
    ("event_sign_up_once", "event_sign_up", &["event_id", "account_id"], true),
    ("event_sign_up_in_order", "event_sign_up", &["event_id", "position"], true),
    ("event_sign_up_by_account", "event_sign_up", &["account_id", "id"], false),
    ("event_item_once", "event_item", &["event_id", "listing_id"], true),
    ("event_pair_once", "event_pair", &["event_id", "pair_key"], true),
    // Where no table is named none is taken.
    ("event_pair_table", "event_pair", &["event_id", "slot_at", "table_number"], true),
    ("event_pair_by_docking", "event_pair", &["docking_id"], false),
    ("event_slot_by_pair", "event_slot", &["pair_id"], false),
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
                    .table("event")
                    .col(uuid("id").primary_key())
                    .col(text("kind"))
                    .col(text("status"))
                    .col(boolean("demo"))
                    .col(text("title"))
                    .col(text_null("title_en"))
                    .col(text_null("theme"))
                    .col(text_null("field"))
                    .col(text("summary"))
                    .col(text_null("organisers"))
                    .col(timestamp_with_time_zone("starts_at"))
                    .col(timestamp_with_time_zone("ends_at"))
                    .col(text_null("place"))
                    .col(text_null("online_url"))
                    .col(timestamp_with_time_zone_null("sign_up_from"))
                    .col(timestamp_with_time_zone_null("sign_up_until"))
                    .col(integer_null("capacity"))
                    .col(integer_null("per_organisation"))
                    .col(json_binary("programme"))
                    .col(json_binary("call"))
                    .col(timestamp_with_time_zone_null("reminded_at"))
                    .col(uuid_null("held_by"))
                    .col(timestamp_with_time_zone_null("held_at"))
                    .col(text_null("report_summary"))
                    .col(json_binary("report_papers"))
                    .col(uuid_null("reported_by"))
                    .col(timestamp_with_time_zone_null("reported_at"))
                    .col(text_null("end_reason"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event_sign_up")
                    .col(uuid("id").primary_key())
                    .col(uuid("event_id"))
                    .col(uuid("account_id"))
                    .col(uuid_null("organisation_id"))
                    .col(text("status"))
                    .col(big_integer("position"))
                    .col(timestamp_with_time_zone("signed_up_at"))
                    .col(uuid_null("cancelled_by"))
                    .col(text_null("reason"))
                    .col(timestamp_with_time_zone_null("attended_at"))
                    .col(uuid_null("checked_in_by"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("event_sign_up", "event_id").to("event", "id"))
                    .foreign_key(ForeignKey::create().from("event_sign_up", "account_id").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event_item")
                    .col(uuid("id").primary_key())
                    .col(uuid("event_id"))
                    .col(uuid("listing_id"))
                    .col(text("kind"))
                    .col(uuid("organisation_id"))
                    .col(text("status"))
                    .col(uuid("brought_by"))
                    .col(timestamp_with_time_zone("brought_at"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(text_null("reason"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("event_item", "event_id").to("event", "id"))
                    .foreign_key(ForeignKey::create().from("event_item", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event_pair")
                    .col(uuid("id").primary_key())
                    .col(uuid("event_id"))
                    .col(uuid_null("achievement_id"))
                    .col(uuid_null("demand_id"))
                    .col(uuid("supplier_id"))
                    .col(uuid("enterprise_id"))
                    .col(text("pair_key"))
                    .col(double_null("score"))
                    .col(ColumnDef::new("found").json_binary().null().to_owned())
                    .col(text_null("model_version"))
                    .col(text("status"))
                    .col(timestamp_with_time_zone_null("slot_at"))
                    .col(integer_null("table_number"))
                    .col(uuid("proposed_by"))
                    .col(uuid_null("decided_by"))
                    .col(timestamp_with_time_zone_null("decided_at"))
                    .col(text_null("result"))
                    .col(text_null("code"))
                    .col(text_null("note"))
                    .col(uuid_null("docking_id"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(ForeignKey::create().from("event_pair", "event_id").to("event", "id"))
                    .foreign_key(ForeignKey::create().from("event_pair", "docking_id").to("docking", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("event_slot")
                    .col(uuid("event_id"))
                    .col(timestamp_with_time_zone("slot_at"))
                    .col(uuid("organisation_id"))
                    .col(uuid("pair_id"))
                    .primary_key(Index::create().col("event_id").col("slot_at").col("organisation_id"))
                    .foreign_key(ForeignKey::create().from("event_slot", "pair_id").to("event_pair", "id"))
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
        let db = manager.get_connection();
        let term = Query::insert()
            .into_table("desk_term")
            .columns(["queue", "working_days"])
            .values_panic(["event_item".into(), 2.into()])
            .to_owned();
        db.execute(&term).await?;
        for (code, basis) in BASES {
            rest_on(manager, code, ("manual", "manual"), (basis, "counted")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (code, basis) in BASES {
            rest_on(manager, code, (basis, "counted"), ("manual", "manual")).await?;
        }
        let term =
            Query::delete().from_table("desk_term").and_where(Expr::col("queue").eq("event_item")).to_owned();
        manager.get_connection().execute(&term).await?;
        for table in ["event_slot", "event_pair", "event_item", "event_sign_up", "event"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// Changes basis and counting of an indicator that has the first, to the second.
async fn rest_on(
    manager: &SchemaManager<'_>,
    code: &str,
    from: (&str, &str),
    to: (&str, &str),
) -> Result<(), DbErr> {
    let update = Query::update()
        .table("indicator")
        .value("basis", to.0)
        .value("counting", to.1)
        .and_where(Expr::col("code").eq(code))
        .and_where(Expr::col("basis").eq(from.0))
        .to_owned();
    manager.get_connection().execute(&update).await?;
    Ok(())
}
