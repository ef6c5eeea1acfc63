//! What can be asked and what comes back, the same for both engines.
//!
//! Values within one filter are alternatives, different filters must all hold, an empty list asks nothing.
//! The one exception is [`Query::audiences`], where an empty list finds nothing: forgetting it must not show
//! anything.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Audience, Kind, SearchError};

/// The longest text that is searched for, in characters.
pub const MAX_TEXT_CHARS: usize = 200;

/// How deep an answer can be paged: `offset + limit` beyond it brings nothing more.
pub const WINDOW: usize = 1_000;

/// A search. [`Query::default`] finds every public listing, newest first, twenty of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Plain words, at most [`MAX_TEXT_CHARS`]; no character in it is syntax. `None` or blank asks for
    /// everything; a text without a single letter or digit finds nothing.
    pub text: Option<String>,
    /// Only these kinds.
    pub kinds: Vec<Kind>,
    /// Only these fields of technology.
    pub fields: Vec<String>,
    /// Only these branches; `C36` finds `C3670`.
    pub industry_codes: Vec<String>,
    /// Only these industries of the zone.
    pub zone_industries: Vec<String>,
    /// At least this readiness; listings without one fail.
    pub trl_min: Option<u8>,
    /// At most this readiness; listings without one fail.
    pub trl_max: Option<u8>,
    /// Any of these ways to work together.
    pub cooperation_modes: Vec<String>,
    /// Any of these property rights.
    pub ip_types: Vec<String>,
    /// The listing's price range and this one overlap; listings without figures fail.
    pub price: Option<PriceRange>,
    /// Whether the price is marked as negotiable; listings that say nothing of a price count as not marked.
    pub negotiable: Option<bool>,
    /// Only these towns.
    pub towns: Vec<String>,
    /// Only organisations of these kinds.
    pub organisation_kinds: Vec<String>,
    /// Only listings in these languages.
    pub languages: Vec<String>,
    /// What the asker may see. Empty finds nothing.
    pub audiences: Vec<Audience>,
    /// What to do with the demonstration catalogue.
    pub demo: DemoFilter,
    /// The order.
    pub sort: Sort,
    /// Hits in the answer.
    pub limit: usize,
    /// Hits to pass over first.
    pub offset: usize,
    /// How many listings to name that come near, where fewer than [`Query::limit`] are found; only with the first
    /// page by relevance.
    pub near: usize,
    /// Whether to count facets, which costs about as much as the search itself.
    pub facets: bool,
    /// Whether to cut and mark fragments.
    pub highlight: bool,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: None,
            kinds: Vec::new(),
            fields: Vec::new(),
            industry_codes: Vec::new(),
            zone_industries: Vec::new(),
            trl_min: None,
            trl_max: None,
            cooperation_modes: Vec::new(),
            ip_types: Vec::new(),
            price: None,
            negotiable: None,
            towns: Vec::new(),
            organisation_kinds: Vec::new(),
            languages: Vec::new(),
            audiences: vec![Audience::Public],
            demo: DemoFilter::Include,
            sort: Sort::Relevance,
            limit: 20,
            offset: 0,
            near: 0,
            facets: false,
            highlight: false,
        }
    }
}

impl Query {
    /// The text to search for, `None` when everything is asked for.
    pub(crate) fn text(&self) -> Option<&str> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }

    /// How many near listings to look for beside so many hits.
    pub(crate) fn near_wanted(&self, hits: usize) -> usize {
        let first = self.offset == 0 && self.sort == Sort::Relevance && self.text().is_some();
        if first && hits < self.limit { self.near } else { 0 }
    }

    /// The kinds that may be found.
    pub(crate) fn wanted_kinds(&self) -> impl Iterator<Item = Kind> + '_ {
        Kind::ALL.into_iter().filter(|kind| self.kinds.is_empty() || self.kinds.contains(kind))
    }

    /// How many hits may come, after the window.
    pub(crate) fn window_limit(&self) -> usize {
        self.limit.min(WINDOW.saturating_sub(self.offset))
    }

    pub(crate) fn check(&self) -> Result<(), SearchError> {
        match &self.text {
            Some(text) if text.chars().count() > MAX_TEXT_CHARS => {
                Err(SearchError::rejected(format!("the text is longer than {MAX_TEXT_CHARS} characters")))
            }
            _ => Ok(()),
        }
    }
}

