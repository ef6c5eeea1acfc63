//! What a query asks for.
//!
//! A text is cut at spaces and punctuation; words of the glossary ask for their meaning, and what is left of
//! Chinese runs is cut further into dictionary words. Every word must be found somewhere in a listing, in any
//! order. A Chinese word is found where its characters stand side by side; a word of letters where its stem is,
//! and, if it is the last of the text and its own stem, as a beginning (somebody may still be typing). What
//! stands in quotation marks is found as it is written, and what a minus stands before is not to be there.

use std::{collections::HashSet, ops::Range};

use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy_jieba::JiebaTokenizer;

use super::{
    asked::{Asked, asked},
    fold,
    glossary::{Meant, meanings},
    runs::{Run, chain_words, is_cjk, runs},
    stem::stem,
    terms::sequence,
};

/// The most words that are asked for; of more the longest are taken. Meilisearch reads no more than ten.
const MAX_WORDS: usize = 10;

/// The most words that are excluded; they are of the ten.
const MAX_WITHOUT: usize = 4;

/// Chinese words of the glossary from this length on are meant wherever they stand.
const SURE: usize = 3;

/// The shortest beginning that is searched as one, in characters.
const MIN_PREFIX: usize = 2;

/// Words that tell nothing; they are left out as long as others remain.
const SILENT: &[&str] = &[
    "的", "了", "和", "与", "及", "或", "在", "于", "对", "为", "是", "有", "等", "中", "其", "并", "以",
    "用", "用于", "一种", "一个", "基于", "关于", "以及", "及其", "通过", "进行", "寻找", "寻求", "需要",
    "需求", "相关", "a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to",
    "with",
];

/// In running text these end no name of a thing either; a query of a few words may mean them.
const SILENT_IN_TEXT: &[&str] = &[
    "易", "不", "求", "使", "让", "由", "可", "能", "会", "被", "把", "将", "从", "到", "且", "但", "更",
    "较", "只", "仅", "每", "该", "此", "各", "均", "未", "已", "再", "要", "需", "时", "个", "种", "类",
    "项", "套", "台", "年", "月", "日", "元", "万", "亿", "减", "降", "提", "达", "约", "至", "并且", "能够",
    "可以", "我们",
];

/// One word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// Characters that must stand side by side.
    Cjk(String),
    /// One meaning, in whichever of its words.
    Meaning {
        /// The term of the meaning.
        term: String,
        /// The word that was written, folded.
        text: String,
    },
    /// Terms that must stand side by side.
    Phrase {
        /// Two or more.
        terms: Vec<String>,
        /// What was written, folded.
        text: String,
    },
    /// Letters and digits.
    Latin {
        /// As it was written, folded.
        form: String,
        /// What must be in the index.
        stem: String,
        /// Whether anything that begins with it will do.
        prefix: bool,
    },
}

impl Word {
    /// The term of its meaning, if it asks for one.
    pub(crate) fn meaning(&self) -> Option<&str> {
        match self {
            Self::Meaning { term, .. } => Some(term),
            Self::Cjk(_) | Self::Phrase { .. } | Self::Latin { .. } => None,
        }
    }

    /// The parts of a compound that the glossary has as one word (废水, 处理 of 废水处理); itself where it has none.
    pub(crate) fn parts(&self) -> Vec<Self> {
        let Self::Meaning { text, .. } = self else { return vec![self.clone()] };
        let chars: Vec<char> = text.chars().collect();
        let inner: Vec<Meant> =
            meanings(&chars).into_iter().filter(|meant| meant.range.len() < chars.len()).collect();
        // A meaning across the words of the dictionary (电机控制 in 电机|控制器) leaves a character over.
        let ends = word_ends(&chars);
        let whole = |meant: &&Meant| ends.contains(&meant.range.start) && ends.contains(&meant.range.end);
        let between = inner.iter().filter(whole).cloned().collect();
        let short = |word: &Self| matches!(word, Self::Cjk(text) if text.chars().count() < 2);
        [inner, between]
            .into_iter()
            .map(|inner| cut_around(&chars, &apart(inner), SILENT).words)
            .find(|parts| parts.len() > 1 && !parts.iter().any(short))
            .unwrap_or_else(|| vec![self.clone()])
    }

