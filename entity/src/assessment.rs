//! An assessor's look at a frozen report: a sample drawn by a seed, a verdict for each unit, a signed
//! result.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, AssessmentId, EntryId, SnapshotId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Where an assessment stands.
    pub enum AssessmentStatus: "assessment_status" {
        Open = "open" ("进行中", "open"),
        Signed = "signed" ("已签署", "signed"),
    }
}

coded_enum! {
    /// What can be done to an assessment.
    pub enum AssessmentMove: "assessment_move" {
        Sign = "sign" ("签署", "sign"),
    }
}

impl LifeCycle for AssessmentStatus {
    type Move = AssessmentMove;

    const MOVES: &'static [AssessmentMove] = AssessmentMove::ALL;

    fn target(self, mv: AssessmentMove) -> Option<Self> {
        match (self, mv) {
            (Self::Open, AssessmentMove::Sign) => Some(Self::Signed),
            (Self::Signed, AssessmentMove::Sign) => None,
        }
    }
}

coded_enum! {
    /// What the assessor found of a unit.
    pub enum Verdict: "verdict" {
        Accept = "accept" ("认可", "accepted"),
        Doubt = "doubt" ("存疑", "doubted"),
        Reject = "reject" ("不认可", "rejected"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssessmentId,
    pub snapshot_id: SnapshotId,
    /// Of one indicator alone; none for all.
    pub indicator: Option<String>,
    /// With the same seed anybody draws the same sample from the same report.
    pub seed: String,
    /// How many units the sample was drawn from.
    pub population: i32,
    pub sample_size: i32,
    pub status: AssessmentStatus,
    pub opinion: Option<String>,
    /// SHA-256 (hex) over the result as it was signed.
    pub signature: Option<String>,
    pub created_by: AccountId,
    pub created_at: Instant,
    pub signed_by: Option<AccountId>,
    pub signed_at: Option<Instant>,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// A unit of the sample.
pub mod item {
    use sea_orm::entity::prelude::*;

    use super::{AccountId, AssessmentId, EntryId, Instant, Verdict};

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "assessment_item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub assessment_id: AssessmentId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub entry_id: EntryId,
        pub indicator: String,
        /// The unit as the report has it.
        #[sea_orm(column_type = "JsonBinary")]
        pub unit: Json,
        pub verdict: Option<Verdict>,
        pub note: Option<String>,
        pub judged_by: Option<AccountId>,
        pub judged_at: Option<Instant>,
        /// The entry by which the count was taken back.
        pub reversal_id: Option<EntryId>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
