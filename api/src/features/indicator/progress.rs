//! Where a plan stands, on a day, as known at an instant. The figures come from the day sums of the
//! ledger, so a board costs the same among a million entries as among ten.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day, Instant,
    id::EntryId,
    indicator::{self, IndicatorKind, plan, plan_target},
};

use super::{
    course::Course,
    dto::{
        FiguresOut, IndicatorProgress, MonthOut, ProgressOut, ProgressQuery, ResponsibleUnit, StandingQuery,
        UnitsQuery, YearOut,
    },
    repo,
};
use crate::{
    auth::Context,
    clock::{Moment, end_of},
    error::{AppError, Code, Fault, Result, Wording},
    features::ledger::{
        self,
        dto::UnitOut,
        sums,
        tally::{Ledger, Question, adds_up},
    },
    say,
    web::paging::{Cut, Page},
};

/// The moment a question is about.
#[derive(Clone, Debug)]
pub struct Asked {
    pub plan: plan::Model,
    pub as_of: Day,
    pub known_at: Instant,
    /// Whether it asks for what is known now.
    pub current: bool,
}

/// Reads what a question asks.
///
/// # Errors
/// 404 for an unknown plan, 400 when both `known_at` and `known_on` are given.
pub async fn asked(db: &impl ConnectionTrait, cx: &Context, query: &StandingQuery) -> Result<Asked> {
    let StandingQuery { plan, as_of, known_at, known_on } = query;
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
            // Else the last that was; what is only planned answers no question of today.
            let past = real.iter().find(|plan| plan.starts_on <= cx.today);
            running.or(past).or(real.first()).cloned().ok_or_else(AppError::not_found)?
        }
    };
    let as_of = as_of.unwrap_or(cx.today.min(plan.ends_on));
    let known = known_at.or(known_on.map(end_of));
    let current = known.is_none_or(|known| known >= cx.now);
    Ok(Asked { plan, as_of, known_at: known.unwrap_or(cx.now), current })
}

impl From<&ProgressQuery> for StandingQuery {
    fn from(query: &ProgressQuery) -> Self {
        let ProgressQuery { plan, as_of, known_at, known_on, responsible_unit: _ } = query.clone();
        Self { plan, as_of, known_at, known_on }
    }
}

