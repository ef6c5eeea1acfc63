//! `techmart eval search`: how well the engines find what is asked for.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use techmart_search::judged::{self, Figures, Judged, Listing, Outcome, Summary};

use super::{engine_urls, rounded, text};
use crate::{app::StartError, commands::say, config::Config};

/// Figures are kept to so many decimals; what is lost in rounding is no loss.
const ROUNDING: f64 = 0.000_5;

/// A judged set of somebody's, or the demonstration catalogue's.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct SetFiles {
    /// Listings, JSON Lines: id, kind, title, summary, keywords … The demo catalogue when absent.
    #[arg(long, requires_all = ["queries", "qrels"])]
    pub corpus: Option<PathBuf>,
    /// Queries, JSON Lines: id, text, class, held_out.
    #[arg(long, requires = "corpus")]
    pub queries: Option<PathBuf>,
    /// Judgements as TREC writes them: query 0 listing grade. A listing without an id is named by the first 16
    /// hexadecimal digits of the SHA-256 of its kind, address and title, each on a line.
    #[arg(long, requires = "corpus")]
    pub qrels: Option<PathBuf>,
    /// Figures to keep, as this command prints them with --json; fails when one is lower.
    #[arg(long)]
    pub floor: Option<PathBuf>,
}

/// A figure is lower than the one that is kept. Which, was printed.
#[derive(Debug, thiserror::Error)]
#[error("低于保留的数值 / lower than the figures that are kept")]
pub struct BelowFloor;

/// What an engine reaches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Reached {
    engine: String,
    all: Line,
    held_out: Line,
    #[serde(default)]
    classes: BTreeMap<String, Line>,
    #[serde(default)]
    failed: Vec<Failed>,
}

/// The figures of some queries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Line {
    queries: usize,
    ndcg_10: f64,
    recall_10: f64,
    mrr: f64,
    /// The share of the queries that nothing answers which were not answered with noise; null where there are
    /// none.
    quiet: Option<f64>,
}

/// A query whose asker would give up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Failed {
    id: String,
    class: String,
    text: String,
    /// What was found, best first.
    found: Vec<String>,
}

/// Asks every engine that is configured, prints, and fails below the floor. The embedded engine has an index
/// of its own for it, and so has the server's.
///
/// # Errors
/// [`BelowFloor`]; or what keeps it from reading the set or asking.
pub async fn run(config: &Config, json: bool, files: &SetFiles) -> Result<(), StartError> {
    let (listings, judged) = read(files)?;
    let kept: Option<Kept> = files.floor.as_deref().map(read_floor).transpose()?;
    let folder = tempfile::tempdir()?;
    let mut engines = Vec::new();
    for url in &engine_urls(config, folder.path())? {
        let index = techmart_search::open(url).await?;
        let outcomes = judged::try_queries(index.as_ref(), &listings, &judged).await;
        let engine = index.name().to_owned();
        drop(index);
        techmart_search::discard(url).await?;
        engines.push(reached(engine, &outcomes?));
    }
    let losses: Vec<String> = kept.iter().flat_map(|kept| kept.losses(&engines)).collect();
    let mut words = engines.iter().map(|one| table(one, listings.len())).collect::<Vec<_>>().join("\n\n");
    for loss in &losses {
        let _ = write!(words, "\n✗ {loss}");
    }
    say(json, &serde_json::json!({ "engines": engines, "losses": losses }), &words)?;
    if losses.is_empty() { Ok(()) } else { Err(BelowFloor.into()) }
}

fn read(files: &SetFiles) -> Result<(Vec<Listing>, Judged), StartError> {
    let (Some(corpus), Some(queries), Some(qrels)) = (&files.corpus, &files.queries, &files.qrels) else {
        let demo = judged::DEMO;
        return Ok((judged::listings(demo.listings)?, Judged::read(demo.queries, demo.judgements)?));
    };
    let listings =
        judged::listings(&text(corpus)?).map_err(|error| format!("{}: {error}", corpus.display()))?;
    let judged = Judged::read(&text(queries)?, &text(qrels)?)
        .map_err(|error| format!("{}, {}: {error}", queries.display(), qrels.display()))?;
    Ok((listings, judged))
}

