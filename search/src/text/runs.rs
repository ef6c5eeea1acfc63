//! Cutting a folded text into runs of Chinese (and other scripts without spaces) and chains of letters and
//! digits.

use std::ops::Range;

/// The longest piece of letters and digits that is kept, in characters; what is longer is data, not a word.
const MAX_PIECE: usize = 40;

/// A part of a folded text, by character positions.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// Characters of a script without spaces.
    Cjk(Range<usize>),
    /// Pieces of letters and digits that only joiners separate: `QZ-100`, `1.5MPa`, `zinc-air`.
    Chain(Vec<Range<usize>>),
}

/// Whether the character belongs to a script that is written without spaces.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        && c != '\u{30FB}'
}

fn is_piece(c: char) -> bool {
    c.is_alphanumeric() && !is_cjk(c)
}

fn is_joiner(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '/' | '.' | '+' | '\'' | '\u{2019}' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{00B7}'
    )
}

/// The runs in their order; everything between them is punctuation and space.
pub(crate) fn runs(chars: &[char]) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if is_cjk(chars[at]) {
            let end = end_of(chars, at, is_cjk);
            runs.push(Run::Cjk(at..end));
            at = end;
        } else if is_piece(chars[at]) {
            let mut pieces = Vec::new();
            loop {
                let end = end_of(chars, at, is_piece);
                pieces.push(at..end.min(at + MAX_PIECE));
                at = end;
                let joined = chars.get(at).is_some_and(|c| is_joiner(*c))
                    && chars.get(at + 1).is_some_and(|c| is_piece(*c));
                if !joined {
                    break;
                }
                at += 1;
            }
            runs.push(Run::Chain(pieces));
        } else {
            at += 1;
        }
    }
    runs
}

fn end_of(chars: &[char], start: usize, belongs: impl Fn(char) -> bool) -> usize {
    chars[start..].iter().position(|c| !belongs(*c)).map_or(chars.len(), |length| start + length)
}

/// One unit a searcher would think of as a word, made of the pieces of a chain.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LatinWord {
    /// How it is indexed and asked for: pieces glued together, a decimal point as `p`.
    pub(crate) form: String,
    /// Where it stands.
    pub(crate) range: Range<usize>,
    /// Whether a digit is in it: then it is a part number or a figure and has no stem.
    pub(crate) figure: bool,
}

/// The words of a chain. One with a digit in it is one word, a part number (`QZ-100` and `QZ100` are the
/// same); one of letters alone is several (`zinc-air`), but an apostrophe never cuts.
pub(crate) fn chain_words(chars: &[char], pieces: &[Range<usize>]) -> Vec<LatinWord> {
    let figure = pieces.iter().any(|piece| chars[piece.clone()].iter().any(|c| c.is_numeric()));
    let mut words: Vec<LatinWord> = Vec::new();
    for piece in pieces {
        let text = chars[piece.clone()].iter();
        let joiner = piece.start.checked_sub(1).map(|at| chars[at]);
        match words.last_mut() {
            Some(last) if figure || matches!(joiner, Some('\'' | '\u{2019}')) => {
                let before = last.range.end.checked_sub(1).map(|at| chars[at]);
                let decimal = joiner == Some('.')
                    && before.is_some_and(char::is_numeric)
                    && chars[piece.start].is_numeric();
                if decimal {
                    last.form.push('p');
                }
                last.form.extend(text);
                last.range.end = piece.end;
            }
            _ => words.push(LatinWord { form: text.collect(), range: piece.clone(), figure }),
        }
    }
    words
}

/// The parts of a figure at the borders between letters and digits: `42crmo` has `42` and `crmo`.
pub(crate) fn figure_parts(chars: &[char], pieces: &[Range<usize>]) -> Vec<String> {
    let mut parts = Vec::new();
    for piece in pieces {
        parts.push(chars[piece.clone()].iter().collect());
        let slices = chars[piece.clone()].chunk_by(|a, b| a.is_numeric() == b.is_numeric());
        parts.extend(slices.map(|slice| slice.iter().collect::<String>()));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Run, chain_words, runs};

    fn forms(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let mut forms = Vec::new();
        for run in runs(&chars) {
            match run {
                Run::Cjk(range) => forms.push(chars[range].iter().collect()),
                Run::Chain(pieces) => {
                    forms.extend(chain_words(&chars, &pieces).into_iter().map(|word| word.form))
                }
            }
        }
        forms
    }

    #[test]
    fn part_numbers_stay_whole_and_compounds_come_apart() {
        assert_eq!(forms("qz-100型泵,42crmo"), ["qz100", "型泵", "42crmo"]);
        assert_eq!(forms("zinc-air battery's 1.5mpa"), ["zinc", "air", "batterys", "1p5mpa"]);
        assert_eq!(forms("--- 。 \u{0} !"), Vec::<String>::new());
    }
}
