//! The funnel on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    funnel::{FunnelBy, FunnelStep},
    id::ListingId,
    listing::ListingKind,
};
use utoipa::{IntoParams, ToSchema};

use crate::features::listing::dto::OrganisationBrief;

/// Which funnel.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FunnelQuery {
    /// The plan's code; the real plan that runs today (else the latest) when absent.
    #[param(max_length = 40, example = "demo")]
    pub plan: Option<String>,
    /// By what it is divided; by kind when absent. By organisation it is for the centre and auditors.
    pub by: Option<FunnelBy>,
    /// From the month of this day; from that of the plan's first day when absent.
    pub from: Option<chrono::NaiveDate>,
    /// To the month of this day, with it; to that of the earlier of today and the plan's last day when
    /// absent.
    pub to: Option<chrono::NaiveDate>,
    /// How many divisions at most, those first where most was submitted; 50 when absent. Months come all.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
}

/// How many listings reached which step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FunnelOut {
    pub plan: String,
    pub by: FunnelBy,
    /// The first day that is counted.
    pub from: chrono::NaiveDate,
    /// The last day that is counted.
    pub to: chrono::NaiveDate,
    /// All of them together.
    pub total: Vec<StepOut>,
    /// One a value, those first where most was submitted; months in their order.
    pub divisions: Vec<DivisionOut>,
    /// How many divisions there are beyond those.
    pub more: u64,
}

/// How many listings reached a step.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct StepOut {
    pub step: FunnelStep,
    /// Listings that came there first within the period.
    pub reached: i64,
    /// Per cent of those that reached the step before within the period; null where none did. More than
    /// 100 where they had come to the step before in an earlier period.
    #[schema(example = 62.5)]
    pub of_previous: Option<f64>,
}

/// One part of a funnel.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DivisionOut {
    /// A code of the list of that name, an organisation's id, a month (`2026-11`); null where the
    /// listings do not say.
    #[schema(example = "new_materials")]
    pub value: Option<String>,
    /// What it is called in Chinese.
    #[schema(example = "新材料")]
    pub zh: String,
    /// What it is called in English.
    #[schema(example = "new materials")]
    pub en: String,
    pub steps: Vec<StepOut>,
}

/// Which listings behind a funnel.
#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct FunnelListingsQuery {
    /// The step that they reached.
    pub step: FunnelStep,
    /// The plan's code; the real plan that runs today (else the latest) when absent.
    #[param(max_length = 40, example = "demo")]
    pub plan: Option<String>,
    /// By what the funnel is divided; the whole when absent.
    pub by: Option<FunnelBy>,
    /// The division's `value`; with `by` alone, that of the listings which do not say.
    #[param(max_length = 40)]
    pub value: Option<String>,
    /// As in the funnel.
    pub from: Option<chrono::NaiveDate>,
    /// As in the funnel.
    pub to: Option<chrono::NaiveDate>,
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// A listing that reached a step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReachedOut {
    pub listing_id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    /// Whose it was when it reached the step.
    pub organisation: Option<OrganisationBrief>,
    pub reached_on: chrono::NaiveDate,
    /// Where it opens.
    #[schema(example = "/api/v1/demands/019346c2-0000-7000-8000-000000000000")]
    pub href: String,
}
