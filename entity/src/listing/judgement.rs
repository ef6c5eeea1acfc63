//! Every judgement of a demand, as it was given: insert-only. The last one stands on the demand's row as well.

use sea_orm::entity::prelude::*;

use super::Diagnosis;
use crate::id::{JudgementId, ListingId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "demand_judgement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JudgementId,
    pub listing_id: ListingId,
    #[sea_orm(column_type = "JsonBinary")]
    pub diagnosis: Diagnosis,
}

impl ActiveModelBehavior for ActiveModel {}
