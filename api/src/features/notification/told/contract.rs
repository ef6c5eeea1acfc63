//! Of a contract: those whom its docking concerns.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit,
    contract::{self, status::ContractStatus},
    id::ContractId,
    notification::{NotificationKind, Words},
};

use super::{Both, Told, Why, docking, led_to, moved, subject_id};
use crate::error::Result;

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<ContractId>(act) else { return Ok(None) };
    let contract = contract::Entity::find_by_id(id).one(db).await?;
    let row = docking::find(db, contract.and_then(|contract| contract.docking_id)).await?;
    let Some(row) = row else { return Ok(None) };
    let about = docking::about(db, &row).await?;
    let people = docking::people(db, &row, act).await?;
    let words = words(about.as_deref(), &led_to::<ContractStatus>(act), &Why::of(act));
    Ok(Some(Told::of_act(act, NotificationKind::Contract, words, docking::path(row.id)).to(people)))
}

/// What is told of the contract of a docking.
#[must_use]
pub fn words(about: Option<&str>, to: &Both, why: &Why) -> Words {
    let to = Both::new(format!("合同{}", to.zh), format!("contract {}", to.en));
    moved(&docking::title(about), &to, why)
}
