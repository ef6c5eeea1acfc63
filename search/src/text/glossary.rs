//! One meaning, several words: synonyms and translations, kept as data (`glossary.tsv`).
//!
//! Texts get a term of the meaning wherever one of its words stands, and a query that has such a word asks for
//! that term. So 冷媒, 制冷剂 and refrigerant find the same listings in both engines, at the cost of one term.
//!
//! What a compound ends with it is (a 高速电机 is a 电机, a heat pump a pump). A word elsewhere inside a longer one (电机
//! in 电机轴) is found as it would be without a glossary, but weighs as little as a word of the body.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
    sync::LazyLock,
};

use super::{
    fold,
    runs::{Run, chain_words, is_cjk, runs},
    stem::stem,
};

/// The line of the data from which on the words of a line only go together, where more than one of them is Chinese: one
/// with its translations is one thing.
const KIN: &str = "#! kin";

/// What begins the term of a meaning; no word of a text has it.
const MARK: char = '~';

/// A meaning with its words: one line of the data.
static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| Glossary::of(include_str!("../../data/glossary.tsv")));

/// A place in a text where a word of a meaning stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Meant {
    /// The term of the meaning.
    pub(crate) term: String,
    /// The characters of the word.
    pub(crate) range: Range<usize>,
    /// Whether it is a part of a longer word of the glossary that does not end with it.
    pub(crate) inside: bool,
}

/// The meanings in a folded text, by their places.
pub(crate) fn meanings(chars: &[char]) -> Vec<Meant> {
    GLOSSARY.find(&tokens(chars))
}

/// A word of a meaning.
#[derive(Debug)]
pub(crate) struct Variant {
    /// As it is written.
    pub(crate) text: String,
    /// Folded.
    pub(crate) folded: Vec<char>,
    /// The term of its meaning.
    pub(crate) term: String,
}

/// All words of all meanings.
pub(crate) fn variants() -> impl Iterator<Item = &'static Variant> {
    GLOSSARY.variants.iter()
}

/// Whether the words of a meaning only go together, without being one thing: a trouble as it is told, a topic.
pub(crate) fn is_kin(term: &str) -> bool {
    GLOSSARY.kin.contains(term)
}

/// The term of the meaning whose first word this is.
pub(crate) fn meaning_term(word: &str) -> String {
    let word: String = fold(word).chars.iter().filter(|c| !c.is_whitespace()).collect();
    format!("{MARK}{word}")
}

/// The words of letters that the glossary has, those of expressions one by one.
pub(crate) fn latin_words() -> &'static HashSet<String> {
    static WORDS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let chars = fold(include_str!("../../data/glossary.tsv")).chars;
        let of = |run| match run {
            Run::Chain(pieces) => chain_words(&chars, &pieces),
            Run::Cjk(_) => Vec::new(),
        };
        runs(&chars).into_iter().flat_map(of).map(|word| word.form).collect()
    });
    &WORDS
}

/// One character of a script without spaces, or the root of one word.
#[derive(Debug)]
struct Token {
    text: String,
    range: Range<usize>,
    /// Whether nothing but spaces and hyphens lies between it and the one before.
    joined: bool,
}

fn tokens(chars: &[char]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut push = |text: String, range: Range<usize>| {
        let joined =
            tokens.last().is_some_and(|last| is_gap(&chars[last.range.end..range.start], chars[range.start]));
        tokens.push(Token { text, range, joined });
    };
    for run in runs(chars) {
        match run {
            Run::Cjk(range) => range.for_each(|at| push(chars[at].to_string(), at..at + 1)),
            Run::Chain(pieces) => {
                for word in chain_words(chars, &pieces) {
                    let text = if word.figure { word.form } else { root(&word.form) };
                    push(text, word.range);
                }
            }
        }
    }
    tokens
}

/// Endings that make another thing of a word (control and controller, hydrogen and hydrogenation), though a
/// stemmer takes them off.
const MAKING: &[&str] = &["er", "or", "ation", "ition", "ity", "ive"];

/// What the forms of one word share: its stem, unless its ending makes another thing of it.
fn root(form: &str) -> String {
    let singular = match form {
        _ if form.ends_with("ss") || form.ends_with("us") || form.ends_with("is") => form,
        _ => form.strip_suffix('s').unwrap_or(form),
    };
    let made = MAKING.iter().any(|ending| singular.ends_with(ending));
    if made { singular.to_owned() } else { stem(form) }
}

/// Whether words are one expression across this. Chinese stands side by side.
fn is_gap(between: &[char], next: char) -> bool {
    let spaced = between.iter().all(|c| c.is_whitespace() || *c == '-');
    spaced && (between.is_empty() || !is_cjk(next))
}

#[derive(Debug)]
struct Glossary {
    /// By the first token: the words of meanings, the longest first.
    words: HashMap<String, Vec<Expression>>,
    /// The words as they stand in the data.
    variants: Vec<Variant>,
    /// The terms of meanings whose words only go together.
    kin: HashSet<String>,
}

#[derive(Debug)]
struct Expression {
    tokens: Vec<String>,
    term: String,
}

