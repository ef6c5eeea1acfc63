//! The acts: recording, ending before the term, taking back what was recorded by mistake.

use chrono::Datelike;
use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    finance_case::{ActiveModel, FinanceCaseMove, FinanceCaseStatus, FinanceKind, Model, Pledged},
    id::FinanceCaseId,
    life_cycle::{LifeCycle, StatusChange},
    organisation::OrganisationKind,
    value::{name_key, visible},
};

use super::{
    dto::{EndIn, FinanceCaseIn},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit, audit::Record, docking::rules, ledger::rules as counting,
        ledger::service::disinterested,
    },
    say,
    web::etag::{Precondition, tag},
};

/// No credit is granted for longer than to this year.
const LAST_YEAR: i32 = 2199;

/// The ETag of a case.
#[must_use]
pub fn tag_of(row: &Model) -> String {
    tag(row.version)
}

fn broker(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_broker() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")))
}

/// Records a credit line or a loan.
///
/// # Errors
/// 401, 403; 409 when the lender's paper is recorded already; 422 when a rule is broken.
pub async fn record(tx: &Tx, cx: &Context, given: FinanceCaseIn) -> Result<Model> {
    broker(cx)?;
    let mut faults = Vec::new();
    let enterprise = rules::organisation(tx, given.enterprise_id, "/enterprise_id", &mut faults).await?;
    if let Some(row) = &enterprise {
        if row.kind != OrganisationKind::Enterprise {
            let kind = row.kind;
            faults.push(Fault::at(
                "/enterprise_id",
                "not_an_enterprise",
                say!(
                    "该单位类型是 {kind}，不是企业。",
                    "That organisation is of the kind {kind}, no enterprise."
                ),
            ));
        }
        rules::provider(tx, cx, given.provider_id, row.demo, &mut faults).await?;
    }
    rules::said(&given.number, "/number", &mut faults);
    rules::said(&given.lender, "/lender", &mut faults);
    rules::day(cx, given.granted_on, None, "/granted_on", &mut faults);
    if let Some(end) = given.ends_on.filter(|end| *end < given.granted_on) {
        let start = given.granted_on;
        faults.push(Fault::at(
            "/ends_on",
            "too_early",
            say!("{end} 早于发放日 {start}。", "{end} is before it was granted, {start}."),
        ));
    }
    if let Some(end) = given.ends_on.filter(|end| end.year() > LAST_YEAR) {
        faults.push(Fault::at(
            "/ends_on",
            "too_late",
            say!(
                "{end} 过于久远；没有期限的请留空。",
                "{end} is absurdly late; leave it out where there is no term."
            ),
        ));
    }
    let pledged: Vec<String> =
        given.pledged.iter().map(|right| right.trim().to_owned()).filter(|right| !right.is_empty()).collect();
    if given.kind == FinanceKind::IpPledgeLoan && pledged.is_empty() {
        faults.push(rules::required("/pledged"));
    }
    let id = FinanceCaseId::new();
    attachment::service::take_as(
        tx,
        cx,
        given.paper_attachment_id,
        "/paper_attachment_id",
        &format!("finance_case:{id}"),
        AttachmentPurpose::Evidence,
        &mut faults,
    )
    .await?;
    let (Some(enterprise), true) = (enterprise, faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    disinterested(cx, &[enterprise.id])?;
    let (number, lender) = (visible(given.number.trim()), visible(given.lender.trim()));
    let row = Model {
        id,
        kind: given.kind,
        open_key: Some(format!("{}|{}|{}", enterprise.demo, name_key(&lender), name_key(&number))),
        number,
        enterprise_id: enterprise.id,
        provider_id: given.provider_id,
        lender,
        amount: given.amount,
        currency: given.currency.unwrap_or_else(|| "CNY".to_owned()),
        granted_on: given.granted_on,
        ends_on: given.ends_on,
        pledged: Pledged(pledged),
        paper_attachment_id: given.paper_attachment_id,
        note: given.note,
        demo: enterprise.demo,
        status: FinanceCaseStatus::Granted,
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
        ended_on: None,
        ended_by: None,
        end_reason: None,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    let facts = serde_json::json!({ "kind": row.kind, "amount": row.amount });
    let record = Record::act("record", SubjectKind::FinanceCase, id).beginning(row.status).with(facts);
    audit::record(tx, cx, record).await?;
    counting::finance::granted(tx, cx, &row).await?;
    Ok(row)
}

async fn begin(
    tx: &Tx,
    cx: &Context,
    id: FinanceCaseId,
    precondition: &Precondition,
    mv: FinanceCaseMove,
) -> Result<(Model, StatusChange<FinanceCaseStatus>)> {
    broker(cx)?;
    let row = repo::hold(tx, id).await?;
    disinterested(cx, &[row.enterprise_id])?;
    precondition.honour(&tag_of(&row))?;
    let change = row.status.apply(mv)?;
    Ok((row, change))
}

/// Ends a case before its term: from that day on a credit line no longer counts.
///
/// # Errors
/// 401, 403, 404, 409; 422 for a day in the future or before it was granted.
pub async fn end(
    tx: &Tx,
    cx: &Context,
    id: FinanceCaseId,
    precondition: &Precondition,
    given: EndIn,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, FinanceCaseMove::End).await?;
    let mut faults = Vec::new();
    rules::day(cx, given.ended_on, Some(row.granted_on), "/ended_on", &mut faults);
    if let Some(end) = row.ends_on.filter(|end| *end < given.ended_on) {
        faults.push(Fault::at(
            "/ended_on",
            "too_late",
            say!("已于 {end} 到期。", "Its term was over on {end}."),
        ));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        ended_on: Set(Some(given.ended_on)),
        ended_by: Set(cx.account_id()),
        end_reason: Set(Some(given.reason.clone())),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, set).await?;
    let record =
        Record::of_move(&change, SubjectKind::FinanceCase, id).because(None::<&str>, Some(given.reason));
    audit::record(tx, cx, record).await?;
    counting::finance::ended(tx, cx, &moved).await?;
    Ok(moved)
}

/// Takes back what was recorded by mistake, with its count.
///
/// # Errors
/// 401, 403, 404, 409.
pub async fn withdraw(
    tx: &Tx,
    cx: &Context,
    id: FinanceCaseId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, precondition, FinanceCaseMove::Withdraw).await?;
    let set = ActiveModel {
        open_key: Set(None),
        ended_by: Set(cx.account_id()),
        end_reason: Set(Some(reason.clone())),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, set).await?;
    let record =
        Record::of_move(&change, SubjectKind::FinanceCase, id).because(None::<&str>, Some(reason.clone()));
    audit::record(tx, cx, record).await?;
    counting::finance::withdrawn(tx, cx, &row, reason).await?;
    Ok(moved)
}
