//! Of an API client: the admins when one waits for them, and whoever answers for it and the organisation's owners when
//! something was decided.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    account::Role,
    api_client::{Entity, status::ApiClientStatus},
    audit,
    id::ApiClientId,
    notification::{NotificationKind, Words},
};

use super::{Both, Told, Why, led_to, moved, subject_id};
use crate::{
    error::Result,
    features::{desk::repo as desk, organisation::repo as organisations},
};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(id) = subject_id::<ApiClientId>(act) else { return Ok(None) };
    let Some(row) = Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let people = if waits(&act.action) {
        let centre = desk::centre(db).await?;
        centre.into_iter().filter(|person| person.role == Role::Admin).map(|person| person.id).collect()
    } else {
        let mut people = vec![row.responsible_id];
        if let Some(organisation) = row.organisation_id {
            people.extend(organisations::owners(db, organisation).await?);
        }
        people
    };
    let words = words(&row.name, &act.action, &led_to::<ApiClientStatus>(act), &Why::of(act));
    Ok(Some(Told::of_act(act, NotificationKind::ApiClient, words, format!("api-clients/{id}")).to(people)))
}

/// Whether it is for an admin to decide.
fn waits(action: &str) -> bool {
    matches!(action, "register" | "ask_scopes")
}

/// What is told of an API client.
#[must_use]
pub fn words(name: &str, action: &str, to: &Both, why: &Why) -> Words {
    let title = Both::new(format!("接口客户端：{name}"), format!("API client: {name}"));
    match action {
        "ask_scopes" => {
            moved(&title, &Both::new("申请更多权限范围", "asks for more scopes"), &Why::default())
        }
        "create_key" => moved(&title, &Both::new("已生成新密钥", "has a new key"), &Why::default()),
        "hand_over" => moved(
            &title,
            &Both::new("已更换负责人", "has another person who answers for it"),
            &Why::default(),
        ),
        _ => moved(&title, to, why),
    }
}
