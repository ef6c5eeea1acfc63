//! The moves of a count: earned, completed, confirmed, reversed.

use chrono::Datelike;
use techmart_entity::{
    Day, Instant,
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    id::{AccountId, AttachmentId, ContractId, DockingId, EntryId, ListingId, OrganisationId},
    indicator,
    ledger::{
        self, CountStage, Evidence, EvidenceKind, Evidences, Organisations, Performers, active,
        status::CountMove,
    },
    life_cycle::LifeCycle,
    value::name_key,
};

use super::{evidence::lacking, repo, sums, sums::Sums};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        attachment, audit, audit::Record, desk::service as desk, listing, organisation::repo as organisations,
    },
    say,
};

/// A unit that an act has earned, under whichever indicator rests on the act.
#[derive(Clone, Debug)]
pub struct Earned {
    /// What is counted once.
    pub unit_key: String,
    /// What it is, for a person.
    pub label: String,
    /// 1, or fen.
    pub delta: i64,
    pub effective_on: Day,
    /// The first day on which it stands no longer.
    pub lapses_on: Option<Day>,
    pub facts: serde_json::Value,
    pub evidence: Vec<Evidence>,
    /// Who performed the acts behind it; whoever acts now is added.
    pub performers: Vec<Option<AccountId>>,
    pub organisations: Vec<OrganisationId>,
    pub demo: bool,
    pub listing_id: Option<ListingId>,
    pub docking_id: Option<DockingId>,
    pub contract_id: Option<ContractId>,
}

/// Writes the entry of a unit, unless the unit is counted already. Whether its evidence is complete
/// follows from the evidence.
///
/// # Errors
/// When the rows cannot be written.
pub async fn earn(
    tx: &Tx,
    cx: &Context,
    indicator: &indicator::Model,
    earned: Earned,
) -> Result<Option<EntryId>> {
    let unit_key = unit_key(earned.demo, &earned.unit_key);
    if repo::active_of_unit(tx, &indicator.code, &unit_key).await?.is_some() {
        return Ok(None);
    }
    let mut performers: Vec<AccountId> =
        earned.performers.into_iter().flatten().chain(cx.account_id()).collect();
    performers.sort();
    performers.dedup();
    let complete = lacking(indicator, &earned.evidence).is_empty();
    let stage = if complete { CountStage::EvidenceComplete } else { CountStage::Candidate };
    let at = repo::recording_instant(tx, cx).await?;
    let entry = ledger::Model {
        id: EntryId::new(),
        indicator: indicator.code.clone(),
        unit_key: unit_key.clone(),
        label: earned.label,
        delta: earned.delta,
        effective_on: earned.effective_on,
        lapses_on: earned.lapses_on,
        recorded_at: at,
        rule_version: indicator.rule_version.clone(),
        facts: earned.facts,
        evidence: Evidences(earned.evidence),
        actor_id: cx.account_id(),
        performers: Performers(performers),
        organisations: Organisations(earned.organisations),
        demo: earned.demo,
        listing_id: earned.listing_id,
        docking_id: earned.docking_id,
        contract_id: earned.contract_id,
        reverses: None,
        reason: None,
        hash: None,
    };
    let entry = repo::insert(tx, entry).await?;
    // The guard against two acts that earn one unit at once: the second runs again and finds it.
    let row = active::Model { indicator: entry.indicator.clone(), unit_key, entry_id: entry.id, stage };
    repo::activate(tx, row).await?;
    sums::change(tx, at, &entry, Sums::of(stage, entry.delta)).await?;
    if complete {
        repo::note(tx, cx, at, entry.id, CountStage::EvidenceComplete, None, Vec::new()).await?;
        desk::follow(tx, cx, SubjectKind::LedgerEntry, &entry.id.to_string()).await?;
    }
    Ok(Some(entry.id))
}

/// The key of a unit; a demo unit never meets a real one.
#[must_use]
pub fn unit_key(demo: bool, key: &str) -> String {
    if demo { format!("demo|{key}") } else { key.to_owned() }
}

