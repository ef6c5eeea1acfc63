//! What waits for a person of the centre: counts to confirm, counts that lack evidence. Many are confirmed
//! at once, but each as it was seen and each with an answer of its own.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::EntryId,
    indicator,
    ledger::{self, CountStage, event},
    life_cycle::LifeCycle,
};

use super::{
    dto::{
        ConfirmIn, ConfirmedOut, EntryOut, OutcomeOut, Refusal, SeenIn, SignalBrief, Task, UnitOut, WorkOut,
        WorklistQuery,
    },
    repo, service,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Result},
    features::{indicator as indicators, organisation::repo as organisations},
    say,
    web::paging::{Cut, Page},
};

/// The counts that wait, oldest first, each with what it lacks and whether the caller may confirm it.
///
/// # Errors
/// 400 for a cursor of another list.
pub async fn list(db: &impl ConnectionTrait, cx: &Context, query: &WorklistQuery) -> Result<Page<WorkOut>> {
    let mark = WorklistQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<EntryId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let stage = match query.task {
        Task::Confirm => CountStage::EvidenceComplete,
        Task::Complete => CountStage::Candidate,
    };
    let rows =
        repo::waiting(db, stage, query.indicator.as_deref(), query.demo, cut.after, cut.limit + 1).await?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    let events = by_entry(repo::events_of_all(db, &ids).await?);
    let rules = by_code(indicators::repo::all(db).await?);
    let standing = open_signals(db, &rows).await?;
    let mut concerned = HashMap::new();
    for row in &rows {
        let of = organisations::with_successors(db, &row.organisations.0).await?;
        concerned.insert(row.id, of);
    }
    let none = Vec::new();
    Ok(cut.page(
        rows,
        |row| row.id,
        |row| {
            let own = events.get(&row.id).unwrap_or(&none);
            let adders: Vec<_> = own
                .iter()
                .filter(|event| !event.evidence.0.is_empty())
                .filter_map(|event| event.by)
                .collect();
            let concerned = concerned.get(&row.id).map_or(row.organisations.0.as_slice(), Vec::as_slice);
            let obstacle =
                service::may_confirm(cx, &row, &adders, concerned).err().as_ref().map(Refusal::from);
            let signals = standing.get(&row.id).cloned().unwrap_or_default();
            let entry = show(&rules, row, own.clone(), Some(stage));
            WorkOut { entry, obstacle, signals }
        },
    ))
}

/// The open signals about what some entries count.
async fn open_signals(
    db: &impl ConnectionTrait,
    rows: &[ledger::Model],
) -> Result<HashMap<EntryId, Vec<SignalBrief>>> {
    let organisations: Vec<_> = rows.iter().flat_map(|row| row.organisations.0.iter().copied()).collect();
    let signals = repo::open_signals(db, organisations).await?;
    let mut of = HashMap::new();
    for row in rows {
        let own: Vec<String> = [
            row.listing_id.map(|id| id.to_string()),
            row.docking_id.map(|id| id.to_string()),
            row.contract_id.map(|id| id.to_string()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let about: Vec<SignalBrief> = signals
            .iter()
            .filter(|signal| signal.subjects.0.iter().any(|subject| own.contains(&subject.id)))
            .map(|signal| SignalBrief { id: signal.id, kind: signal.kind })
            .collect();
        of.insert(row.id, about);
    }
    Ok(of)
}

fn by_entry(events: Vec<event::Model>) -> HashMap<EntryId, Vec<event::Model>> {
    let mut of: HashMap<EntryId, Vec<event::Model>> = HashMap::new();
    for event in events {
        of.entry(event.entry_id).or_default().push(event);
    }
    of
}

fn by_code(rows: Vec<indicator::Model>) -> HashMap<String, indicator::Model> {
    rows.into_iter().map(|row| (row.code.clone(), row)).collect()
}

fn show(
    rules: &HashMap<String, indicator::Model>,
    row: ledger::Model,
    events: Vec<event::Model>,
    stage: Option<CountStage>,
) -> EntryOut {
    EntryOut::of(rules.get(&row.indicator), row, events, stage)
}

/// Confirms counts that a person has looked at. Each is judged by itself: what the person may not
/// confirm, or what was changed since they saw it, is refused with the reason and keeps none of the
/// others back.
///
/// # Errors
/// 401 and 403 for whoever is not of the centre.
pub async fn confirm_seen(tx: &Tx, cx: &Context, given: &ConfirmIn) -> Result<ConfirmedOut> {
    let mut items = Vec::new();
    for seen in &given.entries {
        let outcome = confirm_one(tx, cx, seen).await;
        let refusal = match &outcome {
            Ok(()) => None,
            // What the person cannot help is not theirs to read item by item: the whole act fails.
            Err(error) if error.is_lost_race() || error.code() == Code::Internal => {
                return Err(outcome.err().unwrap_or_else(AppError::not_found));
            }
            Err(error) => Some(Refusal::from(error)),
        };
        let unit = match repo::find(tx, seen.entry_id).await? {
            Some(entry) => {
                let stage = repo::stages(tx, &[entry.id]).await?.first().map(|active| active.stage);
                Some(UnitOut::of(&entry, stage.unwrap_or(CountStage::Reversed)))
            }
            None => None,
        };
        items.push(OutcomeOut { entry_id: seen.entry_id, confirmed: refusal.is_none(), unit, refusal });
    }
    let count = |confirmed: bool| {
        u32::try_from(items.iter().filter(|item| item.confirmed == confirmed).count()).unwrap_or(u32::MAX)
    };
    Ok(ConfirmedOut { confirmed: count(true), refused: count(false), items })
}

async fn confirm_one(tx: &Tx, cx: &Context, seen: &SeenIn) -> Result<()> {
    let events = repo::events_of(tx, seen.entry_id).await?;
    let there = repo::find(tx, seen.entry_id).await?.is_some();
    if there && events.len() != usize::try_from(seen.revision).unwrap_or(usize::MAX) {
        // An illegal move says more than that something changed.
        if let Some(active) = repo::stages(tx, &[seen.entry_id]).await?.first() {
            active.stage.apply(techmart_entity::ledger::status::CountMove::Confirm)?;
        }
        return Err(AppError::new(
            Code::VersionChanged,
            say!("您查看之后它有了变化，请重新查看。", "It was changed since you saw it; look at it again."),
        ));
    }
    service::confirm(tx, cx, seen.entry_id).await
}
