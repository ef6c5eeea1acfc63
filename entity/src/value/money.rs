//! Prices and budgets. [`super::price_text`] reads them from a source's words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;

/// The largest amount that is taken, in fen: ten trillion yuan 10 万亿元. It leaves sums room in an `i64`
/// and is exact in a JavaScript number.
pub const LARGEST_AMOUNT: i64 = 1_000_000_000_000_000;

/// The currency of fen.
pub const CNY: &str = "CNY";

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

/// A price or a budget.
///
/// Amounts are integers of the currency's hundredth part: fen, cents. One amount is both `min` and `max`; an
/// open end (`100 万以上`) is null. A negotiable price has no amounts. A starting price is the least that
/// will be taken: it is `min` and `starting`, and `max` is null. A concluded price may carry the one it
/// started from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct Price {
    pub kind: PriceKind,
    /// The least, in fen or the like.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub min: Option<i64>,
    /// The most, in fen or the like.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub max: Option<i64>,
    /// 起拍价, of an auction, in fen or the like.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub starting: Option<i64>,
    /// ISO 4217
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "CNY")]
    pub currency: String,
}

impl Price {
    /// 面议
    #[must_use]
    pub fn negotiable() -> Self {
        Self { kind: PriceKind::Negotiable, min: None, max: None, starting: None, currency: CNY.to_owned() }
    }

    /// A price of one amount of money, of a kind that has one.
    #[must_use]
    pub fn of_one(kind: PriceKind, amount: i64, currency: &str) -> Self {
        let is_starting = kind == PriceKind::Starting;
        Self {
            kind,
            min: Some(amount),
            max: (!is_starting).then_some(amount),
            starting: is_starting.then_some(amount),
            currency: currency.to_owned(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::json;
    use utoipa::PartialSchema;

    use super::{LARGEST_AMOUNT, Price, PriceKind};

    #[test]
    fn a_price_comes_back_from_the_wire_as_it_was_sent() {
        let price = Price::of_one(PriceKind::Fixed, 100_000_000, "CNY");
        let sent = serde_json::to_value(&price).unwrap();
        assert_eq!(sent["min"], json!(100_000_000));
        assert_eq!(serde_json::from_value::<Price>(sent).unwrap(), price);
    }

    #[test]
    fn an_absent_amount_is_null_and_an_unknown_member_is_refused() {
        let price =
            serde_json::from_value::<Price>(json!({ "kind": "negotiable", "currency": "CNY" })).unwrap();
        assert_eq!(price, Price::negotiable());
        let wrong = json!({ "kind": "fixed", "currency": "CNY", "amount": 1 });
        assert!(serde_json::from_value::<Price>(wrong).is_err());
        let broken = json!({ "kind": "fixed", "currency": "CNY", "min": 1.5 });
        assert!(serde_json::from_value::<Price>(broken).is_err(), "money has no fractions of a fen");
    }

    #[test]
    fn the_schema_bounds_the_amounts_and_the_currency() {
        let schema = serde_json::to_value(Price::schema()).unwrap();
        for member in ["min", "max", "starting"] {
            let bounds = &schema["properties"][member];
            assert_eq!(bounds["minimum"].as_f64(), Some(0.0), "{bounds}");
            assert_eq!(bounds["maximum"].as_i64(), Some(LARGEST_AMOUNT), "{bounds}");
        }
        assert_eq!(schema["properties"]["currency"]["pattern"], json!("^[A-Z]{3}$"));
    }

    #[test]
    fn a_starting_price_has_no_most() {
        let price = Price::of_one(PriceKind::Starting, 5, "CNY");
        assert_eq!((price.min, price.max, price.starting), (Some(5), None, Some(5)));
    }
}
