//! Of a docking: the owners and editors of the side that did not act, and the broker.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit,
    docking::{self, status::DockingStage},
    id::{AccountId, DockingId, OrganisationId},
    notification::{NotificationKind, Words},
};

use super::{Both, Told, Why, case, led_to, listing, moved, subject_id};
use crate::{error::Result, features::organisation::repo as organisations};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(row) = find(db, subject_id(act)).await? else { return Ok(None) };
    if case::is_one(act) {
        return case::of(db, &row, act).await;
    }
    let about = about(db, &row).await?;
    let why = Why::of(act);
    let (kind, words) = match act.action.as_str() {
        "record_meeting" => (NotificationKind::Meeting, words_of_meeting(about.as_deref(), &why)),
        _ => (NotificationKind::Docking, words(about.as_deref(), &led_to::<DockingStage>(act), &why)),
    };
    let people = people(db, &row, act).await?;
    Ok(Some(Told::of_act(act, kind, words, path(row.id)).to(people)))
}

/// What is told of a docking.
#[must_use]
pub fn words(about: Option<&str>, to: &Both, why: &Why) -> Words {
    moved(&title(about), to, why)
}

/// What is told of a meeting that was recorded.
#[must_use]
pub fn words_of_meeting(about: Option<&str>, why: &Why) -> Words {
    let to = Both::new("有一次会面待对方确认", "a meeting was recorded and waits to be confirmed");
    moved(&title(about), &to, why)
}

/// What a docking is called: by what it is about, never by whom.
#[must_use]
pub fn title(about: Option<&str>) -> Both {
    match about {
        Some(about) => Both::new(format!("对接：{about}"), format!("Docking: {about}")),
        None => Both::new("对接", "Docking"),
    }
}

/// Where a docking is looked at.
pub(super) fn path(id: DockingId) -> String {
    format!("dockings/{id}")
}

/// A docking, if there is one.
pub(super) async fn find(db: &impl ConnectionTrait, id: Option<DockingId>) -> Result<Option<docking::Model>> {
    match id {
        Some(id) => Ok(docking::Entity::find_by_id(id).one(db).await?),
        None => Ok(None),
    }
}

/// The title of what a docking is about.
pub(super) async fn about(db: &impl ConnectionTrait, row: &docking::Model) -> Result<Option<String>> {
    let about = row.achievement_id.or(row.demand_id).or(row.provider_id);
    Ok(listing::find(db, about).await?.map(|about| about.title))
}

/// Who hears of an act in a docking.
pub(super) async fn people(
    db: &impl ConnectionTrait,
    row: &docking::Model,
    act: &audit::Model,
) -> Result<Vec<AccountId>> {
    let mut people = Vec::new();
    let sides: [OrganisationId; 2] = [row.enterprise_id, row.supplier_id];
    for side in sides.into_iter().filter(|side| Some(*side) != act.acting_organisation_id) {
        people.extend(organisations::editors(db, side).await?);
    }
    people.extend(row.broker_id);
    Ok(people)
}
