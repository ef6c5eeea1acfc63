//! The printable file of a docking: one page without scripts or anything from elsewhere. How it looks is `page.html` and
//! `page.css`, whose hash is all the page may use.

use std::sync::LazyLock;

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use techmart_entity::{
    id::{AuditId, DockingId, OfferId},
    value::{code_list::Coded, contact_text::mask},
};

use super::{dto::TimelineOut, timeline};
use crate::{
    auth::Context,
    clock::{Moment, in_shanghai},
    error::{AppError, Language, Result},
    features::{
        appointment, assistance,
        audit::repo as audits,
        docking::{
            dto::DockingOut,
            policy, repo as dockings,
            view::{self, acts},
        },
        offer,
    },
};

const STYLE: &str = include_str!("page.css");

/// What the page may load: its own style, by its hash, and nothing else.
pub static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

/// Lines of the timeline in one file; more are only counted.
const MOST: usize = 5000;
/// Rows read at once.
const AT_ONCE: u64 = 500;
/// Offers, appointments and providers' help in one file.
const PARTS: u64 = 100;

/// A line of a table: a label and what it says.
struct Fact {
    label: &'static str,
    value: String,
}

/// A line of the timeline.
struct Line {
    at: String,
    said: String,
    reason: Option<String>,
    body: Option<String>,
    files: Vec<String>,
}

/// What there is several times, under its name.
struct Part {
    name: &'static str,
    items: Vec<String>,
}

#[derive(Template)]
#[template(path = "features/case_file/page.html")]
struct Page {
    language: Language,
    style: &'static str,
    policy: &'static str,
    title: String,
    made_at: String,
    facts: Vec<Fact>,
    parts: Vec<Part>,
    lines: Vec<Line>,
    left_out: bool,
}

impl Page {
    /// One of two words.
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        of(self.language, zh, en)
    }
}

fn of<'t>(language: Language, zh: &'t str, en: &'t str) -> &'t str {
    match language {
        Language::Zh => zh,
        Language::En => en,
    }
}

fn label<T: Coded>(language: Language, code: T) -> &'static str {
    of(language, code.label_zh(), code.label_en())
}

fn time(at: Moment) -> String {
    in_shanghai(at.0).format("%Y-%m-%d %H:%M").to_string()
}

/// The file of a docking as the caller may see it.
///
/// # Errors
/// 401 when nobody signed in, 404 when the caller may not know of it.
pub async fn page(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    language: Language,
) -> Result<String> {
    let (docking, _) = view::one(db, cx, id).await?;
    let (lines, left_out) = lines(db, cx, id, language).await?;
    let part = |zh, en, items| Part { name: of(language, zh, en), items };
    let parts = vec![
        part("会面", "Meetings", meetings(&docking, language)),
        part("会面安排", "Appointments", appointments(db, id, language).await?),
        part("报价", "Offers", offers(db, id, language).await?),
        part("服务机构协助", "Providers' help", assistances(db, cx, id, language).await?),
    ];
    let page = Page {
        language,
        style: STYLE,
        policy: &POLICY,
        title: about(&docking),
        made_at: time(cx.now.into()),
        facts: facts(&docking, language),
        parts,
        lines,
        left_out,
    };
    page.render().map_err(AppError::internal)
}

fn about(docking: &DockingOut) -> String {
    let about = docking.achievement.as_ref().or(docking.demand.as_ref());
    about.map(|about| about.title.clone()).unwrap_or_default()
}

fn facts(docking: &DockingOut, language: Language) -> Vec<Fact> {
    let not_named = || of(language, "（未公开）", "(not named)").to_owned();
    let mut facts = Vec::new();
    let mut put = |zh: &'static str, en: &'static str, value: Option<String>| {
        if let Some(value) = value {
            facts.push(Fact { label: of(language, zh, en), value });
        }
    };
    put("编号", "id", Some(docking.id.to_string()));
    put("阶段", "stage", Some(label(language, docking.stage).to_owned()));
    put("来源", "origin", Some(label(language, docking.origin).to_owned()));
    let enterprise = docking.enterprise.as_ref().map_or_else(not_named, |side| side.name.clone());
    put("需求方", "enterprise", Some(enterprise));
    put("供给方", "supplier", docking.supplier.as_ref().map(|side| side.name.clone()));
    put("服务机构", "provider", docking.provider.as_ref().map(|page| page.title.clone()));
    put("表达意向", "interest", docking.interest_at.map(time));
    put("接受", "accepted", docking.accepted_at.map(time));
    put("会面确认", "meeting confirmed", docking.met_at.map(time));
    for nda in &docking.ndas {
        let state = match (nda.in_force, nda.confirmed_at) {
            (true, _) => of(language, "生效", "in force"),
            (false, Some(_)) => of(language, "已到期", "over"),
            (false, None) => of(language, "待确认", "not confirmed yet"),
        };
        put("保密协议", "confidentiality", Some(format!("{} · {state}", nda.signed_on)));
    }
    if let Some(contract) = &docking.contract {
        put("合同", "contract", Some(format!("{} · {}", contract.number, contract.title)));
        put("登记编号", "registration", contract.registration_number.clone());
    }
    if let Some(landing) = &docking.landing {
        put("落地", "landing", Some(format!("{} · {}", landing.landed_on, landing.place)));
    }
    let end = docking.decline_code.map(|code| label(language, code));
    let end = end.or(docking.close_code.map(|code| label(language, code)));
    put("结果", "outcome", end.map(str::to_owned));
    put("说明", "note", docking.end_note.clone());
    facts
}

