//! The score: each part of a kind of listing has a weight, each hint costs points of one part. All of it is data.

use std::collections::BTreeSet;

use techmart_entity::{
    coded_enum,
    listing::{Content, HintCode, HintSeverity, ListingKind},
};

use super::Hint;
use crate::features::listing::rules;

coded_enum! {
    /// The parts of a listing's completeness.
    pub enum CheckPart: "check_part" {
        Required = "required" ("提交必填", "needed for submission"),
        Matter = "matter" ("问题与价值", "problem and value"),
        Measure = "measure" ("指标与成熟度", "figures and maturity"),
        Rights = "rights" ("知识产权", "rights"),
        Terms = "terms" ("合作条件", "terms"),
        Finding = "finding" ("归类与检索", "being found"),
        Wording = "wording" ("表述", "wording"),
    }
}

use CheckPart::{Finding, Matter, Measure, Required, Rights, Terms, Wording};

const ACHIEVEMENT: &[(CheckPart, u32)] =
    &[(Required, 25), (Matter, 30), (Measure, 15), (Rights, 12), (Terms, 5), (Finding, 6), (Wording, 7)];
const DEMAND: &[(CheckPart, u32)] =
    &[(Required, 25), (Matter, 25), (Measure, 20), (Terms, 15), (Finding, 8), (Wording, 7)];
const PROVIDER: &[(CheckPart, u32)] = &[(Required, 50), (Matter, 35), (Finding, 6), (Wording, 9)];

/// What a hint costs, and of which part.
fn cost(code: HintCode) -> (CheckPart, u32) {
    use HintCode as H;
    match code {
        // By its share of what is needed: see `required`.
        H::Required => (Required, 0),
        H::Blank | H::UnknownCode => (Required, 5),
        H::TextShort => (Matter, 15),
        H::BackgroundOnly | H::NoTarget => (Matter, 10),
        H::SeveralProblems => (Matter, 5),
        H::NoAdvantage => (Matter, 12),
        H::NoProblemSolved => (Matter, 7),
        H::NoEconomics | H::SummaryCopiesTitle => (Matter, 6),
        H::NoScenarios => (Matter, 5),
        H::NoServices => (Matter, 20),
        H::ServiceUnclear | H::NoPerformance => (Matter, 8),
        H::NoQualifications => (Matter, 7),
        H::NoIndicator => (Measure, 20),
        H::NoFigure => (Measure, 15),
        H::IndicatorValue => (Measure, 8),
        H::IndicatorUnit | H::IndicatorOperator => (Measure, 6),
        H::IndicatorInText | H::MaturityUnclear | H::WithoutTrl => (Measure, 5),
        H::NoTrlBasis => (Measure, 4),
        H::NoIp => (Rights, 12),
        H::PatentNumber => (Rights, 6),
        H::IpNumber => (Rights, 5),
        H::NoBudget | H::DeadlinePast | H::BelowMin | H::BeforeStart | H::NoPrice => (Terms, 5),
        H::NoCooperation => (Terms, 7),
        H::NoDeadline => (Terms, 3),
        H::NoField | H::NoKeywords => (Finding, 3),
        H::NoIndustry | H::KeywordsGeneric | H::IndustryCode => (Finding, 2),
        H::NoTitleEn => (Finding, 1),
        H::ContactInText => (Wording, 5),
        H::TitleGeneric => (Wording, 4),
        H::TitleLong | H::TitleOpening => (Wording, 2),
    }
}

/// A score from 0 to 100.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    pub points: u32,
    /// Each part with its weight and what it earned of it.
    pub parts: Vec<(CheckPart, u32, u32)>,
}

fn weights(kind: ListingKind) -> &'static [(CheckPart, u32)] {
    match kind {
        ListingKind::Achievement => ACHIEVEMENT,
        ListingKind::Demand => DEMAND,
        ListingKind::Provider => PROVIDER,
    }
}

/// The score of a content with those hints.
pub fn of(content: &Content, hints: &[Hint]) -> Score {
    let kind = content.kind();
    // What happens in three places is told three times and costs once.
    let codes: BTreeSet<HintCode> = hints.iter().map(|hint| hint.code).collect();
    let parts: Vec<(CheckPart, u32, u32)> = weights(kind)
        .iter()
        .map(|(part, weight)| {
            let costs =
                codes.iter().map(|code| cost(*code)).filter(|(of, _)| of == part).map(|(_, points)| points);
            let lost = costs.sum::<u32>() + apart(content, hints, *part, *weight);
            (*part, *weight, weight.saturating_sub(lost))
        })
        .collect();
    Score { points: parts.iter().map(|(_, _, earned)| earned).sum(), parts }
}

/// What a part loses that no single hint costs.
fn apart(content: &Content, hints: &[Hint], part: CheckPart, weight: u32) -> u32 {
    match part {
        Required => {
            let needed = rules::lacking(&Content::empty(content.kind())).len().max(1);
            let lacking =
                |hint: &&Hint| hint.code == HintCode::Required && hint.severity == HintSeverity::Missing;
            let lost = hints.iter().filter(lacking).count().min(needed);
            u32::try_from((lost * weight as usize).div_ceil(needed)).unwrap_or(weight)
        }
        // What is not there is not well worded.
        Wording if content.title().trim().is_empty() => weight,
        Matter | Measure | Rights | Terms | Finding | Wording => 0,
    }
}

#[cfg(test)]
mod tests {
    use techmart_entity::listing::ListingKind;

    use super::weights;

    #[test]
    fn the_parts_of_every_kind_make_a_hundred() {
        for kind in ListingKind::ALL {
            assert_eq!(weights(*kind).iter().map(|(_, weight)| weight).sum::<u32>(), 100, "{kind}");
        }
    }
}