/// A range of prices in one currency. Prices in other currencies are never converted: they simply do not
/// match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceRange {
    /// At least, in the smallest unit; `None` is open.
    pub min: Option<i64>,
    /// At most, in the smallest unit; `None` is open.
    pub max: Option<i64>,
    /// ISO 4217; letter case does not matter.
    pub currency: String,
}

/// What to do with listings of the demonstration catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DemoFilter {
    /// They are found like all others.
    #[default]
    Include,
    /// They are left out.
    Exclude,
    /// Only they are found.
    Only,
}

/// The order of hits. Every order ends in: newest first, then by id, so that it is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best match first; without a text the same as [`Sort::Newest`].
    #[default]
    Relevance,
    /// Last published first.
    Newest,
    /// First published first.
    Oldest,
    /// Cheapest first, by the lower end in the home currency; listings without such a figure last.
    PriceAsc,
    /// Dearest first, by the same figure; listings without one last.
    PriceDesc,
}

impl Sort {
    /// The order when there is no text to be relevant to.
    pub(crate) const fn without_text(self) -> Self {
        match self {
            Self::Relevance => Self::Newest,
            sort => sort,
        }
    }
}

/// What a search brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// This page of hits.
    pub hits: Vec<Hit>,
    /// Listings that come near, by the measure of matches, the nearest first, none of them among the hits; not counted, neither
    /// in all nor in facets. Empty unless asked for.
    pub near: Vec<Hit>,
    /// Counts by [`Facet::as_str`], most frequent first, then by value; empty unless asked for. Each facet is
    /// counted under all filters but its own, so that the other choices in it stay visible.
    pub facets: BTreeMap<String, Vec<FacetCount>>,
    /// How many listings match, at most [`WINDOW`]: that number means so many or more.
    pub estimated_total: usize,
    /// Whether a next page would bring hits.
    pub more: bool,
    /// What was asked instead, where words of letters were mistyped and what they were taken for was found.
    pub corrected: Option<String>,
    /// Whether every word had to match; `false` when nothing did and words were left out.
    pub all_words: bool,
    /// `false` while the index waits for its first filling or a repair: listings may be lacking.
    pub complete: bool,
}

/// One listing found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Higher is better; only to be compared within one answer, since the engines measure differently. 0
    /// unless sorted by relevance to a text.
    pub score: f64,
    /// Fragments with marks, in the order title, keywords, organisation, summary, body; empty unless asked
    /// for.
    pub highlights: Vec<Highlight>,
}

/// A piece of a listing's text that shows why it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlight {
    /// `title`, `title_en`, `keywords`, `organisation`, `organisation_en`, `summary` or `body`.
    pub field: String,
    /// HTML: matches stand in `<em>`…`</em>`, everything else is escaped (`&`, `<`, `>`, `"`, `'`) and can be
    /// put into a page as it is. An ellipsis stands where a long text was cut.
    pub fragment: String,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// [`crate::Document::kind`].
    Kind,
    /// [`crate::Document::field`].
    Field,
    /// [`crate::Document::zone_industry`].
    ZoneIndustry,
    /// [`crate::Document::trl`], as decimal digits.
    Trl,
    /// [`crate::Document::cooperation_modes`].
    CooperationModes,
    /// [`crate::Document::ip_types`].
    IpTypes,
    /// [`crate::Document::town`].
    Town,
    /// [`crate::Document::organisation_kind`].
    OrganisationKind,
    /// [`crate::Document::language`].
    Language,
}

impl Facet {
    /// All facets.
    pub const ALL: [Self; 9] = [
        Self::Kind,
        Self::Field,
        Self::ZoneIndustry,
        Self::Trl,
        Self::CooperationModes,
        Self::IpTypes,
        Self::Town,
        Self::OrganisationKind,
        Self::Language,
    ];

    /// The name in [`Answer::facets`], and of the attribute in both engines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Field => "field",
            Self::ZoneIndustry => "zone_industry",
            Self::Trl => "trl",
            Self::CooperationModes => "cooperation_modes",
            Self::IpTypes => "ip_types",
            Self::Town => "town",
            Self::OrganisationKind => "organisation_kind",
            Self::Language => "language",
        }
    }
}

/// How many listings have one value of a facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCount {
    /// The code.
    pub value: String,
    /// Listings with it.
    pub count: u64,
}
