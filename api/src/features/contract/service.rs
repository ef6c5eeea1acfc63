//! The moves of a contract. What came of a docking is signed and registered with it
//! (`features/docking/contract.rs`), by the same hands as here.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    contract::{
        Achievements, ActiveModel, Model, amendment,
        status::{ContractMove, ContractStatus},
    },
    docking,
    funnel::FunnelStep,
    id::{AmendmentId, ContractId},
    life_cycle::{LifeCycle, StatusChange},
};

use super::{
    dto::{CancelContractIn, ChangeContractIn, ContractRecordIn, RevokeContractIn, SubmitContractIn},
    policy, repo, rules, view,
};
use crate::{
    auth::Context,
    config::Zone,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit,
        audit::Record,
        docking::{
            self as dockings,
            dto::{RegistrationIn, TermIn},
        },
        duplicate, funnel,
        ledger::rules as counting,
    },
    say,
    web::etag::Precondition,
};

/// What an attachment of a contract is used by.
fn used_by(row: &Model) -> String {
    match row.docking_id {
        Some(docking) => dockings::service::used_by(docking),
        None => format!("contract:{}", row.id),
    }
}

/// A broker records a signed contract that was made without a docking of this market.
///
/// # Errors
/// 401, 403; 422 when a rule is broken.
pub async fn record(tx: &Tx, cx: &Context, given: ContractRecordIn) -> Result<Model> {
    policy::broker(cx)?;
    let mut faults = Vec::new();
    rules::named(&given.number, &given.title, &mut faults);
    rules::day(cx, given.signed_on, None, "/signed_on", &mut faults);
    rules::term(given.term.as_ref(), &mut faults);
    rules::amounts(given.total_amount, given.technical_amount, &mut faults);
    let buyer = dockings::rules::organisation(tx, given.buyer_id, "/buyer_id", &mut faults).await?;
    let seller = dockings::rules::organisation(tx, given.seller_id, "/seller_id", &mut faults).await?;
    let demo = buyer.as_ref().is_some_and(|row| row.demo);
    if let (Some(buyer), Some(seller)) = (&buyer, &seller) {
        if dockings::rules::is_same(buyer, seller) {
            faults.push(Fault::at(
                "/seller_id",
                "same_organisation",
                say!("买方和卖方不能是同一单位。", "Buyer and seller have to be different organisations."),
            ));
        }
        if buyer.demo != seller.demo {
            faults.push(Fault::at(
                "/seller_id",
                "demo_and_real",
                say!("演示数据和真实数据不能混用。", "Demo and real organisations do not mix."),
            ));
        }
    }
    rules::achievements(tx, &given.achievements, demo, &mut faults).await?;
    let TermIn { from, to } = given.term.unwrap_or(TermIn { from: None, to: None });
    let signed = ContractStatus::Draft.apply(ContractMove::Sign)?;
    let row = Model {
        id: ContractId::new(),
        docking_id: None,
        number: given.number.trim().to_owned(),
        title: given.title.trim().to_owned(),
        contract_type: given.contract_type,
        status: signed.to(),
        buyer_id: given.buyer_id,
        seller_id: given.seller_id,
        signed_on: given.signed_on,
        term_from: from,
        term_to: to,
        total_amount: given.total_amount,
        technical_amount: given.technical_amount,
        currency: given.currency.unwrap_or_else(|| "CNY".to_owned()),
        payment: given.payment,
        related_party: given.related_party,
        paper_attachment_id: given.paper_attachment_id,
        registration_number: None,
        registration_key: None,
        registration_authority: None,
        registered_on: None,
        certificate_attachment_id: None,
        rule_version: rules::rule_version(given.signed_on).to_owned(),
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
        registered_by: None,
        version: 1,
        demo,
        achievements: Achievements(given.achievements),
        submitted_on: None,
        ended_on: None,
        end_reason: None,
        ended_by: None,
    };
    take(tx, cx, &row, row.paper_attachment_id, AttachmentPurpose::Contract, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    policy::registers(cx, &policy::concerned(&row, None))?;
    repo::insert(tx, row.clone()).await?;
    audit::record(tx, cx, Record::of_move(&signed, SubjectKind::Contract, row.id)).await?;
    duplicate::service::ask(tx, cx, Vec::new(), Vec::new(), vec![row.id]).await?;
    let steps = [(FunnelStep::Contracted, row.signed_on)];
    funnel::service::all_reached(tx, row.achievements.0.clone(), &steps).await?;
    Ok(row)
}

async fn take(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    paper: techmart_entity::id::AttachmentId,
    purpose: AttachmentPurpose,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let pointer = match purpose {
        AttachmentPurpose::Certificate if row.registration_key.is_none() => "/certificate_attachment_id",
        _ => "/paper_attachment_id",
    };
    attachment::service::take_as(tx, cx, paper, pointer, &used_by(row), purpose, faults).await?;
    Ok(())
}

/// A contract held for a move, with its docking.
type Held = (Model, Option<docking::Model>, StatusChange<ContractStatus>);

async fn begin(
    tx: &Tx,
    cx: &Context,
    id: ContractId,
    precondition: &Precondition,
    mv: ContractMove,
    may: fn(&Context, &[techmart_entity::id::OrganisationId]) -> Result<()>,
) -> Result<Held> {
    cx.person()?;
    let row = repo::hold(tx, id).await?;
    let docking = view::docking_of(tx, &row).await?;
    may(cx, &policy::concerned(&row, docking.as_ref()))?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(mv)?;
    Ok((row, docking, change))
}

/// The registration was applied for.
///
/// # Errors
/// 401, 403, 404, 409, 422.
pub async fn submit(
    tx: &Tx,
    cx: &Context,
    id: ContractId,
    precondition: &Precondition,
    given: SubmitContractIn,
) -> Result<Model> {
    let mv = ContractMove::SubmitForRegistration;
    let (row, _, change) = begin(tx, cx, id, precondition, mv, policy::acts).await?;
    let mut faults = Vec::new();
    rules::day(cx, given.submitted_on, Some(row.signed_on), "/submitted_on", &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        status: Set(change.to()),
        submitted_on: Set(Some(given.submitted_on)),
        ..Default::default()
    };
    let saved = repo::save(tx, &row, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Contract, id)).await?;
    Ok(saved)
}

