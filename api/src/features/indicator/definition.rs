//! What is counted, by which rule, against which target: kept by admins. A rule is never changed; another
//! version takes its place for the acts that come, and what was counted stays.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    indicator::{
        ActiveModel, Basis, Counting, IndicatorKind, Measure, Model, ResponsibleUnits, Steps, TargetPeriod,
        plan, plan_target, rule,
    },
    value::name_key,
};

use super::{
    dto::{IndicatorIn, IndicatorPatch, PlanDetail, PlanIn, RuleIn, TargetIn, TargetOut},
    repo,
    rule_diff::checked,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{audit, audit::Record, ledger},
    say,
    web::etag::{Precondition, tag},
};

/// How long the name of a responsible unit may be.
const UNIT_CHARS: usize = 100;

/// The ETag of an indicator.
#[must_use]
pub fn indicator_tag(row: &Model) -> String {
    tag(format!("i{}", row.version))
}

/// The ETag of a plan.
#[must_use]
pub fn plan_tag(row: &plan::Model) -> String {
    tag(format!("p{}", row.version))
}

fn admin(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_admin() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "指标、规则和规划由管理员维护。",
        "Admins keep indicators, rules and plans."
    )))
}

/// Defines an indicator with its first rule.
///
/// # Errors
/// 401, 403; 409 when the code is taken; 422 for parameters or a measure that do not fit the basis.
pub async fn create(tx: &Tx, cx: &Context, given: IndicatorIn) -> Result<Model> {
    admin(cx)?;
    let parameters = checked(given.basis, &given.rule.parameters)?;
    let money = match given.basis {
        Basis::ContractRegistered | Basis::CreditLine | Basis::IpPledgeLoan => Some(true),
        Basis::Manual => None,
        Basis::AchievementPublished
        | Basis::ProviderEntered
        | Basis::DemandCollected
        | Basis::DockingReached
        | Basis::ItemPublished
        | Basis::AchievementLanded
        | Basis::EnclaveEntered
        | Basis::EventHeld
        | Basis::ContestHeld => Some(false),
    };
    let fits = match money {
        Some(true) => given.measure == Measure::Fen,
        Some(false) => given.measure == Measure::Count,
        None => true,
    };
    if !fits {
        let basis = given.basis;
        return Err(AppError::rule(
            "/measure",
            "not_of_the_basis",
            say!(
                "依据 {basis} 以金额（fen）或数量（count）计，请改用相应的计量。",
                "The basis {basis} adds up fen or units; choose the measure that fits it."
            ),
        ));
    }
    let counting = if given.basis == Basis::Manual { Counting::Manual } else { Counting::Counted };
    let position = match given.position {
        Some(position) => position,
        None => repo::all(tx).await?.iter().map(|row| row.position).max().unwrap_or(0).saturating_add(1),
    };
    let row = Model {
        code: given.code,
        position,
        name_zh: given.name.zh,
        name_en: given.name.en,
        unit_zh: given.unit.zh,
        unit_en: given.unit.en,
        kind: given.kind,
        measure: given.measure,
        counting,
        basis: given.basis,
        rule_zh: given.rule.text.zh.clone(),
        rule_en: given.rule.text.en.clone(),
        rule_version: given.rule.version.clone(),
        parameters: parameters.clone(),
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    repo::insert_rule(tx, rule_row(cx, &row.code, 1, given.rule, parameters)).await?;
    let facts = serde_json::json!({ "basis": row.basis, "rule_version": row.rule_version });
    let record = Record::act("create", SubjectKind::Indicator, &row.code).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(row)
}

fn rule_row(
    cx: &Context,
    indicator: &str,
    number: i32,
    given: RuleIn,
    parameters: serde_json::Value,
) -> rule::Model {
    rule::Model {
        indicator: indicator.to_owned(),
        version: given.version,
        number,
        rule_zh: given.text.zh,
        rule_en: given.text.en,
        parameters,
        in_force_at: cx.now,
        note: given.note,
        created_by: cx.account_id(),
    }
}

/// Changes the words of an indicator.
///
/// # Errors
/// 401, 403, 404, 412, 428.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    code: &str,
    precondition: &Precondition,
    given: IndicatorPatch,
) -> Result<Model> {
    admin(cx)?;
    let row = repo::one(tx, code).await?;
    precondition.require(&indicator_tag(&row))?;
    let mut set = ActiveModel::default();
    if let Some(name) = given.name {
        set.name_zh = Set(name.zh);
        set.name_en = Set(name.en);
    }
    if let Some(unit) = given.unit {
        set.unit_zh = Set(unit.zh);
        set.unit_en = Set(unit.en);
    }
    if let Some(position) = given.position {
        set.position = Set(position);
    }
    let saved = repo::save(tx, &row, set).await?;
    let facts = serde_json::json!({
        "before": { "name": [row.name_zh, row.name_en], "unit": [row.unit_zh, row.unit_en], "position": row.position },
    });
    audit::record(tx, cx, Record::act("patch", SubjectKind::Indicator, code).with(facts)).await?;
    Ok(saved)
}

