//! What of clients, keys and their use is shown.

use chrono::Days;
use sea_orm::ConnectionTrait;
use techmart_entity::id::{ApiClientId, ApiKeyId};

use super::{
    dto::{ApiClientOut, ApiClientQuery, ApiKeyOut, ApiKeyQuery, ApiUsageOut, ApiUsageQuery, ApiUsageRowOut},
    keys, policy, repo,
    service::tag,
};
use crate::{
    auth::Context,
    error::{AppError, Code, Fault, Result},
    say,
    web::{
        answer::Answer,
        paging::{Cut, Page},
    },
};

/// Days of usage that are shown at once.
const DAYS: i64 = 92;
/// How many when the request does not say.
const USUAL: u64 = 29;

/// The clients that the caller may see, newest first.
///
/// # Errors
/// 400 when the cursor is not this list's, 401.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: ApiClientQuery,
) -> Result<Page<ApiClientOut>> {
    let person = cx.person()?.account_id;
    let mark = ApiClientQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<ApiClientId>::read(query.limit, query.cursor.as_deref(), &(mark, person))?;
    let filter =
        repo::Filter { statuses: query.status, organisation: query.organisation_id, public: query.public };
    let rows = repo::list(db, repo::scope(cx), &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, ApiClientOut::from))
}

/// One client.
///
/// # Errors
/// 401, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: ApiClientId) -> Result<Answer<ApiClientOut>> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    policy::see(cx, &row)?;
    let tag = tag(&row);
    Ok(Answer::ok(row.into()).tagged(tag))
}

/// The keys of a client, newest first, those that ended as well.
///
/// # Errors
/// 400 when the cursor is not this list's, 401, 404.
pub async fn keys(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: ApiClientId,
    query: ApiKeyQuery,
) -> Result<Page<ApiKeyOut>> {
    cx.person()?;
    policy::see(cx, &repo::find(db, id).await?)?;
    let cut = Cut::<ApiKeyId>::read(query.limit, query.cursor.as_deref(), &("api keys", id))?;
    let rows = repo::keys(db, id, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, |row| ApiKeyOut::of(cx, row)))
}

/// One key of a client.
///
/// # Errors
/// 401, 404.
pub async fn key(
    db: &impl ConnectionTrait,
    cx: &Context,
    client: ApiClientId,
    id: ApiKeyId,
) -> Result<Answer<ApiKeyOut>> {
    cx.person()?;
    policy::see(cx, &repo::find(db, client).await?)?;
    let row = repo::find_key(db, client, id).await?;
    // A use shows in it and makes no version; nobody changes it by that.
    let tag = keys::tag(&row);
    Ok(Answer::ok(ApiKeyOut::of(cx, row)).tagged(tag))
}

/// How a client was used, by day and scope.
///
/// # Errors
/// 400 for days in the wrong order or too many, 401, 404.
pub async fn usage(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: ApiClientId,
    query: ApiUsageQuery,
) -> Result<ApiUsageOut> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    policy::see(cx, &row)?;
    let to = query.to.unwrap_or(cx.today);
    let from = query.from.or_else(|| to.checked_sub_days(Days::new(USUAL))).unwrap_or(to);
    let days = (to - from).num_days() + 1;
    if !(1..=DAYS).contains(&days) {
        let detail = say!(
            "from 不晚于 to，且最多 {DAYS} 天。",
            "`from` is no later than `to`, and it is {DAYS} days at most."
        );
        return Err(AppError::unfit(Code::InvalidParameter, vec![Fault::parameter("from", "range", detail)]));
    }
    let rows = repo::usage(db, id, from, to).await?;
    let items = rows
        .into_iter()
        .map(|row| ApiUsageRowOut {
            day: row.day,
            scope: row.scope.parse().ok(),
            requests: row.requests,
            refused: row.refused,
            failed: row.failed,
            limited: row.limited,
        })
        .collect();
    Ok(ApiUsageOut { from, to, daily_quota: row.daily_quota, items })
}
