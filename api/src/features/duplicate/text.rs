//! How like two texts are: the share of the character triples that both have (Jaccard), and the MinHash by
//! which an index finds the like ones. Pure, and the same in every release: what is kept in
//! `listing_print` is compared with what a later release computes.
//!
//! MinHash after Broder (1997): of the hashes of all triples the least, under 60 permutations
//! `(a·x + b) mod (2^61 - 1)` (Carter and Wegman); three of them together are a band. Two texts of
//! likeness `j` share one of the 20 bands with the probability `1 - (1 - j³)^20`: 0.99 at 0.6, 0.93 at
//! 0.5, 0.15 at 0.2. The hash of a triple and the numbers `a`, `b` are taken from SHA-256.

use std::{collections::BTreeSet, sync::LazyLock};

use sha2::{Digest, Sha256};
use techmart_entity::{listing::Content, value::title_key::title_key};

/// Characters in a shingle.
const SHINGLE: usize = 3;
/// Bands of a print.
pub const BANDS: usize = 20;
/// Hashes in a band.
const ROWS: usize = 3;
/// 2^61 - 1, a Mersenne prime.
const PRIME: u64 = (1 << 61) - 1;
/// A text of fewer shingles than these says too little to be like another.
const LEAST: usize = 8;

/// The shingles of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shingles(BTreeSet<String>);

impl Shingles {
    /// Of what a listing says of itself: its title and what it is about in short. NFKC, simplified, lower
    /// case, without signs and the fillers of titles, as titles are compared.
    #[must_use]
    pub fn of(content: &Content) -> Self {
        let parts: Vec<Option<&str>> = match content {
            Content::Achievement(content) => {
                vec![content.title.as_deref(), content.summary.as_deref(), content.problem_solved.as_deref()]
            }
            Content::Demand(content) => vec![
                content.title.as_deref(),
                content.summary.as_deref(),
                content.problem.as_deref(),
                content.target.as_deref(),
            ],
            Content::Provider(content) => vec![content.title.as_deref(), content.summary.as_deref()],
        };
        let mut all = BTreeSet::new();
        for part in parts.into_iter().flatten() {
            all.extend(triples(&title_key(part)));
        }
        Self(all)
    }

    /// Whether there is enough text to compare.
    #[must_use]
    pub fn are_enough(&self) -> bool {
        self.0.len() >= LEAST
    }

    /// The share of what both have in what either has, in per cent; none where either says too little.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> Option<i32> {
        if !self.are_enough() || !other.are_enough() {
            return None;
        }
        let both = self.0.intersection(&other.0).count();
        let either = self.0.len() + other.0.len() - both;
        i32::try_from(both * 100 / either).ok()
    }

    /// The bands of the MinHash, the first one first; none where there is too little text.
    #[must_use]
    pub fn bands(&self) -> Vec<String> {
        if !self.are_enough() {
            return Vec::new();
        }
        let hashes: Vec<u64> = self.0.iter().map(|shingle| hash(shingle.as_bytes())).collect();
        PERMUTATIONS
            .chunks(ROWS)
            .enumerate()
            .map(|(number, rows)| {
                let mut digest = Sha256::new();
                for row in rows {
                    let least = hashes.iter().map(|hash| row.of(*hash)).min().unwrap_or(PRIME);
                    digest.update(least.to_be_bytes());
                }
                let digest = hex::encode(digest.finalize());
                format!("{number}:{}", digest.get(..16).unwrap_or_default())
            })
            .collect()
    }
}

fn triples(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    if characters.is_empty() {
        return Vec::new();
    }
    if characters.len() < SHINGLE {
        return vec![text.to_owned()];
    }
    characters.windows(SHINGLE).map(|window| window.iter().collect()).collect()
}

/// The first eight bytes of the SHA-256, below the prime.
fn hash(bytes: &[u8]) -> u64 {
    let digest = Sha256::digest(bytes);
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    number % PRIME
}

#[derive(Clone, Copy, Debug)]
struct Permutation {
    a: u64,
    b: u64,
}

impl Permutation {
    fn of(self, x: u64) -> u64 {
        let y = (u128::from(self.a) * u128::from(x) + u128::from(self.b)) % u128::from(PRIME);
        u64::try_from(y).unwrap_or(PRIME)
    }
}

