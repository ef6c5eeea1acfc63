//! Freezing a plan. What the report says is worked out beside the writers; then, under the lock that keeps
//! everybody else from recording, it is seen whether anything came in between, and the report takes its
//! place in the chain.

use chrono::SubsecRound;
use sea_orm::ConnectionTrait;
use sha2::{Digest, Sha256};
use techmart_entity::{
    Day, Instant,
    audit::SubjectKind,
    canonical,
    id::SnapshotId,
    indicator::{self, Basis, plan, plan_target},
    snapshot::{Model, part},
};

use super::{
    content::{self, AsOf, Counted, Rows},
    document::{FORMAT, Head, LedgerSaid, Part, PartSaid, PlanSaid, SignalSaid, VariantSaid},
    dto::SnapshotIn,
    repo::{self, LedgerHash},
};
use crate::{
    auth::Context,
    clock::{day_of, end_of, start_of},
    config::Zone,
    db::Tx,
    error::{AppError, Fault, Result, Wording},
    features::{
        audit,
        audit::Record,
        indicator::{course::Course, progress, repo as indicators, rule_diff},
        ledger::{self, tally::Ledger},
    },
    say,
};

/// What is to be frozen, checked.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub plan: plan::Model,
    pub title: String,
    pub at: AsOf,
    pub corrects: Option<SnapshotId>,
    pub reason: Option<String>,
}

/// What a report will say, worked out before it takes its place.
#[derive(Clone, Debug)]
pub struct Draft {
    /// How much was recorded up to the report's instant when the work began.
    seen: (u64, u64),
    ledger: LedgerSaid,
    signals: Vec<SignalSaid>,
    parts: Vec<(PartSaid, String)>,
}

/// Freezing is the centre's; once a month the service does it itself.
///
/// # Errors
/// 401 or 403.
pub fn may_freeze(cx: &Context) -> Result<()> {
    if cx.actor.is_system() {
        return Ok(());
    }
    ledger::service::of_the_centre(cx)
}