/// Puts another rule in force, from now on.
///
/// # Errors
/// 401, 403, 404; 409 for a version that was there; 422 for parameters that are not the basis's.
pub async fn add_rule(
    tx: &Tx,
    cx: &Context,
    code: &str,
    precondition: &Precondition,
    given: RuleIn,
) -> Result<Model> {
    admin(cx)?;
    let row = repo::one(tx, code).await?;
    precondition.honour(&indicator_tag(&row))?;
    let parameters = checked(row.basis, &given.parameters)?;
    // Whoever records at this moment is done first: every act is judged by one rule.
    ledger::repo::lock_recording(tx).await?;
    let number = repo::rules(tx, code).await?.first().map_or(0, |rule| rule.number).saturating_add(1);
    let rule = rule_row(cx, code, number, given, parameters);
    let set = ActiveModel {
        rule_zh: Set(rule.rule_zh.clone()),
        rule_en: Set(rule.rule_en.clone()),
        rule_version: Set(rule.version.clone()),
        parameters: Set(rule.parameters.clone()),
        ..Default::default()
    };
    let facts = serde_json::json!({
        "from": row.rule_version, "to": rule.version, "parameters_before": row.parameters, "parameters": rule.parameters,
    });
    repo::insert_rule(tx, rule.clone()).await?;
    let saved = repo::save(tx, &row, set).await?;
    let record =
        Record::act("change_rule", SubjectKind::Indicator, code).because(None::<&str>, rule.note).with(facts);
    audit::record(tx, cx, record).await?;
    Ok(saved)
}

