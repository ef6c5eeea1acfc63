//! `techmart eval`: how well the engines do, on judged sets.

pub mod matching;
pub mod search;

use std::path::Path;

use techmart_search::SearchUrl;

use crate::{app::StartError, config::Config};

/// The engines to measure, each with an index of its own for it: the embedded one in `folder`, and the server where
/// one is configured.
fn engine_urls(config: &Config, folder: &Path) -> Result<Vec<SearchUrl>, StartError> {
    let mut urls: Vec<SearchUrl> = vec![format!("embedded:{}", folder.join("index").display()).parse()?];
    if !config.search_is_embedded() {
        urls.push(config.search()?.apart("eval"));
    }
    Ok(urls)
}

fn text(path: &Path) -> Result<String, StartError> {
    Ok(std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// To three decimals, as figures of this kind are told.
fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}
