//! How fast an index of 100,000 listings answers: faceted searches, and the ten best matches for a demand. The listings
//! are made up of the glossary's words, as unevenly spread as words are, by a generator with a fixed seed. Prints
//! medians and 99th percentiles; nothing is judged here.
//!
//! `cargo bench -p techmart-search --bench speed`, for another number of listings with that number behind `--`; on a
//! Meilisearch server with `MEILI_TEST_URL`, and there the same questions put to it directly beside ours.

#![allow(clippy::unwrap_used, reason = "a benchmark stops at the first surprise")]

use std::time::{Duration, Instant};

use meilisearch_sdk::{client::Client, indexes::Index, search::Selectors, settings::Settings};
use serde_json::{Value, json};
use techmart_search::{
    Ask, Audience, DemoFilter, Document, Kind, Query, SearchIndex, SearchUrl, discard, matching::Weights,
    open,
};
use url::Url;
use uuid::Uuid;

/// Searches of each kind, and matches.
const ROUNDS: usize = 300;

/// Listings put at once.
const BATCH: usize = 1_000;

const FIELDS: &[&str] = &[
    "electronics_information",
    "biology_medicine",
    "aerospace",
    "new_materials",
    "high_tech_services",
    "new_energy",
    "resources_environment",
    "advanced_manufacturing",
];

/// What a server that is asked directly counts.
const FACETS: [&str; 7] =
    ["kind", "field", "trl", "cooperation_modes", "town", "organisation_kind", "language"];

const FILLERS: &[&str] = &[
    "采用",
    "实现",
    "具有",
    "高效",
    "稳定",
    "新型",
    "系统",
    "装置",
    "方法",
    "针对",
    "可用于",
    "降低能耗",
    "提高寿命",
    "已完成样机",
    "成本低",
    "便于安装",
];

fn main() {
    let listings = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = tempfile::tempdir().unwrap();
        let embedded = format!("embedded:{}", folder.path().join("index").display()).parse().unwrap();
        measure(&embedded, listings).await;
        if let Ok(server) = std::env::var("MEILI_TEST_URL") {
            let url = format!("{}/?index=bench-{}", server.trim_end_matches('/'), Uuid::new_v4().simple());
            measure(&url.parse().unwrap(), listings).await;
            directly(&server, listings).await;
        }
    });
}

async fn measure(url: &SearchUrl, listings: u32) {
    let index = open(url).await.unwrap();
    let mut words = Words::new();
    let began = Instant::now();
    let mut rebuild = index.begin_rebuild().await.unwrap();
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..listings {
        let kind = if number % 10 < 7 { Kind::Achievement } else { Kind::Demand };
        batch.push(words.listing(number, kind));
        if batch.len() == BATCH {
            rebuild.put(&batch).await.unwrap();
            batch.clear();
        }
    }
    rebuild.put(&batch).await.unwrap();
    rebuild.finish().await.unwrap();
    let seconds = began.elapsed().as_secs_f64();
    println!("{}: {listings} listings in {seconds:.1} s", index.name());
    println!("{:<44}{:>12}{:>12}", "", "median ms", "p99 ms");
    let two = |words: &mut Words| format!("{} {}", words.word(), words.word());
    searches(index.as_ref(), &mut words, "one word", |words| Query { text: Some(words.word()), ..faceted() })
        .await;
    searches(index.as_ref(), &mut words, "two words", |words| Query { text: Some(two(words)), ..faceted() })
        .await;
    searches(index.as_ref(), &mut words, "two words, three filters", |words| Query {
        text: Some(two(words)),
        kinds: vec![Kind::Achievement],
        fields: vec![FIELDS[words.below(8)].to_owned()],
        trl_min: Some(5),
        ..faceted()
    })
    .await;
    searches(index.as_ref(), &mut words, "a beginning of letters", |words| Query {
        text: Some(words.latin().chars().take(4).collect()),
        ..faceted()
    })
    .await;
    searches(index.as_ref(), &mut words, "no words, one filter", |words| Query {
        fields: vec![FIELDS[words.below(8)].to_owned()],
        ..faceted()
    })
    .await;
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let asked = words.listing(1_000_000 + u32::try_from(round).unwrap(), Kind::Demand);
        let ask = Ask {
            asked,
            kind: Kind::Achievement,
            audiences: vec![Audience::Public],
            demo: DemoFilter::Exclude,
            limit: 10,
            now: 1_800_000_000_000,
            weights: Weights::standard().clone(),
        };
        let began = Instant::now();
        index.matches(&ask).await.unwrap();
        times.push(began.elapsed());
    }
    tell("the ten best achievements for a demand", times);
    drop(index);
    discard(url).await.unwrap();
}

