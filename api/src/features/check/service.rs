//! Checking a text that is being written, or a draft that is stored.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day,
    id::ListingId,
    listing::{Content, ListingKind, Model, version},
};

use super::{
    Found, check,
    dto::{CheckIn, CheckOut},
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::listing::{policy, repo, rules, view},
    say,
};

/// What a check of a text or of a draft finds.
///
/// # Errors
/// 401 when nobody signed in, 404 for a draft that the caller may not know of, 403 for one that is neither theirs nor
/// the centre's to mend, 422 when it is not one of the two.
pub async fn answer<C: Into<Content>>(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    given: CheckIn<C>,
) -> Result<CheckOut> {
    cx.person()?;
    let found = match (given.content, given.id) {
        (Some(content), None) => of_text(&content.into(), cx.today),
        (None, Some(id)) => of_draft(db, cx, kind, id).await?,
        (None, None) => {
            let fault = say!("请给出 content 或 id。", "Give either `content` or `id`.");
            return Err(AppError::rule("/content", "required", fault));
        }
        (Some(_), Some(_)) => {
            let fault = say!("content 与 id 只能给一个。", "Give one of `content` and `id`, not both.");
            return Err(AppError::rule("/id", "either", fault));
        }
    };
    Ok(found.into())
}

/// A text that nobody owns yet.
fn of_text(content: &Content, today: Day) -> Found {
    let refusals = [rules::faults(content), rules::lacking(content)].concat();
    check(content, refusals, today)
}

async fn of_draft(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
) -> Result<Found> {
    let row = repo::find(db, kind, id).await?;
    let relation = view::relation(db, cx, &row).await?;
    if !policy::may_read_draft(relation) {
        return Err(AppError::not_found());
    }
    // What an auditor looks at is logged where it is read.
    if !policy::may_see_completeness(relation) {
        return Err(AppError::forbidden(say!(
            "检查供本单位和服务中心使用。",
            "A draft is checked by its organisation and the centre."
        )));
    }
    let version = repo::find_version(db, row.working_version_id.or(row.published_version_id)).await?;
    of_version(&row, &version, cx.today)
}

/// A version of a listing, by what its submission needs.
///
/// # Errors
/// When the content cannot be read.
pub fn of_version(row: &Model, version: &version::Model, today: Day) -> Result<Found> {
    let content = Content::parse(row.kind, version.content.clone()).map_err(AppError::internal)?;
    let refusals = [rules::faults(&content), rules::lacking_of(row, &content)].concat();
    Ok(check(&content, refusals, today))
}
