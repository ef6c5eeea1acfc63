//! Of a harvest source: the centre, when a run was stopped or fails again and again.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit,
    id::HarvestSourceId,
    notification::{NotificationKind, Text, Words},
};

use super::{Both, Told, subject_id};
use crate::{
    error::Result,
    features::{desk::repo as desk, harvest_source::repo},
};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let said = match act.action.as_str() {
        "stop_harvest" => Both::new(
            "来源中有大量条目消失，本次采集已拦停，未作任何改动。请核对来源后决定",
            "much of what it brought has vanished there; the run was stopped and nothing was done. Please look, then decide",
        ),
        "fail_harvest" => Both::new("连续多次采集失败", "its runs fail one after the other"),
        _ => return Ok(None),
    };
    let Some(id) = subject_id::<HarvestSourceId>(act) else { return Ok(None) };
    let Some(row) = repo::by_id(db, id).await? else { return Ok(None) };
    let words = words(&row.name, &said, act.reason.as_deref());
    let people = desk::centre(db).await?.into_iter().map(|person| person.id);
    Ok(Some(Told::of_act(act, NotificationKind::Desk, words, format!("harvest-sources/{id}")).to(people)))
}

/// What is told of a source.
#[must_use]
pub fn words(name: &str, said: &Both, why: Option<&str>) -> Words {
    let text = |subject: String, line: String| Text {
        subject,
        lines: std::iter::once(line).chain(why.map(str::to_owned)).collect(),
    };
    Words {
        zh: text(format!("采集源“{name}”需要处理"), format!("采集源“{name}”：{}。", said.zh)),
        en: text(
            format!("Harvest source “{name}” needs you"),
            format!("Harvest source “{name}”: {}.", said.en),
        ),
    }
}
