//! `techmart eval match`: how well matches are found, beside plain BM25.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write as _,
    path::PathBuf,
};

use serde::Serialize;
use techmart_search::{
    Audience, Document, SearchIndex,
    judged::{self, Difference, Figures, JudgedMatches, Listing, MatchFound, MatchOutcome},
    matching::{PartName, Weights},
};

use super::{engine_urls, rounded, text};
use crate::{
    app::{Chances, Purpose, StartError, build},
    commands::say,
    config::Config,
    features::recommendation::labels,
    jobs,
};

/// A judged set of matches.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct MatchSet {
    /// Listings, JSON Lines. The demo catalogue with its judged problems when absent.
    #[arg(long, requires_all = ["queries", "qrels"])]
    pub corpus: Option<PathBuf>,
    /// What asks, JSON Lines: id of a listing of the corpus, or id with title and problem; class, held_out.
    #[arg(long, requires = "corpus")]
    pub queries: Option<PathBuf>,
    /// Judgements as TREC writes them: query 0 listing grade.
    #[arg(long, requires = "corpus")]
    pub qrels: Option<PathBuf>,
    /// What became of this service's own recommendations, instead of a set: 3 a contract, 2 accepted, 1 taken up, 0
    /// dismissed or declined for what it is.
    #[arg(long, conflicts_with_all = ["corpus", "queries", "qrels"])]
    pub from_history: bool,
    /// Weights to try instead of the standard ones, JSON.
    #[arg(long)]
    pub weights: Option<PathBuf>,
    /// Ask again without each part, and print what is lost.
    #[arg(long)]
    pub ablation: bool,
}

/// What an engine reaches.
#[derive(Debug, Serialize)]
struct Reached {
    engine: String,
    classes: BTreeMap<String, Line>,
    /// Questions that nothing answers, and to how many of them nothing was said to fit.
    unanswerable: usize,
    quiet: usize,
    /// To how many of the questions that something answers nothing was said to fit.
    silent: usize,
    /// How many of the first ten were said to fit, and how many of those answer as it was judged.
    said_to_fit: usize,
    rightly: usize,
    /// nDCG@10 without each part, and the difference to all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ablation: Vec<Without>,
}

/// The figures of some questions, ours and BM25's.
#[derive(Debug, Serialize)]
struct Line {
    questions: usize,
    ours: Shown,
    bm25: Shown,
    /// Of nDCG@10, with the 95 % interval of a paired bootstrap.
    difference: Difference,
}

#[derive(Debug, Serialize)]
struct Shown {
    ndcg_10: f64,
    recall_10: f64,
    mrr: f64,
}

#[derive(Debug, Serialize)]
struct Without {
    part: PartName,
    ndcg_10: f64,
    /// All parts less this one; above 0 it earns its place.
    difference: Difference,
}

