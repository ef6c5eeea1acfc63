//! How texts and queries become terms, once for both engines.
//!
//! [`fold()`] takes the differences out that no searcher means: width, case, traditional characters. [`runs`]
//! cuts what is left into Chinese runs and words of letters and digits. [`terms`] makes what is indexed of
//! them, [`words`] what is asked for, [`relax`] what is asked when nothing has all the words, and
//! [`highlight`] shows where they were found.
//!
//! Chinese is indexed as overlapping pairs of characters, so that a word is found wherever its characters
//! stand side by side, whatever a dictionary thinks of the text around it. The dictionary (jieba) decides only
//! what a query asks for: that 电机控制器 is a 电机 and a 控制器.

mod asked;
mod fold;
mod glossary;
mod highlight;
mod relax;
mod runs;
mod stem;
mod terms;
mod typed;
mod typo;
mod words;

pub(crate) use fold::fold;
pub(crate) use glossary::{is_kin, meaning_term, meanings};
pub(crate) use highlight::{Texts, highlights};
pub(crate) use relax::Relaxation;
pub(crate) use runs::{Run, chain_words, runs};
pub(crate) use stem::stem;
pub(crate) use terms::{Level, index_terms, inside_terms, phrase_terms, sequence};
pub(crate) use typed::{LookUp, Source, Typed};
pub(crate) use typo::{best, corrected, meant, unknown, vocabulary};
pub(crate) use words::{Word, Words, plain_words};

/// Loads the dictionary, about a tenth of a second of work that would otherwise fall on the first query.
pub(crate) fn warm_up() {
    Words::of("预热");
}