static PERMUTATIONS: LazyLock<Vec<Permutation>> = LazyLock::new(|| {
    (0..BANDS * ROWS)
        .map(|i| Permutation {
            a: hash(format!("techmart print a {i}").as_bytes()).max(1),
            b: hash(format!("techmart print b {i}").as_bytes()),
        })
        .collect()
});

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::json;
    use techmart_entity::listing::{Content, ListingKind};

    use super::{BANDS, Shingles};
    use crate::features::import::mapping;

    fn demand(title: &str, problem: &str) -> Shingles {
        let document = json!({ "title": title, "problem": problem });
        Shingles::of(&Content::parse(ListingKind::Demand, document).unwrap())
    }

    fn shared(one: &Shingles, other: &Shingles) -> usize {
        let other = other.bands();
        one.bands().iter().filter(|band| other.contains(band)).count()
    }

    const PROBLEM: &str = "现有循环泵在零下三十摄氏度启动失败，需要可靠的低温启动方案，并降低噪声与能耗。";

    #[test]
    fn the_same_text_has_the_same_print_however_it_is_written() {
        let one = demand("一种低温启动的循环泵及其制备方法", PROBLEM);
        let other = demand("低温啟動的循環泵", &PROBLEM.replace('，', " , "));
        assert_eq!(one.likeness(&other), Some(100));
        assert_eq!(shared(&one, &other), BANDS);
    }

    #[test]
    fn a_print_is_the_same_in_every_release() {
        let bands = demand("低温启动的循环泵", PROBLEM).bands();
        assert_eq!(bands.len(), BANDS);
        assert_eq!(&bands[..2], ["0:2fa7d151fd9418e4", "1:e54ead977465ab5b"]);
    }

    #[test]
    fn a_text_with_a_few_words_changed_is_found_and_another_is_not() {
        let one = demand("低温启动的循环泵", PROBLEM);
        let like = demand("低温启动循环泵", &PROBLEM.replace("可靠的低温启动方案", "低温启动方案"));
        assert!(one.likeness(&like).unwrap() >= 60, "{:?}", one.likeness(&like));
        assert!(shared(&one, &like) > 0);
        let other =
            demand("印染废水脱色", "印染废水色度高，现有药剂用量大、污泥多，需要减药减泥并提高脱色效果。");
        assert!(one.likeness(&other).unwrap() < 10);
        assert_eq!(shared(&one, &other), 0);
    }

    #[test]
    fn too_little_text_is_like_nothing() {
        let short = demand("循环泵", "");
        assert_eq!(short.likeness(&short), None);
        assert!(short.bands().is_empty());
    }

    /// The estimate that the bands rest on: the share of equal least hashes comes near the likeness.
    #[test]
    fn the_share_of_bands_follows_the_likeness() {
        let base: Vec<String> = (0..120).map(|n| format!("词{n:03}段")).collect();
        let text = |from: usize| base.iter().skip(from).take(60).cloned().collect::<String>();
        let one = demand("甲", &text(0));
        let mut last = BANDS;
        for from in [0, 6, 12, 24, 48] {
            let other = demand("甲", &text(from));
            let (likeness, bands) = (one.likeness(&other).unwrap(), shared(&one, &other));
            assert!(bands <= last + 3, "{likeness} % and {bands} bands");
            if likeness >= 75 {
                assert!(bands >= 4, "{likeness} % and {bands} bands");
            }
            last = bands;
        }
    }

    /// The real listings, where the suite is told of them, with what they say.
    fn real() -> Vec<(ListingKind, Content)> {
        let Ok(file) = std::env::var("TECHMART_TEST_LISTINGS") else { return Vec::new() };
        std::fs::read_to_string(file)
            .unwrap()
            .lines()
            .map(|line| {
                let row = mapping::map(&serde_json::from_str(line).unwrap()).unwrap();
                (row.kind(), row.content)
            })
            .collect()
    }

    /// What `mod.rs` says of the threshold.
    #[test]
    fn the_threshold_parts_what_is_like_from_what_is_not_among_the_real_listings() {
        let all: Vec<(ListingKind, Shingles)> =
            real().into_iter().map(|(kind, content)| (kind, Shingles::of(&content))).collect();
        if all.is_empty() {
            println!("left out: TECHMART_TEST_LISTINGS names no file of real listings");
            return;
        }
        let mut scores = Vec::new();
        for (i, (kind, one)) in all.iter().enumerate() {
            for (other_kind, other) in &all[i + 1..] {
                if kind == other_kind {
                    scores.extend(one.likeness(other));
                }
            }
        }
        let from = |least: i32| scores.iter().filter(|score| **score >= least).count();
        assert_eq!([70, 60, 50, 35, 20].map(from), [1, 3, 12, 23, 23]);
    }

    /// Copies as sources edit them: a word put in, the text cut, a clause in another place.
    #[test]
    fn edited_copies_of_the_real_listings_are_found() {
        let mut found = [(0, 0); 3];
        for (kind, content) in real() {
            let document = content.document();
            let (Some(title), Some(summary)) = (document["title"].as_str(), document["summary"].as_str())
            else {
                continue;
            };
            let letters: Vec<char> = summary.chars().collect();
            let one = Shingles::of(&content);
            if letters.len() < 16 || !one.are_enough() {
                continue;
            }
            let half: String = letters[..letters.len() / 2].iter().collect();
            let rest: String = letters[letters.len() / 2..].iter().collect();
            let kept: String = letters[..letters.len() * 4 / 5].iter().collect();
            let edits = [
                (format!("新型{title}"), format!("{half}可靠{rest}")),
                (title.to_owned(), kept),
                (title.to_owned(), format!("{rest}，{half}")),
            ];
            for (edit, (title, summary)) in edits.into_iter().enumerate() {
                let mut copy = document.clone();
                copy["title"] = json!(title);
                copy["summary"] = json!(summary);
                let other = Shingles::of(&Content::parse(kind, copy).unwrap());
                let like = one.likeness(&other).is_some_and(|score| score >= 60);
                found[edit].0 += usize::from(like && shared(&one, &other) > 0);
                found[edit].1 += 1;
            }
        }
        println!("found of the edited copies: {found:?}");
        for (n, of) in found {
            assert!(n * 100 >= of * 95, "{found:?}");
        }
    }
}
