//! Webhooks: endpoints of API clients, events, deliveries and their attempts.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, ForeignKey, ForeignKeyAction, Index, Table},
    schema::{
        big_integer, integer, json_binary, small_integer_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
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
                    .table("webhook_endpoint")
                    .col(uuid("id").primary_key())
                    .col(uuid("api_client_id"))
                    .col(text("url"))
                    .col(text_null("description"))
                    .col(json_binary("event_types"))
                    .col(text("status"))
                    .col(text_null("disabled_reason"))
                    .col(timestamp_with_time_zone_null("disabled_at"))
                    .col(text("secret"))
                    .col(text_null("previous_secret"))
                    .col(timestamp_with_time_zone_null("previous_until"))
                    .col(timestamp_with_time_zone_null("failing_since"))
                    .col(timestamp_with_time_zone_null("failed_at"))
                    .col(uuid("created_by"))
                    .col(timestamp_with_time_zone("created_at"))
                    .col(timestamp_with_time_zone("updated_at"))
                    .col(big_integer("version"))
                    .foreign_key(
                        ForeignKey::create().from("webhook_endpoint", "api_client_id").to("api_client", "id"),
                    )
                    .foreign_key(
                        ForeignKey::create().from("webhook_endpoint", "created_by").to("account", "id"),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("webhook_event")
                    .col(uuid("id").primary_key())
                    .col(text("event_type"))
                    .col(text("source"))
                    .col(timestamp_with_time_zone("at"))
                    .col(json_binary("data"))
                    .col(timestamp_with_time_zone("created_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("webhook_delivery")
                    .col(uuid("id").primary_key())
                    .col(uuid("endpoint_id"))
                    .col(uuid("event_id"))
                    .col(text("event_type"))
                    .col(text("status"))
                    .col(integer("attempts"))
                    .col(timestamp_with_time_zone("next_at"))
                    .col(text_null("claimed_by"))
                    .col(timestamp_with_time_zone_null("claimed_until"))
                    .col(text_null("last_outcome"))
                    .col(small_integer_null("last_response_status"))
                    .col(timestamp_with_time_zone_null("last_attempt_at"))
                    .col(timestamp_with_time_zone_null("delivered_at"))
                    .col(timestamp_with_time_zone("created_at"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("webhook_delivery", "endpoint_id")
                            .to("webhook_endpoint", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .foreign_key(
                        ForeignKey::create()
                            .from("webhook_delivery", "event_id")
                            .to("webhook_event", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("webhook_attempt")
                    .col(uuid("id").primary_key())
                    .col(uuid("delivery_id"))
                    .col(timestamp_with_time_zone("at"))
                    .col(integer("duration"))
                    .col(text("outcome"))
                    .col(small_integer_null("response_status"))
                    .col(text_null("answer"))
                    .foreign_key(
                        ForeignKey::create()
                            .from("webhook_attempt", "delivery_id")
                            .to("webhook_delivery", "id")
                            .on_delete(ForeignKeyAction::Cascade),
                    )
                    .to_owned(),
            )
            .await?;
        for (name, table, columns, unique) in [
            ("webhook_endpoint_by_client", "webhook_endpoint", ["api_client_id", "id"].as_slice(), false),
            // Of one source there is one event of a type, however often it is worked out.
            ("webhook_event_source", "webhook_event", &["source", "event_type"], true),
            ("webhook_event_by_age", "webhook_event", &["created_at"], false),
            // And an endpoint is told of it by one delivery.
            ("webhook_delivery_once", "webhook_delivery", &["event_id", "endpoint_id"], true),
            ("webhook_delivery_due", "webhook_delivery", &["endpoint_id", "status", "next_at"], false),
            ("webhook_delivery_log", "webhook_delivery", &["endpoint_id", "id"], false),
            ("webhook_attempt_log", "webhook_attempt", &["delivery_id", "id"], false),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            if unique {
                index.unique();
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["webhook_attempt", "webhook_delivery", "webhook_event", "webhook_endpoint"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