    fn weight(&self) -> usize {
        match self {
            Self::Cjk(text) => 2 * text.chars().count(),
            Self::Meaning { text, .. } | Self::Phrase { text, .. } => 2 * text.chars().count().max(2),
            Self::Latin { form, .. } => form.chars().count(),
        }
    }
}

/// The words of a query.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    /// All of them must be found.
    pub(crate) words: Vec<Word>,
    /// Chinese runs of several words as they stood in the query: listings with the whole run rank higher.
    pub(crate) wholes: Vec<String>,
    /// None of them may be found.
    pub(crate) without: Vec<Word>,
}

impl Words {
    /// Cuts a query text. A text without letters and digits has no words and finds nothing.
    pub(crate) fn of(text: &str) -> Self {
        let mut found = Self::default();
        let parts = asked(text);
        for part in &parts {
            match part {
                Asked::Plain(chars) => found.extend(plain(chars)),
                Asked::Exact(chars) => found.words.extend(exact(chars)),
                Asked::Without(chars) => found.without.extend(plain(chars).words),
                Asked::WithoutExact(chars) => found.without.extend(exact(chars)),
            }
        }
        if let Some(Asked::Plain(chars)) = parts.last() {
            found.end_open(chars);
        }
        found.keep_longest();
        found
    }

    /// The last word may be a beginning.
    fn end_open(&mut self, chars: &[char]) {
        let ends_in_letters = matches!(runs(chars).last(), Some(Run::Chain(_)));
        if let Some(Word::Latin { form, stem, prefix }) = self.words.last_mut() {
            *prefix = ends_in_letters && form == stem && form.chars().count() >= MIN_PREFIX;
        }
    }

    fn extend(&mut self, more: Self) {
        self.words.extend(more.words);
        self.wholes.extend(more.wholes);
    }

    /// Whether only is said what is not wanted.
    pub(crate) fn only_without(&self) -> bool {
        self.words.is_empty() && !self.without.is_empty()
    }

    /// Only these of the words; the wholes stay, they ask for nothing, and so does what is not wanted.
    pub(crate) fn only(&self, words: Vec<Word>) -> Self {
        Self { words, wholes: self.wholes.clone(), without: self.without.clone() }
    }

    /// With the parts of compounds in place of them, which need not stand side by side then; none where there are none.
    pub(crate) fn split(&self) -> Option<Self> {
        let mut split = self.only(self.words.iter().flat_map(Word::parts).collect());
        split.keep_longest();
        (split.words != self.words).then_some(split)
    }

    fn keep_longest(&mut self) {
        let mut unique: Vec<Word> = Vec::with_capacity(self.words.len());
        for word in self.words.drain(..) {
            if !unique.contains(&word) {
                unique.push(word);
            }
        }
        self.without.truncate(MAX_WITHOUT);
        let most = MAX_WORDS - self.without.len();
        if unique.len() > most {
            let mut order: Vec<usize> = (0..unique.len()).collect();
            order.sort_by_key(|at| std::cmp::Reverse(unique[*at].weight()));
            order.truncate(most);
            let mut at = 0;
            unique.retain(|_| {
                at += 1;
                order.contains(&(at - 1))
            });
        }
        self.words = unique;
    }
}

/// The words of a text that is no query: as many as there are, and no character of it is a sign.
pub(crate) fn plain_words(text: &str) -> Vec<Word> {
    let chars = fold(text).chars;
    let silent: Vec<&str> = SILENT.iter().chain(SILENT_IN_TEXT).copied().collect();
    let found = cut(&chars, &silent);
    if found.words.is_empty() { plain(&chars).words } else { found.words }
}

/// What is written without signs.
fn plain(chars: &[char]) -> Words {
    let found = cut(chars, SILENT);
    if found.words.is_empty() { cut(chars, &[]) } else { found }
}

