//! Of a saved search: whoever keeps it, what is new in it and can still be found.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::SubjectKind,
    id::{AlertId, SavedSearchId},
    notification::{NotificationKind, Text, Words},
};

use super::Told;
use crate::{
    error::Result,
    features::{listing::repo as listings, saved_search::repo, search::doc::is_indexed},
};

pub(super) async fn of(db: &impl ConnectionTrait, id: SavedSearchId, alert: AlertId) -> Result<Option<Told>> {
    let Some(row) = repo::any(db, id).await? else { return Ok(None) };
    let mut found = listings::by_ids(db, &repo::told(db, alert).await?).await?;
    found.retain(is_indexed);
    if found.is_empty() {
        return Ok(None);
    }
    found.sort_by_key(|listing| std::cmp::Reverse(listing.first_published_at));
    let titles: Vec<&str> = found.iter().map(|listing| listing.title.as_str()).collect();
    let words = words(&row.name, &titles);
    Ok(Some(Told {
        kind: NotificationKind::SavedSearch,
        subject: (SubjectKind::SavedSearch, id.to_string()),
        source: format!("alert:{alert}"),
        audit_id: None,
        words,
        path: Some(format!("search?{}", row.query)),
        people: [row.account_id].into(),
        calendar: None,
    }))
}

/// What is told of what is new in a search.
#[must_use]
pub fn words(name: &str, titles: &[&str]) -> Words {
    let (n, lines) = (titles.len(), || titles.iter().map(|title| format!("“{title}”")).collect());
    Words {
        zh: Text { subject: format!("订阅检索“{name}”：{n} 条新结果"), lines: lines() },
        en: Text { subject: format!("Saved search “{name}”: {n} new"), lines: lines() },
    }
}
