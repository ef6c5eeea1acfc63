//! What is done to an entry: applied for, reviewed, approved, made by the agreement, kept, ended. Each
//! act runs in the caller's transaction, with its audit, its count and its mail.

use sea_orm::Set;
use techmart_entity::{
    attachment::{self as paper, AttachmentPurpose},
    audit::SubjectKind,
    id::{ListingId, ProviderEntryId},
    life_cycle::{LifeCycle, StatusChange},
    listing::{ListingKind, status::ListingStatus},
    organisation::{self, OrganisationKind, status::VerificationStatus},
    provider::{
        entry::{ActiveModel, Model},
        status::{EntryMove, EntryStatus},
    },
};

pub use super::schedule::expire_entries;
use super::{
    dto::{AgreementIn, ProviderEntryOut},
    policy, repo, view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit, audit::Record, expiry, ledger::rules as counting, listing,
        listing::policy::Relation, organisation::repo as organisations,
    },
    outbox::{self, Job, Mail},
    say,
    web::{answer::Answer, etag::Precondition},
};

/// Applies for the entry of a page's organisation.
///
/// # Errors
/// 401, 403, 404, 409 when it has an open entry, 422 when it is no verified provider.
pub async fn apply(tx: &Tx, cx: &Context, page: ListingId) -> Result<Answer<ProviderEntryOut>> {
    let page = listing::repo::hold(tx, ListingKind::Provider, page).await?;
    let relation = view::relation(tx, cx, &page).await?;
    policy::apply(cx, relation)?;
    let applied_by = cx.person()?.account_id;
    let owner = match page.organisation_id {
        Some(id) => organisations::find(tx, id).await?,
        None => None,
    };
    // Only who edits for the owner comes here, so there is one.
    let organisation = owner.ok_or_else(AppError::not_found)?;
    let mut faults = obstacles(&organisation);
    let gone = match page.status {
        ListingStatus::Withdrawn | ListingStatus::Rejected | ListingStatus::Merged => true,
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Returned
        | ListingStatus::Published
        | ListingStatus::Suspended
        | ListingStatus::Expired
        | ListingStatus::Solved
        | ListingStatus::ClosedUnsolved => false,
    };
    if gone {
        let detail = say!("该页面已撤下或未通过审核。", "The page was withdrawn or rejected.");
        faults.push(Fault::at("", "page_gone", detail));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: ProviderEntryId::new(),
        listing_id: page.id,
        organisation_id: organisation.id,
        open_key: Some(organisation.id.to_string()),
        demo: organisation.demo,
        status: EntryStatus::Applied,
        agreement_number: None,
        agreement_signed_on: None,
        agreement_valid_to: None,
        agreement_attachment_id: None,
        renewal_asked_at: None,
        applied_by,
        reviewed_by: None,
        approved_by: None,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    let row = repo::insert(tx, row).await?;
    audit::record(tx, cx, Record::act("apply", SubjectKind::ProviderEntry, row.id)).await?;
    let location = format!("/api/v1/providers/{}/entry", page.id);
    let shown = view::show(row, relation);
    Ok(Answer { status: actix_web::http::StatusCode::CREATED, location: Some(location), ..shown })
}

/// What keeps an organisation from entering.
fn obstacles(organisation: &organisation::Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    if organisation.kind != OrganisationKind::Provider {
        let kind = organisation.kind;
        faults.push(Fault::at(
            "",
            "no_provider",
            say!(
                "入驻单位的类型应为 provider，实为 {kind}。",
                "A provider enters; this organisation is of the kind {kind}."
            ),
        ));
    }
    if organisation.verification != VerificationStatus::Verified {
        faults.push(Fault::at(
            "",
            "owner_not_verified",
            say!(
                "单位尚未认证，请先完成单位认证。",
                "Its organisation is not verified yet; verify it first."
            ),
        ));
    }
    faults
}

/// Holds the entry of a page for a move: seen, allowed, at the version that the request names, legal.
pub(super) async fn begin(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    mv: EntryMove,
    precondition: &Precondition,
) -> Result<(Model, Relation, StatusChange<EntryStatus>)> {
    let page = listing::repo::find(tx, ListingKind::Provider, page).await?;
    let relation = view::relation(tx, cx, &page).await?;
    let row = repo::hold_latest(tx, page.id).await?;
    policy::see(&row, relation)?;
    policy::move_it(cx, &row, relation, mv)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(mv)?;
    Ok((row, relation, change))
}

/// A broker takes the application up.
///
/// # Errors
/// 403 for members, 409 when that is not legal.
pub async fn review(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    precondition: &Precondition,
) -> Result<Answer<ProviderEntryOut>> {
    let (row, relation, change) = begin(tx, cx, page, EntryMove::Review, precondition).await?;
    let set = ActiveModel { reviewed_by: Set(cx.account_id()), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::ProviderEntry, row.id)).await?;
    Ok(view::show(moved, relation))
}

