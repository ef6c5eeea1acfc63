//! The acts of an assessment: drawn, judged, counts taken back, signed.

use techmart_entity::{
    assessment::{AssessmentMove, AssessmentStatus, Model, Verdict, item},
    audit::SubjectKind,
    id::{AssessmentId, EntryId},
    ledger::CountStage,
    life_cycle::LifeCycle,
    snapshot,
};

use super::{
    dto::{AssessmentIn, JudgeIn},
    policy, repo,
    result::{self, ReportNamed},
    sample,
};
use crate::{
    auth::{Context, secret},
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit,
        audit::Record,
        ledger,
        organisation::repo as organisations,
        snapshot::{document::UnitSaid, repo as reports, view as frozen},
    },
    say,
    web::etag::{self, Precondition},
};

/// The tag of an assessment's version.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// A seed of chance, for whoever brings none.
///
/// # Errors
/// When the system has no randomness.
pub fn seed(given: Option<String>) -> Result<String> {
    given.map_or_else(secret::random, Ok)
}

/// Draws a sample of a frozen report. `seed` is drawn before: an act that is run again draws the same.
///
/// # Errors
/// 401, 403; 422 for an unknown report or indicator, or when nothing is confirmed in it.
pub async fn create(tx: &Tx, cx: &Context, given: &AssessmentIn, seed: &str) -> Result<Model> {
    policy::may_assess(cx)?;
    let unknown = |pointer: &str| {
        let detail =
            say!("没有这份报告或这项指标。", "There is no such report, or it has no such indicator.");
        AppError::rule(pointer, "unknown", detail)
    };
    let report = reports::find(tx, given.snapshot_id).await?.ok_or_else(|| unknown("/snapshot_id"))?;
    let head = frozen::head(&report)?;
    let mut codes: Vec<String> = head.parts.into_iter().map(|part| part.indicator).collect();
    if let Some(indicator) = &given.indicator {
        codes.retain(|code| code == indicator);
        if codes.is_empty() {
            return Err(unknown("/indicator"));
        }
    }
    let mut units: Vec<(String, UnitSaid)> = Vec::new();
    for code in codes {
        let (part, _) = frozen::part(tx, report.id, &code).await?;
        let confirmed = part.units.into_iter().filter(|unit| unit.stage == CountStage::Confirmed);
        units.extend(confirmed.map(|unit| (code.clone(), unit)));
    }
    if units.is_empty() {
        return Err(AppError::rule(
            "/snapshot_id",
            "nothing_confirmed",
            say!("报告中没有已确认的单元可抽查。", "The report has no confirmed units to draw from."),
        ));
    }
    let population = i32::try_from(units.len()).map_err(AppError::internal)?;
    let drawn = sample::draw(seed, &report.hash, units, |(_, unit)| unit.entry_id);
    let row = Model {
        id: AssessmentId::new(),
        snapshot_id: report.id,
        indicator: given.indicator.clone(),
        seed: seed.to_owned(),
        population,
        sample_size: i32::try_from(drawn.len()).map_err(AppError::internal)?,
        status: AssessmentStatus::Open,
        opinion: None,
        signature: None,
        created_by: cx.person()?.account_id,
        created_at: cx.now,
        signed_by: None,
        signed_at: None,
        version: 1,
    };
    let mut items = Vec::new();
    for (position, (indicator, unit)) in (1..).zip(drawn) {
        items.push(item::Model {
            assessment_id: row.id,
            position,
            entry_id: unit.entry_id,
            indicator,
            unit: serde_json::to_value(&unit).map_err(AppError::internal)?,
            verdict: None,
            note: None,
            judged_by: None,
            judged_at: None,
            reversal_id: None,
        });
    }
    repo::insert(tx, row.clone(), items).await?;
    let facts = serde_json::json!({
        "snapshot_id": row.snapshot_id, "indicator": row.indicator, "seed": row.seed,
        "population": row.population, "sample_size": row.sample_size,
    });
    let record = Record::act("draw", SubjectKind::Assessment, row.id).beginning(row.status).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(row)
}

/// The assessment, held, and a unit of its sample; what the caller may not do to it is refused.
async fn begin(
    tx: &Tx,
    cx: &Context,
    id: AssessmentId,
    position: i32,
    precondition: &Precondition,
) -> Result<(Model, item::Model)> {
    let row = repo::hold(tx, id).await?;
    let item = repo::item(tx, id, position).await?;
    precondition.honour(&tag(&row))?;
    policy::still_open(row.status)?;
    // Nobody decides about a unit of an organisation they belong to.
    let entry = ledger::repo::find(tx, item.entry_id).await?;
    let person = cx.person()?;
    let concerned = match &entry {
        Some(entry) => organisations::with_successors(tx, &entry.organisations.0).await?,
        None => Vec::new(),
    };
    if concerned.iter().any(|of| person.belongs_to(*of)) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您是相关单位成员，请由他人处理。",
                "You belong to an organisation concerned; somebody else has to do this."
            ),
        ));
    }
    Ok((row, item))
}