/// Asks every engine that is configured, and prints.
///
/// # Errors
/// What keeps it from reading the set or asking.
pub async fn run(config: &Config, json: bool, set: &MatchSet) -> Result<(), StartError> {
    let (listings, judged) = if set.from_history { history(config).await? } else { read(set)? };
    let weights: Weights = match &set.weights {
        Some(path) => {
            serde_json::from_str(&text(path)?).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => Weights::standard().clone(),
    };
    let folder = tempfile::tempdir()?;
    let mut engines = Vec::new();
    for url in &engine_urls(config, folder.path())? {
        let index = techmart_search::open(url).await?;
        judged::fill(index.as_ref(), &listings).await?;
        let reached = reach(index.as_ref(), &listings, &judged, &weights, set.ablation).await;
        drop(index);
        techmart_search::discard(url).await?;
        engines.push(reached?);
    }
    let words = engines.iter().map(|one| table(one, listings.len())).collect::<Vec<_>>().join("\n\n");
    say(json, &serde_json::json!({ "engines": engines }), &words)
}

/// What is published now, and what people made of recommendations among it.
async fn history(config: &Config) -> Result<(Vec<Listing>, JudgedMatches), StartError> {
    let state = build(config.clone(), Purpose::Command, Chances::default()).await?;
    let mut listings = Vec::new();
    let mut after = None;
    while let Some((last, documents)) = jobs::index::published(&state, after).await? {
        after = Some(last);
        // Whoever was to see it: the index is this command's own, and nothing of the texts is printed.
        let seen = |document: Document| Listing {
            row: serde_json::Map::new(),
            key: document.id.to_string(),
            document: Document { audience: Audience::Public, ..document },
        };
        listings.extend(documents.into_iter().map(seen));
    }
    let known: HashSet<String> = listings.iter().map(|listing| listing.key.clone()).collect();
    let labels = labels::all(state.db.read()).await?;
    let named = labels
        .into_iter()
        .map(|label| (label.demand_id.0.to_string(), label.achievement_id.0.to_string(), label.grade));
    let labels: Vec<_> =
        named.filter(|(demand, offer, _)| known.contains(demand) && known.contains(offer)).collect();
    if labels.is_empty() {
        let reason = "还没有被采纳、驳回或婉拒的推荐，无从评测 / nothing was taken up, dismissed or declined yet, so there \
                      is nothing to measure by";
        return Err(reason.into());
    }
    Ok((listings, JudgedMatches::of(labels)))
}

fn read(set: &MatchSet) -> Result<(Vec<Listing>, JudgedMatches), StartError> {
    let (Some(corpus), Some(queries), Some(qrels)) = (&set.corpus, &set.queries, &set.qrels) else {
        return Ok((judged::listings(judged::DEMO.listings)?, JudgedMatches::demo()?));
    };
    let listings =
        judged::listings(&text(corpus)?).map_err(|error| format!("{}: {error}", corpus.display()))?;
    let judged = JudgedMatches::read(&text(queries)?, &text(qrels)?)
        .map_err(|error| format!("{}, {}: {error}", queries.display(), qrels.display()))?;
    Ok((listings, judged))
}

async fn reach(
    index: &dyn SearchIndex,
    listings: &[Listing],
    judged: &JudgedMatches,
    weights: &Weights,
    ablation: bool,
) -> Result<Reached, StartError> {
    let outcomes = judged::try_matches(index, listings, judged, weights).await?;
    let mut classes: BTreeMap<String, Vec<&MatchOutcome>> = BTreeMap::new();
    for outcome in &outcomes {
        let part = if outcome.query.held_out { "留出 / held out" } else { "其余 / the rest" };
        for name in [outcome.query.class.as_str(), "全部 / all", part] {
            if !name.is_empty() {
                classes.entry(name.to_owned()).or_default().push(outcome);
            }
        }
    }
    let classes = classes.into_iter().map(|(name, of)| (name, line(&of))).collect();
    let (some, none): (Vec<&MatchOutcome>, Vec<&MatchOutcome>) =
        outcomes.iter().partition(|outcome| outcome.figures.is_some());
    let nothing_fits = |outcome: &&&MatchOutcome| outcome.ranking.iter().all(|found| !found.found.fits);
    let said = outcomes.iter().flat_map(|outcome| outcome.ranking.iter().take(10));
    let said: Vec<&MatchFound> = said.filter(|found| found.found.fits).collect();
    let mut without = Vec::new();
    for part in PartName::ALL.into_iter().filter(|part| ablation && weights.parts.of(*part) > 0.0) {
        let fewer = Weights { parts: weights.parts.without(part), ..weights.clone() };
        let less = judged::try_matches(index, listings, judged, &fewer).await?;
        let (all, less) = (ndcg(&outcomes), ndcg(&less));
        let mean = judged::difference(&less, &vec![0.0; less.len()]).mean;
        let difference = shown(judged::difference(&all, &less));
        without.push(Without { part, ndcg_10: rounded(mean), difference });
    }
    Ok(Reached {
        engine: index.name().to_owned(),
        classes,
        unanswerable: none.len(),
        quiet: none.iter().filter(nothing_fits).count(),
        silent: some.iter().filter(nothing_fits).count(),
        said_to_fit: said.len(),
        rightly: said.iter().filter(|found| found.grade > 0).count(),
        ablation: without,
    })
}

fn ndcg(outcomes: &[MatchOutcome]) -> Vec<f64> {
    outcomes.iter().filter_map(|outcome| outcome.figures).map(|figures| figures.ndcg).collect()
}

fn line(outcomes: &[&MatchOutcome]) -> Line {
    let pairs: Vec<(Figures, Figures)> =
        outcomes.iter().filter_map(|outcome| Some((outcome.figures?, outcome.plain?))).collect();
    let (ours, plain): (Vec<Figures>, Vec<Figures>) = pairs.into_iter().unzip();
    let of = |figures: &[Figures]| {
        let mean = judged::mean(figures);
        Shown { ndcg_10: rounded(mean.ndcg), recall_10: rounded(mean.recall), mrr: rounded(mean.mrr) }
    };
    let series = |figures: &[Figures]| figures.iter().map(|figures| figures.ndcg).collect::<Vec<_>>();
    Line {
        questions: ours.len(),
        ours: of(&ours),
        bm25: of(&plain),
        difference: shown(judged::difference(&series(&ours), &series(&plain))),
    }
}

fn shown(difference: Difference) -> Difference {
    Difference {
        mean: rounded(difference.mean),
        low: rounded(difference.low),
        high: rounded(difference.high),
    }
}

fn table(reached: &Reached, listings: usize) -> String {
    let mut words = format!("{} · {listings} 条 / listings\n", reached.engine);
    words.push_str(
        "class                     n  nDCG@10 / BM25       recall@10             MRR   difference [95 %]\n",
    );
    for (class, line) in &reached.classes {
        let Line { questions, ours, bm25, difference } = line;
        let _ = writeln!(
            words,
            "{class:<22} {questions:>4} {:>7.3} / {:>5.3} {:>7.3} / {:>5.3} {:>7.3} / {:>5.3}   {:+.3} [{:+.3}, {:+.3}]",
            ours.ndcg_10,
            bm25.ndcg_10,
            ours.recall_10,
            bm25.recall_10,
            ours.mrr,
            bm25.mrr,
            difference.mean,
            difference.low,
            difference.high,
        );
    }
    let Reached { unanswerable, quiet, silent, said_to_fit, rightly, .. } = reached;
    let _ = writeln!(
        words,
        "无答案的问题 / nothing fits: {unanswerable}, quiet {quiet}; 有答案而未给出 / silent where something does: {silent}\n\
         给出 / said to fit: {said_to_fit}, 其中判为合适 / rightly: {rightly}",
    );
    for without in &reached.ablation {
        let name = crate::features::matching::service::part_name(without.part);
        let Difference { mean, low, high } = without.difference;
        let _ = writeln!(
            words,
            "  without {name:<12} nDCG@10 {:.3}, the part gives {mean:+.3} [{low:+.3}, {high:+.3}]",
            without.ndcg_10
        );
    }
    words.trim_end().to_owned()
}
