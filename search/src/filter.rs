//! What a query demands besides its words, as conditions both engines can write down.

use crate::{
    DemoFilter, Facet, Kind, Query,
    attributes::{
        AUDIENCE, CURRENCY, DEMO, INDUSTRY_PREFIXES, NEGOTIABLE, NO, PRICE_HIGH, PRICE_LOW, YES, currency,
        flag, industry,
    },
    document::PriceFacet,
};

/// One demand on one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The attribute has one of the values; no value fits an empty list.
    AnyOf(&'static str, Vec<String>),
    /// The attribute is there and at least this.
    AtLeast(&'static str, i64),
    /// The attribute is there and at most this.
    AtMost(&'static str, i64),
}

/// All demands of a query; all must hold.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    conditions: Vec<(Option<Facet>, Condition)>,
}

impl Filter {
    pub(crate) fn of(query: &Query) -> Self {
        let mut conditions = Vec::new();
        let kinds = query.kinds.iter().map(|kind| Kind::as_str(*kind).to_owned()).collect();
        let facets = [
            (Facet::Kind, kinds),
            (Facet::Field, query.fields.clone()),
            (Facet::ZoneIndustry, query.zone_industries.clone()),
            (Facet::Trl, readiness(query)),
            (Facet::CooperationModes, query.cooperation_modes.clone()),
            (Facet::IpTypes, query.ip_types.clone()),
            (Facet::Town, query.towns.clone()),
            (Facet::OrganisationKind, query.organisation_kinds.clone()),
            (Facet::Language, query.languages.clone()),
        ];
        for (facet, values) in facets {
            let asked = !values.is_empty()
                || (facet == Facet::Trl && (query.trl_min.is_some() || query.trl_max.is_some()));
            if asked {
                conditions.push((Some(facet), Condition::AnyOf(facet.as_str(), values)));
            }
        }
        let mut demand = |condition| conditions.push((None, condition));
        // Also when empty: then nothing is found.
        demand(Condition::AnyOf(
            AUDIENCE,
            query.audiences.iter().map(|audience| audience.as_str().to_owned()).collect(),
        ));
        if !query.industry_codes.is_empty() {
            demand(Condition::AnyOf(
                INDUSTRY_PREFIXES,
                query.industry_codes.iter().map(|code| industry(code)).collect(),
            ));
        }
        if let Some(price) = &query.price {
            let clamp = |value: i64| value.clamp(0, PriceFacet::LIMIT);
            demand(Condition::AnyOf(CURRENCY, vec![currency(&price.currency)]));
            demand(Condition::AtMost(PRICE_LOW, price.max.map_or(PriceFacet::LIMIT, clamp)));
            demand(Condition::AtLeast(PRICE_HIGH, price.min.map_or(0, clamp)));
        }
        if let Some(negotiable) = query.negotiable {
            demand(Condition::AnyOf(NEGOTIABLE, vec![flag(negotiable)]));
        }
        match query.demo {
            DemoFilter::Include => {}
            DemoFilter::Exclude => demand(Condition::AnyOf(DEMO, vec![NO.to_owned()])),
            DemoFilter::Only => demand(Condition::AnyOf(DEMO, vec![YES.to_owned()])),
        }
        Self { conditions }
    }

    /// Who asks, and nothing else.
    pub(crate) fn of_audience(&self) -> impl Iterator<Item = &Condition> {
        let is_audience = |condition: &&Condition| matches!(condition, Condition::AnyOf(AUDIENCE, _));
        self.conditions.iter().map(|(_, condition)| condition).filter(is_audience)
    }

    /// All conditions.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().map(|(_, condition)| condition)
    }

    /// All conditions but the facet's own, under which the facet is counted.
    pub(crate) fn without(&self, facet: Facet) -> impl Iterator<Item = &Condition> {
        self.conditions.iter().filter(move |(owner, _)| *owner != Some(facet)).map(|(_, condition)| condition)
    }

    /// Whether the query chose values of this facet, so that it must be counted apart.
    pub(crate) fn restricts(&self, facet: Facet) -> bool {
        self.conditions.iter().any(|(owner, _)| *owner == Some(facet))
    }
}

/// The readiness levels asked for, one by one: there are only nine.
fn readiness(query: &Query) -> Vec<String> {
    if query.trl_min.is_none() && query.trl_max.is_none() {
        return Vec::new();
    }
    (query.trl_min.unwrap_or(1)..=query.trl_max.unwrap_or(9).min(9)).map(|level| level.to_string()).collect()
}
