//! Looking at the funnel.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, Months, NaiveDate};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};
use techmart_entity::{
    Day,
    funnel::{FunnelBy, FunnelStep, step},
    id::{ListingId, OrganisationId},
    indicator::plan,
};

use super::{
    dto::{DivisionOut, FunnelListingsQuery, FunnelOut, FunnelQuery, ReachedOut, StepOut},
    repo,
};
use crate::{
    auth::Context,
    error::{AppError, Code, Fault, Result},
    features::{
        code_list,
        indicator::{dto::StandingQuery, progress},
        ledger::http::may_open,
        listing::{plural, repo as listing_rows, view::briefs},
    },
    say,
    web::paging::{Cut, Page},
};

/// The divisions that are shown when the question does not say.
const DIVISIONS: u64 = 50;

/// The first day of a day's month.
#[must_use]
pub fn month_of(day: Day) -> Day {
    day.with_day(1).unwrap_or(day)
}

fn end_of_month(month: Day) -> Day {
    month.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(month)
}

/// The plan and the first days of the first and of the last month.
async fn period(
    db: &impl ConnectionTrait,
    cx: &Context,
    plan: Option<&String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<(plan::Model, Day, Day)> {
    let asked =
        progress::asked(db, cx, &StandingQuery { plan: plan.cloned(), ..StandingQuery::default() }).await?;
    let from = month_of(from.unwrap_or(asked.plan.starts_on));
    let to = month_of(to.unwrap_or(asked.as_of));
    if to < from {
        let said = say!("to 不能早于 from（{from}）。", "`to` is not before `from` ({from}).");
        return Err(AppError::unfit(
            Code::InvalidParameter,
            vec![Fault::parameter("to", "before_from", said)],
        ));
    }
    Ok((asked.plan, from, to))
}

/// The funnel of a plan.
///
/// # Errors
/// 404 for an unknown plan, 400 when `to` is before `from`, 401 and 403 by organisation for whoever is
/// neither of the centre nor an auditor.
pub async fn funnel(db: &impl ConnectionTrait, cx: &Context, query: &FunnelQuery) -> Result<FunnelOut> {
    let by = query.by.unwrap_or(FunnelBy::Kind);
    if by == FunnelBy::Organisation {
        may_open(cx)?;
    }
    let (plan, from, to) = period(db, cx, query.plan.as_ref(), query.from, query.to).await?;
    let asked = repo::Asked { demo: plan.demo, dimension: by.dimension(), from, to };
    // Every dimension holds every listing once; that of the kinds has the fewest rows.
    let kinds = repo::Asked { dimension: FunnelBy::Kind.dimension(), ..asked };
    let total = steps(&repo::whole(db, kinds).await?.into_iter().collect());
    let (divisions, more) = if by == FunnelBy::Month {
        (by_month(db, asked).await?, 0)
    } else {
        by_value(db, by, asked, query.limit.unwrap_or(DIVISIONS)).await?
    };
    Ok(FunnelOut { plan: plan.code, by, from, to: end_of_month(to), total, divisions, more })
}

/// Every month of the period, though nothing was reached in it.
async fn by_month(db: &impl ConnectionTrait, asked: repo::Asked) -> Result<Vec<DivisionOut>> {
    let mut found: BTreeMap<Day, HashMap<FunnelStep, i64>> = BTreeMap::new();
    for (month, step, n) in repo::months(db, asked).await? {
        found.entry(month).or_default().insert(step, n);
    }
    let mut divisions = Vec::new();
    let mut month = asked.from;
    // No plan runs for longer than this.
    while month <= asked.to && divisions.len() < 1200 {
        let reached = found.remove(&month).unwrap_or_default();
        let name = month.format("%Y-%m").to_string();
        divisions.push(DivisionOut {
            value: Some(name.clone()),
            zh: month.format("%Y年%-m月").to_string(),
            en: name,
            steps: steps(&reached),
        });
        let Some(next) = month.checked_add_months(Months::new(1)) else { break };
        month = next;
    }
    Ok(divisions)
}

async fn by_value(
    db: &impl ConnectionTrait,
    by: FunnelBy,
    asked: repo::Asked,
    limit: u64,
) -> Result<(Vec<DivisionOut>, u64)> {
    let mut values = repo::values(db, asked).await?;
    let all = values.len();
    values.truncate(usize::try_from(limit).unwrap_or(all));
    let mut found: HashMap<String, HashMap<FunnelStep, i64>> = HashMap::new();
    for (value, step, n) in repo::divided(db, asked, &values).await? {
        found.entry(value).or_default().insert(step, n);
    }
    let owners: Vec<OrganisationId> = match by {
        FunnelBy::Organisation => values.iter().filter_map(|value| value.parse().ok()).collect(),
        FunnelBy::Kind | FunnelBy::Field | FunnelBy::Town | FunnelBy::Source | FunnelBy::Month => Vec::new(),
    };
    let owners = briefs(db, &owners).await?;
    let more = u64::try_from(all - values.len()).unwrap_or(u64::MAX);
    let divisions = values
        .into_iter()
        .map(|value| {
            let owner = value.parse().ok().and_then(|id: OrganisationId| owners.get(&id));
            let (zh, en) = match owner {
                Some(owner) => {
                    (owner.name.clone(), owner.name_en.clone().unwrap_or_else(|| owner.name.clone()))
                }
                None => called(by, &value),
            };
            let steps = steps(&found.remove(&value).unwrap_or_default());
            DivisionOut { value: (!value.is_empty()).then_some(value), zh, en, steps }
        })
        .collect();
    Ok((divisions, more))
}

/// What a code is called.
fn called(by: FunnelBy, value: &str) -> (String, String) {
    let list = match by {
        FunnelBy::Kind => "listing_kind",
        FunnelBy::Field => "field",
        FunnelBy::Town => "town",
        FunnelBy::Source => "source",
        FunnelBy::Organisation | FunnelBy::Month => "",
    };
    let item = code_list::find(list)
        .and_then(|ready| ready.list.items.iter().find(|item| item.code == value))
        .map(|item| (item.zh.clone(), item.en.clone()));
    item.unwrap_or_else(|| match value {
        "" => ("未注明".to_owned(), "not said".to_owned()),
        other => (other.to_owned(), other.to_owned()),
    })
}

/// All steps in their order.
fn steps(reached: &HashMap<FunnelStep, i64>) -> Vec<StepOut> {
    let mut before: Option<i64> = None;
    FunnelStep::ALL
        .iter()
        .map(|step| {
            let n = reached.get(step).copied().unwrap_or(0);
            let of_previous = before.filter(|before| *before > 0).map(|before| percent(n, before));
            before = Some(n);
            StepOut { step: *step, reached: n, of_previous }
        })
        .collect()
}

/// To one decimal place.
#[allow(clippy::cast_precision_loss, reason = "counts of listings stay far below 2^52")]
fn percent(part: i64, whole: i64) -> f64 {
    (part as f64 * 1000.0 / whole as f64).round() / 10.0
}

/// The listings behind a figure.
///
/// # Errors
/// 401 and 403 for whoever is neither of the centre nor an auditor, 404 for an unknown plan, 400 when the
/// period or the division is none.
pub async fn listings(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: FunnelListingsQuery,
) -> Result<Page<ReachedOut>> {
    may_open(cx)?;
    let mark = ("funnel", FunnelListingsQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<(Day, ListingId)>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let (plan, mut from, mut to) = period(db, cx, query.plan.as_ref(), query.from, query.to).await?;
    let mut condition = Condition::all();
    if let Some(by) = query.by {
        if by == FunnelBy::Month {
            let month = month_named(query.value.as_deref())?;
            (from, to) = (from.max(month), to.min(month));
        } else {
            condition = condition.add(is_of(by, query.value.as_deref())?);
        }
    }
    condition = condition
        .add(step::Column::Demo.eq(plan.demo))
        .add(step::Column::Step.eq(query.step))
        .add(step::Column::ReachedOn.gte(from))
        .add(step::Column::ReachedOn.lte(end_of_month(to)));
    let rows = repo::listings(db, condition, cut.after, cut.limit + 1).await?;
    let ids: Vec<ListingId> = rows.iter().map(|row| row.listing_id).collect();
    let titles: HashMap<ListingId, String> =
        listing_rows::by_ids(db, &ids).await?.into_iter().map(|row| (row.id, row.title)).collect();
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let owners = briefs(db, &owners).await?;
    Ok(cut.page(
        rows,
        |row| (row.reached_on, row.listing_id),
        |row| ReachedOut {
            listing_id: row.listing_id,
            kind: row.kind,
            title: titles.get(&row.listing_id).cloned().unwrap_or_default(),
            organisation: row.organisation_id.and_then(|id| owners.get(&id).cloned()),
            reached_on: row.reached_on,
            href: format!("/api/v1/{}/{}", plural(row.kind), row.listing_id),
        },
    ))
}

fn unknown_value(expected: &'static str) -> AppError {
    let said = say!("value 应为{expected}。", "`value` is {expected}.");
    AppError::unfit(Code::InvalidParameter, vec![Fault::parameter("value", "format", said)])
}

fn month_named(value: Option<&str>) -> Result<Day> {
    value
        .and_then(|value| NaiveDate::parse_from_str(&format!("{value}-01"), "%Y-%m-%d").ok())
        .ok_or_else(|| unknown_value("2026-11"))
}

fn is_of(by: FunnelBy, value: Option<&str>) -> Result<Condition> {
    use step::Column as C;
    let column = match by {
        FunnelBy::Kind | FunnelBy::Month => C::Kind,
        FunnelBy::Field => C::Field,
        FunnelBy::Town => C::Town,
        FunnelBy::Source => C::Source,
        FunnelBy::Organisation => {
            let owner = value.map(|value| value.parse::<OrganisationId>()).transpose();
            let owner = owner.map_err(|_| unknown_value("UUID"))?;
            return Ok(Condition::all().add(match owner {
                Some(owner) => C::OrganisationId.eq(owner),
                None => C::OrganisationId.is_null(),
            }));
        }
    };
    Ok(Condition::all().add(match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    }))
}