impl Glossary {
    fn of(data: &str) -> Self {
        let mut words: HashMap<String, Vec<Expression>> = HashMap::new();
        let mut all = Vec::new();
        let mut kin = HashSet::new();
        let mut are_kin = false;
        for line in data.lines().filter(|line| !line.trim().is_empty()) {
            are_kin |= line == KIN;
            if line.starts_with('#') {
                continue;
            }
            let variants = line.split('\t').map(str::trim).filter(|variant| !variant.is_empty());
            let chinese = variants.clone().filter(|variant| variant.chars().any(is_cjk)).count();
            let mut term = None;
            for variant in variants {
                let folded = fold(variant).chars;
                let term = term.get_or_insert_with(|| meaning_term(variant));
                all.push(Variant { text: variant.to_owned(), folded: folded.clone(), term: term.clone() });
                let tokens: Vec<String> = tokens(&folded).into_iter().map(|token| token.text).collect();
                if let Some(first) = tokens.first() {
                    words.entry(first.clone()).or_default().push(Expression { tokens, term: term.clone() });
                }
            }
            kin.extend(term.filter(|_| are_kin && chinese > 1));
        }
        for expressions in words.values_mut() {
            expressions.sort_by_key(|expression| std::cmp::Reverse(expression.tokens.len()));
        }
        Self { words, variants: all, kin }
    }

    fn find(&self, tokens: &[Token]) -> Vec<Meant> {
        let mut found: Vec<Meant> = Vec::new();
        for (at, first) in tokens.iter().enumerate() {
            for expression in self.words.get(&first.text).into_iter().flatten() {
                let Some(place) = tokens.get(at..at + expression.tokens.len()) else { continue };
                let same = place.iter().zip(&expression.tokens).all(|(token, wanted)| token.text == *wanted);
                let whole = place.iter().skip(1).all(|token| token.joined);
                let (Some(last), true, true) = (place.last(), same, whole) else { continue };
                let range = first.range.start..last.range.end;
                found.push(Meant { term: expression.term.clone(), range, inside: false });
            }
        }
        mark_inside(&mut found);
        found
    }
}

/// Says of each, which stand by their beginnings, whether it is inside a longer one that does not end with it: what a
/// compound ends with it is, a 高速电机 an 电机, a heat pump a pump.
fn mark_inside(found: &mut [Meant]) {
    let ranges: Vec<Range<usize>> = found.iter().map(|meant| meant.range.clone()).collect();
    // A long text has many: only those are compared that begin near enough.
    let reach = ranges.iter().map(Range::len).max().unwrap_or_default();
    for (at, meant) in found.iter_mut().enumerate() {
        let Range { start, end } = meant.range;
        let contains =
            |other: &Range<usize>| other.start <= start && end < other.end && other.len() > end - start;
        let before = ranges[..at].iter().rev().take_while(|other| other.start + reach > start);
        let beside = ranges[at..].iter().take_while(|other| other.start == start);
        meant.inside = before.chain(beside).any(contains);
    }
}

#[cfg(test)]
mod tests {
    use super::{super::fold, Glossary, tokens};

    fn found(text: &str) -> Vec<(String, String, bool)> {
        let glossary = Glossary::of(
            "# test\n制冷剂\t冷媒\trefrigerant\n电机\t马达\tmotor\n发电机\tgenerator\n热泵\theat pump\n泵\tpump\n\
             电机轴\tmotor shaft\n扬程\tpump head\n",
        );
        let chars = fold(text).chars;
        let word = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
        let meant = glossary.find(&tokens(&chars));
        meant.into_iter().map(|meant| (meant.term, word(meant.range), meant.inside)).collect()
    }

    #[test]
    fn every_word_of_a_meaning_gives_its_term() {
        for text in ["新型冷媒的充注", "製冷劑", "Refrigerants!"] {
            assert_eq!(found(text)[0].0, "~制冷剂", "{text}");
        }
        assert_eq!(found("heat-pump")[0].0, "~热泵");
        assert_eq!(found("heat, pump").len(), 1, "two sentences");
        assert_eq!(found("电、机"), Vec::new());
        assert_eq!(found("refrigeration"), Vec::new(), "another thing");
    }

    #[test]
    fn words_that_go_together_are_not_one_thing() {
        let glossary = Glossary::of("冷媒\t制冷剂\n#! kin\n采茶机\t制茶\n线控转向\tsteer by wire\n");
        let kin: Vec<&String> = glossary.kin.iter().collect();
        assert_eq!(kin, ["~采茶机"]);
    }

    #[test]
    fn what_a_compound_ends_with_it_is() {
        let of = |term: &str, word: &str| (term.to_owned(), word.to_owned(), false);
        assert_eq!(found("发电机"), [of("~发电机", "发电机"), of("~电机", "电机")]);
        assert_eq!(found("heat pumps"), [of("~热泵", "heat pumps"), of("~泵", "pumps")]);
    }

    #[test]
    fn a_word_inside_a_longer_one_says_so() {
        let of = |term: &str, word: &str, inside| (term.to_owned(), word.to_owned(), inside);
        assert_eq!(found("电机轴"), [of("~电机轴", "电机轴", false), of("~电机", "电机", true)]);
        assert_eq!(found("pump head"), [of("~扬程", "pump head", false), of("~泵", "pump", true)]);
    }
}
