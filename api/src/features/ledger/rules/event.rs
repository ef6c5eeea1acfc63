//! Events that were held (T9), contests apart (T9C): each once, on its day. The report completes the count.

use techmart_entity::{
    attachment,
    event::{EventKind, Model},
    indicator::Basis,
    ledger::EvidenceKind,
    value::name_key,
};

use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::Result,
    features::ledger::{
        repo,
        service::{self, Earned, earn, of_file},
    },
};

fn basis(kind: EventKind) -> Basis {
    match kind {
        EventKind::Contest => Basis::ContestHeld,
        EventKind::MatchingFair | EventKind::Roadshow | EventKind::Training => Basis::EventHeld,
    }
}

fn key(event: &Model) -> String {
    format!("event:{}", event.id)
}

/// It was held: a candidate, until its report is there.
///
/// # Errors
/// When the rows cannot be written.
pub async fn held(tx: &Tx, cx: &Context, event: &Model) -> Result<()> {
    let earned = Earned {
        unit_key: key(event),
        label: event.title.clone(),
        delta: 1,
        effective_on: day_of(event.starts_at),
        lapses_on: None,
        facts: serde_json::json!({ "event_id": event.id, "kind": event.kind }),
        evidence: Vec::new(),
        performers: vec![Some(event.created_by), event.held_by],
        organisations: Vec::new(),
        demo: event.demo,
        listing_id: None,
        docking_id: None,
        contract_id: None,
    };
    // Reported by hand before, under its title, it is the same event.
    let by_hand = service::unit_key(event.demo, &format!("manual:{}", name_key(&event.title)));
    for indicator in repo::indicators_on(tx, basis(event.kind)).await? {
        if repo::active_of_unit(tx, &indicator.code, &by_hand).await?.is_none() {
            earn(tx, cx, &indicator, earned.clone()).await?;
        }
    }
    Ok(())
}

/// It was reported: the papers are the evidence, and whoever reported does not confirm.
///
/// # Errors
/// When the rows cannot be written.
pub async fn reported(tx: &Tx, cx: &Context, event: &Model, papers: &[attachment::Model]) -> Result<()> {
    let key = service::unit_key(event.demo, &key(event));
    for indicator in repo::indicators_on(tx, basis(event.kind)).await? {
        if let Some((entry, _)) = repo::entry_of_unit(tx, &indicator.code, &key).await? {
            let shown = papers.iter().map(|file| of_file(EvidenceKind::Report, file)).collect();
            service::add_evidence(tx, cx, entry.id, shown).await?;
        }
    }
    Ok(())
}

/// It was cancelled after all, or its report taken back.
///
/// # Errors
/// When the rows cannot be written.
pub async fn taken_back(tx: &Tx, cx: &Context, event: &Model, reason: &str) -> Result<()> {
    let key = service::unit_key(event.demo, &key(event));
    for indicator in repo::indicators_on(tx, basis(event.kind)).await? {
        if let Some((entry, _)) = repo::entry_of_unit(tx, &indicator.code, &key).await? {
            service::reverse(tx, cx, entry.id, reason.to_owned()).await?;
        }
    }
    Ok(())
}
