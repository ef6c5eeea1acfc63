//! Recording, answering and withdrawing offers.

use sea_orm::{ConnectionTrait, Set};
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    docking::{
        Model as Docking, Side,
        offer::{
            ActiveModel, Model,
            status::{OfferMove, OfferStatus},
        },
    },
    id::{DockingId, OfferId, OrganisationId},
    life_cycle::{LifeCycle, StatusChange},
};

use super::{
    dto::{OfferAnswerIn, OfferIn, OfferOut, OfferQuery},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment,
        audit::Record,
        docking::{
            policy, repo as dockings, rules,
            service::{act_between, act_in, used_by},
        },
        listing::service::record_and_tell,
    },
    say,
    web::{
        etag::{self, Precondition},
        paging::{Cut, Page},
    },
};

/// The offers of a docking that the caller may see, newest first.
///
/// # Errors
/// 401, 404; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    query: OfferQuery,
) -> Result<Page<OfferOut>> {
    cx.person()?;
    let docking = dockings::find(db, id).await?;
    policy::see(cx, policy::relation(cx, &docking))?;
    let cut = Cut::<OfferId>::read(query.limit, query.cursor.as_deref(), &("offers", id))?;
    let rows = repo::list(db, id, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, OfferOut::from))
}

/// The ETag of an offer.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// An offer, for somebody who may see its docking.
///
/// # Errors
/// 401, 404.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: DockingId, offer: OfferId) -> Result<Model> {
    cx.person()?;
    let docking = dockings::find(db, id).await?;
    policy::see(cx, policy::relation(cx, &docking))?;
    repo::find(db, id, offer).await
}

