//! Plain BM25 over dictionary words: what a match is measured against.

use std::collections::HashMap;

use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy_jieba::JiebaTokenizer;

use crate::{
    Document,
    text::{Level, Run, chain_words, fold, runs, stem},
};

/// Repetition and length, as everybody sets them.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Listings, counted.
#[derive(Debug)]
pub(super) struct Bm25 {
    rows: Vec<HashMap<String, f64>>,
    lengths: Vec<f64>,
    frequencies: HashMap<String, f64>,
    mean: f64,
}

impl Bm25 {
    pub(super) fn of<'d>(documents: impl Iterator<Item = &'d Document>) -> Self {
        let rows: Vec<HashMap<String, f64>> = documents.map(|document| counts(&text(document))).collect();
        let lengths: Vec<f64> = rows.iter().map(|row| row.values().sum()).collect();
        let mut frequencies: HashMap<String, f64> = HashMap::new();
        for token in rows.iter().flat_map(HashMap::keys) {
            *frequencies.entry(token.clone()).or_default() += 1.0;
        }
        let mean = lengths.iter().sum::<f64>() / float(lengths.len().max(1));
        Self { rows, lengths, frequencies, mean }
    }

    /// The score of each listing, in their order.
    pub(super) fn scores(&self, document: &Document) -> Vec<f64> {
        let asked = counts(&text(document));
        let all = float(self.rows.len());
        let of = |row: &HashMap<String, f64>, length: f64| -> f64 {
            let one = |(token, times): (&String, &f64)| {
                let frequency = row.get(token)?;
                let found = self.frequencies.get(token)?;
                let rare = (1.0 + (all - found + 0.5) / (found + 0.5)).ln();
                let long = K1 * (1.0 - B + B * length / self.mean);
                Some(times * rare * frequency * (K1 + 1.0) / (frequency + long))
            };
            asked.iter().filter_map(one).sum()
        };
        self.rows.iter().zip(&self.lengths).map(|(row, length)| of(row, *length)).collect()
    }
}

fn text(document: &Document) -> Vec<String> {
    let levels = [Level::Title, Level::Keywords, Level::Summary, Level::Body];
    levels.iter().flat_map(|level| level.texts(document)).map(str::to_owned).collect()
}

fn counts(texts: &[String]) -> HashMap<String, f64> {
    let mut counts: HashMap<String, f64> = HashMap::new();
    for text in texts {
        let chars = fold(text).chars;
        for run in runs(&chars) {
            match run {
                Run::Cjk(range) => {
                    let run: String = chars[range].iter().collect();
                    let mut tokenizer = JiebaTokenizer::with_search_mode(true);
                    let mut stream = tokenizer.token_stream(&run);
                    while stream.advance() {
                        *counts.entry(stream.token().text.clone()).or_default() += 1.0;
                    }
                }
                Run::Chain(pieces) => {
                    for word in chain_words(&chars, &pieces) {
                        let form = if word.figure { word.form } else { stem(&word.form) };
                        *counts.entry(form).or_default() += 1.0;
                    }
                }
            }
        }
    }
    counts
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
fn float(count: usize) -> f64 {
    count as f64
}
