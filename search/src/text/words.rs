//! What a query asks for.
//!
//! A text is cut at spaces and punctuation; Chinese runs are cut further into dictionary words. Every word
//! must be found somewhere in a listing, in any order. A Chinese word is found where its characters stand
//! side by side; a word of letters where its stem is, and, if it is the last of the text and its own stem, as
//! a beginning (somebody may still be typing).

use tantivy::tokenizer::{TokenStream, Tokenizer};
use tantivy_jieba::JiebaTokenizer;

use super::{
    fold,
    runs::{Run, chain_words, runs},
    stem::stem,
};

/// The most words that are asked for; of more the longest are taken. Meilisearch reads no more than ten.
const MAX_WORDS: usize = 10;

/// The shortest beginning that is searched as one, in characters.
const MIN_PREFIX: usize = 2;

/// Words that tell nothing; they are left out as long as others remain.
const SILENT: &[&str] = &[
    "的", "了", "和", "与", "及", "或", "在", "于", "对", "为", "是", "有", "等", "中", "其", "并", "以",
    "用", "用于", "一种", "一个", "基于", "关于", "以及", "及其", "通过", "进行", "寻找", "寻求", "需要",
    "需求", "相关", "a", "an", "and", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to",
    "with",
];

/// One word of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// Characters that must stand side by side.
    Cjk(String),
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
    fn weight(&self) -> usize {
        match self {
            Self::Cjk(text) => 2 * text.chars().count(),
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
}

impl Words {
    /// Cuts a query text. A text without letters and digits has no words and finds nothing.
    pub(crate) fn of(text: &str) -> Self {
        let folded = fold(text);
        let runs = runs(&folded.chars);
        let mut found = cut(&folded.chars, &runs, SILENT);
        if found.words.is_empty() {
            found = cut(&folded.chars, &runs, &[]);
        }
        if let Some(Word::Latin { form, stem, prefix }) = found.words.last_mut() {
            *prefix = matches!(runs.last(), Some(Run::Chain(_)))
                && form == stem
                && form.chars().count() >= MIN_PREFIX;
        }
        found.keep_longest();
        found
    }

    /// Only these of the words; the wholes stay, they ask for nothing.
    pub(crate) fn only(&self, words: Vec<Word>) -> Self {
        Self { words, wholes: self.wholes.clone() }
    }

    fn keep_longest(&mut self) {
        let mut unique: Vec<Word> = Vec::with_capacity(self.words.len());
        for word in self.words.drain(..) {
            if !unique.contains(&word) {
                unique.push(word);
            }
        }
        if unique.len() > MAX_WORDS {
            let mut order: Vec<usize> = (0..unique.len()).collect();
            order.sort_by_key(|at| std::cmp::Reverse(unique[*at].weight()));
            order.truncate(MAX_WORDS);
            let mut at = 0;
            unique.retain(|_| {
                at += 1;
                order.contains(&(at - 1))
            });
        }
        self.words = unique;
    }
}

fn cut(chars: &[char], runs: &[Run], silent: &[&str]) -> Words {
    let mut found = Words::default();
    for run in runs {
        match run {
            Run::Cjk(range) => {
                let whole: String = chars[range.clone()].iter().collect();
                let words = cut_chinese(&whole, silent);
                if words.len() > 1 {
                    found.wholes.push(whole);
                }
                found.words.extend(words.into_iter().map(Word::Cjk));
            }
            Run::Chain(pieces) => {
                for word in chain_words(chars, pieces) {
                    if !silent.contains(&word.form.as_str()) {
                        let stem = if word.figure { word.form.clone() } else { stem(&word.form) };
                        found.words.push(Word::Latin { form: word.form, stem, prefix: false });
                    }
                }
            }
        }
    }
    found
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
            Word::Latin { stem, prefix, .. } => stem + if prefix { "*" } else { "" },
        };
        Words::of(text).words.into_iter().map(name).collect()
    }

    #[test]
    fn a_query_is_cut_into_the_words_it_means() {
        for (text, expected) in [
            ("氢气循环泵", &["氢气", "循环泵"][..]),
            ("電機控制器", &["电机", "控制器"]),
            ("制冷剂", &["制冷剂"]),
            ("焊接自动化", &["焊接", "自动化"]),
            ("安装简单", &["安装简单"]),
            ("控制器 电机", &["控制器", "电机"]),
            ("泵", &["泵"]),
            ("一种用于汽车的转向", &["汽车", "转向"]),
            ("一种", &["一种"]),
            ("QZ-100", &["qz100*"]),
            ("42CrMo 齿轮", &["42crmo", "齿轮"]),
            ("Gearboxes of steel", &["gearbox", "steel*"]),
            ("cooling", &["cool"]),
            ("?!  ", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn of_too_many_words_the_longest_are_asked_for() {
        let text = "a1 b2 c3 d4 e5 f6 g7 h8 i9 j10 k11 hydrogen l12 m13 compressor";
        let kept = words(text);
        assert_eq!(kept.len(), MAX_WORDS);
        assert!(
            kept.contains(&"hydrogen".to_owned()) && kept.contains(&"compressor*".to_owned()),
            "{kept:?}"
        );
    }
}
