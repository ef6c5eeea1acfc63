//! Asking for a client, changing it, deciding on it.

use sea_orm::Set;
use techmart_entity::{
    api_client::{
        ActiveModel, Model, Origins, Scopes,
        status::{ApiClientMove, ApiClientStatus},
    },
    audit::SubjectKind,
    id::{AccountId, ApiClientId},
    life_cycle::{IllegalMove, LifeCycle},
};

use super::{
    dto::{ApiClientGrantIn, ApiClientIn, ApiClientPatch},
    policy, repo, rules,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        account::repo as accounts,
        audit::{self, Record},
        listing::service::record_and_tell,
        organisation::repo as organisations,
    },
    say,
    web::etag::{self, Precondition},
};

/// The ETag of a client.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

fn judged(faults: Vec<Fault>) -> Result<()> {
    if faults.is_empty() { Ok(()) } else { Err(AppError::rules(faults)) }
}

/// What cannot be done to a client that stands where it stands.
pub(super) fn illegal(row: &Model, act: &str) -> AppError {
    let legal = row.status.legal().iter().map(ToString::to_string).collect();
    IllegalMove { from: row.status.to_string(), mv: act.to_owned(), legal }.into()
}

/// Asks for a client; admins are told.
///
/// # Errors
/// 401, 403, 422 when a rule is broken or there are too many already.
pub async fn register(tx: &Tx, cx: &Context, given: ApiClientIn) -> Result<Model> {
    policy::register(cx, given.organisation_id)?;
    let person = cx.person()?.account_id;
    // Whoever counts what there is holds what it is counted by: of two at once the second sees the first.
    let most = match given.organisation_id {
        Some(organisation) => {
            organisations::hold_standing(tx, organisation).await?;
            rules::OF_ORGANISATION
        }
        None => {
            accounts::hold(tx, person).await?;
            rules::OF_PERSON
        }
    };
    let row = Model {
        id: ApiClientId::new(),
        organisation_id: given.organisation_id,
        responsible_id: person,
        name: given.name.trim().to_owned(),
        purpose: given.purpose.trim().to_owned(),
        status: ApiClientStatus::Requested,
        asked_scopes: Scopes::of(given.scopes),
        scopes: Scopes::default(),
        origins: Origins(given.origins),
        per_minute: rules::PER_MINUTE,
        daily_quota: rules::DAILY_QUOTA,
        reason: None,
        decided_by: None,
        decided_at: None,
        created_by: person,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    };
    let mut faults = Vec::new();
    rules::check_scopes(&row.asked_scopes, row.organisation_id.is_some(), "/scopes", &mut faults);
    rules::check_origins(&row.origins, "/origins", &mut faults);
    if repo::alive(tx, row.organisation_id, person).await? >= most {
        let detail = say!(
            "最多 {most} 个客户端，请先撤销不用的。",
            "At most {most} clients; revoke one that is not used."
        );
        faults.push(Fault::at("", "too_many", detail));
    }
    judged(faults)?;
    repo::insert(tx, row.clone()).await?;
    let record = Record::act("register", SubjectKind::ApiClient, row.id).beginning(row.status);
    record_and_tell(tx, cx, record.with(scopes_of(&row))).await?;
    Ok(row)
}

fn scopes_of(row: &Model) -> serde_json::Value {
    serde_json::json!({ "asked_scopes": row.asked_scopes, "scopes": row.scopes, "origins": row.origins })
}

/// Changes what its owner says of it. Scopes that are left out are taken away; what is new waits for an admin.
///
/// # Errors
/// 401, 403, 404, 409 once it has ended, 412 and 428 for the version, 422 when a rule is broken.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    id: ApiClientId,
    precondition: &Precondition,
    given: ApiClientPatch,
) -> Result<Model> {
    let row = repo::hold(tx, id).await?;
    policy::look_after(cx, &row)?;
    precondition.require(&tag(&row))?;
    if !ApiClientStatus::ALIVE.contains(&row.status) {
        return Err(illegal(&row, "patch"));
    }
    let mut after = row.clone();
    after.name = given.name.map_or(after.name, |name| name.trim().to_owned());
    after.purpose = given.purpose.map_or(after.purpose, |purpose| purpose.trim().to_owned());
    after.asked_scopes = given.scopes.map_or(after.asked_scopes, Scopes::of);
    after.origins = given.origins.map_or(after.origins, Origins);
    after.scopes.0.retain(|scope| after.asked_scopes.has(*scope));
    let mut faults = Vec::new();
    rules::check_scopes(&after.asked_scopes, after.organisation_id.is_some(), "/scopes", &mut faults);
    rules::check_origins(&after.origins, "/origins", &mut faults);
    judged(faults)?;
    let set = ActiveModel {
        name: Set(after.name.clone()),
        purpose: Set(after.purpose.clone()),
        asked_scopes: Set(after.asked_scopes.clone()),
        scopes: Set(after.scopes.clone()),
        origins: Set(after.origins.clone()),
        ..Default::default()
    };
    let saved = repo::save(tx, &row, cx.now, set).await?;
    let asks = saved.asked_scopes.0.iter().any(|scope| !row.asked_scopes.has(*scope));
    let action = if asks { "ask_scopes" } else { "change" };
    let record = Record::act(action, SubjectKind::ApiClient, id).with(scopes_of(&saved));
    if asks {
        record_and_tell(tx, cx, record).await?;
    } else {
        audit::record(tx, cx, record).await?;
    }
    Ok(saved)
}