/// The question that a target asks of the ledger.
#[must_use]
pub fn question(indicator: &indicator::Model, target: &plan_target::Model, asked: &Asked) -> Question {
    Question {
        kind: indicator.kind,
        counting: indicator.counting,
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
    let asked = asked(db, cx, &query.into()).await?;
    let wanted = repo::targeted(db, &asked.plan.code).await?;
    let courses = courses(db, &asked, &wanted).await?;
    let mut indicators: Vec<IndicatorProgress> = wanted
        .iter()
        .zip(&courses)
        .map(|((indicator, target), course)| progress_of(indicator, target, course, &asked))
        .collect();
    if let Some(unit) = &query.responsible_unit {
        indicators.retain(|progress| progress.responsible_units.contains(unit));
    }
    Ok(ProgressOut {
        as_of: asked.as_of,
        known_at: asked.known_at.into(),
        responsible_units: by_responsible_unit(&indicators),
        plan: asked.plan.into(),
        indicators,
    })
}

/// One indicator of a plan.
///
/// # Errors
/// 404 for an unknown plan, or an indicator that it does not ask for.
pub async fn of_one(
    db: &impl ConnectionTrait,
    asked: &Asked,
    indicator: &str,
) -> Result<(indicator::Model, plan_target::Model, Course)> {
    let mut wanted = repo::targeted(db, &asked.plan.code).await?;
    wanted.retain(|(row, _)| row.code == indicator);
    let course = courses(db, asked, &wanted).await?.into_iter().next();
    match (wanted.into_iter().next(), course) {
        (Some((indicator, target)), Some(course)) => Ok((indicator, target, course)),
        (Some(_) | None, Some(_) | None) => Err(AppError::not_found()),
    }
}

/// How each of some indicators went, in their order.
async fn courses(
    db: &impl ConnectionTrait,
    asked: &Asked,
    wanted: &[(indicator::Model, plan_target::Model)],
) -> Result<Vec<Course>> {
    let only = match wanted {
        [(indicator, _)] => Some(indicator.code.as_str()),
        [] | [..] => None,
    };
    // Targets of one plan nearly always share its window: one question for each window there is.
    let windows: BTreeSet<(Day, Day)> =
        wanted.iter().map(|(_, target)| (target.starts_on, target.ends_on)).collect();
    let mut sums = BTreeMap::new();
    for (starts_on, ends_on) in windows {
        let of = sums::Asked {
            demo: asked.plan.demo,
            indicator: only,
            starts_on,
            last: asked.as_of.min(ends_on),
            known_at: (!asked.current).then_some(asked.known_at),
        };
        sums.insert((starts_on, ends_on), sums::by_month(db, of).await?);
    }
    let reported: Vec<&str> = wanted
        .iter()
        .filter(|(indicator, _)| !adds_up(indicator.kind, indicator.counting))
        .map(|(indicator, _)| indicator.code.as_str())
        .collect();
    let entries = ledger::repo::entries_of(db, asked.plan.demo, &reported).await?;
    let ids: Vec<EntryId> = entries.iter().map(|entry| entry.id).collect();
    let events = ledger::repo::events_of_all(db, &ids).await?;
    let mut of: HashMap<&str, Vec<_>> = HashMap::new();
    for entry in &entries {
        of.entry(entry.indicator.as_str()).or_default().push(entry);
    }
    let courses = wanted.iter().map(|(indicator, target)| {
        if adds_up(indicator.kind, indicator.counting) {
            let own = sums.get(&(target.starts_on, target.ends_on)).into_iter().flatten();
            let own = own
                .filter(|((code, _, _), _)| *code == indicator.code)
                .map(|((_, inside, month), sums)| (*inside, *month, *sums));
            Course::of_sums(indicator, target, asked.as_of, own)
        } else {
            let own = of.get(indicator.code.as_str()).cloned().unwrap_or_default();
            let ledger = Ledger::new(own, &events);
            Course::of_ledger(indicator, target, &ledger, &question(indicator, target, asked))
        }
    });
    Ok(courses.collect())
}

/// An indicator on the wire.
#[must_use]
pub fn progress_of(
    indicator: &indicator::Model,
    target: &plan_target::Model,
    course: &Course,
    asked: &Asked,
) -> IndicatorProgress {
    let figures = course.headline();
    let window = course.window();
    let code = &indicator.code;
    let moment =
        format!("plan={}&as_of={}&known_at={}", asked.plan.code, asked.as_of, Moment(asked.known_at));
    IndicatorProgress {
        units: format!("/api/v1/progress/{code}/units?{moment}"),
        chart: format!("/api/v1/progress/{code}.svg?{moment}"),
        outlook: format!("/api/v1/progress/{code}/outlook?{moment}"),
        code: code.clone(),
        name: Wording::new(&indicator.name_zh, &indicator.name_en),
        unit: Wording::new(&indicator.unit_zh, &indicator.unit_en),
        kind: indicator.kind,
        measure: indicator.measure,
        counting: indicator.counting,
        basis: indicator.basis,
        period: target.period,
        target: target.target,
        confirmed: figures.confirmed,
        candidate: figures.candidate,
        percent: percent(figures.confirmed, target.target),
        remaining: (target.target - figures.confirmed).max(0),
        asked_by_now: course.asked_by(course.last()),
        window: FiguresOut { confirmed: window.confirmed, candidate: window.candidate },
        years: course
            .years()
            .into_iter()
            .map(|year| YearOut {
                year: year.year,
                target: year.target,
                confirmed: year.figures.confirmed,
                candidate: year.figures.candidate,
            })
            .collect(),
        days_left: (target.ends_on - asked.as_of).num_days().max(0),
        starts_on: target.starts_on,
        ends_on: target.ends_on,
        responsible_units: target.responsible_units.0.clone(),
        rule_version: indicator.rule_version.clone(),
        series: course
            .series()
            .into_iter()
            .map(|end| MonthOut {
                month: end.month.format("%Y-%m").to_string(),
                confirmed: end.figures.confirmed,
                candidate: end.figures.candidate,
            })
            .collect(),
    }
}

fn by_responsible_unit(indicators: &[IndicatorProgress]) -> Vec<ResponsibleUnit> {
    let mut units: Vec<ResponsibleUnit> = Vec::new();
    for progress in indicators {
        for name in &progress.responsible_units {
            let at = match units.iter().position(|unit| unit.name == *name) {
                Some(at) => at,
                None => {
                    units.push(ResponsibleUnit {
                        name: name.clone(),
                        indicators: Vec::new(),
                        met: Vec::new(),
                    });
                    units.len() - 1
                }
            };
            let Some(unit) = units.get_mut(at) else { continue };
            unit.indicators.push(progress.code.clone());
            if progress.remaining == 0 {
                unit.met.push(progress.code.clone());
            }
        }
    }
    units
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
    let moment = StandingQuery {
        plan: query.plan.clone(),
        as_of: query.as_of,
        known_at: query.known_at,
        known_on: query.known_on,
    };
    let asked = asked(db, cx, &moment).await?;
    let wanted = repo::targeted(db, &asked.plan.code).await?;
    let (indicator, target) =
        wanted.iter().find(|(row, _)| row.code == indicator).ok_or_else(AppError::not_found)?;
    let mark = (indicator.code.clone(), UnitsQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<(NaiveDate, EntryId)>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let question = question(indicator, target, &asked);
    let wanted = ledger::repo::Wanted {
        demo: asked.plan.demo,
        indicator: &indicator.code,
        from: match indicator.kind {
            IndicatorKind::Flow => Some(target.starts_on),
            IndicatorKind::Stock | IndicatorKind::Level | IndicatorKind::Rate => None,
        },
        last: asked.as_of.min(target.ends_on),
        known_at: asked.known_at,
        stages: &query.stage,
        after: cut.after,
    };
    let rows = ledger::repo::units(db, &wanted, cut.limit + 1).await?;
    let ids: Vec<EntryId> = rows.iter().map(|row| row.id).collect();
    let events = ledger::repo::events_of_all(db, &ids).await?;
    let ledger = Ledger::new(&rows, &events);
    let units = ledger.standing(&question);
    Ok(cut.page(
        units,
        |unit| (unit.entry.effective_on, unit.entry.id),
        |unit| UnitOut::of(unit.entry, unit.stage),
    ))
}
