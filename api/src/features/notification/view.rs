//! Looking at what one was told and at how one is told.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::NotificationId,
    notification::{NotificationKind, preference},
};

use super::{
    dto::{NotificationOut, NotificationQuery, PreferenceOut, PreferencesOut, UnreadOut},
    repo,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::account::repo as accounts,
    web::paging::{Cut, Page},
};

/// A page of the caller's list, newest first.
///
/// # Errors
/// 401 for visitors, 400 when the cursor is not this list's.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: NotificationQuery,
) -> Result<Page<NotificationOut>> {
    let person = cx.person()?.account_id;
    let filter = repo::Filter { kinds: query.kind.clone(), unread: query.unread.unwrap_or_default() };
    let mark = ("notifications", person, NotificationQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<NotificationId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, person, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, NotificationOut::from))
}

/// How many the caller has not read.
///
/// # Errors
/// 401 for visitors.
pub async fn unread(db: &impl ConnectionTrait, cx: &Context) -> Result<UnreadOut> {
    Ok(UnreadOut { unread: repo::unread(db, cx.person()?.account_id).await? })
}

/// How the caller is told of things of each kind.
///
/// # Errors
/// 401 for visitors.
pub async fn preferences(db: &impl ConnectionTrait, cx: &Context) -> Result<PreferencesOut> {
    let person = cx.person()?.account_id;
    let account = accounts::find(db, person).await?.ok_or_else(AppError::not_found)?;
    let chosen = repo::chosen(db, person).await?;
    let of = |kind: NotificationKind| {
        let chosen: Option<&preference::Model> = chosen.iter().find(|row| row.kind == kind);
        let mail = match kind {
            NotificationKind::Recommendation => account.match_digest,
            NotificationKind::Listing
            | NotificationKind::Organisation
            | NotificationKind::Entry
            | NotificationKind::Docking
            | NotificationKind::Message
            | NotificationKind::Meeting
            | NotificationKind::Contract
            | NotificationKind::Event
            | NotificationKind::SavedSearch
            | NotificationKind::Expiry
            | NotificationKind::ApiClient
            | NotificationKind::Desk => chosen.map_or(kind.default_pace(), |row| row.mail),
        };
        PreferenceOut { kind, listed: chosen.is_none_or(|row| row.listed), mail, chosen: chosen.is_some() }
    };
    Ok(PreferencesOut { items: NotificationKind::ALL.iter().copied().map(of).collect() })
}
