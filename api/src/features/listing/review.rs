//! What reviewers do: claim, release, publish, return, reject, suspend, resume. A demand is judged in
//! `features/demand/diagnosis.rs`.

use sea_orm::Set;
use techmart_entity::{
    funnel::FunnelStep,
    id::{AccountId, ListingId},
    listing::{
        ActiveModel, Content, ListingKind, Model, Source,
        status::{ListingMove, ListingStatus},
        version,
    },
    organisation::status::VerificationStatus,
    value::title_key::title_key,
};

use super::{
    policy, repo,
    service::{begin, record_and_tell, shelf_life, show_anew},
    subject,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit,
        audit::Record,
        desk::service as desk,
        duplicate, funnel,
        ledger::rules as counting,
        organisation::{repo as organisations, rules as organisation_rules},
    },
    say,
    web::etag::Precondition,
};

/// Takes a submission out of the queue.
///
/// # Errors
/// 403 for members of its owner, 409 when that is not legal.
pub async fn claim(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    let set =
        ActiveModel { claimed_by: Set(cx.account_id()), claimed_at: Set(Some(cx.now)), ..Default::default() };
    quiet(tx, cx, kind, id, ListingMove::Claim, precondition, set).await
}

/// Puts a claimed submission back into the queue.
///
/// # Errors
/// 403 for whom the claim is not, 409 when that is not legal.
pub async fn release(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    let set = ActiveModel { claimed_by: Set(None), claimed_at: Set(None), ..Default::default() };
    let moved = quiet(tx, cx, kind, id, ListingMove::Release, precondition, set).await?;
    desk::released(tx, cx, subject(kind), &id.to_string()).await?;
    Ok(moved)
}

/// Gives a submission to another reviewer, or back to the queue when there is none. One that nobody has claimed yet is
/// claimed by whoever takes it.
///
/// # Errors
/// As [`claim`] and [`release`].
pub async fn pass_on(tx: &Tx, cx: &Context, id: ListingId, to: Option<AccountId>) -> Result<()> {
    let Some(row) = repo::by_ids(tx, &[id]).await?.into_iter().next() else { return Ok(()) };
    let waits = row.next_status.unwrap_or(row.status);
    let any = Precondition::any();
    match (waits, to) {
        (ListingStatus::Submitted, Some(_)) if to == cx.account_id() => {
            claim(tx, cx, row.kind, id, &any).await?;
        }
        (ListingStatus::InReview, None) => {
            release(tx, cx, row.kind, id, &any).await?;
        }
        (ListingStatus::InReview, Some(_)) if to != row.claimed_by => {
            let set =
                ActiveModel { claimed_by: Set(to), claimed_at: Set(Some(cx.now)), ..Default::default() };
            repo::save_draft(tx, &row, cx.now, set).await?;
            let facts = serde_json::json!({ "from": row.claimed_by, "to": to });
            audit::record(tx, cx, Record::act("pass_on", subject(row.kind), id).with(facts)).await?;
        }
        // Nothing is claimed there.
        _ => {}
    }
    Ok(())
}

/// A move that nobody but the centre has to hear of.
async fn quiet(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    mv: ListingMove,
    precondition: &Precondition,
    set: ActiveModel,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, mv, precondition).await?;
    let moved = repo::advance(tx, &row, slot, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, subject(kind), id)).await?;
    Ok(moved)
}

/// Publishes the version under review. At the first publication the item is counted.
///
/// # Errors
/// 403 for whoever submitted it and for members of its owner, 409 when that is not legal, 422 when
/// its owner is not verified or a demand was not judged.
pub async fn publish(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, ListingMove::Publish, precondition).await?;
    let version = repo::find_version(tx, row.working_version_id).await?;
    if version.submitted_by.is_some() && version.submitted_by == cx.account_id() {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!("提交人不能审核自己提交的内容。", "Whoever submitted it does not publish it."),
        ));
    }
    let faults = obstacles(tx, &row).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let content = Content::parse(kind, version.content.clone()).map_err(AppError::internal)?;
    repo::update_version(
        tx,
        version::ActiveModel {
            id: Set(version.id),
            decided_by: Set(cx.account_id()),
            decided_at: Set(Some(cx.now)),
            published_at: Set(Some(cx.now)),
            ..Default::default()
        },
    )
    .await?;
    let mut set = ActiveModel {
        published_version_id: Set(Some(version.id)),
        working_version_id: Set(None),
        claimed_by: Set(None),
        claimed_at: Set(None),
        title: Set(content.title().to_owned()),
        title_key: Set(title_key(content.title())),
        audience: Set(content.audience()),
        ..Default::default()
    };
    let first = row.first_published_at.is_none();
    if first {
        set.first_published_at = Set(Some(cx.now));
        set.expires_at = Set(Some(cx.now + shelf_life()));
    }
    if row.source == Source::Imported {
        // The broker who publishes an imported row takes it up on behalf of its owner.
        set.source = Set(Source::Collected);
        set.collected_by = Set(cx.account_id());
        if row.collected_at.is_none() {
            set.collected_at = Set(Some(cx.now));
        }
    }
    let moved = repo::advance(tx, &row, slot, &change, cx.now, set).await?;
    repo::set_duplicate_keys(tx, &moved, &content).await?;
    record_and_tell(tx, cx, Record::of_move(&change, subject(kind), id)).await?;
    if first {
        counting::listing::published(tx, cx, &moved, &version, &content).await?;
        funnel::service::reached(tx, cx, &moved, FunnelStep::Published).await?;
    }
    show_anew(tx, cx, id).await?;
    duplicate::service::ask(tx, cx, vec![id], Vec::new(), Vec::new()).await?;
    Ok(moved)
}