/// Adds evidence that came later; the count is complete once nothing is lacking any more.
///
/// # Errors
/// 409 when the count was reversed.
pub async fn add_evidence(tx: &Tx, cx: &Context, id: EntryId, evidence: Vec<Evidence>) -> Result<()> {
    let (entry, active) = held(tx, id).await?;
    let stage = stage_of(active.as_ref());
    match stage {
        // Evidence that comes after the confirmation is kept beside it.
        CountStage::EvidenceComplete | CountStage::Confirmed => {
            step(tx, cx, &entry, stage, stage, None, evidence).await
        }
        CountStage::Candidate | CountStage::Reversed => {
            let change = stage.apply(CountMove::CompleteEvidence)?;
            let there = all_evidence(tx, &entry).await?;
            let indicator = repo::indicator_of(tx, &entry).await?;
            let complete = lacking(&indicator, there.iter().chain(&evidence)).is_empty();
            let to = if complete { change.to() } else { stage };
            step(tx, cx, &entry, stage, to, None, evidence).await
        }
    }
}

/// The evidence of an entry and of its events.
///
/// # Errors
/// When the database cannot be asked.
pub async fn all_evidence(tx: &Tx, entry: &ledger::Model) -> Result<Vec<Evidence>> {
    let events = repo::events_of(tx, entry.id).await?;
    let later = events.into_iter().flat_map(|event| event.evidence.0);
    Ok(entry.evidence.0.iter().cloned().chain(later).collect())
}

fn stage_of(active: Option<&active::Model>) -> CountStage {
    active.map_or(CountStage::Reversed, |active| active.stage)
}

/// A person of the centre adds a paper to a count that lacks evidence.
///
/// # Errors
/// 403 for others, 409 when it was reversed, 422 for a file that is not theirs to use.
pub async fn add_paper(
    tx: &Tx,
    cx: &Context,
    id: EntryId,
    kind: EvidenceKind,
    attachment_id: AttachmentId,
) -> Result<()> {
    let (entry, active) = held(tx, id).await?;
    let person = cx.person()?;
    if !cx.actor.is_centre() {
        return Err(centre_only());
    }
    if entry.organisations.0.iter().any(|organisation| person.belongs_to(*organisation)) {
        return Err(interested());
    }
    if active.is_none() {
        CountStage::Reversed.apply(CountMove::CompleteEvidence)?;
    }
    let mut faults: Vec<Fault> = Vec::new();
    let used_by = format!("ledger:{id}");
    let paper =
        attachment::service::take(tx, cx, attachment_id, "/attachment_id", &used_by, &mut faults).await?;
    let Some(paper) = paper.filter(|_| faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    add_evidence(tx, cx, id, vec![of_file(kind, &paper)]).await?;
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
    of_the_centre(cx)?;
    let (entry, active) = held(tx, id).await?;
    let change = stage_of(active.as_ref()).apply(CountMove::Confirm)?;
    let since = repo::adders(tx, id).await?;
    let concerned = organisations::with_successors(tx, &entry.organisations.0).await?;
    may_confirm(cx, &entry, &since, &concerned)?;
    step(tx, cx, &entry, change.from(), change.to(), None, Vec::new()).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::LedgerEntry, id)).await?;
    Ok(())
}

