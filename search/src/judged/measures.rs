//! The measures, as trec_eval defines them (`ndcg_cut_10`, `recall_10`, `recip_rank`).

use super::Grades;

/// How many hits are looked at.
pub const DEPTH: usize = 10;

/// How good a ranking is, each from 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// nDCG@10: the grades, discounted by the logarithm of the rank, of the best there could be.
    pub ndcg: f64,
    /// Recall@10: the share of the answers that is among the first ten.
    pub recall: f64,
    /// One by the rank of the first answer; 0 when there is none among the first ten.
    pub mrr: f64,
}

/// The figures of one ranking, best first; none where nothing answers the query, since no ranking could be
/// good or bad. `relevant` is the grade from which on a listing is an answer.
#[must_use]
pub fn figures(ranking: &[String], grades: &Grades, relevant: u32) -> Option<Figures> {
    let answers = grades.values().filter(|grade| **grade >= relevant.max(1)).count();
    if answers == 0 {
        return None;
    }
    let of = |key: &String| grades.get(key).copied().unwrap_or_default();
    let found: Vec<u32> = ranking.iter().take(DEPTH).map(of).collect();
    let mut best: Vec<u32> = grades.values().copied().collect();
    best.sort_unstable_by_key(|grade| std::cmp::Reverse(*grade));
    best.truncate(DEPTH);
    let hits = found.iter().filter(|grade| **grade >= relevant.max(1)).count();
    let first = found.iter().position(|grade| *grade >= relevant.max(1));
    Some(Figures {
        ndcg: gain(&found) / gain(&best),
        recall: count(hits) / count(answers),
        mrr: first.map_or(0.0, |at| 1.0 / count(at + 1)),
    })
}

/// The mean of each figure; zeros of none.
#[must_use]
pub fn mean(all: &[Figures]) -> Figures {
    let n = count(all.len().max(1));
    let of = |one: fn(&Figures) -> f64| all.iter().map(one).sum::<f64>() / n;
    Figures { ndcg: of(|f| f.ndcg), recall: of(|f| f.recall), mrr: of(|f| f.mrr) }
}

fn gain(grades: &[u32]) -> f64 {
    grades.iter().enumerate().map(|(i, grade)| f64::from(*grade) / count(i + 2).log2()).sum()
}

#[allow(clippy::cast_precision_loss, reason = "counts of hits and queries are small")]
fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::{Figures, figures};

    #[test]
    fn the_measures_are_trec_evals() {
        let grades = [("a", 3), ("b", 2), ("c", 1), ("d", 0)].map(|(key, grade)| (key.to_owned(), grade));
        let grades = grades.into_iter().collect();
        let ranking = ["d", "b", "a"].map(str::to_owned);
        let found = figures(&ranking, &grades, 2).unwrap_or_default();
        // (2 / log2(3) + 3 / log2(4)) / (3 / log2(2) + 2 / log2(3) + 1 / log2(4))
        assert!((found.ndcg - 0.579_996).abs() < 1e-5, "{found:?}");
        assert_eq!((found.recall, found.mrr), (1.0, 0.5));
        assert_eq!(figures(&[], &grades, 2), Some(Figures::default()));
        assert_eq!(figures(&ranking, &[("a".to_owned(), 1)].into_iter().collect(), 2), None);
    }
}
