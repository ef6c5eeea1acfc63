//! Of a docking: the owners and editors of the side that did not act, and the broker.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit,
    docking::{self, status::DockingStage},
    id::{AccountId, DockingId, OrganisationId},
    notification::NotificationKind,
};

use super::{Title, Told, case, led_to, listing, moved, subject_id};
use crate::{error::Result, features::organisation::repo as organisations};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(row) = find(db, subject_id(act)).await? else { return Ok(None) };
    if case::is_one(act) {
        return case::of(db, &row, act).await;
    }
    let title = title(db, &row).await?;
    let (kind, zh, en) = match act.action.as_str() {
        "record_meeting" => (
            NotificationKind::Meeting,
            "有一次会面待对方确认".to_owned(),
            "a meeting was recorded and waits to be confirmed".to_owned(),
        ),
        _ => {
            let (zh, en) = led_to::<DockingStage>(act);
            (NotificationKind::Docking, zh, en)
        }
    };
    let people = people(db, &row, act).await?;
    let words = moved(&title, (&zh, &en), act);
    Ok(Some(Told::of_act(act, kind, words, path(row.id)).to(people)))
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

/// What a docking is called: by what it is about, never by whom.
pub(super) async fn title(db: &impl ConnectionTrait, row: &docking::Model) -> Result<Title> {
    let about = row.achievement_id.or(row.demand_id).or(row.provider_id);
    Ok(match listing::find(db, about).await? {
        Some(about) => {
            Title { zh: format!("对接：{}", about.title), en: format!("Docking: {}", about.title) }
        }
        None => Title { zh: "对接".to_owned(), en: "Docking".to_owned() },
    })
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
