//! The moves of a count: earned, completed, confirmed, reversed.

use sea_orm::Set;
use techmart_entity::{
    Day,
    audit::SubjectKind,
    id::{AccountId, AttachmentId, ContractId, DockingId, EntryId, ListingId, OrganisationId},
    ledger::{
        self, CountStage, Evidence, EvidenceKind, Evidences, Organisations, Performers, active, event,
        status::CountMove,
    },
    life_cycle::LifeCycle,
};

use super::repo;
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{attachment, audit, audit::Record},
    say,
};

/// A unit that an act has earned.
#[derive(Clone, Debug)]
pub struct Earned {
    pub indicator: String,
    /// What is counted once.
    pub unit_key: String,
    /// What it is, for a person.
    pub label: String,
    /// 1, or fen.
    pub delta: i64,
    pub effective_on: Day,
    pub facts: serde_json::Value,
    pub evidence: Vec<Evidence>,
    /// Whether the least evidence is there.
    pub complete: bool,
    /// Who performed the acts behind it; whoever acts now is added.
    pub performers: Vec<Option<AccountId>>,
    pub organisations: Vec<OrganisationId>,
    pub demo: bool,
    pub listing_id: Option<ListingId>,
    pub docking_id: Option<DockingId>,
    pub contract_id: Option<ContractId>,
}

/// Writes the entry of a unit, unless the unit is counted already.
///
/// # Errors
/// When the rows cannot be written.
pub async fn earn(tx: &Tx, cx: &Context, earned: Earned) -> Result<Option<EntryId>> {
    let indicator = repo::indicator(tx, &earned.indicator)
        .await?
        .ok_or_else(|| AppError::internal("no such indicator"))?;
    let unit_key = unit_key(earned.demo, &earned.unit_key);
    if repo::active_of_unit(tx, &indicator.code, &unit_key).await?.is_some() {
        return Ok(None);
    }
    let mut performers: Vec<AccountId> =
        earned.performers.into_iter().flatten().chain(cx.account_id()).collect();
    performers.sort();
    performers.dedup();
    let id = EntryId::new();
    let stage = if earned.complete { CountStage::EvidenceComplete } else { CountStage::Candidate };
    repo::insert(
        tx,
        ledger::ActiveModel {
            id: Set(id),
            indicator: Set(indicator.code.clone()),
            unit_key: Set(unit_key.clone()),
            label: Set(earned.label),
            delta: Set(earned.delta),
            effective_on: Set(earned.effective_on),
            recorded_at: Set(cx.now),
            rule_version: Set(indicator.rule_version),
            facts: Set(earned.facts),
            evidence: Set(Evidences(earned.evidence)),
            actor_id: Set(cx.account_id()),
            performers: Set(Performers(performers)),
            organisations: Set(Organisations(earned.organisations)),
            demo: Set(earned.demo),
            listing_id: Set(earned.listing_id),
            docking_id: Set(earned.docking_id),
            contract_id: Set(earned.contract_id),
            reverses: Set(None),
            reason: Set(None),
        },
    )
    .await?;
    // The guard against two acts that earn one unit at once: the second runs again and finds it.
    repo::activate(tx, active::Model { indicator: indicator.code, unit_key, entry_id: id, stage }).await?;
    if earned.complete {
        repo::note(tx, cx, id, CountStage::EvidenceComplete, None, Vec::new()).await?;
    }
    Ok(Some(id))
}

/// The key of a unit; a demo unit never meets a real one.
#[must_use]
pub fn unit_key(demo: bool, key: &str) -> String {
    if demo { format!("demo|{key}") } else { key.to_owned() }
}

/// Adds evidence that makes a count complete. What is complete already stays so.
///
/// # Errors
/// 409 when the count was reversed.
pub async fn complete(tx: &Tx, cx: &Context, id: EntryId, evidence: Vec<Evidence>) -> Result<()> {
    let (_, active) = held(tx, id).await?;
    let stage = active.as_ref().map_or(CountStage::Reversed, |active| active.stage);
    if matches!(stage, CountStage::EvidenceComplete | CountStage::Confirmed) {
        return Ok(());
    }
    let change = stage.apply(CountMove::CompleteEvidence)?;
    step(tx, cx, id, change.from(), change.to(), None, evidence).await
}

