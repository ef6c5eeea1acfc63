//! Accounts that are erased on request, and looks of auditors that end after their term.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, Index, Table},
    schema::{text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null},
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The audit log stays as it is but for looks of more than three years ago: those may be deleted. The clock is the
/// database's own, so that nobody who moves another one can delete younger ones.
const LOOKS_END_SQLITE: &str = "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit \
    WHEN OLD.action <> 'look' OR substr(OLD.at, 1, 10) > date('now', '-3 years') \
    BEGIN SELECT RAISE(ABORT, 'audit is insert-only'); END";
const NOTHING_ENDS_SQLITE: &str = "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit \
    BEGIN SELECT RAISE(ABORT, 'audit is insert-only'); END";
const LOOKS_END_POSTGRES: &str = "CREATE OR REPLACE FUNCTION audit_is_insert_only() RETURNS trigger \
    LANGUAGE plpgsql AS $$ BEGIN \
    IF TG_OP = 'DELETE' THEN \
      IF OLD.action = 'look' AND OLD.at <= now() - interval '3 years' THEN RETURN OLD; END IF; \
    END IF; \
    RAISE EXCEPTION 'audit is insert-only'; END $$";
const NOTHING_ENDS_POSTGRES: &str = "CREATE OR REPLACE FUNCTION audit_is_insert_only() RETURNS trigger \
    LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'audit is insert-only'; END $$";

async fn guard(manager: &SchemaManager<'_>, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(postgres).await?;
    } else {
        db.execute_unprepared("DROP TRIGGER audit_no_delete").await?;
        db.execute_unprepared(sqlite).await?;
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .alter_table(
                Table::alter()
                    .table("account")
                    .add_column(timestamp_with_time_zone_null("erased_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("erasure")
                    .col(uuid("account_id").primary_key())
                    .col(uuid_null("requested_by"))
                    .col(text_null("reason"))
                    .col(timestamp_with_time_zone("requested_at"))
                    .col(timestamp_with_time_zone("due_at"))
                    .col(timestamp_with_time_zone_null("done_at"))
                    .foreign_key(ForeignKey::create().from("erasure", "account_id").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        for (name, table, columns) in [
            ("erasure_due", "erasure", ["done_at", "due_at"]),
            // Who was shown whose contacts, and which looks are old.
            ("audit_by_action", "audit", ["action", "id"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(column);
            }
            manager.create_index(index).await?;
        }
        guard(manager, LOOKS_END_SQLITE, LOOKS_END_POSTGRES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        guard(manager, NOTHING_ENDS_SQLITE, NOTHING_ENDS_POSTGRES).await?;
        manager.drop_index(Index::drop().name("audit_by_action").table("audit").to_owned()).await?;
        manager.drop_table(Table::drop().table("erasure").to_owned()).await?;
        manager.alter_table(Table::alter().table("account").drop_column("erased_at").to_owned()).await
    }
}
