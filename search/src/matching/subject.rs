//! What a title is about: the thing that is asked for or offered, apart from its field and its use.
//!
//! In Chinese it stands last (a 汽车氢气循环泵 is a 循环泵), after 的 where there is one; in English before the first
//! preposition (a pump for hydrogen is a pump). Words that say little (技术, development) are passed over.

use super::{
    aspect::{is_telling, written},
    weights::Weights,
};
use crate::text::{Word, plain_words};

/// What joins two things that a title is about.
const AND: &[&str] = &["以及", "与", "及", "和", "/"];

/// What an English title goes on with after the thing.
const AFTER: &[&str] = &[
    " for ", " of ", " in ", " with ", " using ", " from ", " to ", " by ", " at ", " on ", " into ",
    " via ", " based ",
];

const OF: &str = " of ";

/// The things that a title is about, folded as it is.
pub(super) fn things(title: &str, weights: &Weights) -> Vec<Word> {
    let title = without_asides(title);
    // What follows a comma says more of what was named: of what edition, for whom, with what.
    let title =
        title.split([',', ';', '，', '；']).find(|clause| !clause.trim().is_empty()).unwrap_or_default();
    let sayings: Vec<&str> =
        if title.is_ascii() { english(title, weights) } else { title.rsplit('的').collect() };
    sayings
        .into_iter()
        .map(|saying| each(saying, weights))
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// Whether a word is a thing, what it ends with, or what is done to it: a 给药制剂 is a 制剂, and of a 尺寸 the 尺寸检测 is
/// asked for.
pub(super) fn is_it(thing: &Word, word: &Word, weights: &Weights) -> bool {
    thing == word || {
        let (thing, word) = (written(thing), written(word));
        let is_done = |rest: &str| !rest.is_empty() && weights.names_nothing(rest);
        word.chars().count() > 1
            && !word.is_ascii()
            && (thing.ends_with(&word)
                || thing.chars().count() > 1 && word.strip_prefix(thing.as_str()).is_some_and(is_done))
    }
}

/// Without what stands in brackets.
fn without_asides(title: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::new();
    for c in title.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// What stands between the prepositions. What is done to a thing gives its place up to it: a detection of leakage is
/// about leakage, whatever it detects it with.
fn english<'a>(title: &'a str, weights: &Weights) -> Vec<&'a str> {
    let mut sayings = Vec::new();
    let mut rest = title;
    while let Some((at, word)) = AFTER.iter().filter_map(|word| Some((rest.find(word)?, word))).min() {
        let (saying, is_done_to_it) = (&rest[..at], *word == OF && ends_with_an_act(&rest[..at], weights));
        rest = &rest[at + word.len()..];
        if is_done_to_it {
            let mut about = english(rest, weights);
            about.push(saying);
            sayings.extend(about);
            return sayings;
        }
        sayings.push(saying);
    }
    sayings.push(rest);
    sayings
}

fn ends_with_an_act(saying: &str, weights: &Weights) -> bool {
    plain_words(saying).last().is_some_and(|word| weights.names_nothing(&written(word)))
}

/// The last of what is joined that names a thing, and what stands whole before it: 电动 of 电动和智能汽车 does not, it
/// goes with the 汽车.
fn each(saying: &str, weights: &Weights) -> Vec<Word> {
    let mut all = vec![saying];
    for word in AND {
        all = all.into_iter().flat_map(|one| one.split(word)).collect();
    }
    let mut found: Vec<Word> = Vec::new();
    for one in all.into_iter().rev() {
        let words: Vec<Word> = plain_words(one).into_iter().filter(is_telling).collect();
        let names_nothing = |word: &Word| weights.names_nothing(&written(word));
        let is_whole = one.is_ascii() || words.last().is_some_and(names_nothing);
        if found.is_empty() || is_whole {
            let thing = words.into_iter().rfind(|word| !names_nothing(word));
            found.extend(thing.filter(|thing| !found.contains(thing)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{
        super::{aspect::written, weights::Weights},
        things,
    };

    #[test]
    fn a_title_is_about_what_it_ends_with() {
        for (title, about) in [
            ("汽车氢气循环泵", &["循环泵"][..]),
            ("电动和智能汽车转向系统开发", &["转向系统"]),
            ("静音风机的智能设计与优化控制关键技术研发", &["风机"]),
            ("轴向磁通轮毂马达及分段电枢绕制", &["绕制"]),
            ("水性缓释包衣材料配方(资料待补充)", &["配方"]),
            ("pump for hydrogen recirculation", &["pump"]),
            ("永磁同步电机控制技术以及新型涂料开发", &["涂料", "永磁同步电机"]),
            ("用于锂离子电池的复合膜及其制备", &["复合膜"]),
            ("关键技术研发", &[]),
            ("制冷剂检漏,第二版", &["检漏"]),
            ("laser detection of refrigerant leakage", &["refrigerant leakage"]),
        ] {
            let found: Vec<String> = things(title, Weights::standard()).iter().map(written).collect();
            assert_eq!(found, about, "{title}");
        }
    }
}
