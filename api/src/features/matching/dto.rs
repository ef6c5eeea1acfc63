//! Matches on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    coded_enum,
    listing::ListingKind,
    value::{
        cooperation::CooperationMode,
        field::{Field, ZoneIndustry},
        money::Price,
    },
};
use utoipa::{IntoParams, ToSchema};

use crate::features::search::dto::HitOut;

coded_enum! {
    /// The parts of a match's score.
    pub enum MatchPart: "match_part" {
        Words = "words" ("相同的词", "the same words"),
        Meanings = "meanings" ("同义与译名", "synonyms and translations"),
        Related = "related" ("相关概念", "related things"),
        Semantic = "semantic" ("文意相近", "alike in meaning"),
        Field = "field" ("领域与产业", "field and industry"),
        Indicators = "indicators" ("技术指标", "indicators"),
        Maturity = "maturity" ("成熟度与时限", "maturity and time"),
        Cooperation = "cooperation" ("合作方式", "ways to cooperate"),
        Price = "price" ("价格与预算", "price and budget"),
        Place = "place" ("地点", "place"),
        Freshness = "freshness" ("新近程度", "freshness"),
    }
}

coded_enum! {
    /// How what is found answers what is asked.
    pub enum MatchRelation: "match_relation" {
        Literal = "literal" ("相同", "the same"),
        Synonym = "synonym" ("同义或译名", "same meaning"),
        Part = "part" ("部分相同", "a part of it"),
        Broader = "broader" ("上位概念", "broader"),
        Narrower = "narrower" ("下位概念", "narrower"),
        Component = "component" ("组成部分", "a component of it"),
        Whole = "whole" ("所属整体", "what it is a component of"),
        Related = "related" ("相关", "related"),
    }
}

coded_enum! {
    /// What rules a match out.
    pub enum RuledOutBy: "ruled_out_by" {
        SameOrganisation = "same_organisation" ("同一单位", "the same organisation"),
        DeclinedBefore = "declined_before" ("此前已谢绝", "declined before"),
        DockingOpen = "docking_open" ("对接已在进行", "a docking is open"),
    }
}

/// How many matches.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MatchQuery {
    /// Of each kind; 10 when absent.
    #[param(minimum = 1, maximum = 50)]
    pub limit: Option<u64>,
}

/// A text that is not stored: at least one of title, problem, summary and keywords says something.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MatchPreviewIn {
    #[schema(max_length = 200, example = "低温环境电动汽车续航衰减")]
    pub title: Option<String>,
    #[schema(max_length = 10000, example = "冬季 -10 ℃ 时续航下降三成，希望用热泵代替电加热取暖。")]
    pub problem: Option<String>,
    #[schema(max_length = 2000)]
    pub summary: Option<String>,
    #[schema(max_length = 10000)]
    pub target: Option<String>,
    #[schema(max_items = 30)]
    pub keywords: Vec<String>,
    pub field: Option<Field>,
    pub zone_industry: Option<ZoneIndustry>,
    #[schema(max_items = 13)]
    pub cooperation_modes: Vec<CooperationMode>,
    pub budget: Option<Price>,
    #[schema(max_length = 40)]
    pub town: Option<String>,
    /// When it is wanted.
    pub deadline_on: Option<chrono::NaiveDate>,
    /// What shall answer; achievements when absent.
    pub kind: Option<ListingKind>,
    /// 10 when absent.
    #[schema(minimum = 1, maximum = 50)]
    pub limit: Option<u64>,
}

/// What answers a demand, best first. Empty lists say that nothing fits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemandMatchesOut {
    pub achievements: Vec<MatchOut>,
    /// Service providers who could help.
    pub providers: Vec<MatchOut>,
    /// What comes nearest without fitting.
    pub near: Vec<MatchOut>,
    /// What would answer it but is ruled out; for those who may know why.
    pub ruled_out: Vec<RuledOut>,
    /// The version of the model that scored.
    #[schema(example = "techmart-match-1")]
    pub model: String,
}

/// The demands that an achievement answers, best first. An empty list says that none fits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AchievementMatchesOut {
    pub demands: Vec<MatchOut>,
    /// What comes nearest without fitting.
    pub near: Vec<MatchOut>,
    /// What it would answer but is ruled out; for those who may know why.
    pub ruled_out: Vec<RuledOut>,
    #[schema(example = "techmart-match-1")]
    pub model: String,
}

/// Listings, best first. An empty list says that none fits.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatchesOut {
    pub items: Vec<MatchOut>,
    /// What comes nearest without fitting.
    pub near: Vec<MatchOut>,
    #[schema(example = "techmart-match-1")]
    pub model: String,
}

/// A listing that answers.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatchOut {
    pub listing: HitOut,
    /// The sum of the parts. It puts the answers to one question in order and is no probability.
    #[schema(example = 0.61)]
    pub score: f64,
    pub parts: Vec<MatchPartOut>,
    /// Why, in sentences.
    pub reasons: Vec<Sentence>,
}

/// A part of a score.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatchPartOut {
    pub name: MatchPart,
    /// From 0 to 1.
    pub value: f64,
    /// What the value is multiplied by.
    pub weight: f64,
    /// The words, figures and codes that made it.
    pub pairings: Vec<PairingOut>,
}

/// What answers what.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PairingOut {
    #[schema(example = "制冷剂")]
    pub asked: String,
    #[schema(example = "refrigerant")]
    pub found: String,
    pub relation: MatchRelation,
}

/// One sentence, twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sentence {
    #[schema(example = "所求“制冷剂”，对方写作“refrigerant”，是同一事物。")]
    pub zh: String,
    #[schema(example = "“制冷剂” is asked for; “refrigerant” is the same thing.")]
    pub en: String,
}

/// A listing that would answer but is ruled out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RuledOut {
    pub listing: HitOut,
    pub score: f64,
    pub by: RuledOutBy,
    /// The docking that rules it out, where one does.
    pub docking_id: Option<techmart_entity::id::DockingId>,
    /// Why it was declined: a code of the list `decline_code`.
    pub code: Option<techmart_entity::docking::DeclineCode>,
}