/// Reads what is asked to be frozen.
///
/// # Errors
/// 401 and 403 by [`may_freeze`], 422 with all the rules that are broken; for an unknown plan with that alone.
pub async fn wanted(db: &impl ConnectionTrait, cx: &Context, given: &SnapshotIn) -> Result<Wanted> {
    may_freeze(cx)?;
    let plan = asked_plan(db, &given.plan).await?;
    let mut faults = Vec::new();
    if given.known_at.is_some() && given.known_on.is_some() {
        let detail = say!("known_at 与 known_on 只给一个。", "Give known_at or known_on, not both.");
        faults.push(Fault::at("/known_on", "both_given", detail));
    }
    let pointer = if given.known_on.is_some() { "/known_on" } else { "/known_at" };
    let known_at = given.known_at.map(|known| known.0).or(given.known_on.map(end_of)).unwrap_or(cx.now);
    let known_at = known_at.trunc_subsecs(3);
    if known_at > cx.now {
        let detail = say!("只能冻结已经过去的时刻。", "Only an instant that has passed can be frozen.");
        faults.push(Fault::at(pointer, "future", detail));
    }
    let as_of = given.as_of.unwrap_or(day_of(known_at).min(plan.ends_on));
    fit_day(cx, &plan, as_of, known_at, &mut faults);
    fit_correction(db, given, &plan, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let title = given.title.as_deref().map(str::trim).filter(|title| !title.is_empty());
    let title = title.map_or_else(|| named(&plan, &format!("{as_of} 报告 / report")), str::to_owned);
    let at = AsOf { as_of, known_at };
    Ok(Wanted { plan, title, at, corrects: given.corrects, reason: given.reason.clone() })
}

async fn asked_plan(db: &impl ConnectionTrait, code: &str) -> Result<plan::Model> {
    let plans = indicators::plans(db).await?;
    let codes: Vec<&str> = plans.iter().map(|plan| plan.code.as_str()).collect();
    let there = codes.join(", ");
    let unknown = || {
        let detail = say!("没有这个规划；现有：{there}。", "There is no such plan; there are: {there}.");
        AppError::rules(vec![Fault::at("/plan", "unknown_plan", detail)])
    };
    plans.iter().find(|plan| plan.code == code).cloned().ok_or_else(unknown)
}

/// A title that says of which plan it is: in a chain over all plans a date alone tells nobody.
pub fn named(plan: &plan::Model, what: &str) -> String {
    format!("{} · {what}", plan.name_zh)
}

fn fit_day(cx: &Context, plan: &plan::Model, as_of: Day, known_at: Instant, faults: &mut Vec<Fault>) {
    if as_of > cx.today {
        let detail = say!("{as_of} 在将来。", "{as_of} is in the future.");
        faults.push(Fault::at("/as_of", "future", detail));
    } else if known_at < start_of(as_of) {
        let detail = say!("{as_of} 当时还没有到。", "{as_of} had not come at that instant.");
        faults.push(Fault::at("/as_of", "after_known", detail));
    }
    if as_of < plan.starts_on {
        let starts_on = plan.starts_on;
        let detail = say!("规划从 {starts_on} 开始。", "The plan begins on {starts_on}.");
        faults.push(Fault::at("/as_of", "before_plan", detail));
    }
}

async fn fit_correction(
    db: &impl ConnectionTrait,
    given: &SnapshotIn,
    plan: &plan::Model,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let reason = given.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
    match (given.corrects, reason) {
        (Some(_), None) => {
            let detail = say!("更正报告需要说明原因。", "A correction needs its reason.");
            faults.push(Fault::at("/reason", "required", detail));
        }
        (None, Some(_)) => {
            let detail = say!("只有更正报告才写原因。", "A reason is given for a correction only.");
            faults.push(Fault::at("/reason", "not_applicable", detail));
        }
        (Some(_), Some(_)) | (None, None) => {}
    }
    let Some(id) = given.corrects else { return Ok(()) };
    match repo::find(db, id).await? {
        None => {
            let detail = say!("没有这份报告。", "There is no such report.");
            faults.push(Fault::at("/corrects", "unknown", detail));
        }
        Some(row) if row.plan != plan.code => {
            let of = row.plan;
            let detail = say!("那是规划 {of} 的报告。", "That is a report of the plan {of}.");
            faults.push(Fault::at("/corrects", "another_plan", detail));
        }
        Some(_) => {
            if repo::correction_of(db, id).await?.is_some() {
                return Err(repo::corrected_already());
            }
        }
    }
    Ok(())
}

/// Works out beside the writers what a report will say, where it can be frozen at all; whether it can is
/// decided when it is settled.
pub async fn prepare(
    db: &impl ConnectionTrait,
    cx: &Context,
    given: &SnapshotIn,
    zone: &Zone,
) -> Option<Draft> {
    let wanted = wanted(db, cx, given).await.ok()?;
    draft(db, cx, &wanted, zone).await.ok()
}

/// Works out what a report will say; one indicator's rows at a time.
///
/// # Errors
/// When the database cannot be asked.
pub async fn draft(db: &impl ConnectionTrait, cx: &Context, wanted: &Wanted, zone: &Zone) -> Result<Draft> {
    let Wanted { plan, at, .. } = wanted;
    let seen = repo::recorded_up_to(db, at.known_at).await?;
    let mut hash = [LedgerHash::new(at.known_at)];
    repo::hash_ledger(db, plan.demo, &mut hash).await?;
    let [hash] = hash;
    let mut parts = Vec::new();
    for (indicator, target) in indicators::targeted(db, &plan.code).await? {
        let part = one_part(db, cx, wanted, &indicator, &target, zone).await?;
        let document = text(&part)?;
        let units = i64::try_from(part.units.len()).unwrap_or(i64::MAX);
        let said = PartSaid {
            indicator: part.indicator,
            hash: hex::encode(Sha256::digest(&document)),
            name: part.name,
            unit: part.unit,
            measure: part.measure,
            period: part.period,
            target: part.target,
            confirmed: part.confirmed,
            candidate: part.candidate,
            units,
        };
        parts.push((said, document));
    }
    let signals = repo::signals(db, plan.demo, at.known_at).await?;
    let signals = signals.into_iter().map(|row| SignalSaid {
        kind: row.kind,
        status: row.status,
        subjects: row.subjects.0,
        facts: row.facts,
    });
    Ok(Draft { seen, ledger: hash.said(), signals: signals.collect(), parts })
}

/// The text that is hashed and kept.
fn text(document: &impl serde::Serialize) -> Result<String> {
    Ok(canonical::text(&serde_json::to_value(document).map_err(AppError::internal)?))
}

async fn one_part(
    db: &impl ConnectionTrait,
    cx: &Context,
    wanted: &Wanted,
    indicator: &indicator::Model,
    target: &plan_target::Model,
    zone: &Zone,
) -> Result<Part> {
    let Wanted { plan, at, .. } = wanted;
    let rows = Rows {
        entries: ledger::repo::entries(db, plan.demo, Some(&indicator.code)).await?,
        events: ledger::repo::events(db, plan.demo, Some(&indicator.code)).await?,
    };
    let counted: Counted = content::count(indicator, target, &rows, *at);
    let rule = repo::rule_at(db, &indicator.code, at.known_at).await?;
    let rule = match rule {
        Some(rule) => rule,
        // The indicator is younger than the instant: its first rule.
        None => {
            let rules = indicators::rules(db, &indicator.code).await?;
            rules.into_iter().next_back().ok_or_else(|| AppError::internal("an indicator without a rule"))?
        }
    };
    let beside = beside(db, cx, wanted, indicator, target, &rows, zone).await?;
    Ok(content::part(indicator, target, &rule, counted, beside))
}

/// Dockings counted from another stage on. The ledger knows only those that reached the deciding stage, so
/// these figures are read where the dockings are kept: possible only for what is known now.
async fn beside(
    db: &impl ConnectionTrait,
    cx: &Context,
    wanted: &Wanted,
    indicator: &indicator::Model,
    target: &plan_target::Model,
    rows: &Rows,
    zone: &Zone,
) -> Result<Vec<VariantSaid>> {
    let Wanted { plan, at, .. } = wanted;
    if indicator.basis != Basis::DockingReached || at.known_at < cx.now {
        return Ok(Vec::new());
    }
    let asked = progress::Asked { plan: plan.clone(), as_of: at.as_of, known_at: at.known_at, current: true };
    let question = progress::question(indicator, target, &asked);
    let ledger = Ledger::new(&rows.entries, &rows.events);
    let course = Course::of_ledger(indicator, target, &ledger, &question);
    let variants = rule_diff::of(db, &asked, indicator, target, &course, zone).await?;
    Ok(variants
        .into_iter()
        .filter(|variant| variant.code != "window_sum")
        .map(|variant| VariantSaid {
            code: variant.code,
            name: variant.name,
            confirmed: variant.confirmed,
            candidate: variant.candidate,
        })
        .collect())
}

/// Gives a report its place in the chain. From then on nothing is recorded as known by its instant. Where
/// there is no draft, or something came in since it was begun, the report is worked out here, while nobody
/// else can record.
///
/// # Errors
/// 409 when another report corrects the same one.
pub async fn settle(
    tx: &Tx,
    cx: &Context,
    wanted: &Wanted,
    prepared: Option<&Draft>,
    zone: &Zone,
) -> Result<(Model, Head)> {
    ledger::repo::lock_recording(tx).await?;
    let recorded = repo::recorded_up_to(tx, wanted.at.known_at).await?;
    let fresh;
    let draft = match prepared.filter(|draft| draft.seen == recorded) {
        Some(draft) => draft,
        None => {
            fresh = self::draft(tx, cx, wanted, zone).await?;
            &fresh
        }
    };
    if let Some(id) = wanted.corrects
        && repo::correction_of(tx, id).await?.is_some()
    {
        return Err(repo::corrected_already());
    }
    let last = repo::last(tx).await?;
    let head = head(cx, wanted, draft, last.as_ref());
    let document = text(&head)?;
    let row = Model {
        id: head.id,
        number: head.number,
        plan: wanted.plan.code.clone(),
        title: head.title.clone(),
        as_of: head.as_of,
        known_at: head.known_at.0,
        corrects: head.corrects,
        reason: head.reason.clone(),
        previous_hash: head.previous_hash.clone(),
        hash: hex::encode(Sha256::digest(&document)),
        document,
        made_by: head.made_by,
        made_at: head.made_at.0,
    };
    repo::insert(tx, row.clone()).await?;
    for (said, document) in &draft.parts {
        let part = part::Model {
            snapshot_id: row.id,
            indicator: said.indicator.clone(),
            document: document.clone(),
            hash: said.hash.clone(),
        };
        repo::insert_part(tx, part).await?;
    }
    let facts = serde_json::json!({
        "plan": row.plan, "number": row.number, "as_of": row.as_of, "hash": row.hash, "corrects": row.corrects,
    });
    let record =
        Record::act("freeze", SubjectKind::Snapshot, row.id).because(None::<&str>, row.reason.clone());
    audit::record(tx, cx, record.with(facts)).await?;
    Ok((row, head))
}

fn head(cx: &Context, wanted: &Wanted, draft: &Draft, last: Option<&Model>) -> Head {
    let plan = &wanted.plan;
    Head {
        format: FORMAT.to_owned(),
        id: SnapshotId::new(),
        number: last.map_or(1, |last| last.number.saturating_add(1)),
        title: wanted.title.clone(),
        plan: PlanSaid {
            code: plan.code.clone(),
            name: Wording::new(&plan.name_zh, &plan.name_en),
            starts_on: plan.starts_on,
            ends_on: plan.ends_on,
            demo: plan.demo,
        },
        as_of: wanted.at.as_of,
        known_at: wanted.at.known_at.into(),
        corrects: wanted.corrects,
        reason: wanted.reason.clone(),
        made_by: cx.account_id(),
        made_at: cx.now.into(),
        previous_hash: last.map(|last| last.hash.clone()),
        ledger: draft.ledger.clone(),
        parts: draft.parts.iter().map(|(said, _)| said.clone()).collect(),
        signals: draft.signals.clone(),
    }
}
