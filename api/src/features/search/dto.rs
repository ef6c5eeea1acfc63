//! Search on the wire.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::ListingId,
    listing::ListingKind,
    organisation::OrganisationKind,
    value::{
        cooperation::CooperationMode,
        field::{Field, ZoneIndustry},
        ip::IpType,
        money::Price,
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    clock::Moment,
    features::listing::dto::{OrganisationBrief, OwnerNote},
};

/// Orders of an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchSort {
    /// Best match first; without `q` the newest.
    #[default]
    Relevance,
    Newest,
    Oldest,
    PriceAsc,
    PriceDesc,
}

/// What to look for. A repeated parameter means "or", different ones "and".
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SearchQuery {
    /// Words, in Chinese or English, traditional or simplified; synonyms and translations of technical terms are found
    /// too. `"余热回收"` is found as it is written, `-风电` is not to be there; no other character is syntax.
    #[param(max_length = 200, example = "电机控制器")]
    pub q: Option<String>,
    #[serde(default)]
    #[param(max_items = 3)]
    pub kind: Vec<ListingKind>,
    #[serde(default)]
    #[param(max_items = 8)]
    pub field: Vec<Field>,
    /// GB/T 4754 codes; `C36` finds `C3670`.
    #[serde(default)]
    #[param(max_items = 20)]
    pub industry: Vec<String>,
    #[serde(default)]
    #[param(max_items = 3)]
    pub zone_industry: Vec<ZoneIndustry>,
    #[param(minimum = 1, maximum = 9)]
    pub trl_min: Option<u8>,
    #[param(minimum = 1, maximum = 9)]
    pub trl_max: Option<u8>,
    #[serde(default)]
    #[param(max_items = 13)]
    pub cooperation_mode: Vec<CooperationMode>,
    #[serde(default)]
    #[param(max_items = 10)]
    pub ip_type: Vec<IpType>,
    /// In fen.
    #[param(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub price_min: Option<i64>,
    /// In fen.
    #[param(minimum = 0, maximum = 1_000_000_000_000_000_i64)]
    pub price_max: Option<i64>,
    /// Whether the price is 面议.
    pub negotiable: Option<bool>,
    /// Codes of the list `town`.
    #[serde(default)]
    #[param(max_items = 50)]
    pub town: Vec<String>,
    #[serde(default)]
    #[param(max_items = 6)]
    pub organisation_kind: Vec<OrganisationKind>,
    /// `zh` or `en`.
    #[serde(default)]
    #[param(max_items = 10)]
    pub language: Vec<String>,
    /// Only the demo catalogue, or all but it; both when absent.
    pub demo: Option<bool>,
    #[serde(default)]
    #[param(inline)]
    pub sort: Option<SearchSort>,
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before. An answer reaches down to its first 1,000 hits.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// Whether to count facets; true when absent.
    pub facets: Option<bool>,
}

/// An answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchOut {
    pub items: Vec<HitOut>,
    /// With the first page by relevance, when it is not full: up to ten listings that come near, the
    /// nearest first. They match no filter less than the hits do, and are counted neither in the total nor in facets.
    pub near: Vec<HitOut>,
    pub next_cursor: Option<String>,
    /// How many match, at most 1,000: that number means so many or more.
    pub estimated_total: usize,
    /// By facet, its values with their counts, each facet counted without its own filter.
    pub facets: BTreeMap<String, Vec<FacetOut>>,
    /// What was asked instead, where words of letters were mistyped.
    #[schema(example = "refrigerant compressor")]
    pub corrected: Option<String>,
    /// Whether every word had to match; false when nothing did and words were left out.
    pub all_words: bool,
    /// False while the index is being built: listings may be lacking.
    pub complete: bool,
}

/// How many listings have a value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FacetOut {
    #[schema(example = "new_materials")]
    pub value: String,
    pub count: u64,
}

/// A listing that was found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HitOut {
    pub id: ListingId,
    pub kind: ListingKind,
    pub title: String,
    pub title_en: Option<String>,
    pub summary: Option<String>,
    pub organisation: Option<OrganisationBrief>,
    pub owner_note: Option<OwnerNote>,
    pub field: Option<Field>,
    pub trl: Option<u8>,
    pub cooperation_modes: Vec<CooperationMode>,
    pub price: Option<Price>,
    pub keywords: Vec<String>,
    pub demo: bool,
    pub first_published_at: Option<Moment>,
    /// Where it opens.
    #[schema(example = "/api/v1/achievements/019346c2-0000-7000-8000-000000000000")]
    pub href: String,
    /// Why it was found. HTML: matches stand in `<em>`, everything else is escaped.
    pub highlights: Vec<HighlightOut>,
}

/// What somebody is typing.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SuggestParams {
    /// What has been typed so far; the last word may be a beginning. One Latin letter suggests nothing yet.
    #[param(max_length = 200, example = "循环")]
    pub q: String,
    #[serde(default)]
    #[param(max_items = 3)]
    pub kind: Vec<ListingKind>,
    /// 10 when absent.
    #[param(minimum = 1, maximum = 50)]
    pub limit: Option<u64>,
}

/// Completions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestOut {
    /// What begins with what was typed before what has it inside.
    pub items: Vec<SuggestionOut>,
}

/// A completion, to search for or, where it is a title, to open.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SuggestionOut {
    #[schema(example = "氢气循环泵")]
    pub text: String,
    pub what: Suggested,
    /// The listing, where it is a title.
    pub id: Option<ListingId>,
    /// Where the listing opens, where it is a title.
    #[schema(example = "/api/v1/achievements/019346c2-0000-7000-8000-000000000000")]
    pub href: Option<String>,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Suggested {
    /// A technical term that finds something, in this or another word of its meaning.
    Term,
    /// A keyword of a listing.
    Keyword,
    /// An organisation that has a listing.
    Organisation,
    /// A listing's title.
    Title,
}

/// A piece of a listing's text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HighlightOut {
    #[schema(example = "title")]
    pub field: String,
    #[schema(example = "永磁同步<em>电机控制器</em>")]
    pub fragment: String,
}
