//! Sums of the ledger by day, kept beside it in the same transactions, so that a figure costs as much
//! among a million entries as among ten. They are derived: `techmart verify` sums the ledger up anew
//! and compares.

use sea_orm::entity::prelude::*;

use crate::Day;

/// The sums of a day as they stand now. A count that lapses is taken off on the day on which it does.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ledger_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub demo: bool,
    #[sea_orm(primary_key, auto_increment = false)]
    pub indicator: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: Day,
    pub confirmed: i64,
    /// Neither confirmed nor reversed.
    pub candidate: i64,
    pub confirmed_units: i64,
    pub candidate_units: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// What one day of recording changed in the sums of a day: added up to a day, what was known then.
pub mod change {
    use sea_orm::entity::prelude::*;

    use crate::Day;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "ledger_day_change")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub demo: bool,
        #[sea_orm(primary_key, auto_increment = false)]
        pub indicator: String,
        /// The day in Shanghai on which it was recorded.
        #[sea_orm(primary_key, auto_increment = false)]
        pub known_on: Day,
        #[sea_orm(primary_key, auto_increment = false)]
        pub day: Day,
        pub confirmed: i64,
        pub candidate: i64,
        pub confirmed_units: i64,
        pub candidate_units: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