/// What stands in the way of publishing a row.
async fn obstacles(tx: &Tx, row: &Model) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let owner = match row.organisation_id {
        Some(id) => organisations::find(tx, id).await?,
        None => None,
    };
    faults.extend(owner.as_ref().and_then(|owner| organisation_rules::suspended(owner, "")));
    if policy::is_collected(row) {
        if row.source_url.is_none() && row.collection_attachment_id.is_none() {
            faults.push(Fault::at(
                "",
                "no_evidence",
                say!(
                    "整合汇聚的条目需要来源网址或签字材料。",
                    "What was collected needs a source address or a signed paper."
                ),
            ));
        }
    } else {
        let known = owner.is_some_and(|owner| match owner.verification {
            // That it is suspended is told above.
            VerificationStatus::Verified | VerificationStatus::Suspended => true,
            VerificationStatus::Unverified
            | VerificationStatus::Submitted
            | VerificationStatus::Rejected
            | VerificationStatus::Expired => false,
        });
        if !known {
            faults.push(Fault::at(
                "",
                "owner_not_verified",
                say!(
                    "单位尚未认证，请先完成单位认证。",
                    "Its organisation is not verified yet; verify it first."
                ),
            ));
        }
    }
    if row.kind == ListingKind::Demand && row.diagnosis.is_none() {
        faults.push(Fault::at(
            "",
            "not_diagnosed",
            say!(
                "发布前请先诊断（POST /demands/{{id}}/diagnose）。",
                "Judge the demand first (POST /demands/{{id}}/diagnose)."
            ),
        ));
    }
    Ok(faults)
}

/// Sends the version under review back to its author, with the reason.
///
/// # Errors
/// 403 for whom the claim is not, 409 when that is not legal.
pub async fn send_back(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    decide(tx, cx, kind, id, ListingMove::Return, precondition, reason).await
}

/// Refuses the version under review for good, with the reason.
///
/// # Errors
/// 403 for whom the claim is not, 409 when that is not legal.
pub async fn reject(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let moved = decide(tx, cx, kind, id, ListingMove::Reject, precondition, reason.clone()).await?;
    if kind == ListingKind::Demand && !moved.status.was_published() {
        counting::demand::rejected(tx, cx, &moved, reason).await?;
    }
    duplicate::service::ask(tx, cx, vec![id], Vec::new(), Vec::new()).await?;
    Ok(moved)
}

async fn decide(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    mv: ListingMove,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, mv, precondition).await?;
    let version = repo::find_version(tx, row.working_version_id).await?;
    repo::update_version(
        tx,
        version::ActiveModel {
            id: Set(version.id),
            decided_by: Set(cx.account_id()),
            decided_at: Set(Some(cx.now)),
            ..Default::default()
        },
    )
    .await?;
    let set = ActiveModel { claimed_by: Set(None), claimed_at: Set(None), ..Default::default() };
    let moved = repo::advance(tx, &row, slot, &change, cx.now, set).await?;
    record_and_tell(tx, cx, Record::of_move(&change, subject(kind), id).because(None::<&str>, Some(reason)))
        .await?;
    Ok(moved)
}

/// Hides a published item, with the reason.
///
/// # Errors
/// 409 when that is not legal.
pub async fn suspend(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    visible_move(tx, cx, kind, id, ListingMove::Suspend, precondition, Some(reason)).await
}

/// Shows a suspended item again.
///
/// # Errors
/// 409 when that is not legal.
pub async fn resume(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    visible_move(tx, cx, kind, id, ListingMove::Resume, precondition, None).await
}

async fn visible_move(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    mv: ListingMove,
    precondition: &Precondition,
    reason: Option<String>,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, mv, precondition).await?;
    let moved = repo::advance(tx, &row, slot, &change, cx.now, ActiveModel::default()).await?;
    record_and_tell(tx, cx, Record::of_move(&change, subject(kind), id).because(None::<&str>, reason))
        .await?;
    show_anew(tx, cx, id).await?;
    Ok(moved)
}
