//! Looking at the figures of the service.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Months;
use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day, desk::Queue, docking::status::DockingStage, funnel::FunnelBy, id::AccountId, value::code_list::Coded,
};

use super::{
    answers::Answers,
    dto::{AnswersOut, LossOut, ServiceBy, ServiceDivisionOut, ServiceFiguresOut, ServiceFiguresQuery},
    repo::{self, Answered, Asked, Lost},
};
use crate::{
    auth::Context,
    clock::{day_of, end_of, start_of},
    error::{AppError, Code, Fault, Result},
    features::{
        calendar::{Calendar, repo as calendars},
        desk::policy,
        feedback::reasons::Reasons,
        funnel::{
            dto::{FunnelOut, FunnelQuery},
            view::{self as funnel, month_of},
        },
        indicator::{dto::StandingQuery, progress},
    },
    say,
};

/// The most days of a period.
const MOST: i64 = 3 * 366;
/// The months of a period that the question does not name.
const MONTHS: u32 = 11;

/// The figures of a period.
///
/// # Errors
/// 401 and 403 for whoever is neither of the centre nor an auditor, 404 for an unknown plan, 400 when the days are no
/// period of at most three years.
pub async fn figures(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: &ServiceFiguresQuery,
) -> Result<ServiceFiguresOut> {
    policy::look(cx)?;
    let (from, until) = period(cx.today, query)?;
    let standing = StandingQuery { plan: query.plan.clone(), ..StandingQuery::default() };
    let plan = progress::asked(db, cx, &standing).await?.plan;
    let asked =
        Asked { demo: plan.demo, from: start_of(from), until: end_of(until), queues: query.queue.clone() };
    let calendar = calendars::load(db).await?;
    let answered = repo::answered(db, &asked).await?;
    let lost = repo::lost(db, &asked).await?;
    let months = query.by == Some(ServiceBy::Month);
    let funnel = funnel::funnel(
        db,
        cx,
        &FunnelQuery {
            plan: Some(plan.code.clone()),
            by: months.then_some(FunnelBy::Month),
            from: Some(from),
            to: Some(until),
            limit: Some(1),
        },
    )
    .await?;
    let divisions = match query.by {
        None => Vec::new(),
        Some(ServiceBy::Month) => by_month(&calendar, &answered, &lost, &funnel),
        Some(ServiceBy::Queue) => by_queue(&calendar, &answered),
        Some(ServiceBy::Broker) => by_broker(db, &calendar, &answered, &lost).await?,
    };
    Ok(ServiceFiguresOut {
        plan: plan.code,
        from,
        until,
        by: query.by,
        answers: of(&calendar, answered.iter()),
        overdue_now: repo::overdue(db, &asked, cx.now).await?,
        conversion: funnel.total,
        losses: losses(lost.iter()),
        divisions,
    })
}

fn period(today: Day, query: &ServiceFiguresQuery) -> Result<(Day, Day)> {
    let until = query.until.unwrap_or(today);
    let before = month_of(until).checked_sub_months(Months::new(MONTHS)).unwrap_or(until);
    let from = query.from.unwrap_or(before);
    if until < from || (until - from).num_days() > MOST {
        let fault = say!(
            "起止日期须在三年以内，且止不早于起。",
            "Give a period of at most three years that ends after it begins."
        );
        return Err(AppError::unfit(
            Code::InvalidParameter,
            vec![Fault::parameter("until", "bad_period", fault)],
        ));
    }
    Ok((from, until))
}

fn of<'a>(calendar: &Calendar, answered: impl Iterator<Item = &'a Answered>) -> AnswersOut {
    let mut answers = Answers::default();
    answered.for_each(|one| answers.add(calendar, one));
    answers.figures()
}

/// Losses by the stage that they had come to, in the order of the stages.
fn losses<'a>(lost: impl Iterator<Item = &'a Lost>) -> Vec<LossOut> {
    let mut stages: BTreeMap<DockingStage, (u64, Reasons)> = BTreeMap::new();
    for one in lost {
        let (n, reasons) = stages.entry(one.came_to()).or_default();
        *n += 1;
        // What was written is for the two sides.
        reasons.add(one.stage, one.decline_code, one.close_code, None);
    }
    stages.into_iter().map(|(stage, (n, reasons))| LossOut { stage, n, reasons: reasons.list() }).collect()
}

/// Every month of the funnel, newest first.
fn by_month(
    calendar: &Calendar,
    answered: &[Answered],
    lost: &[Lost],
    funnel: &FunnelOut,
) -> Vec<ServiceDivisionOut> {
    let month = |at| day_of(at).format("%Y-%m").to_string();
    let divisions = funnel.divisions.iter().rev().map(|division| {
        let value = division.value.clone().unwrap_or_default();
        ServiceDivisionOut {
            answers: of(calendar, answered.iter().filter(|one| month(one.closed_at) == value)),
            losses: Some(losses(lost.iter().filter(|one| month(one.ended_at) == value))),
            conversion: Some(division.steps.clone()),
            zh: division.zh.clone(),
            en: division.en.clone(),
            value: Some(value),
        }
    });
    divisions.collect()
}

/// The queues from which something was answered.
fn by_queue(calendar: &Calendar, answered: &[Answered]) -> Vec<ServiceDivisionOut> {
    let there: BTreeSet<Queue> = answered.iter().map(|one| one.queue).collect();
    let divisions = there.into_iter().map(|queue| ServiceDivisionOut {
        value: Some(queue.code().to_owned()),
        zh: queue.label_zh().to_owned(),
        en: queue.label_en().to_owned(),
        answers: of(calendar, answered.iter().filter(|one| one.queue == queue)),
        conversion: None,
        losses: None,
    });
    divisions.collect()
}

/// Whoever answered something or looked after a docking that was lost; last of all the dockings that nobody looked after.
async fn by_broker(
    db: &impl ConnectionTrait,
    calendar: &Calendar,
    answered: &[Answered],
    lost: &[Lost],
) -> Result<Vec<ServiceDivisionOut>> {
    let division = |id: Option<AccountId>, zh: &str, en: &str| ServiceDivisionOut {
        value: id.map(|id| id.to_string()),
        zh: zh.to_owned(),
        en: en.to_owned(),
        answers: of(calendar, answered.iter().filter(|one| Some(one.closed_by) == id)),
        conversion: None,
        losses: Some(losses(lost.iter().filter(|one| one.broker_id == id))),
    };
    let there: BTreeSet<AccountId> =
        answered.iter().map(|one| one.closed_by).chain(lost.iter().filter_map(|one| one.broker_id)).collect();
    let people = repo::people(db, &there.into_iter().collect::<Vec<_>>()).await?;
    let mut divisions: Vec<ServiceDivisionOut> =
        people.iter().map(|person| division(Some(person.id), &person.name, &person.name)).collect();
    if lost.iter().any(|one| one.broker_id.is_none()) {
        divisions.push(division(None, "无经办人", "nobody"));
    }
    Ok(divisions)
}
