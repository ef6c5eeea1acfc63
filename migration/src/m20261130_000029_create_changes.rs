//! What has become of everything that was ever in the public catalogue, numbered in the order of commits.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, big_integer_null, integer, text, text_null, timestamp_with_time_zone, uuid, uuid_null,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// On PostgreSQL the number is drawn at the commit: whoever draws holds the counter until they are seen by
/// everybody, and nothing else is waited for meanwhile.
const NUMBER_AT_COMMIT: [&str; 2] = [
    "CREATE FUNCTION change_number() RETURNS trigger LANGUAGE plpgsql AS $$ \
     DECLARE number bigint; \
     BEGIN \
       IF EXISTS (SELECT 1 FROM change WHERE listing_id = NEW.listing_id AND seq IS NULL) THEN \
         UPDATE change_counter SET last = last + 1 RETURNING last INTO number; \
         UPDATE change SET seq = number WHERE listing_id = NEW.listing_id; \
       END IF; \
       RETURN NULL; \
     END $$",
    "CREATE CONSTRAINT TRIGGER change_numbered AFTER INSERT OR UPDATE ON change \
     DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION change_number()",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let shown = ColumnDef::new("shown_at").timestamp_with_time_zone().to_owned();
        manager.alter_table(Table::alter().table("listing").add_column(shown).to_owned()).await?;
        db.execute_unprepared("UPDATE listing SET shown_at = updated_at").await?;
        manager
            .create_table(
                Table::create()
                    .table("change")
                    .col(uuid("listing_id").primary_key())
                    .col(text("listing_kind"))
                    .col(big_integer_null("seq").unique_key())
                    .col(text("kind"))
                    .col(text_null("reason"))
                    .col(uuid_null("replaced_by"))
                    .col(text_null("field"))
                    .col(text("fingerprint"))
                    .col(timestamp_with_time_zone("at"))
                    .foreign_key(ForeignKey::create().from("change", "listing_id").to("listing", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(Index::create().name("change_by_instant").table("change").col("at").to_owned())
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("change_counter")
                    .col(integer("id").primary_key())
                    .col(big_integer("last"))
                    .to_owned(),
            )
            .await?;
        // What is public now came before everything that is told from now on.
        let field = if postgres { "v.content->>'field'" } else { "json_extract(v.content, '$.field')" };
        db.execute_unprepared(&format!(
            "INSERT INTO change (listing_id, listing_kind, seq, kind, field, fingerprint, at) \
             SELECT l.id, l.kind, row_number() OVER (ORDER BY l.updated_at, l.id), 'upsert', {field}, '', l.updated_at \
             FROM listing l JOIN listing_version v ON v.id = l.published_version_id \
             LEFT JOIN organisation o ON o.id = l.organisation_id \
             WHERE l.status = 'published' AND l.audience IN ('public', 'anonymous') \
             AND (o.id IS NULL OR o.verification <> 'suspended')"
        ))
        .await?;
        db.execute_unprepared(
            "INSERT INTO change_counter (id, last) SELECT 1, COALESCE(MAX(seq), 0) FROM change",
        )
        .await?;
        if postgres {
            for statement in NUMBER_AT_COMMIT {
                db.execute_unprepared(statement).await?;
            }
            return Ok(());
        }
        // One writer: the order of the numbers is that of the commits anyway.
        for (name, act) in [("change_numbered_new", "INSERT"), ("change_numbered", "UPDATE")] {
            db.execute_unprepared(&format!(
                "CREATE TRIGGER {name} AFTER {act} ON change WHEN NEW.seq IS NULL BEGIN \
                 UPDATE change_counter SET last = last + 1; \
                 UPDATE change SET seq = (SELECT last FROM change_counter) WHERE listing_id = NEW.listing_id; END"
            ))
            .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("change").to_owned()).await?;
        manager.drop_table(Table::drop().table("change_counter").to_owned()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION IF EXISTS change_number()").await?;
        }
        let listing = Table::alter().table("listing").drop_column("shown_at").to_owned();
        manager.alter_table(listing).await
    }
}