/// What stands in quotation marks: the terms of its texts in their order.
fn exact(chars: &[char]) -> Option<Word> {
    let text: String = chars.iter().collect();
    if let [Run::Cjk(range)] = runs(chars).as_slice() {
        return Some(Word::Cjk(chars[range.clone()].iter().collect()));
    }
    let terms = sequence(chars);
    match terms.len() {
        0 => None,
        1 => terms.into_iter().next().map(|form| Word::Latin { stem: form.clone(), form, prefix: false }),
        _ => Some(Word::Phrase { terms, text }),
    }
}

fn cut(chars: &[char], silent: &[&str]) -> Words {
    let mut meant = whole_meanings(chars);
    // One character beside a meaning belongs to its word (电机轴): alone it would be found nearly everywhere.
    while let Some(at) = beside_a_single(chars, &meant, silent) {
        meant.remove(at);
    }
    cut_around(chars, &meant, silent)
}

/// Which meaning has a single character beside it that no other word takes.
fn beside_a_single(chars: &[char], meant: &[Meant], silent: &[&str]) -> Option<usize> {
    let is_word = |at: usize| chars.get(at).is_some_and(|c| is_cjk(*c));
    let free = |at: usize| is_word(at) && !meant.iter().any(|meaning| meaning.range.contains(&at));
    let single = |at: usize| {
        let before = at.checked_sub(1).is_some_and(free);
        free(at) && !before && !free(at + 1) && !silent.contains(&chars[at].to_string().as_str())
    };
    meant.iter().position(|meaning| {
        let Range { start, end } = meaning.range;
        let chinese = chars[start..end].iter().all(|c| is_cjk(*c));
        chinese && (single(end) || start.checked_sub(1).is_some_and(single))
    })
}

fn cut_around(chars: &[char], meant: &[Meant], silent: &[&str]) -> Words {
    let mut found = Words::default();
    let mut at = 0;
    for meaning in meant {
        cut_rest(chars, at..meaning.range.start, silent, &mut found);
        let text = chars[meaning.range.clone()].iter().collect();
        found.words.push(Word::Meaning { term: meaning.term.clone(), text });
        at = meaning.range.end;
    }
    cut_rest(chars, at..chars.len(), silent, &mut found);
    for run in runs(chars) {
        if let Run::Cjk(range) = run {
            let whole: String = chars[range.clone()].iter().collect();
            let one =
                |word: &Word| matches!(word, Word::Cjk(text) | Word::Meaning { text, .. } if *text == whole);
            if range.len() > 1 && !found.words.iter().any(one) {
                found.wholes.push(whole);
            }
        }
    }
    found
}

/// The meanings that a query asks for: none inside another one, the longest from the left, and of Chinese words
/// only such as end where words end (氨 is not meant in 氨基酸).
fn whole_meanings(chars: &[char]) -> Vec<Meant> {
    let ends = word_ends(chars);
    let mut meant: Vec<Meant> = meanings(chars);
    meant.retain(|meaning| {
        let Range { start, end } = meaning.range;
        !meaning.inside && (end - start >= SURE || ends.contains(&start) && ends.contains(&end))
    });
    apart(meant)
}

/// The longest from the left, none of which overlaps another.
fn apart(mut meant: Vec<Meant>) -> Vec<Meant> {
    meant.sort_by_key(|meaning| (meaning.range.start, std::cmp::Reverse(meaning.range.end)));
    let mut end = 0;
    meant.retain(|meaning| {
        let free = meaning.range.start >= end;
        if free {
            end = meaning.range.end;
        }
        free
    });
    meant
}

/// Where words begin and end.
fn word_ends(chars: &[char]) -> HashSet<usize> {
    let mut ends = HashSet::new();
    for run in runs(chars) {
        match run {
            Run::Cjk(range) => {
                let text: String = chars[range.clone()].iter().collect();
                ends.insert(range.start);
                let mut at = range.start;
                let mut tokenizer = JiebaTokenizer::with_search_mode(false);
                let mut stream = tokenizer.token_stream(&text);
                while stream.advance() {
                    at += stream.token().text.chars().count();
                    ends.insert(at);
                }
            }
            Run::Chain(pieces) => {
                for word in chain_words(chars, &pieces) {
                    ends.extend([word.range.start, word.range.end]);
                }
            }
        }
    }
    ends
}

