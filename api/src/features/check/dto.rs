//! Checks on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::ListingId,
    listing::{HintCode, HintSeverity},
    value::code_list::Coded,
};
use utoipa::ToSchema;

use super::{Found, Hint, score::CheckPart};
use crate::error::Wording;

/// What is to be checked: either a text as it is being written, or a draft as it is stored.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckIn<C> {
    /// As in a new draft; what is not written yet may be absent.
    pub content: Option<C>,
    /// A draft of one's own.
    pub id: Option<ListingId>,
}

/// What a check found. Nothing was stored.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckOut {
    /// From 0 to 100.
    #[schema(minimum = 0, maximum = 100, example = 62)]
    pub score: u32,
    /// What the score is made of.
    pub parts: Vec<CheckPartOut>,
    /// Whether nothing keeps it from being handed in.
    pub can_be_submitted: bool,
    /// What keeps it from being handed in first, then what readers will ask for, then advice.
    pub hints: Vec<HintOut>,
}

/// A part of a score.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CheckPartOut {
    pub part: CheckPart,
    #[schema(example = "问题与价值")]
    pub zh: String,
    #[schema(example = "problem and value")]
    pub en: String,
    /// What it can earn.
    #[schema(example = 25)]
    pub weight: u32,
    /// What it earned.
    #[schema(example = 10)]
    pub score: u32,
}

/// Something to mend.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HintOut {
    pub code: HintCode,
    /// Where, in the body of a draft.
    #[schema(example = "/content/indicators")]
    pub pointer: String,
    pub severity: HintSeverity,
    #[schema(example = "没有可考核的指标：对方无法判断能否做到，验收时也没有依据。")]
    pub zh: String,
    #[schema(example = "There is no measurable indicator.")]
    pub en: String,
    /// What would be right, in both languages.
    pub example: Wording,
}

impl From<Hint> for HintOut {
    fn from(hint: Hint) -> Self {
        Self {
            code: hint.code,
            pointer: hint.pointer,
            severity: hint.severity,
            zh: hint.says.zh,
            en: hint.says.en,
            example: hint.example,
        }
    }
}

impl From<Found> for CheckOut {
    fn from(found: Found) -> Self {
        let part = |(part, weight, score): (CheckPart, u32, u32)| CheckPartOut {
            part,
            zh: part.label_zh().to_owned(),
            en: part.label_en().to_owned(),
            weight,
            score,
        };
        Self {
            score: found.score.points,
            parts: found.score.parts.into_iter().map(part).collect(),
            can_be_submitted: found.hints.iter().all(|hint| hint.severity != HintSeverity::Missing),
            hints: found.hints.into_iter().map(Into::into).collect(),
        }
    }
}

/// How complete a listing is, in short: for those who may change it, and the centre.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CompletenessOut {
    #[schema(minimum = 0, maximum = 100, example = 62)]
    pub score: u32,
    /// What a check of it says, each code once, what weighs most first.
    pub hints: Vec<HintCode>,
}

impl From<Found> for CompletenessOut {
    fn from(found: Found) -> Self {
        let mut hints: Vec<HintCode> = Vec::new();
        for hint in found.hints {
            if !hints.contains(&hint.code) {
                hints.push(hint.code);
            }
        }
        Self { score: found.score.points, hints }
    }
}