fn reached(engine: String, outcomes: &[Outcome]) -> Reached {
    let failed = outcomes.iter().filter(|outcome| outcome.failed());
    Reached {
        engine,
        all: line(judged::summary(outcomes.iter())),
        held_out: line(judged::summary(outcomes.iter().filter(|outcome| outcome.query.held_out))),
        classes: judged::by_class(outcomes)
            .into_iter()
            .map(|(class, summary)| (class.to_owned(), line(summary)))
            .collect(),
        failed: failed
            .map(|outcome| Failed {
                id: outcome.query.id.clone(),
                class: outcome.query.class.clone(),
                text: outcome.query.text.clone(),
                found: outcome.ranking.clone(),
            })
            .collect(),
    }
}

fn line(summary: Summary) -> Line {
    let Figures { ndcg, recall, mrr } = summary.figures;
    let share = |part: usize, whole: usize| {
        let (part, whole) = (u32::try_from(part).ok()?, u32::try_from(whole).ok()?);
        (whole > 0).then(|| f64::from(part) / f64::from(whole))
    };
    Line {
        queries: summary.queries,
        ndcg_10: rounded(ndcg),
        recall_10: rounded(recall),
        mrr: rounded(mrr),
        quiet: share(summary.quiet, summary.unanswerable).map(rounded),
    }
}

/// The figures that are kept.
#[derive(Debug, Deserialize)]
struct Kept {
    engines: Vec<Reached>,
}

fn read_floor(path: &Path) -> Result<Kept, StartError> {
    Ok(serde_json::from_str(&text(path)?).map_err(|error| format!("{}: {error}", path.display()))?)
}

impl Kept {
    /// What is lower than it was, in words.
    fn losses(&self, engines: &[Reached]) -> Vec<String> {
        let mut losses = Vec::new();
        for now in engines {
            let Some(kept) = self.engines.iter().find(|kept| kept.engine == now.engine) else {
                losses.push(format!("{}: 没有保留的数值 / no figures are kept", now.engine));
                continue;
            };
            for (which, now, kept) in
                [("all", &now.all, &kept.all), ("held out", &now.held_out, &kept.held_out)]
            {
                let pairs = [
                    ("nDCG@10", now.ndcg_10, kept.ndcg_10),
                    ("recall@10", now.recall_10, kept.recall_10),
                    ("MRR", now.mrr, kept.mrr),
                    ("quiet", now.quiet.unwrap_or(1.0), kept.quiet.unwrap_or_default()),
                ];
                let lower = pairs.iter().filter(|(_, now, kept)| now + ROUNDING < *kept);
                losses.extend(lower.map(|(name, now, kept)| format!("{which} {name}: {now:.3} < {kept:.3}")));
            }
        }
        losses
    }
}

fn table(reached: &Reached, listings: usize) -> String {
    let mut words = format!("{} · {listings} 条 / listings\n", reached.engine);
    let _ = writeln!(
        words,
        "{:<18} {:>4} {:>8} {:>9} {:>6} {:>6}",
        "class", "n", "nDCG@10", "recall@10", "MRR", "quiet"
    );
    let mut row = |name: &str, line: &Line| {
        let quiet = line.quiet.map_or(String::new(), |quiet| format!("{quiet:.3}"));
        if line.queries == 0 {
            let _ = writeln!(words, "{name:<18} {:>4} {:>8} {:>9} {:>6} {quiet:>6}", 0, "", "", "");
        } else {
            let Line { queries, ndcg_10, recall_10, mrr, .. } = line;
            let _ = writeln!(
                words,
                "{name:<18} {queries:>4} {ndcg_10:>8.3} {recall_10:>9.3} {mrr:>6.3} {quiet:>6}"
            );
        }
    };
    for (class, line) in &reached.classes {
        row(class, line);
    }
    row("全部 / all", &reached.all);
    row("留出 / held out", &reached.held_out);
    for failed in &reached.failed {
        let _ = write!(
            words,
            "\n  {} {} 「{}」 {}",
            failed.id,
            failed.class,
            failed.text,
            failed.found.join(" ")
        );
    }
    words.trim_end().to_owned()
}
