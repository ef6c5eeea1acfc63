//! What lies beside the texts: codes, figures, readiness, price, place and age.

use super::{
    profile::Profile,
    score::{How, Pairing, Part, PartName, float},
    weights::Weights,
};
use crate::{Kind, PriceFacet};

/// What lies beside the texts. What one of the two does not say adds nothing and takes nothing.
pub(super) fn attributes(asked: &Profile, candidate: &Profile, weights: &Weights, now: i64) -> Vec<Part> {
    let part = |name: PartName, value: f64, pairings: Vec<Pairing>| Part {
        name,
        value,
        weight: weights.parts.of(name),
        pairings,
    };
    let mut parts = Vec::new();
    let (value, pairings) = field(asked, candidate);
    parts.push(part(PartName::Field, value, pairings));
    let (value, pairings) = indicators(asked, candidate);
    parts.push(part(PartName::Indicators, value, pairings));
    if let Some((value, pairings)) = maturity(asked, candidate, now) {
        parts.push(part(PartName::Maturity, value, pairings));
    }
    let modes: Vec<Pairing> = asked
        .cooperation_modes
        .iter()
        .filter(|mode| candidate.cooperation_modes.contains(mode))
        .map(|mode| Pairing::same(mode))
        .collect();
    parts.push(part(PartName::Cooperation, f64::from(u8::from(!modes.is_empty())), modes));
    if let (Some(one), Some(other)) = (&asked.price, &candidate.price)
        && overlap(one, other)
    {
        parts.push(part(PartName::Price, 1.0, Vec::new()));
    }
    if let Some(town) = asked.town.as_ref().filter(|town| candidate.town.as_ref() == Some(town)) {
        parts.push(part(PartName::Place, 1.0, vec![Pairing::same(town)]));
    }
    parts.push(part(PartName::Freshness, freshness(candidate.published_at, now), Vec::new()));
    parts
}

fn field(asked: &Profile, candidate: &Profile) -> (f64, Vec<Pairing>) {
    let same = |one: &Option<String>, other: &Option<String>| one.as_ref().filter(|_| one == other).cloned();
    let branch = |code: &str| code.chars().take(3).collect::<String>();
    let branches = asked
        .industry_codes
        .iter()
        // A whole section (制造业) says nothing.
        .filter(|code| code.chars().count() > 1)
        .find(|code| candidate.industry_codes.iter().any(|other| branch(other) == branch(code)));
    let found = [
        same(&asked.field, &candidate.field),
        same(&asked.zone_industry, &candidate.zone_industry),
        branches.cloned(),
    ];
    let pairings: Vec<Pairing> = found.into_iter().flatten().map(|code| Pairing::same(&code)).collect();
    if pairings.is_empty() {
        let near = of_section(asked, candidate).or_else(|| of_section(candidate, asked).map(Pairing::turned));
        return (if near.is_some() { NEAR } else { 0.0 }, near.into_iter().collect());
    }
    (1.0, pairings)
}

/// Sections of GB/T 4754 whose work is one field of technology, and that field.
const SECTIONS: &[(&str, &str)] = &[("N", "resources_environment"), ("I", "electronics_information")];

/// What a field is worth that a section of industry only points to.
const NEAR: f64 = 0.5;

/// The section of the one whose field is that of the other.
fn of_section(one: &Profile, other: &Profile) -> Option<Pairing> {
    let field = other.field.as_deref()?;
    let is_of =
        |code: &&String| SECTIONS.iter().any(|(section, own)| *own == field && code.starts_with(section));
    let code = one.industry_codes.iter().find(is_of).filter(|_| one.field.is_none())?;
    Some(Pairing { found: field.to_owned(), how: How::Related, ..Pairing::same(&code[..1]) })
}

/// The share of the figures asked for, of what is measured on both sides, that are met.
fn indicators(asked: &Profile, candidate: &Profile) -> (f64, Vec<Pairing>) {
    let comparable: Vec<_> = asked
        .quantities
        .iter()
        .filter(|wanted| candidate.quantities.iter().any(|own| own.dimension == wanted.dimension))
        .collect();
    let met: Vec<Pairing> = comparable
        .iter()
        .filter_map(|wanted| {
            let own = candidate.quantities.iter().find(|own| wanted.meets(own))?;
            // The figure of another quantity is chance.
            Some(Pairing {
                found: own.text.clone(),
                tells: wanted.is_named_as(own),
                ..Pairing::same(&wanted.text)
            })
        })
        .collect();
    (if comparable.is_empty() { 0.0 } else { float(met.len()) / float(comparable.len()) }, met)
}

/// Milliseconds of a year.
const YEAR: f64 = 365.25 * 24.0 * 3600.0 * 1000.0;

/// From a sample on there is something to be seen.
const SAMPLE: u8 = 5;

/// Where no time is told, a level decides among equals and no more.
const HAIR: f64 = 0.001;

/// Ready for use where it is wanted soon: a pilot (TRL 6) within a year, a prototype (4) within three. Where no time is
/// told, the level is, where there is something to be seen.
fn maturity(asked: &Profile, candidate: &Profile, now: i64) -> Option<(f64, Vec<Pairing>)> {
    let demand = if asked.kind == Kind::Demand { asked } else { candidate };
    let offer = if asked.kind == Kind::Demand { candidate } else { asked };
    let trl = offer.trl.filter(|_| offer.kind == Kind::Achievement)?;
    let Some(by) = demand.wanted_by else {
        return (trl >= SAMPLE).then(|| (HAIR * f64::from(trl), vec![Pairing::same(&trl.to_string())]));
    };
    #[allow(clippy::cast_precision_loss, reason = "instants of this century are exact")]
    let years = ((by - now) as f64 / YEAR).clamp(0.0, 5.0);
    let needed = 8.0 - 1.5 * years;
    Some(((1.0 - (needed - f64::from(trl)).max(0.0) / 4.0).max(0.0), Vec::new()))
}

/// Whether two prices can come together: their ranges in one currency overlap, or one of them is open to talk.
fn overlap(one: &PriceFacet, other: &PriceFacet) -> bool {
    let same = one.currency.eq_ignore_ascii_case(&other.currency);
    match (one.range(), other.range()) {
        (Some((low, high)), Some((other_low, other_high))) => same && low <= other_high && other_low <= high,
        _ => false,
    }
}

/// Halves each year.
fn freshness(published_at: i64, now: i64) -> f64 {
    if published_at <= 0 {
        return 0.0;
    }
    #[allow(clippy::cast_precision_loss, reason = "instants of this century are exact")]
    let years = ((now - published_at) as f64 / YEAR).max(0.0);
    0.5_f64.powf(years)
}
