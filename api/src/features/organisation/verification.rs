//! The verification of an organisation: asked for, given for a term, renewed, refused, suspended, ended. Each act runs in
//! the caller's transaction, with its audit and its mail.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    id::OrganisationId,
    life_cycle::{LifeCycle, StatusChange},
    organisation::{
        ActiveModel, Model,
        status::{VerificationMove, VerificationStatus},
    },
};

use super::{dto::VerifyIn, policy, repo, rules, view};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit, audit::Record, change::service as change_feed, duplicate, expiry, listing,
    },
    outbox::{self, Job, Mail},
    say,
    web::etag::Precondition,
};

/// Holds a row for a move of its verification: allowed, at the version that the request names, legal.
async fn begin(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    mv: VerificationMove,
    precondition: &Precondition,
) -> Result<(Model, StatusChange<VerificationStatus>)> {
    let row = repo::hold_standing(tx, id).await?;
    policy::move_it(cx, &row, policy::relation(cx, &row), mv)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.verification.apply(mv)?;
    Ok((row, change))
}

/// Asks the centre to verify the organisation.
///
/// # Errors
/// 409 when that is not legal, 422 when its row is not complete.
pub async fn submit(tx: &Tx, cx: &Context, id: OrganisationId, precondition: &Precondition) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, VerificationMove::Submit, precondition).await?;
    let faults = rules::faults(&row, policy::is_named_by_source(&row));
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel { renewal_asked_at: Set(None), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Organisation, id)).await?;
    Ok(moved)
}

/// The centre has convinced itself. What it relied on is always said in words, so an organisation
/// without a credit code can be verified too.
///
/// # Errors
/// 403 for members, 409 when that is not legal, 422 when the paper or the term cannot be used.
pub async fn verify(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    precondition: &Precondition,
    given: VerifyIn,
) -> Result<Model> {
    convinced(tx, cx, id, VerificationMove::Verify, precondition, given).await
}

/// The centre has convinced itself again, before or after the term ended.
///
/// # Errors
/// 403 for members, 409 when that is not legal, 422 when the paper or the term cannot be used.
pub async fn renew(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    precondition: &Precondition,
    given: VerifyIn,
) -> Result<Model> {
    convinced(tx, cx, id, VerificationMove::Renew, precondition, given).await
}

async fn convinced(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    mv: VerificationMove,
    precondition: &Precondition,
    given: VerifyIn,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, mv, precondition).await?;
    let mut faults = Vec::new();
    let evidence = given.evidence.trim().to_owned();
    if evidence.is_empty() {
        let detail = say!("请写明依据。", "Say what you relied on.");
        faults.push(Fault::at("/evidence", "blank", detail));
    }
    faults.extend(rules::term(cx.today, row.valid_until.filter(|_| mv == VerificationMove::Renew), &given));
    if let Some(paper) = given.attachment_id {
        let used_by = format!("organisation:{id}");
        let purpose = AttachmentPurpose::Verification;
        attachment::service::take_of(tx, cx, paper, "/attachment_id", &used_by, purpose, id, &mut faults)
            .await?;
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        verification_method: Set(Some(given.method)),
        verification_evidence: Set(Some(evidence)),
        verification_reason: Set(None),
        verified_by: Set(cx.account_id()),
        verified_at: Set(Some(cx.now)),
        valid_until: Set(given.valid_until),
        renewal_asked_at: Set(None),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    change_feed::note_owned(tx, cx.now, id).await?;
    duplicate::service::ask(tx, cx, Vec::new(), vec![id], Vec::new()).await?;
    let facts = serde_json::json!({ "method": given.method, "attachment_id": given.attachment_id,
        "valid_until": given.valid_until });
    tell(tx, cx, Record::of_move(&change, SubjectKind::Organisation, id).with(facts)).await?;
    Ok(moved)
}

/// Asks the centre for another term, while the one that holds ends soon or has ended. Asked twice, it was asked once.
///
/// # Errors
/// 403 for whoever does not write for it, 409 when there is nothing to renew, 422 when it is too early.
pub async fn ask_renewal(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    precondition: &Precondition,
) -> Result<Model> {
    let row = repo::hold_standing(tx, id).await?;
    policy::ask_renewal(cx, policy::relation(cx, &row))?;
    precondition.honour(&view::tag(&row))?;
    row.verification.apply(VerificationMove::Renew)?;
    if let Some(fault) = expiry::policy::too_early(cx.today, row.valid_until) {
        return Err(AppError::rules(vec![fault]));
    }
    if row.renewal_asked_at.is_some() {
        return Ok(row);
    }
    let set = ActiveModel { renewal_asked_at: Set(Some(cx.now)), ..Default::default() };
    let saved = repo::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "valid_until": row.valid_until });
    audit::record(tx, cx, Record::act("ask_renewal", SubjectKind::Organisation, id).with(facts)).await?;
    Ok(saved)
}

/// Lets a verification end whose last day is past; says whether it did.
///
/// # Errors
/// 409 when that is not legal any more.
pub async fn expire(tx: &Tx, cx: &Context, id: OrganisationId) -> Result<bool> {
    let (row, change) = begin(tx, cx, id, VerificationMove::Expire, &Precondition::any()).await?;
    if row.valid_until.is_none_or(|last| last >= cx.today) {
        return Ok(false);
    }
    repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    // Its listings say whether their owner is verified.
    change_feed::note_owned(tx, cx.now, id).await?;
    tell(tx, cx, Record::of_move(&change, SubjectKind::Organisation, id)).await?;
    Ok(true)
}

/// The centre is not convinced; the reason reaches the owners.
///
/// # Errors
/// 403 for members, 409 when that is not legal.
pub async fn reject(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    give_reason(tx, cx, id, VerificationMove::Reject, precondition, Some(reason)).await
}

/// Suspends a verified organisation, with the reason: what it published disappears, and it submits,
/// expresses and accepts nothing, until that is over. What was counted of it stays counted.
///
/// # Errors
/// 403 for members, 409 when that is not legal.
pub async fn suspend(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let moved = give_reason(tx, cx, id, VerificationMove::Suspend, precondition, Some(reason)).await?;
    listing::service::show_owned_anew(tx, cx, id).await?;
    Ok(moved)
}

/// Ends a suspension: what the organisation published is there again.
///
/// # Errors
/// 403 for members, 409 when that is not legal.
pub async fn resume(tx: &Tx, cx: &Context, id: OrganisationId, precondition: &Precondition) -> Result<Model> {
    let moved = give_reason(tx, cx, id, VerificationMove::Resume, precondition, None).await?;
    listing::service::show_owned_anew(tx, cx, id).await?;
    Ok(moved)
}

async fn give_reason(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    mv: VerificationMove,
    precondition: &Precondition,
    reason: Option<String>,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, mv, precondition).await?;
    let set = ActiveModel { verification_reason: Set(reason.clone()), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    let record = Record::of_move(&change, SubjectKind::Organisation, id).because(None::<&str>, reason);
    tell(tx, cx, record).await?;
    Ok(moved)
}

/// Writes a move to the log and tells the owners of it by mail.
async fn tell(tx: &Tx, cx: &Context, record: Record) -> Result<()> {
    let audit_id = audit::record(tx, cx, record).await?;
    outbox::push(tx, cx.now, &Job::Mail(Mail::Move { audit_id })).await
}
