//! Prices.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;

coded_enum! {
    /// What kind of price it is.
    pub enum PriceKind: "price_kind" {
        Negotiable = "negotiable" ("面议", "negotiable"),
        Fixed = "fixed" ("一口价", "fixed"),
        Range = "range" ("区间", "range"),
        Appraised = "appraised" ("评估价", "appraised"),
        Starting = "starting" ("起拍价", "starting price"),
        Concluded = "concluded" ("成交价", "concluded price"),
    }
}

/// A price. Amounts are in fen, or the hundredth part of the currency's unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub kind: PriceKind,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub min: Option<i64>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub max: Option<i64>,
    /// 起拍价, beside a concluded one.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub starting: Option<i64>,
    /// ISO 4217
    #[schema(min_length = 3, max_length = 3, example = "CNY")]
    pub currency: String,
}
