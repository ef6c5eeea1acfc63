//! What is asked when no listing has all the words.
//!
//! Words that no listing has at all are left out first, then the most common one, and so on, until something
//! is found; but at least a third of the words must stay, otherwise nothing is the better answer.

use super::{Word, Words};
use crate::WINDOW;

/// The next sets of words to try, each smaller than the one before.
#[derive(Debug)]
pub(crate) struct Relaxation {
    tries: std::vec::IntoIter<Words>,
}

impl Relaxation {
    /// Plans the tries; `counts` says in how many listings each word is found. Neither engine is asked to tell
    /// numbers beyond the window apart.
    pub(crate) fn plan(words: &Words, counts: &[usize]) -> Self {
        let least = words.words.len().div_ceil(3);
        let mut known: Vec<(usize, usize)> = counts
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, count)| *count > 0)
            .map(|(at, count)| (count.min(WINDOW), at))
            .collect();
        known.sort_unstable();
        let mut tries = Vec::new();
        while known.len() >= least && !known.is_empty() {
            if known.len() < words.words.len() {
                tries.push(words.only(in_order(&words.words, &known)));
            }
            known.pop();
        }
        Self { tries: tries.into_iter() }
    }
}

impl Iterator for Relaxation {
    type Item = Words;

    fn next(&mut self) -> Option<Words> {
        self.tries.next()
    }
}

fn in_order(words: &[Word], kept: &[(usize, usize)]) -> Vec<Word> {
    let kept = |at: usize| kept.iter().any(|(_, kept)| *kept == at);
    words.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, word)| word.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::{Relaxation, Word, Words};

    fn tries(text: &str, counts: &[usize]) -> Vec<String> {
        let name = |word: &Word| match word {
            Word::Cjk(text) | Word::Meaning { text, .. } | Word::Phrase { text, .. } => text.clone(),
            Word::Latin { form, .. } => form.clone(),
        };
        let join = |words: Words| words.words.iter().map(name).collect::<Vec<_>>().join(" ");
        Relaxation::plan(&Words::of(text), counts).map(join).collect()
    }

    #[test]
    fn unknown_words_go_first_then_common_ones() {
        assert_eq!(tries("电机 zzz 控制器 转向", &[9, 0, 2, 5]), ["电机 控制器 转向", "控制器 转向"]);
        assert_eq!(tries("电机 控制器", &[9, 2]), ["控制器"]);
    }

    #[test]
    fn nothing_is_a_better_answer_than_a_small_part_of_the_question() {
        assert_eq!(tries("电机 aaa bbb ccc", &[9, 0, 0, 0]), Vec::<String>::new());
        assert_eq!(tries("电机", &[0]), Vec::<String>::new());
    }
}