/// The same listings and words, asked of the same server by hand: texts as they are written, cut by its own analysis,
/// with the same facets, filters and highlights.
async fn directly(server: &str, listings: u32) {
    let url: Url = server.parse().unwrap();
    let key = url.password().map(str::to_owned);
    let host =
        format!("{}://{}:{}", url.scheme(), url.host_str().unwrap(), url.port_or_known_default().unwrap());
    let client = Client::new(host, key).unwrap();
    let uid = format!("bench-direct-{}", Uuid::new_v4().simple());
    let patience = Some(Duration::from_secs(600));
    let task = client.create_index(&uid, Some("id")).await.unwrap();
    client.wait_for_task(task, None, patience).await.unwrap();
    let index = client.index(&uid);
    let settings = Settings::new()
        .with_searchable_attributes(["title", "title_en", "keywords", "organisation", "summary", "body"])
        .with_filterable_attributes(FACETS);
    let task = index.set_settings(&settings).await.unwrap();
    client.wait_for_task(task, None, patience).await.unwrap();
    let mut words = Words::new();
    let mut batch = Vec::with_capacity(BATCH);
    for number in 0..listings {
        let kind = if number % 10 < 7 { Kind::Achievement } else { Kind::Demand };
        let one = words.listing(number, kind);
        batch.push(json!({
            "id": one.id, "kind": one.kind.as_str(), "title": one.title, "title_en": one.title_en,
            "keywords": one.keywords, "organisation": one.organisation, "summary": one.summary, "body": one.body,
            "field": one.field, "trl": one.trl, "cooperation_modes": one.cooperation_modes, "town": one.town,
            "organisation_kind": one.organisation_kind, "language": one.language,
        }));
        if batch.len() == BATCH {
            let task = index.add_or_replace(&batch, Some("id")).await.unwrap();
            client.wait_for_task(task, None, patience).await.unwrap();
            batch.clear();
        }
    }
    println!("meilisearch, asked directly: {listings} listings");
    let two = |words: &mut Words| format!("{} {}", words.word(), words.word());
    ask_directly(&index, &mut words, "one word", |words| (words.word(), String::new())).await;
    ask_directly(&index, &mut words, "two words", |words| (two(words), String::new())).await;
    ask_directly(&index, &mut words, "two words, three filters", |words| {
        let text = two(words);
        (text, format!("kind = achievement AND trl >= 5 AND field = {}", FIELDS[words.below(8)]))
    })
    .await;
    let letters = |words: &mut Words| words.latin().chars().take(4).collect();
    ask_directly(&index, &mut words, "a beginning of letters", |words| (letters(words), String::new())).await;
    ask_directly(&index, &mut words, "no words, one filter", |words| {
        (String::new(), format!("field = {}", FIELDS[words.below(8)]))
    })
    .await;
    let task = client.delete_index(&uid).await.unwrap();
    client.wait_for_task(task, None, patience).await.unwrap();
}

async fn ask_directly(
    index: &Index,
    words: &mut Words,
    name: &str,
    query: impl Fn(&mut Words) -> (String, String),
) {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let (text, filter) = query(words);
        let began = Instant::now();
        let mut search = index.search();
        search.with_query(&text).with_facets(Selectors::Some(&FACETS)).with_limit(20);
        search.with_attributes_to_highlight(Selectors::All);
        if !filter.is_empty() {
            search.with_filter(&filter);
        }
        search.execute::<Value>().await.unwrap();
        times.push(began.elapsed());
    }
    tell(&format!("faceted search, {name}"), times);
}