/// A person of the centre adds a paper to a count that lacks evidence.
///
/// # Errors
/// 403 for others, 409 when it is complete or reversed, 422 for a file that is not theirs to use.
pub async fn add_paper(
    tx: &Tx,
    cx: &Context,
    id: EntryId,
    kind: EvidenceKind,
    attachment_id: AttachmentId,
    completes: bool,
) -> Result<()> {
    let (entry, active) = held(tx, id).await?;
    let person = cx.person()?;
    if !cx.actor.is_centre() {
        return Err(centre_only());
    }
    if entry.organisations.0.iter().any(|organisation| person.belongs_to(*organisation)) {
        return Err(interested());
    }
    let stage = active.as_ref().map_or(CountStage::Reversed, |active| active.stage);
    let change = stage.apply(CountMove::CompleteEvidence)?;
    let mut faults: Vec<Fault> = Vec::new();
    let used_by = format!("ledger:{id}");
    let paper =
        attachment::service::take(tx, cx, attachment_id, "/attachment_id", &used_by, &mut faults).await?;
    let Some(paper) = paper.filter(|_| faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    let evidence = vec![of_file(kind, &paper)];
    let to = if completes { change.to() } else { stage };
    step(tx, cx, id, change.from(), to, None, evidence).await?;
    audit::record(tx, cx, Record::act("add_evidence", SubjectKind::LedgerEntry, id)).await?;
    Ok(())
}

/// A file as evidence.
#[must_use]
pub fn of_file(kind: EvidenceKind, file: &techmart_entity::attachment::Model) -> Evidence {
    Evidence {
        kind,
        label: file.file_name.clone(),
        href: Some(format!("/api/v1/attachments/{}/content", file.id)),
        sha256: Some(file.sha256.clone()),
    }
}

/// A second person of the centre confirms a count.
///
/// # Errors
/// 403 for whoever performed one of its acts or belongs to one of its organisations, 409 when its
/// evidence is not complete.
pub async fn confirm(tx: &Tx, cx: &Context, id: EntryId) -> Result<()> {
    let (entry, active) = held(tx, id).await?;
    let person = cx.person()?;
    if !cx.actor.is_centre() {
        return Err(centre_only());
    }
    let stage = active.as_ref().map_or(CountStage::Reversed, |active| active.stage);
    let change = stage.apply(CountMove::Confirm)?;
    if entry.performers.0.contains(&person.account_id) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您经办过其中的审核、会面或合同，请由另一人确认。",
                "You performed one of its acts (review, meeting, contract); somebody else has to confirm it."
            ),
        ));
    }
    if entry.organisations.0.iter().any(|organisation| person.belongs_to(*organisation)) {
        return Err(interested());
    }
    step(tx, cx, id, change.from(), change.to(), None, Vec::new()).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::LedgerEntry, id)).await?;
    Ok(())
}

/// Takes a count back, with the reason: by an entry of its own, so that what was known before stays
/// known. Done by the centre or an auditor.
///
/// # Errors
/// 403 for others, 409 when it was reversed already.
pub async fn reverse_by_hand(tx: &Tx, cx: &Context, id: EntryId, reason: String) -> Result<EntryId> {
    let (entry, _) = held(tx, id).await?;
    let person = cx.person()?;
    if !(cx.actor.is_centre() || cx.actor.is_auditor()) {
        return Err(centre_only());
    }
    if entry.organisations.0.iter().any(|organisation| person.belongs_to(*organisation)) {
        return Err(interested());
    }
    reverse(tx, cx, id, reason).await
}

/// Takes a count back because of an act.
///
/// # Errors
/// 409 when it was reversed already.
pub async fn reverse(tx: &Tx, cx: &Context, id: EntryId, reason: String) -> Result<EntryId> {
    let (entry, active) = held(tx, id).await?;
    let stage = active.as_ref().map_or(CountStage::Reversed, |active| active.stage);
    let change = stage.apply(CountMove::Reverse)?;
    let reversal = EntryId::new();
    repo::insert(
        tx,
        ledger::ActiveModel {
            id: Set(reversal),
            indicator: Set(entry.indicator.clone()),
            unit_key: Set(entry.unit_key.clone()),
            label: Set(entry.label.clone()),
            delta: Set(-entry.delta),
            // It was never right: the figures of its own day change, for those who ask from now on.
            effective_on: Set(entry.effective_on),
            recorded_at: Set(cx.now),
            rule_version: Set(entry.rule_version.clone()),
            facts: Set(serde_json::json!({ "stage": change.from() })),
            evidence: Set(Evidences::default()),
            actor_id: Set(cx.account_id()),
            performers: Set(Performers(cx.account_id().into_iter().collect())),
            organisations: Set(entry.organisations.clone()),
            demo: Set(entry.demo),
            listing_id: Set(entry.listing_id),
            docking_id: Set(entry.docking_id),
            contract_id: Set(entry.contract_id),
            reverses: Set(Some(id)),
            reason: Set(Some(reason.clone())),
        },
    )
    .await?;
    repo::note(tx, cx, id, CountStage::Reversed, Some(reason.clone()), Vec::new()).await?;
    repo::deactivate(tx, id).await?;
    let record = Record::of_move(&change, SubjectKind::LedgerEntry, id).because(None::<&str>, Some(reason));
    audit::record(tx, cx, record).await?;
    Ok(reversal)
}

