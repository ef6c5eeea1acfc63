//! What the index knows of a listing: its published version, without anything private.

use techmart_entity::{
    demand::{IndicatorOp, TechnicalIndicator},
    listing::{Audience, Content, Model, status::ListingStatus},
    organisation,
    value::money::{Price, PriceKind},
};
use techmart_search::{Audience as IndexAudience, Document, Kind, PriceFacet};

use crate::clock::end_of;

/// Whether a listing belongs into the index.
#[must_use]
pub fn is_indexed(row: &Model) -> bool {
    row.status == ListingStatus::Published && row.audience.is_listed() && row.published_version_id.is_some()
}

/// The document of a published listing.
#[must_use]
pub fn document(row: &Model, content: Content, owner: Option<&organisation::Model>) -> Document {
    // The name of an anonymous enterprise must not get into the index at all; nor what would give it away.
    let named = owner.filter(|_| row.audience != Audience::Anonymous);
    let mut document = Document {
        id: row.id.0,
        kind: kind(row.kind),
        title: row.title.clone(),
        title_en: None,
        summary: None,
        body: Vec::new(),
        keywords: Vec::new(),
        organisation: named.map(|owner| owner.name.clone()),
        organisation_en: named.and_then(|owner| owner.name_en.clone()),
        organisation_kind: named.map(|owner| owner.kind.to_string()),
        field: None,
        industry_codes: Vec::new(),
        zone_industry: None,
        trl: None,
        cooperation_modes: Vec::new(),
        ip_types: Vec::new(),
        price: None,
        // In a town of few enterprises the town is a name.
        town: named.and_then(|owner| owner.town.clone()),
        wanted_by: None,
        language: None,
        audience: match row.audience {
            Audience::Public | Audience::Anonymous => IndexAudience::Public,
            Audience::SignedIn | Audience::Parties | Audience::Unlisted => IndexAudience::SignedIn,
        },
        demo: row.demo,
        published_at: row.first_published_at.map_or(0, |at| at.timestamp_millis()),
        revision: row.version,
    };
    match content.without_private() {
        Content::Achievement(content) => {
            document.title_en = content.title_en;
            document.summary = content.summary;
            document.body = [
                content.problem_solved,
                content.advantage,
                content.scenarios,
                content.economics,
                content.detail,
                content.demo_history,
                content.team,
            ]
            .into_iter()
            .flatten()
            .collect();
            document.keywords = content.keywords.into_iter().chain(content.keywords_en).collect();
            document.field = content.field.map(|field| field.to_string());
            document.body.extend(content.field_raw);
            document.industry_codes = content.industry_codes;
            document.zone_industry = content.zone_industry.map(|industry| industry.to_string());
            document.trl = content.trl;
            document.cooperation_modes = content.cooperation_modes.iter().map(ToString::to_string).collect();
            document.ip_types = content.ip.iter().map(|right| right.ip_type.to_string()).collect();
            document.ip_types.sort();
            document.ip_types.dedup();
            document.price = content.price.as_ref().map(price);
            document.language = content.language;
        }
        Content::Demand(content) => {
            document.title_en = content.title_en;
            document.summary = content.summary;
            document.body = [content.problem, content.target, content.background, content.current_state]
                .into_iter()
                .flatten()
                .collect();
            document.body.extend(content.field_raw);
            document.keywords = content.keywords.into_iter().chain(content.keywords_en).collect();
            document.field = content.field.map(|field| field.to_string());
            document.industry_codes = content.industry_code.into_iter().collect();
            document.zone_industry = content.zone_industry.map(|industry| industry.to_string());
            document.cooperation_modes = content.cooperation_modes.iter().map(ToString::to_string).collect();
            document.price = content.budget.as_ref().map(price);
            document.town = content.town.or(document.town);
            document.wanted_by = content.deadline_on.map(|day| end_of(day).timestamp_millis());
            document.body.extend(content.indicators.iter().map(in_words));
            document.language = content.language;
        }
        Content::Provider(content) => {
            document.title_en = content.title_en;
            document.summary = content.summary;
            document.body = content.detail.into_iter().chain(content.performance).collect();
            document.body.extend(content.services.into_iter().map(|service| match service.description {
                Some(description) => format!("{} {description}", service.name),
                None => service.name,
            }));
            document.body.extend(content.qualifications.into_iter().map(|qualification| qualification.name));
            document.body.extend(content.field_raw);
            document.keywords = content.keywords.into_iter().chain(content.keywords_en).collect();
            document.field = content.field.map(|field| field.to_string());
            document.language = content.language;
        }
    }
    document
}

/// An indicator as somebody would write it, so that its figure is read like any other: `能效比 ≥ 3.5`.
fn in_words(indicator: &TechnicalIndicator) -> String {
    let sign = match indicator.op {
        IndicatorOp::Lt => "<",
        IndicatorOp::Le => "≤",
        IndicatorOp::Eq | IndicatorOp::Range => "",
        IndicatorOp::Ge => "≥",
        IndicatorOp::Gt => ">",
    };
    let unit = indicator.unit.as_deref().unwrap_or_default();
    format!("{} {sign}{}{unit}", indicator.name, indicator.value)
}

/// The index's word for a kind.
#[must_use]
pub fn kind(kind: techmart_entity::listing::ListingKind) -> Kind {
    use techmart_entity::listing::ListingKind;
    match kind {
        ListingKind::Achievement => Kind::Achievement,
        ListingKind::Demand => Kind::Demand,
        ListingKind::Provider => Kind::Provider,
    }
}

/// A price as the index compares it.
#[must_use]
pub fn price(price: &Price) -> PriceFacet {
    PriceFacet {
        negotiable: price.kind == PriceKind::Negotiable,
        min: price.min,
        max: price.max,
        currency: price.currency.clone(),
    }
}