fn faceted() -> Query {
    Query { audiences: vec![Audience::Public], facets: true, highlight: true, ..Query::default() }
}

async fn searches(
    index: &dyn SearchIndex,
    words: &mut Words,
    name: &str,
    query: impl Fn(&mut Words) -> Query,
) {
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        let query = query(words);
        let began = Instant::now();
        index.search(&query).await.unwrap();
        times.push(began.elapsed());
    }
    tell(&format!("faceted search, {name}"), times);
}

fn tell(name: &str, mut times: Vec<Duration>) {
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    println!("{name:<44}{:>12.2}{:>12.2}", at(50), at(99));
}

/// Makes listings up.
struct Words {
    /// The words of each meaning.
    meanings: Vec<Vec<&'static str>>,
    state: u64,
}

impl Words {
    fn new() -> Self {
        let data = include_str!("../data/glossary.tsv").lines();
        let lines = data.filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        Self { meanings: lines.map(|line| line.split('\t').collect()).collect(), state: 7 }
    }

    /// Up to but without `n`; the same each time the benchmark runs.
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) % n as u64).unwrap()
    }

    /// A meaning; few of them often, most of them seldom.
    fn meaning(&mut self) -> usize {
        let (one, other) = (self.below(self.meanings.len()), self.below(1000) + 1);
        one * other / 1000
    }

    fn word(&mut self) -> String {
        self.of(|word| !word.is_ascii())
    }

    fn latin(&mut self) -> String {
        self.of(str::is_ascii)
    }

    fn of(&mut self, wanted: impl Fn(&str) -> bool) -> String {
        loop {
            let meaning = self.meaning();
            let fitting: Vec<&str> =
                self.meanings[meaning].iter().copied().filter(|word| wanted(word)).collect();
            if !fitting.is_empty() {
                let at = self.below(fitting.len().min(2));
                return fitting[at].to_owned();
            }
        }
    }

    fn sentence(&mut self, length: usize) -> String {
        let mut sentence = String::new();
        for _ in 0..length {
            let filler = FILLERS[self.below(FILLERS.len())];
            sentence.push_str(filler);
            sentence.push_str(&self.word());
        }
        sentence + "。"
    }

    fn listing(&mut self, number: u32, kind: Kind) -> Document {
        let english = self.below(10) == 0;
        let title = if english {
            format!("{} for {} with {}", self.latin(), self.latin(), self.latin())
        } else {
            format!("{}用{}{}", self.word(), self.word(), ["技术", "装置", "工艺", "系统"][self.below(4)])
        };
        let body = (0..2).map(|_| self.sentence(8)).collect();
        Document {
            id: Uuid::from_u128(u128::from(number) + (7 << 76)),
            kind,
            title,
            title_en: Some(format!("{} {}", self.latin(), self.latin())),
            summary: Some(self.sentence(6)),
            body,
            keywords: (0..4).map(|_| self.word()).collect(),
            organisation: Some(format!("第{}研究所", self.below(500))),
            organisation_en: None,
            organisation_kind: Some("institute".to_owned()),
            field: Some(FIELDS[self.below(8)].to_owned()),
            industry_codes: Vec::new(),
            zone_industry: None,
            trl: u8::try_from(self.below(9) + 1).ok(),
            cooperation_modes: vec![["transfer", "licence", "joint_development"][self.below(3)].to_owned()],
            ip_types: Vec::new(),
            price: None,
            town: Some(["tanqiao", "lianhe", "cenhe"][self.below(3)].to_owned()),
            language: Some(if english { "en" } else { "zh" }.to_owned()),
            wanted_by: None,
            audience: Audience::Public,
            demo: false,
            published_at: 1_700_000_000_000 + i64::from(number) * 1000,
            revision: 1,
        }
    }
}