/// An admin who did not review it approves the application.
///
/// # Errors
/// 403 for members and for the reviewer, 409 when that is not legal, 422 when the organisation is no
/// verified provider any more.
pub async fn approve(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    precondition: &Precondition,
) -> Result<Answer<ProviderEntryOut>> {
    let (row, relation, change) = begin(tx, cx, page, EntryMove::Approve, precondition).await?;
    let organisation = organisations::find(tx, row.organisation_id).await?.ok_or_else(AppError::not_found)?;
    let faults = obstacles(&organisation);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel { approved_by: Set(cx.account_id()), ..Default::default() };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    tell(tx, cx, Record::of_move(&change, SubjectKind::ProviderEntry, row.id)).await?;
    Ok(view::show(moved, relation))
}

/// A move that sets nothing but the status: reject, suspend, resume, exit.
///
/// # Errors
/// 403 for whom it is not, 409 when that is not legal.
pub async fn simply(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    mv: EntryMove,
    precondition: &Precondition,
    reason: Option<String>,
) -> Result<Answer<ProviderEntryOut>> {
    let (row, relation, change) = begin(tx, cx, page, mv, precondition).await?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    let record = Record::of_move(&change, SubjectKind::ProviderEntry, row.id).because(None::<&str>, reason);
    tell(tx, cx, record).await?;
    Ok(view::show(moved, relation))
}

