//! `techmart match`: any two files laid side by side, without a service.

use std::path::{Path, PathBuf};

use serde::Serialize;
use techmart_entity::value::{
    cooperation::CooperationReading,
    field::{Field, FieldReading},
    maturity::Maturity,
    money::Price,
};
use techmart_search::{
    Ask, Audience, DemoFilter, Kind, Match, SearchIndex,
    judged::{self, Listing},
    matching::{MOST, Weights},
};

use crate::{
    app::StartError,
    features::{
        matching::{dto::Sentence, reasons::sentences},
        search::doc,
    },
};

/// The files.
#[derive(Clone, Debug, clap::Args)]
pub struct MatchFiles {
    /// What may answer, JSON Lines: id, kind, title, summary, keywords, field, maturity, cooperation, budget …, in a
    /// source's own words; unknown keys are passed over.
    #[arg(long)]
    pub corpus: PathBuf,
    /// What is asked, in the same form; a demand when it does not say what it is, and a `problem` will do without
    /// a title.
    #[arg(long)]
    pub queries: PathBuf,
    /// The most answers to each.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub limit: u16,
}

#[derive(Serialize)]
struct Answers {
    query_id: String,
    results: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    id: String,
    score: f64,
    fits: bool,
    reasons: Vec<Sentence>,
}

/// Prints a line for each query: what answers it, best first, and why. Nothing is kept.
///
/// # Errors
/// What cannot be read, with its line; then nothing was printed.
pub async fn run(files: &MatchFiles) -> Result<(), StartError> {
    let corpus = coded(read(&files.corpus, judged::listings)?);
    let queries = coded(read(&files.queries, judged::questions)?);
    let folder = tempfile::tempdir()?;
    let url = format!("embedded:{}", folder.path().join("index").display()).parse()?;
    let index = techmart_search::open(&url).await?;
    judged::fill(index.as_ref(), &corpus).await?;
    for query in &queries {
        let answers = answers(index.as_ref(), &corpus, query, usize::from(files.limit)).await?;
        super::print(&serde_json::to_string(&answers)?)?;
    }
    Ok(())
}

fn read(
    path: &Path,
    parse: impl Fn(&str) -> Result<Vec<Listing>, judged::Unreadable>,
) -> Result<Vec<Listing>, StartError> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// With the codes that the import reads from a source's words; what it does not understand is no code.
fn coded(mut listings: Vec<Listing>) -> Vec<Listing> {
    for Listing { document, row, .. } in &mut listings {
        let said = |name: &str| row.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        let is_code = document.field.as_ref().is_some_and(|field| field.parse::<Field>().is_ok());
        if !is_code && let Some(raw) = document.field.take() {
            let reading = FieldReading::of(&raw);
            document.field = reading.field.map(|field| field.to_string());
            document.zone_industry =
                document.zone_industry.take().or(reading.zone_industry.map(|zone| zone.to_string()));
            document.industry_codes.extend(reading.industry_code.map(|code| code.as_str().to_owned()));
        }
        document.trl = document.trl.or(Maturity::of(said("maturity")).trl);
        if document.cooperation_modes.is_empty() {
            let modes = CooperationReading::of(said("cooperation")).modes;
            document.cooperation_modes = modes.iter().map(ToString::to_string).collect();
        }
        if document.price.is_none() {
            document.price = Price::read(said("budget")).ok().map(|price| doc::price(&price));
        }
    }
    listings
}

async fn answers(
    index: &dyn SearchIndex,
    corpus: &[Listing],
    query: &Listing,
    limit: usize,
) -> Result<Answers, StartError> {
    let mut found: Vec<Match> = Vec::new();
    for kind in Kind::ALL {
        let ask = Ask {
            asked: query.document.clone(),
            kind,
            audiences: vec![Audience::Public],
            demo: DemoFilter::Include,
            limit: limit.min(MOST),
            now: 0,
            weights: Weights::standard().clone(),
        };
        found.extend(index.matches(&ask).await?);
    }
    found.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| other.id.cmp(&one.id)));
    let name = |found: &Match| {
        let listing = corpus.iter().find(|listing| listing.document.id == found.id)?;
        Some(Answer {
            id: listing.key.clone(),
            score: (found.score * 10_000.0).round() / 10_000.0,
            fits: found.fits,
            reasons: sentences(found),
        })
    };
    let results = found.iter().filter_map(name).take(limit).collect();
    Ok(Answers { query_id: query.key.clone(), results })
}
