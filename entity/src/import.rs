//! An import job and the result of each of its rows.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, ImportId, ListingId},
    listing::ListingKind,
};

coded_enum! {
    /// Where an import job stands.
    pub enum ImportStatus: "import_status" {
        Queued = "queued" ("排队", "queued"),
        Running = "running" ("进行中", "running"),
        Done = "done" ("完成", "done"),
        Failed = "failed" ("失败", "failed"),
    }
}

coded_enum! {
    /// What became of a row.
    pub enum RowOutcome: "import_outcome" {
        Made = "made" ("新建", "made"),
        Changed = "changed" ("变更", "changed"),
        Same = "same" ("相同", "the same"),
        Refused = "refused" ("拒绝", "refused"),
    }
}

coded_enum! {
    /// How the rows of a file are written.
    pub enum ImportFormat: "import_format" {
        JsonLines = "json_lines" ("JSON Lines", "JSON Lines"),
        Csv = "csv" ("CSV", "CSV"),
        Xlsx = "xlsx" ("Excel 工作簿", "Excel workbook"),
    }
}

/// The row of a job.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    pub status: ImportStatus,
    pub dry_run: bool,
    /// Where the rows come from, for the upsert key.
    pub source_system: Option<String>,
    pub format: ImportFormat,
    /// The kind of those rows that do not say theirs.
    pub kind: Option<ListingKind>,
    /// The sheet of the workbook that is read.
    pub sheet: Option<String>,
    /// What there is to tell of the file as a whole.
    #[sea_orm(column_type = "JsonBinary")]
    pub notes: row::RowNotes,
    /// The number of the file's last line, where it is known beforehand.
    pub lines: Option<i64>,
    /// The file's name in the store.
    pub file_key: String,
    pub sha256: String,
    pub rows: i64,
    pub made: i64,
    pub changed: i64,
    pub same: i64,
    pub refused: i64,
    pub warnings: i64,
    pub failure: Option<String>,
    pub created_by: Option<AccountId>,
    pub created_at: Instant,
    /// When its rows were first, and last, taken up.
    pub started_at: Option<Instant>,
    pub advanced_at: Option<Instant>,
    /// The last line whose result is kept; 0 before the first.
    pub line: i64,
    pub finished_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The result of a row.
pub mod row {
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};
    use utoipa::ToSchema;

    use super::{ImportId, ListingId, RowOutcome};

    /// Something about one column of a row.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
    pub struct RowNote {
        /// The column it is about.
        pub column: Option<String>,
        pub code: String,
        pub zh: String,
        pub en: String,
    }

    /// Notes as one JSON column.
    #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
    #[serde(transparent)]
    pub struct RowNotes(pub Vec<RowNote>);

    /// The row.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "import_row")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub import_id: ImportId,
        /// 1, 2, 3 … in the file.
        #[sea_orm(primary_key, auto_increment = false)]
        pub line: i64,
        pub outcome: RowOutcome,
        pub listing_id: Option<ListingId>,
        /// What a refusal or a warning has to say.
        #[sea_orm(column_type = "JsonBinary")]
        pub notes: RowNotes,
        /// The line as it was read, for a refused row, which no listing keeps.
        pub raw: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