/// Whether the caller may confirm a count. `adders` are those who added evidence to it since.
///
/// # Errors
/// 401, 403 for whoever is not of the centre, performed one of its acts, added evidence to it or belongs
/// to one of its organisations.
pub fn may_confirm(
    cx: &Context,
    entry: &ledger::Model,
    adders: &[AccountId],
    concerned: &[OrganisationId],
) -> Result<()> {
    let person = cx.person()?;
    if !cx.actor.is_centre() {
        return Err(centre_only());
    }
    if entry.performers.0.contains(&person.account_id) || adders.contains(&person.account_id) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您经办过其中的审核、会面、合同或补充过证据，请由另一人确认。",
                "You performed one of its acts (review, meeting, contract, evidence); somebody else has to confirm it."
            ),
        ));
    }
    if concerned.iter().any(|organisation| person.belongs_to(*organisation)) {
        return Err(interested());
    }
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
    let concerned = organisations::with_successors(tx, &entry.organisations.0).await?;
    if concerned.iter().any(|organisation| person.belongs_to(*organisation)) {
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
    let change = stage_of(active.as_ref()).apply(CountMove::Reverse)?;
    let at = repo::recording_instant(tx, cx).await?;
    let reversal = ledger::Model {
        id: EntryId::new(),
        delta: -entry.delta,
        // It was never right: the figures of its own day change, for those who ask from now on.
        effective_on: entry.effective_on,
        recorded_at: at,
        facts: serde_json::json!({ "stage": change.from() }),
        evidence: Evidences::default(),
        actor_id: cx.account_id(),
        performers: Performers(cx.account_id().into_iter().collect()),
        reverses: Some(id),
        reason: Some(reason.clone()),
        hash: None,
        ..entry.clone()
    };
    let reversal = repo::insert(tx, reversal).await?;
    repo::note(tx, cx, at, id, CountStage::Reversed, Some(reason.clone()), Vec::new()).await?;
    repo::deactivate(tx, id).await?;
    sums::change(tx, at, &entry, Sums::of(change.from(), entry.delta).negated()).await?;
    let record = Record::of_move(&change, SubjectKind::LedgerEntry, id).because(None::<&str>, Some(reason));
    audit::record(tx, cx, record).await?;
    Ok(reversal.id)
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
    /// The responsible unit that reported it.
    pub responsible_unit: Option<String>,
    pub note: Option<String>,
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
    let manual = indicator.filter(|indicator| indicator.basis.takes_reports());
    if manual.is_none() {
        faults.push(Fault::at(
            "/indicator",
            "not_manual",
            say!("没有这个手工填报的指标。", "There is no such indicator that is recorded by hand."),
        ));
    }
    if let Some(indicator) = &manual
        && let Some(fault) = unfit_amount(indicator, by_hand.amount)
    {
        faults.push(fault);
    }
    if by_hand.effective_on > cx.today {
        let day = by_hand.effective_on;
        faults.push(Fault::at("/effective_on", "future", say!("{day} 在将来。", "{day} is in the future.")));
    }
    if by_hand.effective_on.year() < EARLIEST_YEAR {
        let day = by_hand.effective_on;
        faults.push(Fault::at(
            "/effective_on",
            "too_early",
            say!("{day} 早于 1990 年。", "{day} is before 1990."),
        ));
    }
    let unit = name_key(&by_hand.unit);
    if unit.is_empty() {
        faults.push(Fault::at("/unit", "blank", say!("不能只有空白。", "It must not be blank.")));
    }
    let organisations = about_listing(tx, cx, &by_hand, &mut faults).await?;
    if let Some(indicator) = &manual
        && repo::labels_of_acts(tx, &indicator.code, by_hand.demo)
            .await?
            .iter()
            .any(|said| name_key(said) == unit)
    {
        return Err(counted_already());
    }
    let id_hint = format!("ledger:{}:{unit}", by_hand.indicator);
    let paper = attachment::service::take_as(
        tx,
        cx,
        by_hand.attachment_id,
        "/attachment_id",
        &id_hint,
        AttachmentPurpose::Evidence,
        &mut faults,
    )
    .await?;
    let (Some(indicator), Some(paper), true) = (manual, paper, faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    let earned = Earned {
        unit_key: format!("manual:{unit}"),
        label: by_hand.label,
        delta: by_hand.amount,
        effective_on: by_hand.effective_on,
        lapses_on: None,
        facts: serde_json::json!({ "note": by_hand.note, "responsible_unit": by_hand.responsible_unit }),
        evidence: vec![of_file(EvidenceKind::Report, &paper)],
        performers: Vec::new(),
        organisations,
        demo: by_hand.demo,
        listing_id: by_hand.listing_id,
        docking_id: None,
        contract_id: None,
    };
    let id = earn(tx, cx, &indicator, earned).await?.ok_or_else(counted_already)?;
    audit::record(tx, cx, Record::act("record_by_hand", SubjectKind::LedgerEntry, id)).await?;
    Ok(id)
}

fn counted_already() -> AppError {
    AppError::new(Code::AlreadyExists, say!("这个单位已经计过。", "This unit is counted already."))
}

/// The earliest year that anything is recorded of.
const EARLIEST_YEAR: i32 = 1990;

/// The owner of the listing that a hand-made unit is about, so that none of its members confirms it. Demo
/// and real do not mix.
async fn about_listing(
    tx: &Tx,
    cx: &Context,
    by_hand: &ByHand,
    faults: &mut Vec<Fault>,
) -> Result<Vec<OrganisationId>> {
    let Some(id) = by_hand.listing_id else { return Ok(Vec::new()) };
    let Some(row) = listing::repo::by_ids(tx, &[id]).await?.into_iter().next() else {
        faults.push(Fault::at("/listing_id", "unknown", say!("没有这个条目。", "There is no such item.")));
        return Ok(Vec::new());
    };
    if row.demo != by_hand.demo {
        faults.push(Fault::at(
            "/demo",
            "demo_and_real",
            say!("演示数据和真实数据不能混用。", "Demo and real items do not mix."),
        ));
    }
    let owner: Vec<OrganisationId> = row.organisation_id.into_iter().collect();
    if owner.iter().any(|organisation| cx.actor.belongs_to(*organisation)) {
        return Err(interested());
    }
    Ok(owner)
}

/// An amount that makes no sense for the indicator: fewer than one unit, a negative level.
fn unfit_amount(indicator: &indicator::Model, amount: i64) -> Option<Fault> {
    use techmart_entity::indicator::IndicatorKind as Kind;
    let least = match indicator.kind {
        Kind::Stock | Kind::Flow => 1,
        Kind::Level => 0,
        Kind::Rate => -1_000_000,
    };
    (amount < least)
        .then(|| Fault::at("/amount", "too_small", say!("至少为 {least}。", "It is at least {least}.")))
}

async fn held(tx: &Tx, id: EntryId) -> Result<(ledger::Model, Option<active::Model>)> {
    let entry = repo::find(tx, id).await?.ok_or_else(AppError::not_found)?;
    let active = repo::hold_active(tx, id).await?;
    Ok((entry, active))
}

async fn step(
    tx: &Tx,
    cx: &Context,
    entry: &ledger::Model,
    from: CountStage,
    to: CountStage,
    reason: Option<String>,
    evidence: Vec<Evidence>,
) -> Result<()> {
    let at: Instant = repo::recording_instant(tx, cx).await?;
    // Evidence that comes after the confirmation is no second confirmation.
    let noted = if from == to { to.min(CountStage::EvidenceComplete) } else { to };
    repo::note(tx, cx, at, entry.id, noted, reason, evidence).await?;
    if from != to && !repo::restage(tx, entry.id, from, to).await? {
        return Err(AppError::lost_race("the stage of a count has just changed"));
    }
    let by = Sums::of(to, entry.delta).plus(Sums::of(from, entry.delta).negated());
    desk::follow(tx, cx, SubjectKind::LedgerEntry, &entry.id.to_string()).await?;
    sums::change(tx, at, entry, by).await
}

/// Counts are made and confirmed by the centre's people.
///
/// # Errors
/// 401 or 403.
pub fn of_the_centre(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_centre() { Ok(()) } else { Err(centre_only()) }
}

/// Nobody records for, or decides about, an organisation they belong to.
///
/// # Errors
/// 403.
pub fn disinterested(cx: &Context, concerned: &[OrganisationId]) -> Result<()> {
    if concerned.iter().any(|organisation| cx.actor.belongs_to(*organisation)) {
        return Err(interested());
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
