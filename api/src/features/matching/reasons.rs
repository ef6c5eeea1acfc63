//! Why two match, in sentences that an engineer can accept or reject.

use std::cmp::Reverse;

use techmart_entity::value::{
    code_list::Coded,
    cooperation::CooperationMode,
    field::{Field, ZoneIndustry},
    industry::IndustrySection,
};
use techmart_search::{
    Match,
    matching::{How, Pairing, Part, PartName},
};

use super::dto::Sentence;
use crate::features::code_list;

/// Words in one sentence.
const WORDS: usize = 4;
/// Reasons of one match: more of them tell less.
const MOST: usize = 5;

/// The sentences of a match: first the words, what is closest to the words asked first, then what lies beside them, what
/// counts most first; last by what means it is done. What is there is named once, by the closest word it answers, and what says too little not at all.
#[must_use]
pub fn sentences(found: &Match) -> Vec<Sentence> {
    let mut parts: Vec<&Part> = found.parts.iter().collect();
    parts.sort_by(|one, other| (other.value * other.weight).total_cmp(&(one.value * one.weight)));
    let (words, beside): (Vec<&Part>, Vec<&Part>) = parts.into_iter().partition(|part| is_of_words(part));
    let named = named_once(&words);
    let mut pairings: Vec<&Pairing> = words.iter().flat_map(|part| &part.pairings).collect();
    pairings.retain(|pairing| named.iter().any(|one| std::ptr::eq(*one, *pairing)));
    pairings.sort_by_key(|pairing| (closeness(pairing), !pairing.subject));
    let is_exact = |one: &Pairing| is_same(one) || one.how == How::Synonym;
    let answered: Vec<&str> =
        pairings.iter().filter(|one| is_exact(one)).map(|one| one.asked.as_str()).collect();
    // What only has to do with a word that is there itself comes last.
    let (means, words): (Vec<&Pairing>, Vec<&Pairing>) = pairings
        .into_iter()
        .partition(|one| one.how == How::Related && !is_same(one) && answered.contains(&one.asked.as_str()));
    let mut sentences: Vec<Sentence> = words.into_iter().map(of_pairing).collect();
    sentences.extend(beside.into_iter().flat_map(of_part));
    sentences.extend(means.into_iter().map(of_pairing));
    sentences.truncate(MOST);
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
    let order = [
        How::Literal,
        How::Synonym,
        How::Narrower,
        How::Component,
        How::Whole,
        How::Broader,
        How::Related,
        How::Part,
    ];
    let how = if is_same(pairing) { How::Literal } else { pairing.how };
    order.iter().position(|known| *known == how).unwrap_or(order.len())
}

/// The pairings of words in which what is found stands first, and stands closest to what is asked.
fn named_once<'a>(words: &[&'a Part]) -> Vec<&'a Pairing> {
    let mut all: Vec<&Pairing> =
        words.iter().flat_map(|part| &part.pairings).filter(|pairing| pairing.tells).collect();
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
        PartName::Field => part.pairings.iter().map(of_field).collect(),
        PartName::Indicators => {
            part.pairings.iter().filter(|pairing| pairing.tells).take(WORDS).map(of_figure).collect()
        }
        PartName::Maturity => of_maturity(part),
        PartName::Semantic if part.value >= 0.5 => one(
            "语义模型认为两段文字的意思相近，请人工判断。",
            "A language model finds the two texts alike in meaning; a person has to judge.",
        ),
        PartName::Cooperation => of_modes(&part.pairings).into_iter().collect(),
        PartName::Price if part.value >= 1.0 => one("报价与预算有交集。", "Price and budget overlap."),
        PartName::Place => part.pairings.iter().map(|pairing| of_place(&pairing.asked)).collect(),
        // How new something is, is seen from its date; words are told apart.
        PartName::Semantic
        | PartName::Price
        | PartName::Freshness
        | PartName::Words
        | PartName::Meanings
        | PartName::Related => Vec::new(),
    }
}

fn one(zh: &str, en: &str) -> Vec<Sentence> {
    vec![Sentence { zh: zh.to_owned(), en: en.to_owned() }]
}

/// A word that stands on both sides: what is asked for itself, or something else that is said of it.
fn of_same(pairing: &Pairing) -> Sentence {
    let word = &pairing.asked;
    if pairing.subject {
        Sentence {
            zh: format!("所求之物“{word}”，对方也谈到。"),
            en: format!("What is asked for itself, “{word}”, is spoken of there, too."),
        }
    } else {
        Sentence { zh: format!("两边都谈到“{word}”。"), en: format!("Both speak of “{word}”.") }
    }
}