/// Approves it, or approves it anew with other scopes, another rate or quota.
///
/// # Errors
/// 401, 403, 404, 409, 412, 422 for scopes that were not asked for.
pub async fn approve(
    tx: &Tx,
    cx: &Context,
    id: ApiClientId,
    precondition: &Precondition,
    given: ApiClientGrantIn,
) -> Result<Model> {
    let row = repo::hold(tx, id).await?;
    policy::decide(cx, &row)?;
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(ApiClientMove::Approve)?;
    let granted = given.scopes.map_or_else(|| row.asked_scopes.clone(), Scopes::of);
    let mut faults = Vec::new();
    rules::check_granted(&granted, &row.asked_scopes, "/scopes", &mut faults);
    judged(faults)?;
    let set = ActiveModel {
        scopes: Set(granted),
        per_minute: Set(given.per_minute.unwrap_or(row.per_minute)),
        daily_quota: Set(given.daily_quota.unwrap_or(row.daily_quota)),
        reason: Set(None),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    let mut facts = scopes_of(&moved);
    facts["per_minute"] = moved.per_minute.into();
    facts["daily_quota"] = moved.daily_quota.into();
    record_and_tell(tx, cx, Record::of_move(&change, SubjectKind::ApiClient, id).with(facts)).await?;
    Ok(moved)
}

/// Rejects, suspends or resumes it, with the reason where there is one.
///
/// # Errors
/// 401, 403, 404, 409, 412.
pub async fn decide(
    tx: &Tx,
    cx: &Context,
    id: ApiClientId,
    precondition: &Precondition,
    mv: ApiClientMove,
    reason: Option<String>,
) -> Result<Model> {
    let row = repo::hold(tx, id).await?;
    policy::decide(cx, &row)?;
    moved(tx, cx, row, precondition, mv, reason).await
}

/// Ends it for good: none of its keys opens anything any more.
///
/// # Errors
/// 401, 403, 404, 409, 412.
pub async fn revoke(
    tx: &Tx,
    cx: &Context,
    id: ApiClientId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let row = repo::hold(tx, id).await?;
    policy::end(cx, &row)?;
    moved(tx, cx, row, precondition, ApiClientMove::Revoke, Some(reason)).await
}

async fn moved(
    tx: &Tx,
    cx: &Context,
    row: Model,
    precondition: &Precondition,
    mv: ApiClientMove,
    reason: Option<String>,
) -> Result<Model> {
    precondition.honour(&tag(&row))?;
    let change = row.status.apply(mv)?;
    let set = ActiveModel {
        reason: Set(reason.clone()),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, cx.now, set).await?;
    let record = Record::of_move(&change, SubjectKind::ApiClient, row.id).because(None::<&str>, reason);
    record_and_tell(tx, cx, record).await?;
    Ok(moved)
}

/// Makes another owner answer for an organisation's client.
///
/// # Errors
/// 401, 403, 404, 409 once it has ended, 412, 422 when they do not own the organisation.
pub async fn hand_over(
    tx: &Tx,
    cx: &Context,
    id: ApiClientId,
    precondition: &Precondition,
    to: AccountId,
) -> Result<Model> {
    let row = repo::hold(tx, id).await?;
    policy::look_after(cx, &row)?;
    precondition.honour(&tag(&row))?;
    if !ApiClientStatus::ALIVE.contains(&row.status) {
        return Err(illegal(&row, "hand_over"));
    }
    let owners = match row.organisation_id {
        Some(organisation) => organisations::owners(tx, organisation).await?,
        None => Vec::new(),
    };
    if !owners.contains(&to) {
        return Err(AppError::rule(
            "/account_id",
            "no_owner",
            say!(
                "只能交给该单位的负责人；公开读取的客户端不能转交。",
                "It goes to an owner of the organisation; one for public reading is not handed over."
            ),
        ));
    }
    let set = ActiveModel { responsible_id: Set(to), ..Default::default() };
    let saved = repo::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "from": row.responsible_id, "to": to });
    let record = Record::act("hand_over", SubjectKind::ApiClient, id).with(facts);
    record_and_tell(tx, cx, record).await?;
    Ok(saved)
}
