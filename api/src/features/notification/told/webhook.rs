//! Of an endpoint that the service has stopped calling: the owners of its client's organisation, or whoever answers for
//! the client.

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    api_client, audit,
    id::WebhookId,
    notification::{NotificationKind, Text, Words},
    webhook::endpoint::{self, DisabledReason, WebhookStatus},
};

use super::{Both, Told, labels, subject_id};
use crate::{error::Result, features::organisation::repo as organisations};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    // What somebody did by hand they know of.
    let stopped = act.to_status.as_deref() == Some(WebhookStatus::Disabled.to_string().as_str());
    if act.actor_id.is_some() || !stopped {
        return Ok(None);
    }
    let Some(id) = subject_id::<WebhookId>(act) else { return Ok(None) };
    let Some(row) = endpoint::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let Some(client) = api_client::Entity::find_by_id(row.api_client_id).one(db).await? else {
        return Ok(None);
    };
    let people = match client.organisation_id {
        Some(organisation) => organisations::owners(db, organisation).await?,
        None => vec![client.responsible_id],
    };
    let why = act.reason_code.as_deref().and_then(labels::<DisabledReason>).unwrap_or_default();
    let words = words(&client.name, &host(&row.url), &why);
    Ok(Some(Told::of_act(act, NotificationKind::ApiClient, words, format!("webhooks/{id}")).to(people)))
}

/// An address may hold a token in its path; a mail is passed on.
fn host(url: &str) -> String {
    url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
}

/// What is told of an endpoint that is not called any more.
#[must_use]
pub fn words(client: &str, host: &str, why: &Both) -> Words {
    Words {
        zh: Text {
            subject: format!("事件推送已停用：{client}"),
            lines: vec![
                format!("推送到 {host} 的地址已停用：{}。", why.zh),
                "修复后请启用该地址，再用重放补发停用期间的事件（保留 30 天）。".to_owned(),
            ],
        },
        en: Text {
            subject: format!("Webhook disabled: {client}"),
            lines: vec![
                format!("The endpoint at {host} is called no more: {}.", why.en),
                "Mend it, enable it, and replay what it missed meanwhile (kept for 30 days).".to_owned(),
            ],
        },
    }
}
