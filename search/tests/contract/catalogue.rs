//! Made-up listings.

use techmart_search::{Audience, Document, Kind, PriceFacet};
use uuid::Uuid;

/// A public achievement with nothing but a title; the number makes its id and its age.
pub(crate) fn listing(number: u32, title: &str) -> Document {
    Document {
        id: id(number),
        kind: Kind::Achievement,
        title: title.to_owned(),
        title_en: None,
        summary: None,
        body: Vec::new(),
        keywords: Vec::new(),
        organisation: None,
        organisation_en: None,
        organisation_kind: None,
        field: None,
        industry_codes: Vec::new(),
        zone_industry: None,
        trl: None,
        cooperation_modes: Vec::new(),
        ip_types: Vec::new(),
        price: None,
        town: None,
        language: None,
        audience: Audience::Public,
        demo: false,
        published_at: 1_700_000_000_000 + i64::from(number),
        revision: 1,
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
