//! Indicators by basis, with rules in versions, yearly targets, day sums of the ledger, and a hash in
//! every row of it.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, Expr, ExprTrait, ForeignKey, Index, Query, Table},
    schema::{
        big_integer, boolean, date, date_null, integer, json_binary, text, text_null,
        timestamp_with_time_zone, uuid_null,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::insert_only;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// On which acts the indicators that are there already rest.
const BASES: &[(&str, &str)] = &[
    ("T1", "achievement_published"),
    ("T2", "provider_entered"),
    ("T3", "demand_collected"),
    ("T4", "docking_reached"),
    ("T5", "item_published"),
    ("T6", "achievement_landed"),
    ("T7", "contract_registered"),
    ("T8", "enclave_entered"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for column in [
            ColumnDef::new("basis").text().not_null().default("manual").to_owned(),
            ColumnDef::new("version").big_integer().not_null().default(1).to_owned(),
        ] {
            manager.alter_table(Table::alter().table("indicator").add_column(column).to_owned()).await?;
        }
        for (code, basis) in BASES {
            let update = Query::update()
                .table("indicator")
                .value("basis", *basis)
                .value("counting", "counted")
                .and_where(Expr::col("code").eq(*code))
                .to_owned();
            db.execute(&update).await?;
        }
        for column in [
            ColumnDef::new("period").text().not_null().default("window").to_owned(),
            ColumnDef::new("steps").json_binary().not_null().default("[]").to_owned(),
        ] {
            manager.alter_table(Table::alter().table("plan_target").add_column(column).to_owned()).await?;
        }
        for column in [ColumnDef::new("version").big_integer().not_null().default(1).to_owned()] {
            manager.alter_table(Table::alter().table("plan").add_column(column).to_owned()).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("indicator_rule")
                    .col(text("indicator"))
                    .col(text("version"))
                    .col(integer("number"))
                    .col(text("rule_zh"))
                    .col(text("rule_en"))
                    .col(json_binary("parameters"))
                    .col(timestamp_with_time_zone("in_force_at"))
                    .col(text_null("note"))
                    .col(uuid_null("created_by"))
                    .primary_key(Index::create().col("indicator").col("version"))
                    .foreign_key(
                        ForeignKey::create().from("indicator_rule", "indicator").to("indicator", "code"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("indicator_rule_number")
                    .table("indicator_rule")
                    .col("indicator")
                    .col("number")
                    .unique()
                    .to_owned(),
            )
            .await?;
        // The rules that were there have held since the beginning.
        db.execute_unprepared(
            "INSERT INTO indicator_rule (indicator, version, number, rule_zh, rule_en, parameters, in_force_at) \
             SELECT code, rule_version, 1, rule_zh, rule_en, parameters, '1970-01-01 00:00:00+00:00' FROM indicator",
        )
        .await?;
        insert_only::guard(manager, "indicator_rule").await?;

        manager
            .alter_table(Table::alter().table("ledger_entry").add_column(date_null("lapses_on")).to_owned())
            .await?;
        for table in ["ledger_entry", "ledger_event"] {
            manager.alter_table(Table::alter().table(table).add_column(text_null("hash")).to_owned()).await?;
        }
        for (name, table, columns) in [
            ("ledger_entry_by_day", "ledger_entry", &["demo", "indicator", "effective_on", "id"] as &[&str]),
            ("ledger_entry_by_record", "ledger_entry", &["recorded_at"]),
            ("ledger_entry_by_contract", "ledger_entry", &["contract_id"]),
            ("ledger_event_by_instant", "ledger_event", &["at"]),
            ("ledger_active_by_stage", "ledger_active", &["stage", "indicator"]),
        ] {
            let mut index = Index::create();
            index.name(name).table(table);
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index.to_owned()).await?;
        }
        manager
            .drop_index(Index::drop().name("ledger_entry_by_indicator").table("ledger_entry").to_owned())
            .await?;

        // The sums of a day, as they stand now; and what each day of recording changed in them.
        for (table, known) in [("ledger_day", false), ("ledger_day_change", true)] {
            let mut create = Table::create();
            create
                .table(table)
                .col(text("indicator"))
                .col(boolean("demo"))
                .col(date("day"))
                .col(big_integer("confirmed"))
                .col(big_integer("candidate"))
                .col(big_integer("confirmed_units"))
                .col(big_integer("candidate_units"));
            let mut key = Index::create();
            key.col("demo").col("indicator");
            if known {
                create.col(date("known_on"));
                key.col("known_on");
            }
            create.primary_key(key.col("day"));
            manager.create_table(create.to_owned()).await?;
        }
        fill(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["ledger_day_change", "ledger_day", "indicator_rule"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        insert_only::release(manager, "indicator_rule").await?;
        for (name, table) in [
            ("ledger_entry_by_day", "ledger_entry"),
            ("ledger_entry_by_record", "ledger_entry"),
            ("ledger_entry_by_contract", "ledger_entry"),
            ("ledger_event_by_instant", "ledger_event"),
            ("ledger_active_by_stage", "ledger_active"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        manager
            .create_index(
                Index::create()
                    .name("ledger_entry_by_indicator")
                    .table("ledger_entry")
                    .col("indicator")
                    .col("demo")
                    .col("effective_on")
                    .to_owned(),
            )
            .await?;
        for (table, column) in [
            ("ledger_event", "hash"),
            ("ledger_entry", "hash"),
            ("ledger_entry", "lapses_on"),
            ("plan", "version"),
            ("plan_target", "steps"),
            ("plan_target", "period"),
            ("indicator", "version"),
            ("indicator", "basis"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

/// Sums up what the ledger holds already.
async fn fill(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    // The day of an instant in Shanghai, eight hours ahead of UTC.
    let day = |instant: &str| {
        if manager.get_database_backend() == DbBackend::Postgres {
            format!("CAST({instant} AT TIME ZONE 'Asia/Shanghai' AS date)")
        } else {
            format!("date({instant}, '+8 hours')")
        }
    };
    db.execute_unprepared(
        "INSERT INTO ledger_day (indicator, demo, day, confirmed, candidate, confirmed_units, candidate_units) \
         SELECT e.indicator, e.demo, e.effective_on, \
           SUM(CASE WHEN a.stage = 'confirmed' THEN e.delta ELSE 0 END), \
           SUM(CASE WHEN a.stage = 'confirmed' THEN 0 ELSE e.delta END), \
           SUM(CASE WHEN a.stage = 'confirmed' THEN 1 ELSE 0 END), \
           SUM(CASE WHEN a.stage = 'confirmed' THEN 0 ELSE 1 END) \
         FROM ledger_active a JOIN ledger_entry e ON e.id = a.entry_id GROUP BY e.indicator, e.demo, e.effective_on",
    )
    .await?;
    // Three kinds of change: a candidate came, a candidate was confirmed, a count was taken back.
    let changes = format!(
        "INSERT INTO ledger_day_change (indicator, demo, day, known_on, confirmed, candidate, confirmed_units, candidate_units) \
         SELECT indicator, demo, day, known_on, SUM(confirmed), SUM(candidate), SUM(confirmed_units), SUM(candidate_units) FROM ( \
           SELECT indicator, demo, effective_on AS day, {entered} AS known_on, \
             0 AS confirmed, delta AS candidate, 0 AS confirmed_units, 1 AS candidate_units \
           FROM ledger_entry WHERE reverses IS NULL \
         UNION ALL \
           SELECT e.indicator, e.demo, e.effective_on, {stepped}, e.delta, -e.delta, 1, -1 \
           FROM ledger_event v JOIN ledger_entry e ON e.id = v.entry_id WHERE v.stage = 'confirmed' \
         UNION ALL \
           SELECT r.indicator, r.demo, r.effective_on, {reversed}, \
             CASE WHEN c.entry_id IS NULL THEN 0 ELSE r.delta END, CASE WHEN c.entry_id IS NULL THEN r.delta ELSE 0 END, \
             CASE WHEN c.entry_id IS NULL THEN 0 ELSE -1 END, CASE WHEN c.entry_id IS NULL THEN -1 ELSE 0 END \
           FROM ledger_entry r LEFT JOIN ledger_event c ON c.entry_id = r.reverses AND c.stage = 'confirmed' \
           WHERE r.reverses IS NOT NULL) AS changes \
         GROUP BY indicator, demo, day, known_on",
        entered = day("recorded_at"),
        stepped = day("v.at"),
        reversed = day("r.recorded_at"),
    );
    db.execute_unprepared(&changes).await?;
    Ok(())
}
