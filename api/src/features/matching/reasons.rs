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
/// Sentences on words that are not the same.
const MOST_WORDS: usize = 6;

/// The sentences of a match: first the words, what is closest to the words asked first, then what lies beside them, what
/// counts most first. What is there is named once, by the closest word it answers.
#[must_use]
pub fn sentences(found: &Match) -> Vec<Sentence> {
    let mut parts: Vec<&Part> = found.parts.iter().collect();
    parts.sort_by(|one, other| (other.value * other.weight).total_cmp(&(one.value * one.weight)));
    let (words, beside): (Vec<&Part>, Vec<&Part>) = parts.into_iter().partition(|part| is_of_words(part));
    let named = named_once(&words);
    let mut pairings: Vec<&Pairing> = words.iter().flat_map(|part| &part.pairings).collect();
    pairings.retain(|pairing| named.iter().any(|one| std::ptr::eq(*one, *pairing)));
    pairings.sort_by_key(|pairing| closeness(pairing));
    let (same, other): (Vec<&Pairing>, Vec<&Pairing>) =
        pairings.into_iter().partition(|pairing| is_same(pairing));
    let mut sentences = Vec::new();
    if !same.is_empty() {
        sentences.push(of_same(&same));
    }
    sentences.extend(other.into_iter().take(MOST_WORDS).map(of_pairing));
    sentences.extend(beside.into_iter().flat_map(of_part));
    sentences
}

const fn is_of_words(part: &Part) -> bool {
    matches!(part.name, PartName::Words | PartName::Meanings | PartName::Related)
}

/// A meaning may be told by the same word on both sides.
fn is_same(pairing: &Pairing) -> bool {
    pairing.how == How::Literal || pairing.asked == pairing.found
}

/// The same word before another for the same thing, and so on; a part of a word says least.
fn closeness(pairing: &Pairing) -> usize {
    let order = [How::Literal, How::Synonym, How::Narrower, How::Broader, How::Related, How::Part];
    let how = if is_same(pairing) { How::Literal } else { pairing.how };
    order.iter().position(|known| *known == how).unwrap_or(order.len())
}

/// The pairings of words in which what is found stands first, and stands closest to what is asked.
fn named_once<'a>(words: &[&'a Part]) -> Vec<&'a Pairing> {
    let mut all: Vec<&Pairing> = words.iter().flat_map(|part| &part.pairings).collect();
    all.sort_by_key(|pairing| (closeness(pairing), Reverse(pairing.found.len())));
    let mut named: Vec<&Pairing> = Vec::new();
    for pairing in all {
        if !named.iter().any(|known| known.found.contains(&pairing.found)) {
            named.push(pairing);
        }
    }
    named
}

fn of_part(part: &Part) -> Vec<Sentence> {
    match part.name {
        PartName::Field => part.pairings.iter().map(|pairing| of_field(&pairing.asked)).collect(),
        PartName::Indicators => part.pairings.iter().take(WORDS).map(of_figure).collect(),
        PartName::Maturity if part.value >= 0.5 => one(
            "成果的成熟度赶得上需求的时限。",
            "The achievement is mature enough for the time that is left.",
        ),
        PartName::Semantic if part.value >= 0.5 => one(
            "语义模型认为两段文字的意思相近，请人工判断。",
            "A language model finds the two texts alike in meaning; a person has to judge.",
        ),
        PartName::Cooperation => vec![of_modes(&part.pairings)],
        PartName::Price => one("报价与预算有交集。", "Price and budget overlap."),
        PartName::Place => part.pairings.iter().map(|pairing| of_place(&pairing.asked)).collect(),
        // How new something is, is seen from its date; words are told apart.
        PartName::Maturity
        | PartName::Semantic
        | PartName::Freshness
        | PartName::Words
        | PartName::Meanings
        | PartName::Related => Vec::new(),
    }
}

fn one(zh: &str, en: &str) -> Vec<Sentence> {
    vec![Sentence { zh: zh.to_owned(), en: en.to_owned() }]
}

fn of_same(pairings: &[&Pairing]) -> Sentence {
    let words: Vec<&str> = pairings.iter().map(|pairing| pairing.asked.as_str()).take(WORDS).collect();
    Sentence {
        zh: format!("两边都谈到{}。", quoted(&words, "")),
        en: format!("Both speak of {}.", quoted(&words, ", ")),
    }
}

fn quoted(words: &[&str], between: &str) -> String {
    words.iter().map(|word| format!("“{word}”")).collect::<Vec<_>>().join(between)
}

fn of_pairing(pairing: &Pairing) -> Sentence {
    let Pairing { asked, found, how } = pairing;
    let (zh, en) = match how {
        How::Literal => return of_same(&[pairing]),
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