fn of_pairing(pairing: &Pairing) -> Sentence {
    let Pairing { asked, how, .. } = pairing;
    if is_same(pairing) {
        return of_same(pairing);
    }
    let (there, found) = in_both(pairing);
    let (zh, en) = match how {
        How::Literal | How::Synonym => (
            format!("所求“{asked}”，对方写作“{there}”，是同一事物。"),
            format!("“{asked}” is asked for; “{found}” is the same thing."),
        ),
        How::Part => (
            format!("所求“{asked}”，对方谈到其中的“{there}”。"),
            format!("“{asked}” is asked for; a part of it, “{found}”, is spoken of."),
        ),
        How::Broader => (
            format!("所求“{asked}”，对方谈到范围更大的“{there}”。"),
            format!("“{asked}” is asked for; the broader “{found}” is spoken of."),
        ),
        How::Narrower => (
            format!("所求“{asked}”，对方谈到更具体的“{there}”。"),
            format!("“{asked}” is asked for; the more specific “{found}” is spoken of."),
        ),
        How::Component => (
            format!("所求“{asked}”，对方的“{there}”是其组成部分。"),
            format!("“{asked}” is asked for; “{found}” is a component of it."),
        ),
        How::Whole => (
            format!("所求“{asked}”，是对方“{there}”的组成部分。"),
            format!("“{asked}” is asked for; it is a component of “{found}”."),
        ),
        How::Related => (
            format!("所求“{asked}”，对方的“{there}”与之相关。"),
            format!("“{asked}” is asked for; “{found}” has to do with it."),
        ),
    };
    Sentence { zh, en }
}

/// What is there, for a Chinese sentence and for an English one: in the language of each where it stands there in both.
fn in_both(pairing: &Pairing) -> (&str, &str) {
    let found = pairing.found.as_str();
    match pairing.also.as_deref() {
        Some(also) if found.is_ascii() => (also, found),
        Some(also) => (found, also),
        None => (found, found),
    }
}

fn of_figure(pairing: &Pairing) -> Sentence {
    let Pairing { asked, found, .. } = pairing;
    Sentence {
        zh: format!("指标相符：要求“{asked}”，对方“{found}”。"),
        en: format!("A figure is met: “{asked}” is asked for, “{found}” is there."),
    }
}

fn of_field(pairing: &Pairing) -> Sentence {
    let label = |code: &str| {
        let field = code.parse::<Field>().map(|field| (field.label_zh(), field.label_en()));
        let zone = code.parse::<ZoneIndustry>().map(|zone| (zone.label_zh(), zone.label_en()));
        let section = code.parse::<IndustrySection>().map(|section| (section.label_zh(), section.label_en()));
        field.or(zone).or(section)
    };
    match (label(&pairing.asked), label(&pairing.found)) {
        (Ok((zh, en)), Ok((found_zh, found_en))) if zh != found_zh => Sentence {
            zh: format!("一方属“{zh}”，另一方属“{found_zh}”，行业与技术领域相合。"),
            en: format!(
                "One belongs to “{en}”, the other to “{found_en}”: the branch and the field go together."
            ),
        },
        (Ok((zh, en)), _) => {
            Sentence { zh: format!("同属{zh}领域。"), en: format!("Both belong to {en}.") }
        }
        (Err(_), _) => {
            let code = &pairing.asked;
            Sentence {
                zh: format!("同属行业 {code}（GB/T 4754）。"),
                en: format!("Both belong to the branch {code} (GB/T 4754)."),
            }
        }
    }
}

/// The time that is left, where the demand tells one; otherwise how far the achievement is, from a sample on.
fn of_maturity(part: &Part) -> Vec<Sentence> {
    let Some(level) = part.pairings.first() else {
        return if part.value >= 0.5 {
            one(
                "成果的成熟度赶得上需求的时限。",
                "The achievement is mature enough for the time that is left.",
            )
        } else {
            Vec::new()
        };
    };
    let trl = &level.found;
    let (zh, en) = match trl.parse() {
        Ok(9) => ("可以量产", "ready for series production"),
        Ok(7 | 8) => ("已过中试", "past the pilot stage"),
        Ok(6) => ("已过小试", "past the laboratory stage"),
        Ok(5_u8) => ("已有样品", "there is a sample"),
        _ => return Vec::new(),
    };
    one(&format!("成果的技术成熟度为 TRL {trl}：{zh}。"), &format!("The achievement is at TRL {trl}: {en}."))
}

/// None where only “other” is in common: two others are not the same.
fn of_modes(pairings: &[Pairing]) -> Option<Sentence> {
    let labels = |pairing: &Pairing| {
        let mode = pairing.asked.parse::<CooperationMode>().ok()?;
        (mode != CooperationMode::Other).then_some((mode.label_zh(), mode.label_en()))
    };
    let (zh, en): (Vec<_>, Vec<_>) = pairings.iter().filter_map(labels).take(WORDS).unzip();
    (!zh.is_empty()).then(|| Sentence {
        zh: format!("合作方式都接受：{}。", zh.join("、")),
        en: format!("Both accept: {}.", en.join(", ")),
    })
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
