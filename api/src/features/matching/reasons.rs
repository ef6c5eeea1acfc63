//! Why two match, in sentences that an engineer can accept or reject.

use std::cmp::Reverse;

use techmart_entity::value::{
    code_list::Coded,
    cooperation::CooperationMode,
    field::{Field, ZoneIndustry},
};
use techmart_search::{
    Match,
    matching::{How, Pairing, Part, PartName},
};

use super::dto::Sentence;
use crate::features::code_list;

/// Words in one sentence.
const WORDS: usize = 4;

/// The sentences of a match, what counts most first. What is there is named once, by the closest word it answers.
#[must_use]
pub fn sentences(found: &Match) -> Vec<Sentence> {
    let mut parts: Vec<&Part> = found.parts.iter().collect();
    parts.sort_by(|one, other| (other.value * other.weight).total_cmp(&(one.value * one.weight)));
    let named = named_once(found);
    parts.into_iter().flat_map(|part| of_part(part, &named)).collect()
}

/// The pairings of words in which what is found stands first, and stands closest to what is asked.
fn named_once(found: &Match) -> Vec<&Pairing> {
    let texts = found
        .parts
        .iter()
        .filter(|part| matches!(part.name, PartName::Words | PartName::Meanings | PartName::Related));
    let mut all: Vec<&Pairing> = texts.flat_map(|part| &part.pairings).collect();
    all.sort_by_key(|pairing| (pairing.how, Reverse(pairing.found.len())));
    let mut named: Vec<&Pairing> = Vec::new();
    for pairing in all {
        let told =
            named.iter().any(|known| known.found == pairing.found || known.found.contains(&pairing.found));
        if !told {
            named.push(pairing);
        }
    }
    named
}

fn of_part(part: &Part, named: &[&Pairing]) -> Vec<Sentence> {
    match part.name {
        PartName::Words | PartName::Meanings | PartName::Related => {
            let own =
                part.pairings.iter().filter(|pairing| named.iter().any(|one| std::ptr::eq(*one, *pairing)));
            of_words(&own.collect::<Vec<_>>())
        }
        PartName::Field => part.pairings.iter().map(|pairing| of_field(&pairing.asked)).collect(),
        PartName::Indicators => part.pairings.iter().take(WORDS).map(of_figure).collect(),
        PartName::Maturity if part.value >= 0.5 => one(
            "成果的成熟度赶得上需求的时限。",
            "The achievement is mature enough for the time that is left.",
        ),
        PartName::Cooperation => vec![of_modes(&part.pairings)],
        PartName::Price => one("报价与预算有交集。", "Price and budget overlap."),
        PartName::Place => part.pairings.iter().map(|pairing| of_place(&pairing.asked)).collect(),
        // How new something is, is seen from its date.
        PartName::Maturity | PartName::Freshness => Vec::new(),
    }
}

fn one(zh: &str, en: &str) -> Vec<Sentence> {
    vec![Sentence { zh: zh.to_owned(), en: en.to_owned() }]
}

fn of_words(pairings: &[&Pairing]) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    let same: Vec<&str> = pairings
        .iter()
        .filter(|pairing| pairing.how == How::Literal)
        .map(|pairing| pairing.asked.as_str())
        .take(WORDS)
        .collect();
    if !same.is_empty() {
        sentences.push(Sentence {
            zh: format!("两边都谈到{}。", quoted(&same, "", "“", "”")),
            en: format!("Both speak of {}.", quoted(&same, ", ", "“", "”")),
        });
    }
    sentences.extend(
        pairings
            .iter()
            .filter(|pairing| pairing.how != How::Literal)
            .take(WORDS)
            .map(|pairing| of_pairing(pairing)),
    );
    sentences
}

fn quoted(words: &[&str], between: &str, open: &str, close: &str) -> String {
    words.iter().map(|word| format!("{open}{word}{close}")).collect::<Vec<_>>().join(between)
}

fn of_pairing(pairing: &Pairing) -> Sentence {
    let Pairing { asked, found, how } = pairing;
    let (zh, en) = match how {
        How::Literal => (format!("两边都谈到“{asked}”。"), format!("Both speak of “{asked}”.")),
        How::Synonym if asked == found => {
            (format!("两边都谈到“{asked}”。"), format!("Both speak of “{asked}”."))
        }
        How::Synonym => (
            format!("所求“{asked}”，对方写作“{found}”，是同一事物。"),
            format!("“{asked}” is asked for; “{found}” is the same thing."),
        ),
        How::Part => (
            format!("所求“{asked}”，对方谈到其中的“{found}”。"),
            format!("“{asked}” is asked for; a part of it, “{found}”, is spoken of."),
        ),
        How::Broader => (
            format!("所求“{asked}”，对方谈到范围更大的“{found}”。"),
            format!("“{asked}” is asked for; the broader “{found}” is spoken of."),
        ),
        How::Narrower => (
            format!("所求“{asked}”，对方谈到更具体的“{found}”。"),
            format!("“{asked}” is asked for; the more specific “{found}” is spoken of."),
        ),
        How::Related => (
            format!("所求“{asked}”，对方的“{found}”与之相关。"),
            format!("“{asked}” is asked for; “{found}” has to do with it."),
        ),
    };
    Sentence { zh, en }
}

fn of_figure(pairing: &Pairing) -> Sentence {
    let Pairing { asked, found, .. } = pairing;
    Sentence {
        zh: format!("指标相符：要求“{asked}”，对方“{found}”。"),
        en: format!("A figure is met: “{asked}” is asked for, “{found}” is there."),
    }
}

fn of_field(code: &str) -> Sentence {
    let field = code.parse::<Field>().map(|field| (field.label_zh(), field.label_en()));
    let zone = code.parse::<ZoneIndustry>().map(|zone| (zone.label_zh(), zone.label_en()));
    match field.or(zone) {
        Ok((zh, en)) => Sentence { zh: format!("同属{zh}领域。"), en: format!("Both belong to {en}.") },
        Err(_) => Sentence {
            zh: format!("同属行业 {code}（GB/T 4754）。"),
            en: format!("Both belong to the branch {code} (GB/T 4754)."),
        },
    }
}

fn of_modes(pairings: &[Pairing]) -> Sentence {
    let labels = |pairing: &Pairing| {
        let mode = pairing.asked.parse::<CooperationMode>().ok()?;
        Some((mode.label_zh(), mode.label_en()))
    };
    let (zh, en): (Vec<_>, Vec<_>) = pairings.iter().filter_map(labels).take(WORDS).unzip();
    Sentence {
        zh: format!("合作方式都接受：{}。", zh.join("、")),
        en: format!("Both accept: {}.", en.join(", ")),
    }
}

fn of_place(code: &str) -> Sentence {
    let item = code_list::find("town").and_then(|list| list.list.items.iter().find(|item| item.code == code));
    match item {
        Some(town) => {
            Sentence { zh: format!("同在{}。", town.zh), en: format!("Both are in {}.", town.en) }
        }
        None => Sentence { zh: format!("同在{code}。"), en: format!("Both are in {code}.") },
    }
}
