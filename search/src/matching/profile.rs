//! What of a listing matters when two are laid side by side.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::quantity::{Quantity, quantities};
use crate::{
    Document, Kind, PriceFacet,
    text::{Level, Run, chain_words, fold, meanings, runs, stem},
};

/// A listing, read once for matching. It is kept beside the index, so that nothing is cut twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Profile {
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
    /// By level, as far as there are any.
    pub(crate) texts: Vec<LevelText>,
    pub(crate) quantities: Vec<Quantity>,
    pub(crate) field: Option<String>,
    pub(crate) zone_industry: Option<String>,
    pub(crate) industry_codes: Vec<String>,
    pub(crate) trl: Option<u8>,
    pub(crate) cooperation_modes: Vec<String>,
    pub(crate) price: Option<PriceFacet>,
    pub(crate) town: Option<String>,
    pub(crate) published_at: i64,
    /// When it is wanted, for demands; milliseconds since 1970 UTC.
    pub(crate) wanted_by: Option<i64>,
}

/// The texts of one level.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct LevelText {
    pub(crate) level: Level,
    /// Folded; texts that stood apart are lines.
    pub(crate) text: String,
    /// The terms of the meanings in it.
    pub(crate) meanings: Vec<Meaning>,
    /// Stems of words of letters, and figures, each with its number.
    pub(crate) stems: Vec<(String, u16)>,
}

/// One meaning in a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Meaning {
    pub(crate) term: String,
    /// As it is written, folded.
    pub(crate) word: String,
    /// How often it stands there by itself.
    pub(crate) whole: u16,
    /// How often only inside a longer word.
    pub(crate) inside: u16,
}

/// Characters of a question that an embedder is given; models read no more.
const MOST_TEXT: usize = 1_000;

impl Profile {
    pub(crate) fn of(document: &Document) -> Self {
        let texts: Vec<LevelText> =
            Level::ALL.iter().filter_map(|level| LevelText::of(*level, document)).collect();
        let mut quantities: Vec<Quantity> = texts.iter().flat_map(|text| quantities(&text.text)).collect();
        quantities.dedup();
        Self {
            id: document.id,
            kind: document.kind,
            quantities,
            texts,
            field: document.field.clone(),
            zone_industry: document.zone_industry.clone(),
            industry_codes: document.industry_codes.clone(),
            trl: document.trl,
            cooperation_modes: document.cooperation_modes.clone(),
            price: document.price.clone(),
            town: document.town.clone(),
            published_at: document.published_at,
            wanted_by: document.wanted_by,
        }
    }
}

impl LevelText {
    pub(super) fn empty(level: Level) -> Self {
        Self { level, text: String::new(), meanings: Vec::new(), stems: Vec::new() }
    }

    fn of(level: Level, document: &Document) -> Option<Self> {
        let texts = level.texts(document);
        if texts.is_empty() {
            return None;
        }
        let mut own = Self::empty(level);
        for text in texts {
            own.add(text);
        }
        Some(own)
    }

    pub(super) fn add(&mut self, text: &str) {
        let chars = fold(text).chars;
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.extend(&chars);
        for meant in meanings(&chars) {
            let word: String = chars[meant.range].iter().collect();
            let known = self.meanings.iter_mut().find(|known| known.term == meant.term && known.word == word);
            let meaning = match known {
                Some(known) => known,
                None => {
                    self.meanings.push(Meaning { term: meant.term, word, whole: 0, inside: 0 });
                    let Some(last) = self.meanings.last_mut() else { continue };
                    last
                }
            };
            let count = if meant.inside { &mut meaning.inside } else { &mut meaning.whole };
            *count = count.saturating_add(1);
        }
        for run in runs(&chars) {
            let Run::Chain(pieces) = run else { continue };
            for word in chain_words(&chars, &pieces) {
                let stem = if word.figure { word.form } else { stem(&word.form) };
                match self.stems.iter_mut().find(|(known, _)| *known == stem) {
                    Some((_, count)) => *count = count.saturating_add(1),
                    None => self.stems.push((stem, 1)),
                }
            }
        }
    }
}

impl Profile {
    /// A text that is no listing.
    pub(crate) fn of_text(text: &str) -> Self {
        let mut title = LevelText::empty(Level::Title);
        title.add(text);
        Self {
            id: Uuid::nil(),
            kind: Kind::Demand,
            texts: vec![title],
            quantities: Vec::new(),
            field: None,
            zone_industry: None,
            industry_codes: Vec::new(),
            trl: None,
            cooperation_modes: Vec::new(),
            price: None,
            town: None,
            published_at: 0,
            wanted_by: None,
        }
    }

    /// What it says, without its organisation's name.
    pub(crate) fn text(&self) -> String {
        let said = self.texts.iter().filter(|text| text.level != Level::Organisation);
        let said: Vec<&str> = said.map(|text| text.text.as_str()).collect();
        said.join("\n").chars().take(MOST_TEXT).collect()
    }

    /// The terms of every clue that could be found in it, once each: pairs of characters, stems, meanings.
    pub(crate) fn terms(&self) -> BTreeSet<String> {
        let mut terms = BTreeSet::new();
        for text in &self.texts {
            let chars: Vec<char> = text.text.chars().collect();
            for run in runs(&chars) {
                if let Run::Cjk(range) = run {
                    terms.extend(chars[range].windows(2).map(|pair| pair.iter().collect::<String>()));
                }
            }
            terms.extend(text.stems.iter().map(|(stem, _)| stem.clone()));
            terms.extend(text.meanings.iter().map(|meaning| meaning.term.clone()));
        }
        terms
    }
}
