//! What goes into the index: one listing as everybody in its audience may see it.
//!
//! Private fields (contacts, the names of anonymous enterprises, working versions) do not exist in this type,
//! so no mistake in a filter can show them.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The currency whose prices can be sorted.
pub const HOME_CURRENCY: &str = "CNY";

/// One listing. Codes are plain strings here: the crate compares them and gives them no meaning; an empty one
/// is none, and beyond 150 bytes they are no longer sure to be told apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The listing's id; a second document with the same id replaces the first.
    pub id: Uuid,
    /// What it is.
    pub kind: Kind,
    /// Weighs most.
    pub title: String,
    /// Weighs as much as the title.
    pub title_en: Option<String>,
    /// Weighs more than the body, less than the organisation.
    pub summary: Option<String>,
    /// The long texts: detail, problem, advantage, services. Matched, never across two of them; weighs least.
    pub body: Vec<String>,
    /// Weigh more than organisation and summary, less than the title.
    pub keywords: Vec<String>,
    /// The name that may be shown; absent for anonymous enterprises.
    pub organisation: Option<String>,
    /// Searched like the name.
    pub organisation_en: Option<String>,
    /// A facet.
    pub organisation_kind: Option<String>,
    /// A facet.
    pub field: Option<String>,
    /// GB/T 4754 codes such as `C3670`; filtered by prefix, letter case does not matter.
    pub industry_codes: Vec<String>,
    /// A facet.
    pub zone_industry: Option<String>,
    /// Technology readiness, 1 to 9; a facet.
    pub trl: Option<u8>,
    /// A facet.
    pub cooperation_modes: Vec<String>,
    /// A facet.
    pub ip_types: Vec<String>,
    /// What is asked or offered; `None` where nothing is said.
    pub price: Option<PriceFacet>,
    /// A facet.
    pub town: Option<String>,
    /// A facet.
    pub language: Option<String>,
    /// When a demand wants it solved, milliseconds since 1970 UTC; matched, not searched.
    pub wanted_by: Option<i64>,
    /// Who may find it.
    pub audience: Audience,
    /// Part of the demonstration catalogue.
    pub demo: bool,
    /// Milliseconds since 1970 UTC; the order of `newest` and `oldest`.
    pub published_at: i64,
    /// The row's version at the time of reading, to compare index and database.
    pub revision: i64,
}

impl Document {
    /// A public listing that says nothing but its title.
    #[must_use]
    pub fn titled(id: Uuid, kind: Kind, title: String) -> Self {
        Self {
            id,
            kind,
            title,
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
            wanted_by: None,
            audience: Audience::Public,
            demo: false,
            published_at: 0,
            revision: 1,
        }
    }
}

/// What a listing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 科技成果.
    Achievement,
    /// 企业技术需求.
    Demand,
    /// 科技服务机构.
    Provider,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Achievement, Self::Demand, Self::Provider];

    /// The code in filters and facets.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Achievement => "achievement",
            Self::Demand => "demand",
            Self::Provider => "provider",
        }
    }

    /// The kind with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }
}

/// Who may find a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody.
    Public,
    /// Those who are signed in.
    SignedIn,
}

impl Audience {
    /// The code in the index.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::SignedIn => "signed_in",
        }
    }
}

/// A price as far as it is known, in the smallest unit of its currency (fen, cents).
///
/// A fixed price has `min == max`; a starting price has only `min`; a pure 面议 has neither and `negotiable`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceFacet {
    /// 面议, with or without figures beside it.
    pub negotiable: bool,
    /// The lower end; absent means open downwards if `max` is there.
    pub min: Option<i64>,
    /// The upper end; absent means open upwards if `min` is there.
    pub max: Option<i64>,
    /// ISO 4217, such as `CNY`.
    pub currency: String,
}

impl PriceFacet {
    /// The largest figure both engines compare exactly (one of them counts in floating point).
    pub(crate) const LIMIT: i64 = (1 << 53) - 1;

    /// Both ends as they are compared, `None` where there is no figure at all.
    pub(crate) fn range(&self) -> Option<(i64, i64)> {
        let clamp = |value: i64| value.clamp(0, Self::LIMIT);
        match (self.min, self.max) {
            (None, None) => None,
            (min, max) => Some((min.map_or(0, clamp), max.map_or(Self::LIMIT, clamp))),
        }
    }

    /// The one figure to sort by, for prices in the home currency.
    pub(crate) fn sort_figure(&self) -> Option<i64> {
        let home = self.currency.eq_ignore_ascii_case(HOME_CURRENCY);
        self.min.or(self.max).filter(|_| home).map(|value| value.clamp(0, Self::LIMIT))
    }
}