fn cut_rest(chars: &[char], range: Range<usize>, silent: &[&str], found: &mut Words) {
    let chars = &chars[range];
    for run in runs(chars) {
        match run {
            Run::Cjk(range) => {
                let run: String = chars[range].iter().collect();
                found.words.extend(cut_chinese(&run, silent).into_iter().map(Word::Cjk));
            }
            Run::Chain(pieces) => {
                for word in chain_words(chars, &pieces) {
                    if !silent.contains(&word.form.as_str()) {
                        let stem = if word.figure { word.form.clone() } else { stem(&word.form) };
                        found.words.push(Word::Latin { form: word.form, stem, prefix: false });
                    }
                }
            }
        }
    }
}

/// Dictionary words without the silent ones. A single character joins its neighbour: alone it would be found
/// nearly everywhere (氢 of 氢燃料), and the dictionary often leaves an unknown word's last character over (循环泵).
fn cut_chinese(run: &str, silent: &[&str]) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = false;
    let mut single = String::new();
    let mut tokenizer = JiebaTokenizer::with_search_mode(false);
    let mut stream = tokenizer.token_stream(run);
    while stream.advance() {
        let token = stream.token().text.as_str();
        if silent.contains(&token) {
            words.extend((!single.is_empty()).then(|| std::mem::take(&mut single)));
            open = false;
        } else if token.chars().count() > 1 {
            words.push(std::mem::take(&mut single) + token);
            open = true;
        } else {
            match words.last_mut().filter(|_| open) {
                Some(word) => word.push_str(token),
                None => single.push_str(token),
            }
        }
    }
    words.extend((!single.is_empty()).then_some(single));
    words
}

#[cfg(test)]
mod tests {
    use super::{MAX_WORDS, Word, Words};

    fn words(text: &str) -> Vec<String> {
        let name = |word| match word {
            Word::Cjk(text) => text,
            Word::Meaning { text, .. } => format!("~{text}"),
            Word::Phrase { terms, .. } => terms.join("+"),
            Word::Latin { stem, prefix, .. } => stem + if prefix { "*" } else { "" },
        };
        Words::of(text).words.into_iter().map(name).collect()
    }

    #[test]
    fn a_query_is_cut_into_the_words_it_means() {
        for (text, expected) in [
            ("氢气循环泵", &["~氢气", "~循环泵"][..]),
            ("展台戊", &["展台戊"]),
            ("製冷劑", &["~制冷剂"]),
            ("安装简单", &["安装简单"]),
            ("泵", &["~泵"]),
            ("氨基酸", &["~氨基酸"]),
            ("一种用于甲乙丙的展台", &["甲乙丙", "展台"]),
            ("一种", &["一种"]),
            ("QZ-100", &["qz100*"]),
            ("42CrMo 展台", &["42crmo", "展台"]),
            ("Widgets of paper", &["widget", "paper*"]),
            ("heat pumps", &["~heat pumps"]),
            ("gleaming", &["gleam"]),
            ("cryo", &["cryo*"]),
            ("\"Sunny Day 甲乙\" x1", &["sunny+day+甲乙", "x1*"]),
            ("\"甲乙丙丁\"", &["甲乙丙丁"]),
            ("展台 -甲乙", &["展台"]),
            ("?!  ", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn a_compound_falls_apart_into_its_words() {
        let split = Words::of("电机控制器").split().map(|split| split.words);
        assert_eq!(split, Some(Words::of("电机 控制器").words));
        assert_eq!(Words::of("电机").split(), None);
    }

    #[test]
    fn of_too_many_words_the_longest_are_asked_for() {
        let text = "a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 wonderful l12 m13 imaginations";
        let kept = words(text);
        assert_eq!(kept.len(), MAX_WORDS);
        assert!(kept.contains(&"wonder".to_owned()) && kept.contains(&"imagin".to_owned()), "{kept:?}");
    }
}
