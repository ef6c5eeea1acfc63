//! The acts: recording, and taking back what was recorded by mistake.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    enclave_entry::{ActiveModel, EnclaveEntryMove, EnclaveEntryStatus, Model},
    id::{EnclaveEntryId, OrganisationId},
    life_cycle::LifeCycle,
    listing::ListingKind,
    value::{name_key, visible},
};

use super::{dto::EnclaveEntryIn, repo};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit, audit::Record, docking::rules, ledger::rules as counting,
        ledger::service::disinterested, listing,
    },
    say,
    web::etag::{Precondition, tag},
};

/// The ETag of an entry.
#[must_use]
pub fn tag_of(row: &Model) -> String {
    tag(row.version)
}

/// Brokers record what counts, and nobody for an organisation they belong to.
fn broker(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_broker() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")))
}

/// Records an achievement that was introduced through an enclave.
///
/// # Errors
/// 401, 403; 409 when it was recorded already; 422 when a rule is broken.
pub async fn record(tx: &Tx, cx: &Context, given: EnclaveEntryIn) -> Result<Model> {
    broker(cx)?;
    let mut faults = Vec::new();
    let listing = listing::repo::by_ids(tx, &[given.listing_id]).await?.into_iter().next();
    let listing =
        listing.filter(|row| row.kind == ListingKind::Achievement && row.first_published_at.is_some());
    if listing.is_none() {
        faults.push(Fault::at(
            "/listing_id",
            "unknown",
            say!("没有这个已发布的成果。", "There is no such achievement that was published."),
        ));
    }
    if let Some(canonical) = listing.as_ref().and_then(|listing| listing.merged_into) {
        faults.push(Fault::at(
            "/listing_id",
            "listing_merged",
            say!(
                "该成果已并入 {canonical}；请填写后者。",
                "The achievement was merged into {canonical}; name that one."
            ),
        ));
    }
    if let (Some(organisation), Some(listing)) = (given.organisation_id, &listing)
        && let Some(row) = rules::organisation(tx, organisation, "/organisation_id", &mut faults).await?
        && row.demo != listing.demo
    {
        faults.push(Fault::at(
            "/organisation_id",
            "demo_and_real",
            say!("演示数据和真实数据不能混用。", "Demo and real organisations do not mix."),
        ));
    }
    let enclave = visible(&given.enclave).split_whitespace().collect::<Vec<_>>().join(" ");
    rules::said(&enclave, "/enclave", &mut faults);
    rules::day(cx, given.introduced_on, None, "/introduced_on", &mut faults);
    let id = EnclaveEntryId::new();
    attachment::service::take_as(
        tx,
        cx,
        given.agreement_attachment_id,
        "/agreement_attachment_id",
        &format!("enclave_entry:{id}"),
        AttachmentPurpose::Agreement,
        &mut faults,
    )
    .await?;
    let (Some(listing), true) = (listing, faults.is_empty()) else { return Err(AppError::rules(faults)) };
    let concerned: Vec<OrganisationId> =
        [listing.organisation_id, given.organisation_id].into_iter().flatten().collect();
    disinterested(cx, &concerned)?;
    let row = Model {
        id,
        open_key: Some(format!("{}|{}", listing.id, name_key(&enclave))),
        enclave,
        listing_id: listing.id,
        organisation_id: given.organisation_id,
        demo: listing.demo,
        status: EnclaveEntryStatus::Recorded,
        introduced_on: given.introduced_on,
        agreement_attachment_id: given.agreement_attachment_id,
        note: given.note,
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
        ended_by: None,
        ended_at: None,
        end_reason: None,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    let record = Record::act("record", SubjectKind::EnclaveEntry, id).beginning(row.status);
    audit::record(tx, cx, record).await?;
    counting::enclave::entered(tx, cx, &row).await?;
    Ok(row)
}

/// Takes back what was recorded by mistake, with its count.
///
/// # Errors
/// 401, 403, 404, 409.
pub async fn withdraw(
    tx: &Tx,
    cx: &Context,
    id: EnclaveEntryId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    broker(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.honour(&tag_of(&row))?;
    let listing = listing::repo::by_ids(tx, &[row.listing_id]).await?.into_iter().next();
    let owner = listing.and_then(|listing| listing.organisation_id);
    let concerned: Vec<OrganisationId> = [owner, row.organisation_id].into_iter().flatten().collect();
    disinterested(cx, &concerned)?;
    let change = row.status.apply(EnclaveEntryMove::Withdraw)?;
    let set = ActiveModel {
        open_key: Set(None),
        ended_by: Set(cx.account_id()),
        ended_at: Set(Some(cx.now)),
        end_reason: Set(Some(reason.clone())),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, set).await?;
    let record =
        Record::of_move(&change, SubjectKind::EnclaveEntry, id).because(None::<&str>, Some(reason.clone()));
    audit::record(tx, cx, record).await?;
    counting::enclave::withdrawn(tx, cx, &row, reason).await?;
    Ok(moved)
}
