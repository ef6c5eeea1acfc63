//! The printable page: one file without scripts or anything from elsewhere, that says in two minutes where the
//! plan stands, what is missing, and how to check it. What it shows is prepared here, section by section
//! (`sections.rs`); how it looks is `page.html` and `page.css`, whose hash is all the page may use.

mod sections;

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
pub use sections::lacks;
use sections::{Card, Gap, Group, Missing, Responsible, SignalGroup};
use sha2::{Digest, Sha256};

use super::{
    chart::{Chart, Form, draw},
    figure,
    frozen::Frozen,
};
use crate::error::{AppError, Language, Result};

const STYLE: &str = include_str!("page.css");

/// What the page may load: its own style, by its hash, and nothing else.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// How much the page tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Figures alone: for everybody.
    Figures,
    /// Units that wait and signals by their names: for the centre and auditors.
    Names,
}

#[derive(Template)]
#[template(path = "features/report/page/page.html")]
struct Page<'a> {
    language: Language,
    names: bool,
    style: &'static str,
    policy: &'a str,
    report: &'a Frozen,
    title: String,
    plan: String,
    window: String,
    as_of: String,
    known_at: String,
    made_at: String,
    made_by_service: bool,
    reason: Option<String>,
    faults: Vec<&'a str>,
    summary: String,
    years: Vec<i32>,
    cards: Vec<Card>,
    groups: Vec<Group>,
    responsible: Vec<Responsible>,
    missing: Vec<Missing>,
    unreported: String,
    charts: Vec<String>,
    gaps: Vec<Gap>,
    gaps_count: usize,
    signals: Vec<SignalGroup>,
    signals_count: usize,
    has_demo: bool,
}

impl Page<'_> {
    /// One of two words.
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        match self.language {
            Language::Zh => zh,
            Language::En => en,
        }
    }
}

/// Makes the page.
///
/// # Errors
/// When a picture cannot be drawn: a fault of the service.
pub fn page(report: &Frozen, language: Language, detail: Detail) -> Result<String> {
    let head = &report.head;
    let charts: Vec<String> = sections::shown(report)
        .into_iter()
        .map(|kept| draw(&Chart::of_part(&kept.part, head.as_of), language, Form::Beside))
        .collect::<Result<_>>()?;
    let (gaps, gaps_count) = sections::gaps(report, language, detail);
    let (signals, signals_count) = sections::signals(report, language, detail);
    let page = Page {
        language,
        names: detail == Detail::Names,
        style: STYLE,
        policy: &POLICY,
        report,
        title: figure::line(&head.title, 200),
        plan: figure::line(head.plan.name.in_language(language), 200),
        window: format!("{} — {}", head.plan.starts_on, head.plan.ends_on),
        as_of: figure::day(head.as_of, language),
        known_at: figure::instant(head.known_at.0, language),
        made_at: figure::instant(head.made_at.0, language),
        made_by_service: head.made_by.is_none(),
        reason: head.reason.as_ref().map(|reason| figure::line(reason, 2000)),
        faults: report.faults.iter().map(|fault| fault.in_language(language)).collect(),
        summary: sections::summary(report, language),
        years: sections::years(report),
        cards: sections::cards(report, language),
        groups: sections::groups(report, language),
        responsible: sections::responsible(report),
        missing: sections::missing(report, language),
        unreported: sections::not_reported(report),
        charts,
        gaps,
        gaps_count,
        signals,
        signals_count,
        has_demo: head.plan.demo,
    };
    page.render().map_err(AppError::internal)
}
