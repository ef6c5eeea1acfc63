//! What follows from an act: whom it concerns, and what they are told. A file for each kind of subject.
//!
//! Nothing private is told: titles, stages and the reasons that their authors gave for the other side to read. An
//! enterprise that posts without its name is never named, since organisations are not.

mod contract;
pub(super) mod desk;
mod docking;
mod event;
mod listing;
mod organisation;
mod saved_search;

use std::{collections::BTreeSet, str::FromStr};

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit::{self, SubjectKind},
    docking::{CloseCode, DeclineCode},
    id::{AccountId, AuditId},
    notification::{NotificationKind, Text, Words},
    value::code_list::Coded,
};

use crate::{error::Result, mail::Calendar, outbox::Notice};

/// What people are told, and who.
#[derive(Clone, Debug)]
pub struct Told {
    pub kind: NotificationKind,
    pub subject: (SubjectKind, String),
    /// Nobody is told twice of the same source.
    pub source: String,
    pub audit_id: Option<AuditId>,
    pub words: Words,
    /// Below `/api/v1/`.
    pub path: Option<String>,
    pub people: BTreeSet<AccountId>,
    pub calendar: Option<Calendar>,
}

/// What a notice leads to; none when nobody has to hear of it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of(db: &impl ConnectionTrait, notice: &Notice) -> Result<Option<Told>> {
    match notice {
        Notice::SavedSearch { saved_search_id, alert_id } => {
            saved_search::of(db, *saved_search_id, *alert_id).await
        }
        Notice::Desk { item_id, level } => desk::clock(db, *item_id, *level).await,
        Notice::Act { audit_id } => match audit::Entity::find_by_id(*audit_id).one(db).await? {
            Some(act) => of_act(db, &act).await,
            None => Ok(None),
        },
    }
}

/// What an act leads to. Whoever did it knows of it.
async fn of_act(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let told = match act.subject_kind {
        SubjectKind::Achievement | SubjectKind::Demand | SubjectKind::Provider => {
            listing::of(db, act).await?
        }
        SubjectKind::Docking => docking::of(db, act).await?,
        SubjectKind::Contract => contract::of(db, act).await?,
        SubjectKind::Organisation => organisation::of(db, act).await?,
        SubjectKind::ProviderEntry => organisation::of_entry(db, act).await?,
        SubjectKind::DeskItem => desk::of(db, act).await?,
        // It says itself whether whoever did it is told.
        SubjectKind::Event => return event::of(db, act).await,
        // Nobody is told of these.
        SubjectKind::Account
        | SubjectKind::Assessment
        | SubjectKind::Attachment
        | SubjectKind::Calendar
        | SubjectKind::Duplicate
        | SubjectKind::EnclaveEntry
        | SubjectKind::FinanceCase
        | SubjectKind::Import
        | SubjectKind::Indicator
        | SubjectKind::LedgerEntry
        | SubjectKind::Plan
        | SubjectKind::Recommendation
        | SubjectKind::Signal
        | SubjectKind::SavedSearch
        | SubjectKind::Snapshot
        | SubjectKind::System => None,
    };
    Ok(told.map(|mut told| {
        if let Some(actor) = act.actor_id {
            told.people.remove(&actor);
        }
        told
    }))
}

/// The id of what an act was done to.
fn subject_id<T: FromStr>(act: &audit::Model) -> Option<T> {
    act.subject_id.parse().ok()
}

/// An id among an act's facts.
fn fact<T: FromStr>(act: &audit::Model, name: &str) -> Option<T> {
    act.facts.get(name)?.as_str()?.parse().ok()
}

impl Told {
    /// What follows from an act.
    fn of_act(act: &audit::Model, kind: NotificationKind, words: Words, path: String) -> Self {
        Self {
            kind,
            subject: (act.subject_kind, act.subject_id.clone()),
            source: format!("act:{}", act.id),
            audit_id: Some(act.id),
            words,
            path: Some(path),
            people: BTreeSet::new(),
            calendar: None,
        }
    }

    fn to(mut self, people: impl IntoIterator<Item = AccountId>) -> Self {
        self.people.extend(people);
        self
    }
}

/// A title in both languages.
#[derive(Clone, Debug)]
struct Title {
    zh: String,
    en: String,
}

impl Title {
    fn same(title: String) -> Self {
        Self { zh: title.clone(), en: title }
    }
}

/// Tells of a move: what it is now, and why.
fn moved(title: &Title, to: (&str, &str), act: &audit::Model) -> Words {
    let (reason_zh, reason_en) = reason(act);
    let (to_zh, to_en) = to;
    let mut zh = vec![format!("“{}” 现为：{to_zh}。", title.zh)];
    zh.extend(reason_zh.map(|reason| format!("说明：{reason}")));
    let mut en = vec![format!("“{}” is now: {to_en}.", title.en)];
    en.extend(reason_en.map(|reason| format!("Reason: {reason}")));
    Words {
        zh: Text { subject: format!("{}：{to_zh}", title.zh), lines: zh },
        en: Text { subject: format!("{}: {to_en}", title.en), lines: en },
    }
}

/// The labels of where an act led to: those of a status, or the act itself.
fn led_to<T: Coded + FromStr>(act: &audit::Model) -> (String, String) {
    let to = act.to_status.as_deref().unwrap_or_default();
    labels::<T>(to)
        .map_or_else(|| (act.action.clone(), act.action.clone()), |(zh, en)| (zh.to_owned(), en.to_owned()))
}

/// The reason as its author gave it: the words, and for a docking also the label of its code.
fn reason(act: &audit::Model) -> (Option<String>, Option<String>) {
    let label = act
        .reason_code
        .as_deref()
        .and_then(|code| labels::<DeclineCode>(code).or_else(|| labels::<CloseCode>(code)));
    let said = |label: Option<&str>| match (label, &act.reason) {
        (Some(label), Some(words)) => Some(format!("{label} · {words}")),
        (label, words) => words.clone().or(label.map(str::to_owned)),
    };
    (said(label.map(|label| label.0)), said(label.map(|label| label.1)))
}

/// The labels of a code of `T`.
fn labels<T: Coded + FromStr>(code: &str) -> Option<(&'static str, &'static str)> {
    code.parse::<T>().ok().map(|item| (item.label_zh(), item.label_en()))
}