/// An entry that an act makes by hand, for an indicator that no act feeds.
#[derive(Clone, Debug)]
pub struct ByHand {
    pub indicator: String,
    pub unit: String,
    pub label: String,
    pub amount: i64,
    pub effective_on: Day,
    pub attachment_id: AttachmentId,
    pub listing_id: Option<ListingId>,
    pub demo: bool,
}

/// Records a unit of a manual indicator with its paper.
///
/// # Errors
/// 403 for others than brokers and admins, 409 when the unit is counted already, 422 when a rule is
/// broken.
pub async fn record_by_hand(tx: &Tx, cx: &Context, by_hand: ByHand) -> Result<EntryId> {
    cx.person()?;
    if !cx.actor.is_centre() {
        return Err(centre_only());
    }
    let mut faults = Vec::new();
    let indicator = repo::indicator(tx, &by_hand.indicator).await?;
    let manual =
        indicator.filter(|indicator| indicator.counting == techmart_entity::indicator::Counting::Manual);
    if manual.is_none() {
        faults.push(Fault::at(
            "/indicator",
            "not_manual",
            say!("没有这个手工填报的指标。", "There is no such indicator that is recorded by hand."),
        ));
    }
    if by_hand.effective_on > cx.today {
        let day = by_hand.effective_on;
        faults.push(Fault::at("/effective_on", "future", say!("{day} 在将来。", "{day} is in the future.")));
    }
    let id_hint = format!("ledger:{}:{}", by_hand.indicator, by_hand.unit);
    let paper =
        attachment::service::take(tx, cx, by_hand.attachment_id, "/attachment_id", &id_hint, &mut faults)
            .await?;
    let (Some(indicator), Some(paper), true) = (manual, paper, faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    let kind = if indicator.code == "T8" { EvidenceKind::Enclave } else { EvidenceKind::Report };
    let earned = Earned {
        indicator: indicator.code,
        unit_key: by_hand.unit,
        label: by_hand.label,
        delta: by_hand.amount,
        effective_on: by_hand.effective_on,
        facts: serde_json::json!({}),
        evidence: vec![of_file(kind, &paper)],
        complete: true,
        performers: Vec::new(),
        organisations: Vec::new(),
        demo: by_hand.demo,
        listing_id: by_hand.listing_id,
        docking_id: None,
        contract_id: None,
    };
    let id = earn(tx, cx, earned).await?.ok_or_else(|| {
        AppError::new(Code::AlreadyExists, say!("这个单位已经计过。", "This unit is counted already."))
    })?;
    audit::record(tx, cx, Record::act("record_by_hand", SubjectKind::LedgerEntry, id)).await?;
    Ok(id)
}

async fn held(tx: &Tx, id: EntryId) -> Result<(ledger::Model, Option<active::Model>)> {
    let entry = repo::find(tx, id).await?.ok_or_else(AppError::not_found)?;
    let active = repo::hold_active(tx, id).await?;
    Ok((entry, active))
}

async fn step(
    tx: &Tx,
    cx: &Context,
    id: EntryId,
    from: CountStage,
    to: CountStage,
    reason: Option<String>,
    evidence: Vec<Evidence>,
) -> Result<()> {
    repo::note(tx, cx, id, to, reason, evidence).await?;
    if from != to && !repo::restage(tx, id, from, to).await? {
        return Err(AppError::lost_race("the stage of a count has just changed"));
    }
    Ok(())
}

fn centre_only() -> AppError {
    AppError::forbidden(say!("由服务中心人员执行。", "The centre's people do this."))
}

fn interested() -> AppError {
    AppError::new(
        Code::ConflictOfInterest,
        say!(
            "您是相关单位成员，请由他人处理。",
            "You belong to an organisation concerned; somebody else has to do this."
        ),
    )
}

/// An event as the row of it is written.
#[must_use]
pub fn event_row(
    cx: &Context,
    id: EntryId,
    stage: CountStage,
    reason: Option<String>,
    evidence: Vec<Evidence>,
) -> event::ActiveModel {
    event::ActiveModel {
        seq: sea_orm::NotSet,
        entry_id: Set(id),
        stage: Set(stage),
        at: Set(cx.now),
        by: Set(cx.account_id()),
        reason: Set(reason),
        evidence: Set(Evidences(evidence)),
    }
}
