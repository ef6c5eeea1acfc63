//! Where a plan stands, on a day, as known at an instant.

use std::collections::HashMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day, Instant,
    id::EntryId,
    indicator::{plan, plan_target},
    ledger::{Model, event},
};

use super::{
    dto::{IndicatorProgress, MonthOut, ProgressOut, ProgressQuery, UnitsQuery},
    repo,
};
use crate::{
    auth::Context,
    clock::end_of,
    error::{AppError, Code, Fault, Result, Wording},
    features::ledger::{
        self,
        dto::UnitOut,
        tally::{Ledger, Question},
    },
    say,
    web::paging::{Cut, Page},
};

/// The moment a question is about.
#[derive(Clone, Debug)]
struct Asked {
    plan: plan::Model,
    as_of: Day,
    known_at: Instant,
}

async fn asked(
    db: &impl ConnectionTrait,
    cx: &Context,
    plan: Option<&str>,
    as_of: Option<NaiveDate>,
    known_at: Option<Instant>,
    known_on: Option<NaiveDate>,
) -> Result<Asked> {
    if known_at.is_some() && known_on.is_some() {
        let detail = say!("known_at 与 known_on 只给一个。", "Give known_at or known_on, not both.");
        return Err(AppError::unfit(
            Code::InvalidParameter,
            vec![Fault::parameter("known_on", "both_given", detail)],
        ));
    }
    let plan = match plan {
        Some(code) => repo::plan(db, code).await?,
        None => {
            let real: Vec<plan::Model> =
                repo::plans(db).await?.into_iter().filter(|plan| !plan.demo).collect();
            let running = real.iter().find(|plan| plan.starts_on <= cx.today && cx.today <= plan.ends_on);
            running.or(real.first()).cloned().ok_or_else(AppError::not_found)?
        }
    };
    let as_of = as_of.unwrap_or(cx.today.min(plan.ends_on));
    let known_at = known_at.or(known_on.map(end_of)).unwrap_or(cx.now);
    Ok(Asked { plan, as_of, known_at })
}

fn question(
    kind: techmart_entity::indicator::IndicatorKind,
    target: &plan_target::Model,
    asked: &Asked,
) -> Question {
    Question {
        kind,
        starts_on: target.starts_on,
        ends_on: target.ends_on,
        as_of: asked.as_of,
        known_at: asked.known_at,
    }
}

/// The board of a plan.
///
/// # Errors
/// 404 for an unknown plan.
pub async fn board(db: &impl ConnectionTrait, cx: &Context, query: &ProgressQuery) -> Result<ProgressOut> {
    let asked = asked(db, cx, query.plan.as_deref(), query.as_of, query.known_at, query.known_on).await?;
    let targets = repo::targets(db, &asked.plan.code).await?;
    let entries = ledger::repo::entries(db, asked.plan.demo, None).await?;
    let events = ledger::repo::events(db, asked.plan.demo, None).await?;
    let of: HashMap<EntryId, &str> =
        entries.iter().map(|entry| (entry.id, entry.indicator.as_str())).collect();
    let mut indicators = Vec::new();
    for indicator in repo::all(db).await? {
        let Some(target) = targets.iter().find(|target| target.indicator == indicator.code) else { continue };
        let own: Vec<&Model> = entries.iter().filter(|entry| entry.indicator == indicator.code).collect();
        let steps: Vec<&event::Model> =
            events.iter().filter(|event| of.get(&event.entry_id) == Some(&indicator.code.as_str())).collect();
        let question = question(indicator.kind, target, &asked);
        let ledger = Ledger::new(own, steps);
        let figures = ledger.figures(&question);
        let series = ledger
            .months(&question)
            .into_iter()
            .map(|end| MonthOut {
                month: end.month.format("%Y-%m").to_string(),
                confirmed: end.figures.confirmed,
                candidate: end.figures.candidate,
            })
            .collect();
        let plan = &asked.plan.code;
        let (as_of, known_at) = (asked.as_of, crate::clock::Moment(asked.known_at));
        indicators.push(IndicatorProgress {
            units: format!(
                "/api/v1/progress/{}/units?plan={plan}&as_of={as_of}&known_at={known_at}",
                indicator.code
            ),
            code: indicator.code,
            name: Wording::new(indicator.name_zh, indicator.name_en),
            unit: Wording::new(indicator.unit_zh, indicator.unit_en),
            kind: indicator.kind,
            measure: indicator.measure,
            target: target.target,
            confirmed: figures.confirmed,
            candidate: figures.candidate,
            percent: percent(figures.confirmed, target.target),
            remaining: (target.target - figures.confirmed).max(0),
            days_left: (target.ends_on - asked.as_of).num_days().max(0),
            starts_on: target.starts_on,
            ends_on: target.ends_on,
            responsible_units: target.responsible_units.0.clone(),
            rule_version: indicator.rule_version,
            series,
        });
    }
    Ok(ProgressOut {
        as_of: asked.as_of,
        known_at: asked.known_at.into(),
        plan: asked.plan.into(),
        indicators,
    })
}

/// Per cent of the target, to two decimals.
fn percent(confirmed: i64, target: i64) -> f64 {
    if target == 0 {
        return 0.0;
    }
    let hundredths = i128::from(confirmed) * 10_000 / i128::from(target);
    #[expect(clippy::cast_precision_loss, reason = "hundredths of a per cent are far below 2^53")]
    let hundredths = hundredths as f64;
    hundredths / 100.0
}

/// The units behind a figure, in the order of their days.
///
/// # Errors
/// 404 for an unknown plan or indicator, 400 for a cursor of another list.
pub async fn units(
    db: &impl ConnectionTrait,
    cx: &Context,
    indicator: &str,
    query: &UnitsQuery,
) -> Result<Page<UnitOut>> {
    let asked = asked(db, cx, query.plan.as_deref(), query.as_of, query.known_at, query.known_on).await?;
    let targets = repo::targets(db, &asked.plan.code).await?;
    let target =
        targets.iter().find(|target| target.indicator == indicator).ok_or_else(AppError::not_found)?;
    let indicator = ledger::repo::indicator(db, indicator).await?.ok_or_else(AppError::not_found)?;
    let entries = ledger::repo::entries(db, asked.plan.demo, Some(&indicator.code)).await?;
    let events = ledger::repo::events(db, asked.plan.demo, Some(&indicator.code)).await?;
    let question = question(indicator.kind, target, &asked);
    let mark = (indicator.code.clone(), UnitsQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<(NaiveDate, EntryId)>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let ledger = Ledger::new(&entries, &events);
    let mut units = ledger.units(&question);
    units.retain(|unit| query.stage.is_empty() || query.stage.contains(&unit.stage));
    if let Some(after) = cut.after {
        units.retain(|unit| (unit.entry.effective_on, unit.entry.id) > after);
    }
    let more = usize::try_from(cut.limit + 1).unwrap_or(usize::MAX);
    units.truncate(more);
    Ok(cut.page(
        units,
        |unit| (unit.entry.effective_on, unit.entry.id),
        |unit| UnitOut::of(unit.entry, unit.stage),
    ))
}
