//! What the two sides say of a recommendation or an interest: express it, accept it, decline it.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    docking::{ActiveModel, Model, Side, status::DockingMove},
    funnel::FunnelStep,
    id::{DockingId, OrganisationId},
    listing::status::ListingStatus,
};

use super::{
    dto::{AcceptIn, ConsentIn, DeclineIn, InterestIn},
    policy, repo, rules,
    service::{ANSWER_WITHIN, begin, record_move, used_by},
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{attachment, calendar, funnel, ledger::rules as counting, listing},
    say,
    web::etag::Precondition,
};

/// The side on which a recommendation begins takes it up.
///
/// # Errors
/// 403 for the other side, 409 when that is not legal, 422 when the organisation is not verified or the
/// listing is no longer published.
pub async fn express_interest(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: InterestIn,
) -> Result<Model> {
    let (row, by, change) = begin(tx, cx, id, DockingMove::ExpressInterest, precondition).await?;
    let mut faults = Vec::new();
    rules::verified(cx.acting_membership()?.verification, &mut faults);
    rules::standing(tx, row.enterprise_id, row.supplier_id, &mut faults).await?;
    still_published(tx, &row, &mut faults).await?;
    rules::without_contact(given.message.as_ref(), "/message", &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let mut set = ActiveModel {
        interest_side: Set(Some(by)),
        interest_by: Set(cx.account_id()),
        interest_at: Set(Some(cx.now)),
        expires_on: Set(Some(calendar::repo::load(tx).await?.after(cx.today, ANSWER_WITHIN))),
        ..Default::default()
    };
    if given.message.is_some() {
        set.message = Set(given.message);
    }
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    record_move(tx, cx, id, &change, None, None).await?;
    funnel::service::docked(tx, &moved, &[(FunnelStep::Interest, cx.today)]).await?;
    Ok(moved)
}

/// A recommendation may outlive its listing's publication; an interest does not begin after it.
async fn still_published(tx: &Tx, row: &Model, faults: &mut Vec<Fault>) -> Result<()> {
    let (about, pointer) = match row.achievement_id {
        Some(id) => (Some(id), "/achievement_id"),
        None => (row.demand_id, "/demand_id"),
    };
    for listing in listing::repo::by_ids(tx, about.as_slice()).await? {
        rules::is_published(&listing, pointer, faults);
    }
    Ok(())
}

/// What it is about may have ended since the interest; what the centre has hidden is not begun upon.
async fn not_suspended(tx: &Tx, row: &Model, faults: &mut Vec<Fault>) -> Result<()> {
    let about = row.achievement_id.or(row.demand_id);
    for listing in listing::repo::by_ids(tx, about.as_slice()).await? {
        if listing.status == ListingStatus::Suspended {
            faults.push(Fault::at(
                "",
                "listing_suspended",
                say!(
                    "该条目已被服务中心暂停展示，恢复后才能接受。",
                    "The centre has suspended the listing; the interest can be accepted once that is over."
                ),
            ));
        }
    }
    Ok(())
}

/// The other side accepts; for one without an account a broker does, with a paper.
///
/// # Errors
/// 403 for the side that expressed the interest and for whoever expressed it, 409 when that is not
/// legal, 422 when its last day is past or the consent does not fit.
pub async fn accept(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: AcceptIn,
) -> Result<Model> {
    let (row, by, change) = begin(tx, cx, id, DockingMove::Accept, precondition).await?;
    let mut faults = Vec::new();
    rules::standing(tx, row.enterprise_id, row.supplier_id, &mut faults).await?;
    not_suspended(tx, &row, &mut faults).await?;
    if let Some(last) = row.expires_on.filter(|last| *last < cx.today) {
        faults.push(Fault::at(
            "",
            "interest_expired",
            say!(
                "意向已于 {last} 到期；请重新表达意向。",
                "The interest could be accepted until {last}; express it anew."
            ),
        ));
    }
    let mut set = ActiveModel {
        accepted_by: Set(cx.account_id()),
        accepted_at: Set(Some(cx.now)),
        ..Default::default()
    };
    match by {
        Side::Enterprise | Side::Supplier => {
            rules::verified(cx.acting_membership()?.verification, &mut faults);
            if given.consent.is_some() {
                faults.push(Fault::at(
                    "/consent",
                    "not_applicable",
                    say!(
                        "您本人即可接受，无需同意材料。",
                        "You accept it yourself; no paper of consent is needed."
                    ),
                ));
            }
        }
        Side::Centre => {
            let silent = match policy::responder(&row) {
                Side::Enterprise => row.enterprise_id,
                Side::Supplier | Side::Centre => row.supplier_id,
            };
            if let Some(consent) = consent_for(tx, cx, &row, silent, given.consent, &mut faults).await? {
                set.consent_attachment_id = Set(Some(consent.attachment_id));
                set.consent_note = Set(Some(consent.note));
            }
            if row.broker_id.is_none() {
                set.broker_id = Set(cx.account_id());
            }
        }
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    record_move(tx, cx, id, &change, None, None).await?;
    counting::docking::accepted(tx, cx, &moved).await?;
    funnel::service::docked(tx, &moved, &[(FunnelStep::Accepted, cx.today)]).await?;
    Ok(moved)
}

/// The paper by which a broker consents for an organisation that nobody has an account of.
async fn consent_for(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    silent: OrganisationId,
    consent: Option<ConsentIn>,
    faults: &mut Vec<Fault>,
) -> Result<Option<ConsentIn>> {
    if repo::members(tx, silent).await? > 0 {
        return Err(AppError::forbidden(say!(
            "该单位已有账号，请由其成员接受。",
            "People of that organisation have accounts; one of them accepts."
        )));
    }
    let Some(consent) = consent else {
        faults.push(Fault::at(
            "/consent",
            "required",
            say!(
                "代为同意需要同意材料和说明。",
                "To consent for somebody else, a paper and a note are needed."
            ),
        ));
        return Ok(None);
    };
    rules::said(&consent.note, "/consent/note", faults);
    attachment::service::take_as(
        tx,
        cx,
        consent.attachment_id,
        "/consent/attachment_id",
        &used_by(row.id),
        AttachmentPurpose::Consent,
        faults,
    )
    .await?;
    Ok(Some(consent))
}

/// The other side declines, with its reason.
///
/// # Errors
/// 403 for everybody else, 409 when that is not legal.
pub async fn decline(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: DeclineIn,
) -> Result<Model> {
    refuse(tx, cx, id, DockingMove::Decline, precondition, given).await
}

/// A party or a broker does not take the recommendation up, with the reason.
///
/// # Errors
/// 409 when that is not legal.
pub async fn dismiss(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: DeclineIn,
) -> Result<Model> {
    refuse(tx, cx, id, DockingMove::Dismiss, precondition, given).await
}

async fn refuse(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    mv: DockingMove,
    precondition: &Precondition,
    given: DeclineIn,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, mv, precondition).await?;
    let mut faults = Vec::new();
    rules::without_contact(given.note.as_ref(), "/note", &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        decline_code: Set(Some(given.code)),
        end_note: Set(given.note.clone()),
        ended_by: Set(cx.account_id()),
        ended_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    record_move(tx, cx, id, &change, Some(given.code.to_string()), given.note).await?;
    Ok(moved)
}
