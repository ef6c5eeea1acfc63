//! First publications: achievements (T1), and achievements and demands alike (T5).

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use techmart_entity::{
    Instant,
    id::ListingId,
    indicator::{
        self, Basis,
        parameters::{self, Items, Publication},
        rule,
    },
    ledger::EvidenceKind,
    listing::{Content, ListingKind, Model, status::ListingStatus, version},
};

use super::{achievement_key, evidence, of_listing, paper};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        ledger::{
            repo,
            service::{self, Earned, earn, of_file},
        },
        listing,
    },
};

/// At a listing's first publication.
///
/// # Errors
/// When the rows cannot be written.
pub async fn published(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    version: &version::Model,
    content: &Content,
) -> Result<()> {
    if row.kind == ListingKind::Provider {
        return Ok(());
    }
    let base = of_publication(tx, cx, row, version, content).await?;
    if row.kind == ListingKind::Achievement {
        let unit_key = achievement_key(row.id, content);
        for indicator in repo::indicators_on(tx, Basis::AchievementPublished).await? {
            let rule: Publication = parameters::read(&indicator.parameters).map_err(AppError::internal)?;
            if row.organisation_id.is_none() && !rule.count_ownerless {
                continue;
            }
            if !variant_is_counted(tx, &indicator.code, row).await? {
                earn(tx, cx, &indicator, Earned { unit_key: unit_key.clone(), ..base.clone() }).await?;
            }
        }
    }
    for indicator in repo::indicators_on(tx, Basis::ItemPublished).await? {
        let rule: Items = parameters::read(&indicator.parameters).map_err(AppError::internal)?;
        if row.organisation_id.is_some() || rule.count_ownerless {
            let unit_key = format!("published:{}", row.id);
            earn(tx, cx, &indicator, Earned { unit_key, ..base.clone() }).await?;
        }
    }
    Ok(())
}

async fn of_publication(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    version: &version::Model,
    content: &Content,
) -> Result<Earned> {
    let address = format!("/api/v1/{}/{}", listing::plural(row.kind), row.id);
    let mut shown = vec![evidence(
        EvidenceKind::PublishedVersion,
        format!("v{}", version.number),
        Some(format!("{address}/versions")),
        version.content_hash.clone().or_else(|| Some(content.hash())),
    )];
    if let Some(url) = &row.source_url {
        shown.push(evidence(EvidenceKind::SourceUrl, url.clone(), Some(url.clone()), None));
    }
    if let Some(id) = row.collection_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::OwnerAuthorisation, &file));
    }
    if let Some(author) = version.submitted_by {
        shown.push(evidence(
            EvidenceKind::OwnerAuthorisation,
            format!("submitted by account {author}"),
            Some(format!("{address}/history")),
            None,
        ));
    }
    shown.push(evidence(
        EvidenceKind::Review,
        "reviewed and published",
        Some(format!("{address}/history")),
        None,
    ));
    Ok(Earned {
        effective_on: cx.today,
        evidence: shown,
        performers: vec![row.created_by, row.collected_by, version.submitted_by, cx.account_id()],
        ..of_listing(row)
    })
}

/// Whether another achievement with one of the same patents or the same registration is counted.
async fn variant_is_counted(tx: &Tx, indicator: &str, row: &Model) -> Result<bool> {
    let variants: Vec<ListingId> = listing::repo::duplicates(tx, row)
        .await?
        .into_iter()
        .filter(|(_, key)| !key.starts_with("title:"))
        .map(|(other, _)| other.id)
        .collect();
    let counted = repo::active_of_listings(tx, indicator, &variants).await?;
    Ok(counted.iter().any(|(entry, _)| entry.demo == row.demo))
}

/// Whether an end at that instant comes so soon after the first publication that it does not count.
fn at_once(rule: &Publication, row: &Model, end: Instant) -> bool {
    let grace = Duration::hours(rule.withdrawal_grace_hours);
    row.first_published_at.is_some_and(|start| end - start < grace)
}

/// Whether an achievement has come to where it no longer counts: withdrawn at once, by the rule that was in force
/// then, or expired under a rule that says so.
///
/// # Errors
/// When the rows cannot be read.
pub async fn stopped_counting(tx: &Tx, indicator: &indicator::Model, row: &Model) -> Result<bool> {
    let now: Publication = parameters::read(&indicator.parameters).map_err(AppError::internal)?;
    if row.status == ListingStatus::Expired && !now.keep_expired {
        return Ok(true);
    }
    let Some(end) = row.withdrawn_at else { return Ok(false) };
    let then = rule::Entity::find()
        .filter(rule::Column::Indicator.eq(&indicator.code))
        .filter(rule::Column::InForceAt.lte(end))
        .order_by_desc(rule::Column::InForceAt)
        .one(tx)
        .await?;
    let Some(then) = then else { return Ok(false) };
    let then: Publication = parameters::read(&then.parameters).map_err(AppError::internal)?;
    Ok(at_once(&then, row, end))
}

/// What was published and counted and is withdrawn at once, is taken back.
///
/// # Errors
/// When the rows cannot be written.
pub async fn withdrawn(tx: &Tx, cx: &Context, row: &Model) -> Result<()> {
    if row.kind != ListingKind::Achievement {
        return Ok(());
    }
    for indicator in repo::indicators_on(tx, Basis::AchievementPublished).await? {
        let rule: Publication = parameters::read(&indicator.parameters).map_err(AppError::internal)?;
        let hours = rule.withdrawal_grace_hours;
        if !at_once(&rule, row, cx.now) {
            continue;
        }
        for (entry, _) in repo::active_of_listings(tx, &indicator.code, &[row.id]).await? {
            let reason =
                format!("发布后 {hours} 小时内撤下 / withdrawn within {hours} hours of its publication");
            service::reverse(tx, cx, entry.id, reason).await?;
        }
    }
    Ok(())
}

/// What no longer counts when it expires, where a rule says so.
///
/// # Errors
/// When the rows cannot be written.
pub async fn expired(tx: &Tx, cx: &Context, row: &Model) -> Result<()> {
    if row.kind != ListingKind::Achievement {
        return Ok(());
    }
    for indicator in repo::indicators_on(tx, Basis::AchievementPublished).await? {
        let rule: Publication = parameters::read(&indicator.parameters).map_err(AppError::internal)?;
        if rule.keep_expired {
            continue;
        }
        for (entry, _) in repo::active_of_listings(tx, &indicator.code, &[row.id]).await? {
            service::reverse(tx, cx, entry.id, "到期未续 / expired and not renewed".to_owned()).await?;
        }
    }
    Ok(())
}
