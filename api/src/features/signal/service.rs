//! Raising signals, and what people say of them.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    id::{ListingId, OrganisationId, SignalId},
    life_cycle::LifeCycle,
    signal::{ActiveModel, Model, SignalKind, SignalMove, SignalStatus, Subject, Subjects},
};

use super::{policy, repo, view};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{audit, audit::Record, docking::rules::said, listing::repo as listings},
    web::etag::Precondition,
};

/// Facts that strike.
#[derive(Clone, Debug)]
pub struct Found {
    pub kind: SignalKind,
    pub fact_key: String,
    pub organisation_id: Option<OrganisationId>,
    pub subjects: Vec<Subject>,
    pub facts: serde_json::Value,
    pub demo: bool,
}

impl Found {
    fn row(&self, cx: &Context) -> Model {
        Model {
            id: SignalId::new(),
            kind: self.kind,
            fact_key: self.fact_key.clone(),
            organisation_id: self.organisation_id,
            subjects: Subjects(self.subjects.clone()),
            facts: self.facts.clone(),
            demo: self.demo,
            status: SignalStatus::Open,
            raised_at: cx.now,
            note: None,
            judged_by: None,
            judged_at: None,
            version: 1,
        }
    }
}

/// Raises a signal, unless it was raised before; says whether it did. While nobody has judged it, its
/// facts follow what is found.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn raise(tx: &Tx, cx: &Context, found: &Found) -> Result<bool> {
    let row = found.row(cx);
    if let Some(there) = repo::under(tx, std::slice::from_ref(&found.fact_key)).await?.into_iter().next() {
        follow(tx, &there, &row).await?;
        return Ok(false);
    }
    write(tx, cx, row).await
}

async fn write(tx: &Tx, cx: &Context, row: Model) -> Result<bool> {
    if !repo::insert(tx, row.clone()).await? {
        return Ok(false);
    }
    let record = Record::act("raise", SubjectKind::Signal, row.id)
        .beginning(row.status)
        .with(serde_json::json!({ "kind": row.kind, "facts": row.facts }));
    audit::record(tx, cx, record).await?;
    Ok(true)
}

async fn follow(tx: &Tx, there: &Model, found: &Model) -> Result<()> {
    let differs = there.facts != found.facts || there.subjects != found.subjects;
    if there.status == SignalStatus::Open && differs {
        repo::renew(tx, there, found).await?;
    }
    Ok(())
}

/// Raises a signal about a group that may grow. `members` are its smallest parts, sorted; the key is the
/// kind and one of them. A group that was found before as a part of this one follows while nobody has
/// judged it; after that the rest is raised once it has `anew` members of its own.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn raise_group(
    tx: &Tx,
    cx: &Context,
    found: &Found,
    members: &[String],
    anew: usize,
) -> Result<bool> {
    let kind = found.kind;
    let keys: Vec<String> = members.iter().map(|member| format!("{kind}:{member}")).collect();
    let there = repo::under(tx, &keys).await?;
    let of = |row: &Model| -> Vec<String> {
        row.subjects.0.iter().map(|subject| subject.id.clone()).filter(|id| members.contains(id)).collect()
    };
    let within = |row: &Model| {
        let named: Vec<&str> = row.subjects.0.iter().map(|subject| subject.id.as_str()).collect();
        members.iter().all(|member| named.contains(&member.as_str()))
    };
    let row = found.row(cx);
    if let Some(same) = there.iter().find(|row| within(row)) {
        // The same group, or more of it: a smaller look at it changes nothing.
        if same.subjects.0.len() == found.subjects.len() {
            follow(tx, same, &row).await?;
        }
        return Ok(false);
    }
    // One that this group holds whole has grown.
    let grown = there.iter().find(|row| {
        row.status == SignalStatus::Open
            && row.subjects.0.iter().all(|subject| found.subjects.iter().any(|other| other.id == subject.id))
    });
    if let Some(grown) = grown {
        follow(tx, grown, &row).await?;
        return Ok(false);
    }
    let known: Vec<String> = there.iter().flat_map(of).collect();
    let new = members.iter().filter(|member| !known.contains(member)).count();
    let free = keys.iter().find(|key| !there.iter().any(|row| row.fact_key == **key));
    match free {
        Some(key) if there.is_empty() || new >= anew => {
            write(tx, cx, Model { fact_key: key.clone(), ..row }).await
        }
        Some(_) | None => Ok(false),
    }
}

/// The organisations that a signal concerns.
async fn concerned(tx: &Tx, row: &Model) -> Result<Vec<OrganisationId>> {
    let mut concerned: Vec<OrganisationId> = row.organisation_id.into_iter().collect();
    let mut listed: Vec<ListingId> = Vec::new();
    for subject in &row.subjects.0 {
        match subject.kind {
            SubjectKind::Organisation => concerned.extend(subject.id.parse::<OrganisationId>()),
            SubjectKind::Achievement | SubjectKind::Demand | SubjectKind::Provider => {
                listed.extend(subject.id.parse::<ListingId>());
            }
            SubjectKind::Account
            | SubjectKind::ApiClient
            | SubjectKind::Assessment
            | SubjectKind::Attachment
            | SubjectKind::Calendar
            | SubjectKind::Contract
            | SubjectKind::DeskItem
            | SubjectKind::Docking
            | SubjectKind::Duplicate
            | SubjectKind::EnclaveEntry
            | SubjectKind::Event
            | SubjectKind::FinanceCase
            | SubjectKind::HarvestSource
            | SubjectKind::Import
            | SubjectKind::ImportMapping
            | SubjectKind::Indicator
            | SubjectKind::LedgerEntry
            | SubjectKind::OutboundTarget
            | SubjectKind::Plan
            | SubjectKind::ProviderEntry
            | SubjectKind::Recommendation
            | SubjectKind::Signal
            | SubjectKind::SavedSearch
            | SubjectKind::Snapshot
            | SubjectKind::System
            | SubjectKind::Webhook => {}
        }
    }
    let rows = listings::by_ids(tx, &listed).await?;
    concerned.extend(rows.into_iter().filter_map(|row| row.organisation_id));
    Ok(concerned)
}

/// A person says what is to be thought of a signal: explained, upheld, or looked at again.
///
/// # Errors
/// 401, 403, 409 when that is not legal, 422 when nothing is said.
pub async fn judge(
    tx: &Tx,
    cx: &Context,
    id: SignalId,
    precondition: &Precondition,
    mv: SignalMove,
    words: String,
) -> Result<Model> {
    policy::move_it(cx, mv)?;
    let row = repo::hold(tx, id).await?;
    policy::disinterested(cx, &concerned(tx, &row).await?)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(mv)?;
    let mut faults = Vec::new();
    let pointer = match mv {
        SignalMove::Explain | SignalMove::Uphold => "/note",
        SignalMove::Reopen => "/reason",
    };
    said(&words, pointer, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let judged = match mv {
        SignalMove::Explain | SignalMove::Uphold => (Some(words.clone()), cx.account_id(), Some(cx.now)),
        // What was said before stays in its history.
        SignalMove::Reopen => (None, None, None),
    };
    let set = ActiveModel {
        note: Set(judged.0),
        judged_by: Set(judged.1),
        judged_at: Set(judged.2),
        ..Default::default()
    };
    let saved = repo::advance(tx, &row, &change, set).await?;
    let record = Record::of_move(&change, SubjectKind::Signal, id).because(None::<&str>, Some(words));
    audit::record(tx, cx, record).await?;
    Ok(saved)
}
