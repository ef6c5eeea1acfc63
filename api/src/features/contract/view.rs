//! Looking at contracts.

use sea_orm::ConnectionTrait;
use techmart_entity::{audit::SubjectKind, contract::Model, docking, id::ContractId, life_cycle::LifeCycle};

use super::{
    dto::{AmendmentOut, ContractBrief, ContractDetail, ContractQuery},
    policy, repo,
};
use crate::{
    auth::Context,
    error::Result,
    features::{
        audit::{
            self,
            dto::{HistoryOut, HistoryQuery},
        },
        docking::{repo as dockings, view::contract_out},
    },
    web::{
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of a contract.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// The docking that a contract came of.
///
/// # Errors
/// When the database cannot be asked.
pub async fn docking_of(db: &impl ConnectionTrait, row: &Model) -> Result<Option<docking::Model>> {
    match row.docking_id {
        Some(id) => Ok(Some(dockings::find(db, id).await?)),
        None => Ok(None),
    }
}

/// A contract as somebody who may see it does.
///
/// # Errors
/// When the database cannot be asked.
pub async fn show(db: &impl ConnectionTrait, cx: &Context, row: Model) -> Result<ContractDetail> {
    let amendments = repo::amendments(db, row.id).await?.into_iter().map(AmendmentOut::from).collect();
    Ok(ContractDetail {
        docking_id: row.docking_id,
        achievements: row.achievements.0.clone(),
        demo: row.demo,
        submitted_on: row.submitted_on,
        ended_on: row.ended_on,
        end_reason: row.end_reason.clone(),
        legal_moves: row.status.legal(),
        amendments,
        contract: contract_out(row, cx.actor.is_centre() || cx.actor.is_auditor()),
    })
}

/// A contract, for somebody who may see it.
///
/// # Errors
/// 401, 404.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: ContractId,
) -> Result<(ContractDetail, String)> {
    let row = seen(db, cx, id).await?;
    let tag = tag(&row);
    Ok((show(db, cx, row).await?, tag))
}

async fn seen(db: &impl ConnectionTrait, cx: &Context, id: ContractId) -> Result<Model> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    let docking = docking_of(db, &row).await?;
    policy::see(cx, &policy::concerned(&row, docking.as_ref()))?;
    Ok(row)
}

/// Contracts that the caller may see, newest first.
///
/// # Errors
/// 401; 400 for a cursor of another list.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: ContractQuery,
) -> Result<Page<ContractBrief>> {
    cx.person()?;
    let mark = ContractQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<ContractId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::Filter {
        statuses: query.status,
        contract_type: query.contract_type,
        buyer: query.buyer_id,
        seller: query.seller_id,
        docking: query.docking_id,
        registered_from: query.registered_from,
        registered_to: query.registered_to,
        demo: query.demo,
    };
    let rows = repo::list(db, repo::scope(cx), &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, brief))
}

fn brief(row: Model) -> ContractBrief {
    ContractBrief {
        id: row.id,
        number: row.number,
        title: row.title,
        contract_type: row.contract_type,
        status: row.status,
        buyer_id: row.buyer_id,
        seller_id: row.seller_id,
        signed_on: row.signed_on,
        total_amount: row.total_amount,
        technical_amount: row.technical_amount,
        currency: row.currency,
        registration_number: row.registration_number,
        registered_on: row.registered_on,
        docking_id: row.docking_id,
        demo: row.demo,
    }
}

/// What happened to a contract, newest first.
///
/// # Errors
/// 401, 404.
pub async fn history(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: ContractId,
    query: HistoryQuery,
) -> Result<Page<HistoryOut>> {
    seen(db, cx, id).await?;
    let cut = Cut::read(query.limit, query.cursor.as_deref(), &("history", id))?;
    let filter =
        audit::repo::Filter { subject: Some((SubjectKind::Contract, id.to_string())), ..Default::default() };
    let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, HistoryOut::from))
}