/// A broker records the registration; the docking of the contract goes on with it.
///
/// # Errors
/// 401, 403, 404; 409 when that is not legal or the number is another contract's; 422.
pub async fn register(
    tx: &Tx,
    cx: &Context,
    id: ContractId,
    precondition: &Precondition,
    given: RegistrationIn,
    zone: &Zone,
) -> Result<Model> {
    let (row, docking, _) =
        begin(tx, cx, id, precondition, ContractMove::Register, policy::registers).await?;
    if let Some(docking) = docking {
        dockings::contract::register(tx, cx, docking.id, &Precondition::any(), given, zone).await?;
        return repo::find(tx, id).await;
    }
    write_registration(tx, cx, &row, given, zone).await
}

/// Writes a registration and counts it.
///
/// # Errors
/// 409 when that is not legal or the number is another contract's; 422.
pub async fn write_registration(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    given: RegistrationIn,
    zone: &Zone,
) -> Result<Model> {
    let registered = row.status.apply(ContractMove::Register)?;
    let mut faults = Vec::new();
    let key = registration_key(&given.registration_number);
    if key.is_none() {
        faults.push(Fault::at(
            "/registration_number",
            "format",
            say!(
                "登记编号应为 14 或 16 位数字（空格和连字符除外）。",
                "It has 14 or 16 digits, besides spaces and hyphens."
            ),
        ));
    }
    dockings::rules::said(&given.authority, "/authority", &mut faults);
    let earliest = row.submitted_on.map_or(row.signed_on, |day| day.max(row.signed_on));
    rules::day(cx, given.registered_on, Some(earliest), "/registered_on", &mut faults);
    let certificate = given.certificate_attachment_id;
    take(tx, cx, row, certificate, AttachmentPurpose::Certificate, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        status: Set(registered.to()),
        registration_number: Set(Some(given.registration_number)),
        registration_key: Set(key),
        registration_authority: Set(Some(given.authority)),
        registered_on: Set(Some(given.registered_on)),
        certificate_attachment_id: Set(Some(certificate)),
        registered_by: Set(cx.account_id()),
        ..Default::default()
    };
    let saved = repo::save(tx, row, set).await?;
    audit::record(tx, cx, Record::of_move(&registered, SubjectKind::Contract, row.id)).await?;
    counting::contract::registered(tx, cx, &saved, zone).await?;
    let steps = [(FunnelStep::Registered, given.registered_on)];
    funnel::service::all_reached(tx, saved.achievements.0.clone(), &steps).await?;
    Ok(saved)
}

