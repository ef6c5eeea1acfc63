//! Made-up listings.

use techmart_search::{Document, Kind, PriceFacet};
use uuid::Uuid;

/// A public achievement with nothing but a title; the number makes its id and its age.
pub(crate) fn listing(number: u32, title: &str) -> Document {
    Document {
        published_at: 1_700_000_000_000 + i64::from(number),
        ..Document::titled(id(number), Kind::Achievement, title.to_owned())
    }
}

/// The id of a listing.
pub(crate) fn id(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + (7 << 76))
}

/// Listings with these titles, numbered from 1.
pub(crate) fn listings(titles: &[&str]) -> Vec<Document> {
    (1..).zip(titles).map(|(number, title)| listing(number, title)).collect()
}

/// Yuan in both figures.
pub(crate) fn price(min: Option<i64>, max: Option<i64>) -> Option<PriceFacet> {
    let fen = |yuan: i64| yuan * 100;
    Some(PriceFacet { negotiable: false, min: min.map(fen), max: max.map(fen), currency: "CNY".to_owned() })
}