/// The agreement is signed: the provider has entered, and counts.
///
/// # Errors
/// 403 for members, 409 when that is not legal, 422 when the agreement or the organisation will not do.
pub async fn enter(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    precondition: &Precondition,
    agreement: &AgreementIn,
) -> Result<Answer<ProviderEntryOut>> {
    let (row, relation, change) = begin(tx, cx, page, EntryMove::Enter, precondition).await?;
    let organisation = organisations::find(tx, row.organisation_id).await?.ok_or_else(AppError::not_found)?;
    let mut faults = obstacles(&organisation);
    let paper = check_agreement(tx, cx, &row, agreement, &mut faults).await?;
    let Some(paper) = paper.filter(|_| faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    let moved = repo::advance(tx, &row, &change, cx.now, signed(agreement)).await?;
    tell(tx, cx, of_agreement(&change, row.id, agreement)).await?;
    counting::provider::entered(tx, cx, &moved, &organisation, &paper).await?;
    Ok(view::show(moved, relation))
}

/// Another agreement keeps the provider. It was counted when it entered, and is not counted again.
///
/// # Errors
/// 403 for members, 409 when that is not legal, 422 when the agreement or the organisation will not do.
pub async fn renew(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    precondition: &Precondition,
    agreement: &AgreementIn,
) -> Result<Answer<ProviderEntryOut>> {
    let (row, relation, change) = begin(tx, cx, page, EntryMove::Renew, precondition).await?;
    let organisation = organisations::find(tx, row.organisation_id).await?.ok_or_else(AppError::not_found)?;
    let mut faults = obstacles(&organisation);
    // An agreement of before is taken for this entry already, and so would be taken again.
    let known = attachment::repo::find(tx, agreement.attachment_id).await?;
    let used_before = known.is_some_and(|paper| paper.used_by.as_deref() == Some(used_by(&row).as_str()));
    if used_before {
        faults.push(Fault::at(
            "/attachment_id",
            "attachment_in_use",
            say!(
                "该附件是以前的协议，请上传续签的协议。",
                "That is the agreement of before; upload the one that renews it."
            ),
        ));
    }
    let paper = check_agreement(tx, cx, &row, agreement, &mut faults).await?;
    if let Some(before) = row.agreement_signed_on.filter(|before| agreement.signed_on < *before) {
        faults.push(Fault::at(
            "/signed_on",
            "before_agreement",
            say!(
                "续签不能早于原协议的签订日 {before}。",
                "A renewal is not signed before the agreement that it renews ({before})."
            ),
        ));
    }
    let extends = row.agreement_valid_to.is_none_or(|before| agreement.valid_to > before);
    if !extends || agreement.valid_to < cx.today {
        let last = row.agreement_valid_to.unwrap_or(cx.today);
        faults.push(Fault::at(
            "/valid_to",
            "no_extension",
            say!(
                "续签的有效期应晚于原有效期 {last}，且不早于今天。",
                "A renewal is valid for longer than to {last}, and to today at least."
            ),
        ));
    }
    if paper.is_none() || !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let moved = repo::advance(tx, &row, &change, cx.now, signed(agreement)).await?;
    tell(tx, cx, of_agreement(&change, row.id, agreement)).await?;
    Ok(view::show(moved, relation))
}

/// Asks the centre for another agreement, while the one that holds ends soon or has ended. Asked twice, it was asked
/// once.
///
/// # Errors
/// 403 for whoever does not write for the provider, 404, 409 when there is nothing to renew, 422 when it is too early.
pub async fn ask_renewal(
    tx: &Tx,
    cx: &Context,
    page: ListingId,
    precondition: &Precondition,
) -> Result<Answer<ProviderEntryOut>> {
    let page = listing::repo::find(tx, ListingKind::Provider, page).await?;
    let relation = view::relation(tx, cx, &page).await?;
    let row = repo::hold_latest(tx, page.id).await?;
    policy::see(&row, relation)?;
    policy::apply(cx, relation)?;
    precondition.honour(&view::tag(&row))?;
    row.status.apply(EntryMove::Renew)?;
    if let Some(fault) = expiry::policy::too_early(cx.today, row.agreement_valid_to) {
        return Err(AppError::rules(vec![fault]));
    }
    if row.renewal_asked_at.is_some() {
        return Ok(view::show(row, relation));
    }
    let asked = repo::asked(tx, &row, cx.now).await?;
    let facts = serde_json::json!({ "valid_to": row.agreement_valid_to });
    audit::record(tx, cx, Record::act("ask_renewal", SubjectKind::ProviderEntry, row.id).with(facts)).await?;
    Ok(view::show(asked, relation))
}

/// What is wrong with an agreement; its paper, when that can be used.
async fn check_agreement(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    agreement: &AgreementIn,
    faults: &mut Vec<Fault>,
) -> Result<Option<paper::Model>> {
    let (signed_on, today) = (agreement.signed_on, cx.today);
    if agreement.agreement_number.trim().is_empty() {
        faults.push(Fault::at(
            "/agreement_number",
            "blank",
            say!("请填写协议编号。", "The number must not be blank."),
        ));
    }
    if signed_on > today {
        faults.push(Fault::at(
            "/signed_on",
            "future",
            say!(
                "签订日 {signed_on} 在将来；今天是 {today}。",
                "{signed_on} is in the future; today is {today}."
            ),
        ));
    }
    if agreement.valid_to < signed_on {
        faults.push(Fault::at(
            "/valid_to",
            "before_signing",
            say!("有效期不能早于签订日 {signed_on}。", "It ends before it is signed ({signed_on})."),
        ));
    }
    let (paper, purpose) = (agreement.attachment_id, AttachmentPurpose::Agreement);
    attachment::service::take_as(tx, cx, paper, "/attachment_id", &used_by(row), purpose, faults).await
}

fn used_by(row: &Model) -> String {
    format!("provider_entry:{}", row.id)
}

fn signed(agreement: &AgreementIn) -> ActiveModel {
    ActiveModel {
        agreement_number: Set(Some(agreement.agreement_number.trim().to_owned())),
        agreement_signed_on: Set(Some(agreement.signed_on)),
        agreement_valid_to: Set(Some(agreement.valid_to)),
        agreement_attachment_id: Set(Some(agreement.attachment_id)),
        renewal_asked_at: Set(None),
        ..Default::default()
    }
}

fn of_agreement(change: &StatusChange<EntryStatus>, id: ProviderEntryId, agreement: &AgreementIn) -> Record {
    Record::of_move(change, SubjectKind::ProviderEntry, id).with(serde_json::json!({
        "agreement_number": agreement.agreement_number,
        "signed_on": agreement.signed_on,
        "valid_to": agreement.valid_to,
        "attachment_id": agreement.attachment_id,
    }))
}

/// Writes a move to the log and tells the provider of it by mail.
pub(super) async fn tell(tx: &Tx, cx: &Context, record: Record) -> Result<()> {
    let audit_id = audit::record(tx, cx, record).await?;
    outbox::push(tx, cx.now, &Job::Mail(Mail::Move { audit_id })).await
}
