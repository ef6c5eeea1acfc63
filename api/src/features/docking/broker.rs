//! Who of the centre looks after a docking.

use sea_orm::Set;
use techmart_entity::{
    account::Role,
    audit::SubjectKind,
    docking::{ActiveModel, Model},
    id::DockingId,
};

use super::{dto::BrokerIn, policy, repo, service::cx_signed_in, view};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        audit::Record,
        desk::{repo as desks, service as desk},
        listing::service::record_and_tell,
        organisation::repo as organisations,
    },
    say,
    web::etag::Precondition,
};

/// A broker takes a docking over that nobody leads, or that whoever leads it or an admin gives them.
///
/// # Errors
/// 401, 404; 403 for whoever is not of the centre or gives away what is another's; 422 when the next one is no broker or
/// belongs to a side.
pub async fn set(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: BrokerIn,
) -> Result<Model> {
    cx_signed_in(cx)?;
    let row = repo::hold(tx, id).await?;
    let relation = policy::relation(cx, &row);
    policy::see(cx, relation)?;
    policy::leads(cx, &row, relation)?;
    precondition.honour(&view::tag(&row))?;
    let caller = cx.person()?.account_id;
    let next = given.account_id.unwrap_or(caller);
    if row.broker_id == Some(next) {
        return Err(AppError::new(
            Code::IllegalMove,
            say!("该对接已由其负责。", "They look after it already."),
        ));
    }
    let found = desks::centre(tx).await?.into_iter().find(|person| person.id == next);
    let fit = found.is_some_and(|person| person.role == Role::Broker);
    let mut party = organisations::members_of(tx, row.enterprise_id).await?;
    party.extend(organisations::members_of(tx, row.supplier_id).await?);
    if !fit || party.contains(&next) {
        return Err(AppError::rules(vec![Fault::at(
            "/account_id",
            "no_broker",
            say!(
                "须为在岗的技术经理人，且不是对接任何一方的成员。",
                "It has to be a broker who belongs to neither side."
            ),
        )]));
    }
    let set = ActiveModel { broker_id: Set(Some(next)), ..Default::default() };
    let saved = repo::save(tx, &row, cx.now, set).await?;
    if let Some(note) = given.note {
        desk::note_on(tx, cx, SubjectKind::Docking, &id.to_string(), note).await?;
    }
    let facts = serde_json::json!({ "from": row.broker_id, "to": next });
    record_and_tell(tx, cx, Record::act("set_broker", SubjectKind::Docking, id).with(facts)).await?;
    Ok(saved)
}
