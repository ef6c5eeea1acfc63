//! The values of a listing that are filtered, counted and sorted, under the names both engines know them by.

use crate::{Document, Facet, text::vocabulary};

/// Attributes that are counted: every [`Facet`].
pub(crate) const FACETS: [&str; 9] = {
    let mut names = [""; 9];
    let mut at = 0;
    while at < names.len() {
        names[at] = Facet::ALL[at].as_str();
        at += 1;
    }
    names
};

pub(crate) const AUDIENCE: &str = "audience";
pub(crate) const COMPLETENESS: &str = "completeness";
pub(crate) const CURRENCY: &str = "price_currency";
pub(crate) const DEMO: &str = "demo";
pub(crate) const INDUSTRY_PREFIXES: &str = "industry_prefixes";
pub(crate) const NEGOTIABLE: &str = "negotiable";
pub(crate) const PRICE_HIGH: &str = "price_high";
pub(crate) const PRICE_LOW: &str = "price_low";
pub(crate) const PRICE_SORT: &str = "price_sort";
pub(crate) const PUBLISHED_AT: &str = "published_at";
pub(crate) const REVISION: &str = "revision";

/// Codes that are filtered but not counted.
pub(crate) const CODES: [&str; 6] = [AUDIENCE, CURRENCY, DEMO, INDUSTRY_PREFIXES, NEGOTIABLE, VOCABULARY];

/// Numbers that are filtered or sorted by.
pub(crate) const NUMBERS: [&str; 6] =
    [COMPLETENESS, PRICE_HIGH, PRICE_LOW, PRICE_SORT, PUBLISHED_AT, REVISION];

/// The words of letters in its texts, for what is mistyped.
pub(crate) const VOCABULARY: &str = "vocabulary";

pub(crate) const YES: &str = "true";
pub(crate) const NO: &str = "false";

/// The attributes of one listing.
#[derive(Debug)]
pub(crate) struct Attributes {
    /// Names of [`FACETS`] and [`CODES`] with their values, each value once.
    pub(crate) codes: Vec<(&'static str, Vec<String>)>,
    /// Names of [`NUMBERS`]; what is unknown is absent.
    pub(crate) numbers: Vec<(&'static str, i64)>,
}

impl Attributes {
    pub(crate) fn of(document: &Document) -> Self {
        let one = |value: &Option<String>| value.iter().cloned().collect::<Vec<_>>();
        let facet = |facet: Facet| match facet {
            Facet::Kind => vec![document.kind.as_str().to_owned()],
            Facet::Field => one(&document.field),
            Facet::ZoneIndustry => one(&document.zone_industry),
            Facet::Trl => document.trl.iter().map(u8::to_string).collect(),
            Facet::CooperationModes => document.cooperation_modes.clone(),
            Facet::IpTypes => document.ip_types.clone(),
            Facet::Town => one(&document.town),
            Facet::OrganisationKind => one(&document.organisation_kind),
            Facet::Language => one(&document.language),
        };
        let mut codes: Vec<_> = Facet::ALL.iter().map(|name| (name.as_str(), facet(*name))).collect();
        let price = document.price.as_ref();
        codes.push((AUDIENCE, vec![document.audience.as_str().to_owned()]));
        codes.push((CURRENCY, price.map(|price| currency(&price.currency)).into_iter().collect()));
        codes.push((DEMO, vec![flag(document.demo)]));
        codes.push((
            INDUSTRY_PREFIXES,
            document.industry_codes.iter().flat_map(|code| prefixes(code)).collect(),
        ));
        codes.push((NEGOTIABLE, vec![flag(price.is_some_and(|price| price.negotiable))]));
        codes.push((VOCABULARY, vocabulary(document)));
        for (_, values) in &mut codes {
            // An empty code is no code; one engine could not even filter by it.
            values.retain(|value| !value.is_empty());
            values.sort_unstable();
            values.dedup();
        }
        let range = price.and_then(|price| price.range());
        let numbers = [
            (COMPLETENESS, Some(completeness(document))),
            (PRICE_HIGH, range.map(|(_, high)| high)),
            (PRICE_LOW, range.map(|(low, _)| low)),
            (PRICE_SORT, price.and_then(|price| price.sort_figure())),
            (PUBLISHED_AT, Some(document.published_at)),
            (REVISION, Some(document.revision)),
        ];
        Self {
            codes,
            numbers: numbers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        }
    }
}

/// How much a listing tells, from 0 to 100: of two that match equally well the fuller one is of more use.
fn completeness(document: &Document) -> i64 {
    let said = |text: &&String| !text.trim().is_empty();
    let summary = document.summary.iter().filter(said);
    let body = document.body.iter().filter(said);
    let mut texts = summary.clone().chain(body.clone());
    let figures = texts.any(|text| text.chars().any(char::is_numeric));
    let price = document.price.as_ref().is_some_and(|price| price.negotiable || price.range().is_some());
    let parts = [
        (summary.count() > 0, 25),
        (!document.keywords.is_empty(), 20),
        (figures, 15),
        (document.trl.is_some() || document.field.is_some(), 5),
        (price, 5),
    ];
    let told: i64 = parts.into_iter().filter_map(|(there, points)| there.then_some(points)).sum();
    // Problem, advantage, detail: three of the long texts are as good as all.
    told + body.take(3).map(|_| 10).sum::<i64>()
}

pub(crate) fn flag(value: bool) -> String {
    if value { YES } else { NO }.to_owned()
}

pub(crate) fn currency(code: &str) -> String {
    code.to_ascii_uppercase()
}

/// A branch code as it is compared.
pub(crate) fn industry(code: &str) -> String {
    code.to_ascii_uppercase()
}

/// `C3670` is found by `C`, `C3`, `C36`, `C367` and itself. Indexing the beginnings makes a prefix an
/// equality, which both engines answer alike.
fn prefixes(code: &str) -> Vec<String> {
    let code = industry(code);
    let ends = code.char_indices().map(|(at, c)| at + c.len_utf8());
    ends.filter_map(|end| code.get(..end)).map(str::to_owned).collect()
}
