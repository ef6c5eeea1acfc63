//! The working calendar, and what waits for the service centre.
//!
//! The holidays are those that the General Office of the State Council announced for 2023 to 2026; a year that is not
//! announced yet has its weekdays alone, until somebody enters it.

use sea_orm_migration::{
    DbErr, MigrationTrait, SchemaManager,
    prelude::{DeriveMigrationName, Index, Query, Table},
    schema::{
        big_integer, boolean, date, integer_null, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// First and last day, and the name.
const HOLIDAYS: &[(&str, &str, &str)] = &[
    ("2022-12-31", "2023-01-02", "元旦"),
    ("2023-01-21", "2023-01-27", "春节"),
    ("2023-04-05", "2023-04-05", "清明节"),
    ("2023-04-29", "2023-05-03", "劳动节"),
    ("2023-06-22", "2023-06-24", "端午节"),
    ("2023-09-29", "2023-10-06", "中秋节、国庆节"),
    ("2024-01-01", "2024-01-01", "元旦"),
    ("2024-02-10", "2024-02-17", "春节"),
    ("2024-04-04", "2024-04-06", "清明节"),
    ("2024-05-01", "2024-05-05", "劳动节"),
    ("2024-06-10", "2024-06-10", "端午节"),
    ("2024-09-15", "2024-09-17", "中秋节"),
    ("2024-10-01", "2024-10-07", "国庆节"),
    ("2025-01-01", "2025-01-01", "元旦"),
    ("2025-01-28", "2025-02-04", "春节"),
    ("2025-04-04", "2025-04-06", "清明节"),
    ("2025-05-01", "2025-05-05", "劳动节"),
    ("2025-05-31", "2025-06-02", "端午节"),
    ("2025-10-01", "2025-10-08", "国庆节、中秋节"),
    ("2026-01-01", "2026-01-03", "元旦"),
    ("2026-02-15", "2026-02-23", "春节"),
    ("2026-04-04", "2026-04-06", "清明节"),
    ("2026-05-01", "2026-05-05", "劳动节"),
    ("2026-06-19", "2026-06-21", "端午节"),
    ("2026-09-25", "2026-09-27", "中秋节"),
    ("2026-10-01", "2026-10-07", "国庆节"),
];

/// Days at a weekend that are worked instead.
const WORKED: &[(&str, &str)] = &[
    ("2023-01-28", "春节"),
    ("2023-01-29", "春节"),
    ("2023-04-23", "劳动节"),
    ("2023-05-06", "劳动节"),
    ("2023-06-25", "端午节"),
    ("2023-10-07", "国庆节"),
    ("2023-10-08", "国庆节"),
    ("2024-02-04", "春节"),
    ("2024-02-18", "春节"),
    ("2024-04-07", "清明节"),
    ("2024-04-28", "劳动节"),
    ("2024-05-11", "劳动节"),
    ("2024-09-14", "中秋节"),
    ("2024-09-29", "国庆节"),
    ("2024-10-12", "国庆节"),
    ("2025-01-26", "春节"),
    ("2025-02-08", "春节"),
    ("2025-04-27", "劳动节"),
    ("2025-09-28", "国庆节"),
    ("2025-10-11", "国庆节"),
    ("2026-01-04", "元旦"),
    ("2026-02-14", "春节"),
    ("2026-02-28", "春节"),
    ("2026-05-09", "劳动节"),
    ("2026-09-20", "国庆节"),
    ("2026-10-10", "国庆节"),
];

/// Working days to a first answer; none where no clock runs.
const TERMS: &[(&str, Option<i32>)] = &[
    ("review", Some(2)),
    ("second_diagnosis", Some(2)),
    ("owner", None),
    ("verification", Some(2)),
    ("entry", Some(5)),
    ("consent", Some(2)),
    ("recommendation", Some(5)),
    ("confirmation", Some(5)),
    ("doubt", Some(2)),
    ("duplicate", Some(10)),
    ("signal", Some(10)),
    ("expiring", Some(5)),
];

fn day(text: &str) -> Result<chrono::NaiveDate, DbErr> {
    text.parse().map_err(|_| DbErr::Custom(format!("{text} is no day")))
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("calendar_day")
                    .col(date("day").primary_key())
                    .col(text("kind"))
                    .col(text("name"))
                    .to_owned(),
            )
            .await?;
        let mut days = Query::insert().into_table("calendar_day").columns(["day", "kind", "name"]).to_owned();
        for (first, last, name) in HOLIDAYS {
            let last = day(last)?;
            for one in day(first)?.iter_days().take_while(|one| *one <= last) {
                days.values_panic([one.into(), "holiday".into(), (*name).into()]);
            }
        }
        for (one, name) in WORKED {
            days.values_panic([day(one)?.into(), "workday".into(), (*name).into()]);
        }
        manager.execute(days).await?;

        manager
            .create_table(
                Table::create()
                    .table("desk_term")
                    .col(text("queue").primary_key())
                    .col(integer_null("working_days"))
                    .to_owned(),
            )
            .await?;
        let mut terms = Query::insert().into_table("desk_term").columns(["queue", "working_days"]).to_owned();
        for (queue, n) in TERMS {
            terms.values_panic([(*queue).into(), (*n).into()]);
        }
        manager.execute(terms).await?;

        manager
            .create_table(
                Table::create()
                    .table("desk_item")
                    .col(uuid("id").primary_key())
                    .col(text("queue"))
                    .col(text("subject_kind"))
                    .col(text("subject_id"))
                    .col(text_null("open_key").unique_key())
                    .col(text("title"))
                    .col(uuid_null("organisation_id"))
                    .col(boolean("demo"))
                    .col(timestamp_with_time_zone("opened_at"))
                    .col(timestamp_with_time_zone_null("due_at"))
                    .col(timestamp_with_time_zone("sort_at"))
                    .col(uuid_null("assignee_id"))
                    .col(timestamp_with_time_zone_null("assigned_at"))
                    .col(timestamp_with_time_zone_null("warned_at"))
                    .col(timestamp_with_time_zone_null("escalated_at"))
                    .col(timestamp_with_time_zone_null("closed_at"))
                    .col(uuid_null("closed_by"))
                    .col(big_integer("version"))
                    .to_owned(),
            )
            .await?;
        for (name, columns) in [
            ("desk_item_in_order", ["closed_at", "sort_at", "id"].as_slice()),
            ("desk_item_by_subject", &["subject_id"]),
            ("desk_item_by_assignee", &["assignee_id", "closed_at"]),
        ] {
            let mut index = Index::create().name(name).table("desk_item").to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        manager
            .create_table(
                Table::create()
                    .table("desk_note")
                    .col(uuid("id").primary_key())
                    .col(text("subject_kind"))
                    .col(text("subject_id"))
                    .col(text("body"))
                    .col(uuid("written_by"))
                    .col(timestamp_with_time_zone("written_at"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_index(
                Index::create()
                    .name("desk_note_by_subject")
                    .table("desk_note")
                    .col("subject_id")
                    .col("id")
                    .to_owned(),
            )
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["desk_note", "desk_item", "desk_term", "calendar_day"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