/// Makes a plan; what it asks is put to it afterwards.
///
/// # Errors
/// 401, 403; 409 when the code is taken; 422 for a window that is none.
pub async fn create_plan(tx: &Tx, cx: &Context, given: PlanIn) -> Result<plan::Model> {
    admin(cx)?;
    let mut faults = Vec::new();
    check_window(given.starts_on, given.ends_on, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = plan::Model {
        code: given.code,
        name_zh: given.name.zh,
        name_en: given.name.en,
        starts_on: given.starts_on,
        ends_on: given.ends_on,
        demo: given.demo,
        version: 1,
    };
    repo::insert_plan(tx, row.clone()).await?;
    audit::record(tx, cx, Record::act("create", SubjectKind::Plan, &row.code)).await?;
    Ok(row)
}

fn check_window(from: chrono::NaiveDate, to: chrono::NaiveDate, faults: &mut Vec<Fault>) {
    use chrono::Datelike;
    if to < from {
        faults.push(Fault::at(
            "/ends_on",
            "too_early",
            say!("{to} 早于开始日 {from}。", "{to} is before the beginning, {from}."),
        ));
    }
    if to.year() - from.year() > 30 || !(1990..=2200).contains(&from.year()) {
        faults.push(Fault::at(
            "/starts_on",
            "absurd",
            say!(
                "规划期应在 1990 年至 2200 年之间、不超过三十年。",
                "A window lies between 1990 and 2200 and is at most thirty years long."
            ),
        ));
    }
}

/// A plan with its targets.
///
/// # Errors
/// 404 for an unknown plan.
pub async fn show_plan(db: &impl sea_orm::ConnectionTrait, row: plan::Model) -> Result<PlanDetail> {
    let targets = repo::targeted(db, &row.code).await?;
    let targets = targets.into_iter().map(|(_, target)| TargetOut::from(target)).collect();
    Ok(PlanDetail { plan: row.into(), targets })
}

/// Says what a plan asks of an indicator.
///
/// # Errors
/// 401, 403, 404, 412, 428; 422 for a window outside the plan's or steps outside the window.
pub async fn put_target(
    tx: &Tx,
    cx: &Context,
    code: &str,
    indicator: &str,
    precondition: &Precondition,
    given: TargetIn,
) -> Result<plan::Model> {
    admin(cx)?;
    let row = repo::plan(tx, code).await?;
    precondition.require(&plan_tag(&row))?;
    let indicator = repo::one(tx, indicator).await?;
    let (from, to) = (given.starts_on.unwrap_or(row.starts_on), given.ends_on.unwrap_or(row.ends_on));
    let mut faults = Vec::new();
    check_window(from, to, &mut faults);
    if from < row.starts_on || to > row.ends_on {
        let (first, last) = (row.starts_on, row.ends_on);
        faults.push(Fault::at(
            "/starts_on",
            "outside_the_plan",
            say!(
                "应在规划期 {first} 至 {last} 之内。",
                "It lies within the plan's window, {first} to {last}."
            ),
        ));
    }
    check_steps(&given, from, to, &mut faults);
    let adds_up = match indicator.kind {
        IndicatorKind::Stock | IndicatorKind::Flow => true,
        IndicatorKind::Level | IndicatorKind::Rate => false,
    };
    if adds_up && given.period.unwrap_or(TargetPeriod::Window) == TargetPeriod::Window {
        check_course(&given, &mut faults);
    }
    let responsible_units = units(&given.responsible_units, &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let target = plan_target::Model {
        plan: row.code.clone(),
        indicator: indicator.code.clone(),
        target: given.target,
        starts_on: from,
        ends_on: to,
        responsible_units: ResponsibleUnits(responsible_units),
        period: given.period.unwrap_or(TargetPeriod::Window),
        steps: Steps(given.steps),
    };
    let facts = serde_json::json!({
        "indicator": indicator.code, "target": target.target, "period": target.period, "steps": target.steps,
        "responsible_units": target.responsible_units,
    });
    repo::put_target(tx, target).await?;
    let saved = repo::touch_plan(tx, &row).await?;
    audit::record(tx, cx, Record::act("put_target", SubjectKind::Plan, code).with(facts)).await?;
    Ok(saved)
}

fn check_steps(given: &TargetIn, from: chrono::NaiveDate, to: chrono::NaiveDate, faults: &mut Vec<Fault>) {
    use chrono::Datelike;
    for (i, step) in given.steps.iter().enumerate() {
        let year = step.year;
        let twice = given.steps.iter().take(i).any(|earlier| earlier.year == year);
        if twice || !(from.year()..=to.year()).contains(&year) {
            faults.push(Fault::at(
                format!("/steps/{i}/year"),
                "not_a_year_of_the_window",
                say!("{year} 年不在规划期内或重复。", "{year} is not a year of the window, or there twice."),
            ));
        }
    }
}

/// What is asked of a sum by the end of one year after the other neither falls nor passes the whole.
fn check_course(given: &TargetIn, faults: &mut Vec<Fault>) {
    for (i, step) in given.steps.iter().enumerate() {
        let (year, asked, whole) = (step.year, step.target, given.target);
        if asked > whole {
            let detail = say!(
                "{year} 年的 {asked} 超过总目标 {whole}。",
                "{asked} by {year} is above the target of {whole}."
            );
            faults.push(Fault::at(format!("/steps/{i}/target"), "above_the_target", detail));
        }
        if let Some(more) = given.steps.iter().find(|earlier| earlier.year < year && earlier.target > asked) {
            let (before, earlier) = (more.target, more.year);
            let detail = say!(
                "{year} 年的累计目标 {asked} 低于 {earlier} 年的 {before}。",
                "{asked} by {year} is less than {before} by {earlier}; steps are cumulative."
            );
            faults.push(Fault::at(format!("/steps/{i}/target"), "falls", detail));
        }
    }
}

/// The responsible units as they are kept: each once, without white space around it.
fn units(given: &[String], faults: &mut Vec<Fault>) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for (i, unit) in given.iter().enumerate() {
        let unit = unit.trim();
        let (code, detail) = if name_key(unit).is_empty() {
            ("blank", say!("责任单位不能为空白。", "A responsible unit has a name."))
        } else if unit.chars().count() > UNIT_CHARS {
            ("too_long", say!("最多 {UNIT_CHARS} 个字符。", "At most {UNIT_CHARS} characters."))
        } else if units.iter().any(|other| name_key(other) == name_key(unit)) {
            ("repeated", say!("{unit} 重复。", "{unit} is there twice."))
        } else {
            units.push(unit.to_owned());
            continue;
        };
        faults.push(Fault::at(format!("/responsible_units/{i}"), code, detail));
    }
    units
}

/// Takes an indicator out of a plan. What was counted stays in the ledger.
///
/// # Errors
/// 401, 403, 404, 412, 428.
pub async fn remove_target(
    tx: &Tx,
    cx: &Context,
    code: &str,
    indicator: &str,
    precondition: &Precondition,
) -> Result<plan::Model> {
    admin(cx)?;
    let row = repo::plan(tx, code).await?;
    precondition.require(&plan_tag(&row))?;
    if !repo::remove_target(tx, code, indicator).await? {
        return Err(AppError::new(
            Code::NotFound,
            say!("该规划没有这个指标的目标。", "The plan asks nothing of that indicator."),
        ));
    }
    let saved = repo::touch_plan(tx, &row).await?;
    let facts = serde_json::json!({ "indicator": indicator });
    audit::record(tx, cx, Record::act("remove_target", SubjectKind::Plan, code).with(facts)).await?;
    Ok(saved)
}