/// A broker records that a registered contract was changed. What it counted is taken back and counted
/// anew.
///
/// # Errors
/// 401, 403, 404, 409; 422 when a rule is broken or nothing would change.
pub async fn change(
    tx: &Tx,
    cx: &Context,
    id: ContractId,
    precondition: &Precondition,
    given: ChangeContractIn,
    zone: &Zone,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, precondition, ContractMove::Change, policy::registers).await?;
    let mut faults = Vec::new();
    rules::day(cx, given.changed_on, row.registered_on, "/changed_on", &mut faults);
    dockings::rules::said(&given.reason, "/reason", &mut faults);
    rules::term(given.term.as_ref(), &mut faults);
    let total = given.total_amount.unwrap_or(row.total_amount);
    let technical = given.technical_amount.or(row.technical_amount);
    rules::amounts(total, technical, &mut faults);
    if let Some(achievements) = &given.achievements {
        rules::achievements(tx, achievements, row.demo, &mut faults).await?;
    }
    let term = given.term.as_ref().map_or((row.term_from, row.term_to), |term| (term.from, term.to));
    let after = Model {
        title: given.title.as_deref().unwrap_or(&row.title).trim().to_owned(),
        total_amount: total,
        technical_amount: technical,
        term_from: term.0,
        term_to: term.1,
        achievements: given.achievements.map_or_else(|| row.achievements.clone(), Achievements),
        ..row.clone()
    };
    let (before, now) = (said(&row), said(&after));
    if before == now {
        faults.push(Fault::at("", "nothing_changes", say!("没有任何变更。", "Nothing would change.")));
    }
    take(tx, cx, &row, given.paper_attachment_id, AttachmentPurpose::Contract, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let (before, now) = differences(before, now);
    repo::insert_amendment(
        tx,
        amendment::Model {
            id: AmendmentId::new(),
            contract_id: id,
            changed_on: given.changed_on,
            reason: given.reason.clone(),
            before: before.clone(),
            after: now.clone(),
            paper_attachment_id: given.paper_attachment_id,
            recorded_by: cx.person()?.account_id,
            recorded_at: cx.now,
        },
    )
    .await?;
    let set = ActiveModel {
        status: Set(change.to()),
        title: Set(after.title),
        total_amount: Set(after.total_amount),
        technical_amount: Set(after.technical_amount),
        term_from: Set(after.term_from),
        term_to: Set(after.term_to),
        achievements: Set(after.achievements),
        ..Default::default()
    };
    let saved = repo::save(tx, &row, set).await?;
    let record = Record::of_move(&change, SubjectKind::Contract, id)
        .because(None::<&str>, Some(given.reason.clone()))
        .with(serde_json::json!({ "before": before, "after": now }));
    audit::record(tx, cx, record).await?;
    counting::contract::changed(tx, cx, &saved, zone, given.reason).await?;
    Ok(saved)
}

/// What an amendment can change.
fn said(row: &Model) -> serde_json::Map<String, serde_json::Value> {
    let document = serde_json::json!({
        "title": row.title, "total_amount": row.total_amount, "technical_amount": row.technical_amount,
        "term_from": row.term_from, "term_to": row.term_to, "achievements": row.achievements,
    });
    document.as_object().cloned().unwrap_or_default()
}

/// The members that differ, as they were and as they are.
fn differences(
    mut before: serde_json::Map<String, serde_json::Value>,
    mut after: serde_json::Map<String, serde_json::Value>,
) -> (serde_json::Value, serde_json::Value) {
    let same: Vec<String> = before
        .iter()
        .filter(|(name, value)| after.get(*name) == Some(value))
        .map(|(name, _)| name.clone())
        .collect();
    for name in same {
        before.remove(&name);
        after.remove(&name);
    }
    (before.into(), after.into())
}

/// A broker records that the registration was revoked. Its counts are taken back.
///
/// # Errors
/// 401, 403, 404, 409, 422.
pub async fn revoke(
    tx: &Tx,
    cx: &Context,
    id: ContractId,
    precondition: &Precondition,
    given: RevokeContractIn,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, precondition, ContractMove::Revoke, policy::registers).await?;
    let mut faults = Vec::new();
    rules::day(cx, given.revoked_on, row.registered_on, "/revoked_on", &mut faults);
    dockings::rules::said(&given.reason, "/reason", &mut faults);
    take(tx, cx, &row, given.paper_attachment_id, AttachmentPurpose::Certificate, &mut faults).await?;
    let saved = finish(tx, cx, &row, &change, given.revoked_on, given.reason.clone(), faults).await?;
    counting::contract::ended(tx, cx, &saved, given.reason).await?;
    Ok(saved)
}

/// A contract that was not registered yet is cancelled.
///
/// # Errors
/// 401, 403, 404, 409, 422.
pub async fn cancel(
    tx: &Tx,
    cx: &Context,
    id: ContractId,
    precondition: &Precondition,
    given: CancelContractIn,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, precondition, ContractMove::Cancel, policy::acts).await?;
    let mut faults = Vec::new();
    rules::day(cx, given.cancelled_on, Some(row.signed_on), "/cancelled_on", &mut faults);
    dockings::rules::said(&given.reason, "/reason", &mut faults);
    finish(tx, cx, &row, &change, given.cancelled_on, given.reason, faults).await
}

async fn finish(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<ContractStatus>,
    on: techmart_entity::Day,
    reason: String,
    faults: Vec<Fault>,
) -> Result<Model> {
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        status: Set(change.to()),
        ended_on: Set(Some(on)),
        end_reason: Set(Some(reason.clone())),
        ended_by: Set(cx.account_id()),
        ..Default::default()
    };
    let saved = repo::save(tx, row, set).await?;
    let record = Record::of_move(change, SubjectKind::Contract, row.id).because(None::<&str>, Some(reason));
    audit::record(tx, cx, record).await?;
    Ok(saved)
}

/// The digits of a registration number; none when they are not 14 or 16.
#[must_use]
pub fn registration_key(raw: &str) -> Option<String> {
    let key: String = raw.chars().filter(|c| !c.is_whitespace() && !is_hyphen(*c)).collect();
    let fits = matches!(key.len(), 14 | 16) && key.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(key)
}

/// The hyphens that people type, the full-width one and the dashes included.
fn is_hyphen(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}