/// Whoever performed one of a unit's acts, added to its evidence or confirmed it (a broker once, an auditor
/// now) does not judge it.
async fn had_no_part(tx: &Tx, cx: &Context, id: EntryId) -> Result<()> {
    let person = cx.person()?.account_id;
    let entry = ledger::repo::find(tx, id).await?;
    let performed = entry.is_some_and(|entry| entry.performers.0.contains(&person));
    if performed || ledger::repo::events_of(tx, id).await?.iter().any(|event| event.by == Some(person)) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您经办或确认过该单元，请由其他审计人员判定。",
                "You performed one of its acts or confirmed it; another auditor has to judge it."
            ),
        ));
    }
    Ok(())
}

/// An auditor says what they found of a unit; until the signature they may find otherwise.
///
/// # Errors
/// 401, 403, 404; 409 when it is signed or the unit's count was taken back; 412; 422 for a doubt or a
/// rejection without a note.
pub async fn judge(
    tx: &Tx,
    cx: &Context,
    id: AssessmentId,
    position: i32,
    precondition: &Precondition,
    given: &JudgeIn,
) -> Result<()> {
    policy::may_assess(cx)?;
    let (row, item) = begin(tx, cx, id, position, precondition).await?;
    had_no_part(tx, cx, item.entry_id).await?;
    policy::may_judge(&item, given.verdict)?;
    let note = given.note.as_deref().map(str::trim).filter(|note| !note.is_empty()).map(str::to_owned);
    match given.verdict {
        Verdict::Doubt | Verdict::Reject if note.is_none() => {
            let detail = say!("存疑或不认可需要写明理由。", "A doubt or a rejection needs its reason.");
            return Err(AppError::rule("/note", "required", detail));
        }
        Verdict::Accept if ledger::repo::stages(tx, &[item.entry_id]).await?.is_empty() => {
            let detail = say!(
                "此后该计数已被冲销，不能再认可；可存疑或不认可并写明。",
                "The count was taken back since: it cannot be accepted any more; doubt or reject it and say so."
            );
            return Err(AppError::rule("/verdict", "reversed_since", detail));
        }
        Verdict::Accept | Verdict::Doubt | Verdict::Reject => {}
    }
    repo::judge(tx, cx, &item, given.verdict, note.clone()).await?;
    repo::touch(tx, &row).await?;
    let facts = serde_json::json!({
        "position": position, "entry_id": item.entry_id, "verdict": given.verdict, "before": item.verdict,
        "note_before": item.note,
    });
    let record = Record::act("judge", SubjectKind::Assessment, id).because(None::<&str>, note).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(())
}

/// An auditor or the centre takes the count of a unit back that was doubted or rejected.
///
/// # Errors
/// 401, 403, 404; 409 when it is signed, was accepted, or the count was taken back already; 412.
pub async fn reverse(
    tx: &Tx,
    cx: &Context,
    id: AssessmentId,
    position: i32,
    precondition: &Precondition,
    reason: String,
) -> Result<()> {
    ledger::http::may_open(cx)?;
    let (row, item) = begin(tx, cx, id, position, precondition).await?;
    policy::may_reverse(&item)?;
    let reversal: EntryId = ledger::service::reverse_by_hand(tx, cx, item.entry_id, reason.clone()).await?;
    repo::taken_back(tx, &item, reversal).await?;
    repo::touch(tx, &row).await?;
    let facts =
        serde_json::json!({ "position": position, "entry_id": item.entry_id, "reversal_id": reversal });
    let record =
        Record::act("reverse", SubjectKind::Assessment, id).because(None::<&str>, Some(reason)).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(())
}

/// An auditor signs what was found of all units.
///
/// # Errors
/// 401, 403, 404; 409 when it is signed already; 412; 422 while units wait for a verdict.
pub async fn sign(
    tx: &Tx,
    cx: &Context,
    id: AssessmentId,
    precondition: &Precondition,
    opinion: &str,
) -> Result<()> {
    policy::may_assess(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(AssessmentMove::Sign)?;
    let items = repo::items(tx, id, None, 0, None).await?;
    let mut faults = Vec::new();
    let waiting: Vec<i32> =
        items.iter().filter(|item| item.verdict.is_none()).map(|item| item.position).collect();
    if let Some(first) = waiting.first() {
        let n = waiting.len();
        let detail = say!(
            "还有 {n} 个单元未判定，第一个是第 {first} 号。",
            "{n} unit(s) wait for a verdict, the first at position {first}."
        );
        faults.push(Fault::at("", "not_judged", detail));
    }
    let opinion = opinion.trim();
    if opinion.is_empty() {
        let detail = say!("请写明考核意见。", "The opinion must not be blank.");
        faults.push(Fault::at("/opinion", "blank", detail));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let report = reports::one(tx, row.snapshot_id).await?;
    let signer = cx.person()?.account_id;
    let document = result::document(&row, named(&report), &items, opinion.to_owned(), signer, cx.now)?;
    let (_, signature) = result::signed(&document)?;
    repo::sign(tx, cx, &row, &change, opinion.to_owned(), signature.clone()).await?;
    let facts = serde_json::json!({
        "signature": signature, "accepted": document.accepted, "doubted": document.doubted,
        "rejected": document.rejected, "taken_back": document.taken_back,
    });
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Assessment, id).with(facts)).await?;
    Ok(())
}

/// A report as a result names it.
#[must_use]
pub fn named(report: &snapshot::Model) -> ReportNamed {
    ReportNamed {
        id: report.id,
        number: report.number,
        plan: report.plan.clone(),
        title: report.title.clone(),
        hash: report.hash.clone(),
    }
}
