//! Outbox, audit log, answers to repeated requests, attachments, imports.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{ColumnDef, DeriveMigrationName, ForeignKey, Index, Table},
    schema::{
        big_integer, boolean, integer, json_binary, json_binary_null, small_integer, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
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
                    .table("outbox")
                    .col(ColumnDef::new("seq").big_integer().not_null().auto_increment().primary_key())
                    .col(text("kind"))
                    .col(json_binary("payload"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(integer("attempts"))
                    .col(timestamp_with_time_zone("next_at"))
                    .col(text_null("claimed_by"))
                    .col(timestamp_with_time_zone_null("claimed_until"))
                    .col(timestamp_with_time_zone_null("done_at"))
                    .col(timestamp_with_time_zone_null("dead_at"))
                    .col(text_null("last_error"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("audit")
                    .col(uuid("id").primary_key())
                    .col(timestamp_with_time_zone("at"))
                    .col(uuid_null("actor_id"))
                    .col(uuid_null("acting_organisation_id"))
                    .col(text("action"))
                    .col(text("subject_kind"))
                    .col(text("subject_id"))
                    .col(text_null("from_status"))
                    .col(text_null("to_status"))
                    .col(text_null("reason_code"))
                    .col(text_null("reason"))
                    .col(json_binary("facts"))
                    .col(text_null("request_id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("idempotency")
                    .col(text("scope").primary_key())
                    .col(text("request_hash"))
                    .col(small_integer("status"))
                    .col(json_binary_null("body"))
                    .col(json_binary("headers"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("expires_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("attachment")
                    .col(uuid("id").primary_key())
                    .col(text("sha256"))
                    .col(big_integer("size"))
                    .col(text("media_type"))
                    .col(text("file_name"))
                    .col(text("purpose"))
                    .col(uuid("uploaded_by"))
                    .col(uuid_null("organisation_id"))
                    .col(text_null("used_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(ForeignKey::create().from("attachment", "uploaded_by").to("account", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("import")
                    .col(uuid("id").primary_key())
                    .col(text("status"))
                    .col(boolean("dry_run"))
                    .col(text_null("source_system"))
                    .col(text("file_key"))
                    .col(text("sha256"))
                    .col(big_integer("rows"))
                    .col(big_integer("made"))
                    .col(big_integer("changed"))
                    .col(big_integer("same"))
                    .col(big_integer("refused"))
                    .col(big_integer("warnings"))
                    .col(text_null("failure"))
                    .col(uuid_null("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone_null("finished_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("import_row")
                    .col(uuid("import_id"))
                    .col(big_integer("line"))
                    .col(text("outcome"))
                    .col(uuid_null("listing_id"))
                    .col(json_binary("notes"))
                    .col(text_null("raw"))
                    .primary_key(Index::create().col("import_id").col("line"))
                    .foreign_key(ForeignKey::create().from("import_row", "import_id").to("import", "id"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("outbox_due")
                    .table("outbox")
                    .col("done_at")
                    .col("dead_at")
                    .col("next_at")
                    .col("seq")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("audit_by_subject")
                    .table("audit")
                    .col("subject_kind")
                    .col("subject_id")
                    .col("id")
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("audit_by_actor").table("audit").col("actor_id").col("id").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("idempotency_expiry").table("idempotency").col("expires_at").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("attachment_by_sha256").table("attachment").col("sha256").to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create().name("attachment_by_use").table("attachment").col("used_by").to_owned(),
            )
            .await?;
        insert_only::guard(manager, "audit").await?;

        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("import_row").to_owned()).await?;
        manager.drop_table(Table::drop().table("import").to_owned()).await?;
        manager.drop_table(Table::drop().table("attachment").to_owned()).await?;
        manager.drop_table(Table::drop().table("idempotency").to_owned()).await?;
        manager.drop_table(Table::drop().table("audit").to_owned()).await?;
        manager.drop_table(Table::drop().table("outbox").to_owned()).await?;
        insert_only::release(manager, "audit").await?;

        Ok(())
    }
}