/// A side makes an offer; a broker records one with its paper.
///
/// # Errors
/// 401, 403, 404; 409 before the two have consented; 422 when a rule is broken.
pub async fn record(tx: &Tx, cx: &Context, id: DockingId, given: OfferIn) -> Result<Model> {
    let (_, by) = act_between(tx, cx, id, "record_offer").await?;
    let mut faults = Vec::new();
    let side = whose(by, &given, &mut faults);
    if given.valid_to.is_some_and(|last| last < cx.today) {
        faults.push(Fault::at(
            "/valid_to",
            "past",
            say!("有效期不能早于今天。", "An offer cannot have ended before today."),
        ));
    }
    rules::said(&given.terms, "/terms", &mut faults);
    if let Some(paper) = given.paper_attachment_id {
        let purpose = AttachmentPurpose::Offer;
        attachment::service::take_as(
            tx,
            cx,
            paper,
            "/paper_attachment_id",
            &used_by(id),
            purpose,
            &mut faults,
        )
        .await?;
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: OfferId::new(),
        docking_id: id,
        status: OfferStatus::Open,
        side,
        cooperation_mode: given.cooperation_mode,
        amount: given.amount,
        currency: given.currency.unwrap_or_else(|| "CNY".to_owned()),
        terms: given.terms,
        valid_to: given.valid_to,
        paper_attachment_id: given.paper_attachment_id,
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
        answered_by: None,
        answered_side: None,
        answered_at: None,
        answer_note: None,
        reminded_at: None,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    tell(tx, cx, "record_offer", &row, None).await?;
    Ok(row)
}

fn whose(by: Side, given: &OfferIn, faults: &mut Vec<Fault>) -> Side {
    match (by, given.side) {
        (Side::Centre, Some(side @ (Side::Enterprise | Side::Supplier))) => {
            if given.paper_attachment_id.is_none() {
                faults.push(rules::required("/paper_attachment_id"));
            }
            side
        }
        (Side::Centre, Some(Side::Centre) | None) => {
            faults.push(rules::required("/side"));
            by
        }
        (Side::Enterprise | Side::Supplier, None) => by,
        (Side::Enterprise | Side::Supplier, Some(side)) => {
            if side != by {
                faults.push(Fault::at(
                    "/side",
                    "not_your_side",
                    say!("只能为您代表的一方报价。", "You make offers for your own side."),
                ));
            }
            by
        }
    }
}

/// The other side accepts or declines; for one without an account a broker does, with a note.
///
/// # Errors
/// 401, 404; 403 for the side that made it; 409 when it is not open any more; 422 when its last day is past.
pub async fn answer(
    tx: &Tx,
    cx: &Context,
    (id, offer): (DockingId, OfferId),
    mv: OfferMove,
    precondition: &Precondition,
    given: OfferAnswerIn,
) -> Result<Model> {
    let (docking, by) = act_between(tx, cx, id, &format!("{mv}_offer")).await?;
    let row = repo::find(tx, id, offer).await?;
    policy::answers(by, row.side)?;
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(mv)?;
    let mut faults = Vec::new();
    if let Some(last) = row.valid_to.filter(|last| mv == OfferMove::Accept && *last < cx.today) {
        faults.push(Fault::at(
            "",
            "offer_lapsed",
            say!("该报价有效期至 {last}，已过期。", "The offer could be accepted until {last}."),
        ));
    }
    if by == Side::Centre {
        for_the_silent(tx, &docking, policy::opposite(row.side), given.note.as_deref(), &mut faults).await?;
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    moved(tx, cx, &row, &change, by, given.note).await
}

/// A broker answers only for those of whom nobody has an account, and says how they consented.
async fn for_the_silent(
    tx: &Tx,
    docking: &Docking,
    silent: Side,
    note: Option<&str>,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let organisation: OrganisationId = match silent {
        Side::Enterprise => docking.enterprise_id,
        Side::Supplier | Side::Centre => docking.supplier_id,
    };
    if dockings::members(tx, organisation).await? > 0 {
        return Err(AppError::forbidden(say!(
            "该单位已有账号，请由其成员答复。",
            "People of that organisation have accounts; one of them answers."
        )));
    }
    if note.is_none() {
        faults.push(rules::required("/note"));
    }
    Ok(())
}

/// Whoever made it takes it back.
///
/// # Errors
/// 401, 404; 403 for the other side; 409 when it is not open any more.
pub async fn withdraw(
    tx: &Tx,
    cx: &Context,
    (id, offer): (DockingId, OfferId),
    precondition: &Precondition,
    given: OfferAnswerIn,
) -> Result<Model> {
    let (_, by) = act_in(tx, cx, id).await?;
    let row = repo::find(tx, id, offer).await?;
    if by != Side::Centre {
        policy::answers(by, policy::opposite(row.side))?;
    }
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(OfferMove::Withdraw)?;
    moved(tx, cx, &row, &change, by, given.note).await
}

pub(super) async fn moved(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<OfferStatus>,
    by: Side,
    note: Option<String>,
) -> Result<Model> {
    let set = ActiveModel {
        answered_by: Set(cx.account_id()),
        answered_side: Set(Some(by)),
        answered_at: Set(Some(cx.now)),
        answer_note: Set(note.clone()),
        ..Default::default()
    };
    let moved = repo::advance(tx, row, change, set).await?;
    tell(tx, cx, &format!("{}_offer", change.mv()), &moved, note).await?;
    Ok(moved)
}

/// Lets the open offers of a docking lapse that has ended.
///
/// # Errors
/// When the rows cannot be written.
pub async fn docking_ended(tx: &Tx, cx: &Context, docking: DockingId) -> Result<()> {
    for row in repo::open_of(tx, docking).await? {
        let change = row.status.apply(OfferMove::Lapse)?;
        repo::advance(tx, &row, &change, ActiveModel::default()).await?;
    }
    dockings::touch(tx, docking, cx.now).await
}

async fn tell(tx: &Tx, cx: &Context, action: &str, row: &Model, note: Option<String>) -> Result<()> {
    let facts = serde_json::json!({ "offer_id": row.id, "side": row.side });
    let record = Record::act(action, SubjectKind::Docking, row.docking_id).with(facts);
    // Before the log: the desk looks whether the docking stands still.
    dockings::touch(tx, row.docking_id, cx.now).await?;
    record_and_tell(tx, cx, record.because(None::<String>, note)).await
}