fn meetings(docking: &DockingOut, language: Language) -> Vec<String> {
    let line = |meeting: &crate::features::docking::dto::MeetingOut| {
        let confirmed = match meeting.confirmed_side {
            Some(side) => format!("{}{}", label(language, side), of(language, "确认", " confirmed it")),
            None => of(language, "待确认", "not confirmed yet").to_owned(),
        };
        let place = meeting.place.clone().unwrap_or_default();
        let people = meeting.attendees.join(of(language, "、", ", "));
        format!(
            "{} {} {place} · {people} · {} · {confirmed}",
            meeting.held_on,
            label(language, meeting.mode),
            meeting.summary
        )
    };
    docking.meetings.iter().map(line).collect()
}

fn amount(fen: i64, currency: &str) -> String {
    format!("{}.{:02} {currency}", fen / 100, fen % 100)
}

async fn offers(db: &impl ConnectionTrait, id: DockingId, language: Language) -> Result<Vec<String>> {
    let after: Option<OfferId> = None;
    let line = |row: techmart_entity::docking::offer::Model| {
        let price = row.amount.map_or_else(
            || of(language, "面议", "to be negotiated").to_owned(),
            |fen| amount(fen, &row.currency),
        );
        format!(
            "{} {} · {} · {price} · {} · {}",
            time(row.recorded_at.into()),
            label(language, row.side),
            label(language, row.cooperation_mode),
            row.terms,
            label(language, row.status)
        )
    };
    Ok(offer::repo::list(db, id, after, PARTS).await?.into_iter().rev().map(line).collect())
}

async fn appointments(db: &impl ConnectionTrait, id: DockingId, language: Language) -> Result<Vec<String>> {
    let line = |row: techmart_entity::docking::appointment::Model| {
        let at = row.starts_at.map(|at| time(at.into())).unwrap_or_default();
        let place = row.place.unwrap_or_default();
        format!("{at} {} {place} · {}", label(language, row.mode), label(language, row.status))
    };
    Ok(appointment::repo::list(db, id, None, PARTS).await?.into_iter().rev().map(line).collect())
}

async fn assistances(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    language: Language,
) -> Result<Vec<String>> {
    let filter = assistance::repo::Filter { docking: Some(id), ..Default::default() };
    let rows = assistance::repo::list(db, cx, &filter, None, PARTS).await?;
    let shown = assistance::view::shown(db, cx, rows).await?;
    let line = |one: assistance::dto::AssistanceOut| {
        format!(
            "{} {} · {} · {}",
            label(language, one.kind),
            one.provider.unwrap_or_default(),
            label(language, one.status),
            one.result.or(one.answer_note).unwrap_or_default()
        )
    };
    Ok(shown.into_iter().rev().map(line).collect())
}

/// The timeline, oldest first, and whether its beginning was left out.
async fn lines(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    language: Language,
) -> Result<(Vec<Line>, bool)> {
    let docking = dockings::find(db, id).await?;
    let relation = policy::relation(cx, &docking);
    let filter = acts(id, relation);
    let (mut lines, mut after): (Vec<Line>, Option<AuditId>) = (Vec::new(), None);
    loop {
        let rows = audits::list(db, &filter, after, AT_ONCE).await?;
        let Some(last) = rows.last().map(|row| row.id) else { break };
        let told = timeline::told(db, cx, &docking, relation, rows).await?;
        lines.extend(told.into_iter().map(|one| line(one, language)));
        if lines.len() >= MOST {
            lines.reverse();
            return Ok((lines, true));
        }
        after = Some(last);
    }
    lines.reverse();
    Ok((lines, false))
}

fn line(one: TimelineOut, language: Language) -> Line {
    let message = one.message;
    let files = message.as_ref().map(|message| message.attachments.as_slice()).unwrap_or_default();
    Line {
        at: time(one.at),
        said: of(language, &one.zh, &one.en).to_owned(),
        reason: one.reason,
        files: files.iter().map(|file| format!("{} · SHA-256 {}", file.file_name, file.sha256)).collect(),
        // A file is passed on; contacts are revealed one look at a time.
        body: message.map(|message| mask(&message.body)),
    }
}
