//! What follows from an act: whom it concerns, and what they are told. A file for each kind of subject.
//!
//! The words of each are a pure function, so that every letter stands in a snapshot as its reader sees it.
//!
//! Nothing private is told: titles, stages and the reasons that their authors gave for the other side to read. An
//! enterprise that posts without its name is never named, since organisations are not.

pub mod api_client;
pub mod case;
pub mod contract;
pub mod desk;
pub mod docking;
pub mod event;
pub mod expiry;
pub mod harvest;
pub mod listing;
pub mod organisation;
pub mod recommendation;
pub mod saved_search;
pub mod webhook;

use std::{collections::BTreeSet, str::FromStr};

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit::{self, SubjectKind},
    docking::{CloseCode, DeclineCode},
    id::{AccountId, AuditId},
    notification::{Model, NotificationKind, Text, Words},
    value::{code_list::Coded, contact_text::mask},
};

use crate::{error::Result, mail::Invitation, outbox::Notice};

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
    /// What goes into the calendars of those who are told by mail.
    pub calendar: Option<Invitation>,
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
        Notice::Reminder { reminder_id } => case::reminder(db, *reminder_id).await,
        Notice::Desk { item_id, level } => desk::clock(db, *item_id, *level).await,
        Notice::Expiry { term, stage } => expiry::of(db, *term, *stage).await,
        Notice::Recommendation { recommendation_id, organisation_id } => {
            recommendation::of(db, *recommendation_id, *organisation_id).await
        }
        Notice::Act { audit_id } => match audit::Entity::find_by_id(*audit_id).one(db).await? {
            Some(act) => of_act(db, &act).await,
            None => Ok(None),
        },
    }
}

/// What a row followed from, where it is asked again at sending whom it concerns.
#[must_use]
pub fn again(row: &Model) -> Option<Notice> {
    match row.audit_id {
        Some(audit_id) => Some(Notice::Act { audit_id }),
        None => expiry::notice(&row.source),
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
        SubjectKind::ApiClient => api_client::of(db, act).await?,
        SubjectKind::DeskItem => desk::of(db, act).await?,
        SubjectKind::Webhook => webhook::of(db, act).await?,
        SubjectKind::HarvestSource => harvest::of(db, act).await?,
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
        | SubjectKind::ImportMapping
        | SubjectKind::Indicator
        | SubjectKind::LedgerEntry
        | SubjectKind::OutboundTarget
        | SubjectKind::Plan
        | SubjectKind::Recommendation
        | SubjectKind::Signal
        | SubjectKind::SavedSearch
        | SubjectKind::Snapshot
        | SubjectKind::System => None,
    };
    Ok(told.map(|mut told| {
        // Whoever acted knows of it; only their calendar does not.
        if let Some(actor) = act.actor_id.filter(|_| told.calendar.is_none()) {
            told.people.remove(&actor);
        }
        told
    }))
}

/// Whether an act in a docking is about its stages, and not one of what happens beside them.
#[must_use]
pub fn is_of_stages(act: &audit::Model) -> bool {
    !case::is_one(act)
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

/// Something in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Both {
    pub zh: String,
    pub en: String,
}

impl Both {
    /// The same in both.
    pub fn same(text: impl Into<String>) -> Self {
        let zh = text.into();
        Self { en: zh.clone(), zh }
    }

    /// One in each.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The labels of a code.
    pub fn label(code: impl Coded) -> Self {
        Self::new(code.label_zh(), code.label_en())
    }
}

/// Why, as its author gave it for the other side to read: the labels of a code of a docking, and words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Why {
    pub code: Option<Both>,
    pub words: Option<String>,
}

impl Why {
    /// A code of a docking, and words.
    #[must_use]
    pub fn new(code: Option<&str>, words: Option<&str>) -> Self {
        let label = |code| labels::<DeclineCode>(code).or_else(|| labels::<CloseCode>(code));
        // It goes by mail, where no contact does.
        Self { code: code.and_then(label), words: words.map(mask) }
    }

    fn of(act: &audit::Model) -> Self {
        Self::new(act.reason_code.as_deref(), act.reason.as_deref())
    }
}

/// Tells of a move: what it is now, and why.
fn moved(title: &Both, to: &Both, why: &Why) -> Words {
    let text = |title: &str, now: String, colon: &str, to: &str, code: Option<String>, said: &str| Text {
        subject: format!("{title}{colon}{to}"),
        lines: std::iter::once(now)
            .chain(code)
            .chain(why.words.as_ref().map(|words| format!("{said}{words}")))
            .collect(),
    };
    let (code_zh, code_en) = (why.code.as_ref().map(|c| &c.zh), why.code.as_ref().map(|c| &c.en));
    Words {
        zh: text(
            &title.zh,
            format!("“{}” 现为：{}。", title.zh, to.zh),
            "：",
            &to.zh,
            code_zh.map(|code| format!("原因：{code}")),
            "说明：",
        ),
        en: text(
            &title.en,
            format!("“{}” is now: {}.", title.en, to.en),
            ": ",
            &to.en,
            code_en.map(|code| format!("Reason: {code}")),
            "In their words: ",
        ),
    }
}

/// The labels of where an act led to: those of a status, or the act itself.
fn led_to<T: Coded + FromStr>(act: &audit::Model) -> Both {
    let to = act.to_status.as_deref().unwrap_or_default();
    labels::<T>(to).unwrap_or_else(|| Both::same(act.action.clone()))
}

/// The labels of a code of `T`.
fn labels<T: Coded + FromStr>(code: &str) -> Option<Both> {
    code.parse::<T>().ok().map(Both::label)
}
