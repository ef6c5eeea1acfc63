//! Of a contract: those whom its docking concerns.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit,
    contract::{self, status::ContractStatus},
    id::ContractId,
    notification::NotificationKind,
};

use super::{Told, docking, led_to, moved, subject_id};
use crate::error::Result;

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<ContractId>(act) else { return Ok(None) };
    let contract = contract::Entity::find_by_id(id).one(db).await?;
    let row = docking::find(db, contract.and_then(|contract| contract.docking_id)).await?;
    let Some(row) = row else { return Ok(None) };
    let title = docking::title(db, &row).await?;
    let people = docking::people(db, &row, act).await?;
    let (zh, en) = led_to::<ContractStatus>(act);
    let words = moved(&title, (&format!("合同{zh}"), &format!("contract {en}")), act);
    Ok(Some(Told::of_act(act, NotificationKind::Contract, words, docking::path(row.id)).to(people)))
}
