//! Making and revoking keys.

use chrono::Duration;
use sea_orm::Set;
use techmart_entity::{
    api_client::{
        key::{ActiveModel, Model},
        status::ApiClientStatus,
    },
    audit::SubjectKind,
    id::{ApiClientId, ApiKeyId},
};

use super::{
    dto::ApiKeyIn,
    policy, repo, rules,
    service::{illegal, tag as client_tag},
};
use crate::{
    auth::{Context, key::Key},
    db::Tx,
    error::{AppError, Result},
    features::{
        audit::{self, Record},
        listing::service::record_and_tell,
    },
    say,
    web::etag::{self, Precondition},
};

/// Days a key is good for, unless its owner says otherwise.
const DAYS: i64 = 365;
/// Hours for which the key of before goes on, unless its owner says otherwise.
const OVERLAP: i64 = 24;

/// The ETag of a key.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// Makes a key. The one that is in use ends when the overlap does; where two are, one has to be revoked first.
///
/// # Errors
/// 401, 403, 404, 409 while the client is not approved, 412, 422 where two keys are live.
pub async fn create(
    tx: &Tx,
    cx: &Context,
    client: ApiClientId,
    key: &Key,
    precondition: &Precondition,
    given: ApiKeyIn,
) -> Result<Model> {
    // Held, so that of two at once the second sees the first one's key.
    let row = repo::hold(tx, client).await?;
    policy::look_after(cx, &row)?;
    precondition.honour(&client_tag(&row))?;
    if row.status != ApiClientStatus::Approved {
        return Err(illegal(&row, "create_key"));
    }
    let live = repo::live_keys(tx, client, cx.now).await?;
    let most = rules::LIVE_KEYS;
    if live.len() >= most {
        return Err(AppError::rule(
            "",
            "too_many",
            say!(
                "最多 {most} 个有效密钥，请先撤销一个。",
                "At most {most} keys are live; revoke one of them first."
            ),
        ));
    }
    let overlap = cx.now + Duration::hours(given.overlap_hours.unwrap_or(OVERLAP));
    for before in live.into_iter().filter(|before| before.expires_at > overlap) {
        let set = ActiveModel { expires_at: Set(overlap), ..Default::default() };
        repo::save_key(tx, &before, set).await?;
    }
    let made = Model {
        id: ApiKeyId::new(),
        client_id: client,
        code: key.code().to_owned(),
        hash: key.hash(),
        label: given.label.map(|label| label.trim().to_owned()),
        created_by: cx.person()?.account_id,
        created_at: cx.now,
        expires_at: cx.now + Duration::days(given.days.unwrap_or(DAYS)),
        revoked_by: None,
        revoked_at: None,
        last_used_at: None,
        version: 1,
    };
    repo::insert_key(tx, made.clone()).await?;
    let facts = serde_json::json!({ "key": made.id, "expires_at": made.expires_at });
    record_and_tell(tx, cx, Record::act("create_key", SubjectKind::ApiClient, client).with(facts)).await?;
    Ok(made)
}

/// Revokes a key at once.
///
/// # Errors
/// 401, 403, 404, 412 and 428 for the version, 409 when it was revoked already.
pub async fn revoke(
    tx: &Tx,
    cx: &Context,
    client: ApiClientId,
    id: ApiKeyId,
    precondition: &Precondition,
) -> Result<()> {
    let row = repo::hold(tx, client).await?;
    policy::end(cx, &row)?;
    let key = repo::find_key(tx, client, id).await?;
    precondition.require(&tag(&key))?;
    if key.revoked_at.is_some() {
        return Err(illegal(&row, "revoke_key"));
    }
    let set =
        ActiveModel { revoked_at: Set(Some(cx.now)), revoked_by: Set(cx.account_id()), ..Default::default() };
    repo::save_key(tx, &key, set).await?;
    let facts = serde_json::json!({ "key": id });
    audit::record(tx, cx, Record::act("revoke_key", SubjectKind::ApiClient, client).with(facts)).await?;
    Ok(())
}
