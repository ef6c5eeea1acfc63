//! Tables whose rows may never change: the database itself refuses, whoever asks.

use sea_orm_migration::{
    DbErr, SchemaManager,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Makes `table` refuse every UPDATE, DELETE and TRUNCATE.
pub async fn guard(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(&format!(
            "CREATE FUNCTION {table}_is_insert_only() RETURNS trigger LANGUAGE plpgsql AS $$ \
             BEGIN RAISE EXCEPTION '{table} is insert-only'; END $$"
        ))
        .await?;
        db.execute_unprepared(&format!(
            "CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE ON {table} \
             FOR EACH ROW EXECUTE FUNCTION {table}_is_insert_only()"
        ))
        .await?;
        db.execute_unprepared(&format!(
            "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} \
             FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_insert_only()"
        ))
        .await?;
    } else {
        for act in ["UPDATE", "DELETE"] {
            db.execute_unprepared(&format!(
                "CREATE TRIGGER {table}_no_{} BEFORE {act} ON {table} \
                 BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END",
                act.to_lowercase()
            ))
            .await?;
        }
    }
    Ok(())
}

/// Takes away what [`guard`] left behind once its table is dropped.
pub async fn release(manager: &SchemaManager<'_>, table: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        manager
            .get_connection()
            .execute_unprepared(&format!("DROP FUNCTION IF EXISTS {table}_is_insert_only()"))
            .await?;
    }
    Ok(())
}
