//! The technology contract that came of a docking, and its registration, which counts in T7.

use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    contract::{
        self,
        status::{ContractMove, ContractStatus},
    },
    docking::{ActiveModel, Model, Side, status::DockingMove},
    funnel::FunnelStep,
    id::{ContractId, DockingId, OrganisationId},
    life_cycle::LifeCycle,
    organisation,
};

use super::{
    dto::{ContractIn, RegistrationIn, TermIn},
    repo, rules,
    service::{begin, record_move, used_by},
};
use crate::{
    auth::Context,
    config::Zone,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit, audit::Record, contract as contracts, duplicate, funnel, ledger::rules as counting,
    },
    say,
    web::etag::Precondition,
};

/// A party or a broker records the signed contract.
///
/// # Errors
/// 409 when that is not legal, 422 when a rule is broken.
pub async fn sign(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: ContractIn,
) -> Result<Model> {
    let (row, by, change) = begin(tx, cx, id, DockingMove::SignContract, precondition).await?;
    let buyer = given.buyer_id.unwrap_or(row.enterprise_id);
    let seller = given.seller_id.unwrap_or(row.supplier_id);
    let mut faults = Vec::new();
    check(tx, cx, &row, &given, &mut faults).await?;
    check_parties(tx, &row, by, [buyer, seller], &mut faults).await?;
    attachment::service::take_as(
        tx,
        cx,
        given.paper_attachment_id,
        "/paper_attachment_id",
        &used_by(id),
        AttachmentPurpose::Contract,
        &mut faults,
    )
    .await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let signed = ContractStatus::Draft.apply(ContractMove::Sign)?;
    let TermIn { from, to } = given.term.unwrap_or(TermIn { from: None, to: None });
    let contract = contract::Model {
        id: ContractId::new(),
        docking_id: Some(id),
        number: given.number.trim().to_owned(),
        title: given.title.trim().to_owned(),
        contract_type: given.contract_type,
        status: signed.to(),
        buyer_id: buyer,
        seller_id: seller,
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
        rule_version: contracts::rules::rule_version(given.signed_on).to_owned(),
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
        registered_by: None,
        version: 1,
        demo: row.demo,
        achievements: contract::Achievements(row.achievement_id.into_iter().collect()),
        submitted_on: None,
        ended_on: None,
        end_reason: None,
        ended_by: None,
    };
    let contract_id = contract.id;
    contracts::repo::insert(tx, contract.clone()).await?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    audit::record(tx, cx, Record::of_move(&signed, SubjectKind::Contract, contract_id)).await?;
    duplicate::service::ask(tx, cx, Vec::new(), Vec::new(), vec![contract_id]).await?;
    record_move(tx, cx, id, &change, None, None).await?;
    counting::contract::signed(tx, cx, &moved, &contract).await?;
    funnel::service::docked(tx, &moved, &[(FunnelStep::Contracted, contract.signed_on)]).await?;
    Ok(moved)
}

async fn check(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    given: &ContractIn,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    contracts::rules::named(&given.number, &given.title, faults);
    let first_met = repo::meetings(tx, row.id)
        .await?
        .into_iter()
        .filter(|meeting| meeting.confirmed_at.is_some())
        .map(|meeting| meeting.held_on)
        .min();
    rules::day(cx, given.signed_on, first_met, "/signed_on", faults);
    contracts::rules::term(given.term.as_ref(), faults);
    contracts::rules::amounts(given.total_amount, given.technical_amount, faults);
    Ok(())
}

/// Buyer and seller are the two sides. A broker may name others, such as the company that a supplier
/// sells through; a party may not, since a registration counts by who they are.
async fn check_parties(
    tx: &Tx,
    row: &Model,
    by: Side,
    parties: [OrganisationId; 2],
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let mut found: Vec<organisation::Model> = Vec::new();
    for (id, pointer) in parties.into_iter().zip(["/buyer_id", "/seller_id"]) {
        let is_side = id == row.enterprise_id || id == row.supplier_id;
        if !is_side && by != Side::Centre {
            faults.push(Fault::at(
                pointer,
                "not_a_party",
                say!(
                    "买方和卖方应为对接双方；其他单位由技术经理人记录。",
                    "Buyer and seller are the two sides; a broker records others."
                ),
            ));
            continue;
        }
        let Some(organisation) = rules::organisation(tx, id, pointer, faults).await? else { continue };
        if organisation.demo != row.demo {
            faults.push(Fault::at(
                pointer,
                "demo_and_real",
                say!("演示数据和真实数据不能混用。", "Demo and real organisations do not mix."),
            ));
        }
        found.push(organisation);
    }
    if let [buyer, seller] = found.as_slice()
        && rules::is_same(buyer, seller)
    {
        faults.push(Fault::at(
            "/seller_id",
            "same_organisation",
            say!("买方和卖方不能是同一单位。", "Buyer and seller have to be different organisations."),
        ));
    }
    Ok(())
}

/// A broker records the registration.
///
/// # Errors
/// 409 when that is not legal or the number is another contract's, 422 when a rule is broken.
pub async fn register(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: RegistrationIn,
    zone: &Zone,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, DockingMove::RegisterContract, precondition).await?;
    let contract = repo::contract(tx, id).await?.ok_or_else(AppError::not_found)?;
    let registered_on = given.registered_on;
    contracts::service::write_registration(tx, cx, &contract, given, zone).await?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    record_move(tx, cx, id, &change, None, None).await?;
    funnel::service::docked(tx, &moved, &[(FunnelStep::Registered, registered_on)]).await?;
    Ok(moved)
}
