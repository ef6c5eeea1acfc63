//! A step that a listing reached, for the first time, as it was divided then: what the sums add up.

use sea_orm::entity::prelude::*;

use super::FunnelStep;
use crate::{
    Day,
    id::{ListingId, OrganisationId},
    listing::{ListingKind, Source},
    value::field::Field,
};

/// The row. It is written once and never changed, so the sums stay what they were when a listing is
/// corrected afterwards.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listing_step")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub listing_id: ListingId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: FunnelStep,
    /// The day of the act.
    pub reached_on: Day,
    pub demo: bool,
    pub kind: ListingKind,
    pub field: Option<Field>,
    /// The demand's own, else its owner's.
    pub town: Option<String>,
    pub organisation_id: Option<OrganisationId>,
    pub source: Source,
}

impl ActiveModelBehavior for ActiveModel {}
