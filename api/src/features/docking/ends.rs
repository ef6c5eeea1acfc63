//! The end of a docking after both sides had consented, the way back, and the step into negotiation.

use chrono::Duration;
use sea_orm::Set;
use techmart_entity::{
    docking::{ActiveModel, Model, status::DockingMove},
    id::DockingId,
};

use super::{
    dto::{CloseIn, ReopenIn},
    repo, rules,
    service::{already_open, begin, record_move},
};
use crate::{
    auth::Context,
    clock::day_of,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{appointment, assistance, listing, offer},
    say,
    web::etag::Precondition,
};

/// For how many days a closed docking can be reopened.
const REOPEN_WITHIN: i64 = 90;

/// The two sides go on to negotiate.
///
/// # Errors
/// 409 when that is not legal.
pub async fn negotiate(tx: &Tx, cx: &Context, id: DockingId, precondition: &Precondition) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, DockingMove::Negotiate, precondition).await?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    record_move(tx, cx, id, &change, None, None).await?;
    Ok(moved)
}

/// A party or a broker closes the docking, with the outcome.
///
/// # Errors
/// 409 when that is not legal.
pub async fn close(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: CloseIn,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, DockingMove::Close, precondition).await?;
    let set = ActiveModel {
        close_code: Set(Some(given.code)),
        end_note: Set(given.note.clone()),
        ended_by: Set(cx.account_id()),
        ended_at: Set(Some(cx.now)),
        closed_from: Set(Some(row.stage)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    record_move(tx, cx, id, &change, Some(given.code.to_string()), given.note).await?;
    appointment::service::docking_ended(tx, cx, id).await?;
    offer::service::docking_ended(tx, cx, id).await?;
    assistance::service::docking_ended(tx, cx, id).await?;
    Ok(moved)
}

/// A broker lets a closed docking go on where it was closed. What it was closed with stays in its
/// history.
///
/// # Errors
/// 409 when that is not legal or another docking of the pair is open meanwhile, 422 when it ended too
/// long ago.
pub async fn reopen(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: ReopenIn,
) -> Result<Model> {
    let (row, _, _) = begin(tx, cx, id, DockingMove::Reopen, precondition).await?;
    let change = row.stage.reopen(row.closed_from)?;
    let mut faults = Vec::new();
    rules::said(&given.note, "/note", &mut faults);
    let ended = row.ended_at.map_or(cx.today, day_of);
    let last = ended + Duration::days(REOPEN_WITHIN);
    if cx.today > last {
        faults.push(Fault::at(
            "",
            "too_late",
            say!(
                "只能在关闭后 {REOPEN_WITHIN} 天内（至 {last}）重新打开；请新建对接。",
                "It could be reopened within {REOPEN_WITHIN} days, until {last}; begin a new docking."
            ),
        ));
    }
    let about = row.achievement_id.or(row.demand_id);
    for listing in listing::repo::by_ids(tx, about.as_slice()).await? {
        if let Some(canonical) = listing.merged_into {
            faults.push(Fault::at(
                "",
                "listing_merged",
                say!(
                    "该条目已并入 {canonical}；请就后者新建对接。",
                    "The listing was merged into {canonical}; begin a docking about that one."
                ),
            ));
        }
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    // The write decides; looking before it is for the sake of a better answer.
    if let Some(open) = repo::open_one(tx, &row.pair_key()).await? {
        return Err(already_open(cx, Some(&open)));
    }
    let set = ActiveModel {
        close_code: Set(None),
        end_note: Set(None),
        ended_by: Set(None),
        ended_at: Set(None),
        closed_from: Set(None),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    record_move(tx, cx, id, &change, None, Some(given.note)).await?;
    Ok(moved)
}
