//! The layer that judges every request that brings a key, before any handler: is it a key, does it still open
//! something, is there room under its rate and quota, does it have the scope, and does whoever answers for it still
//! stand for the organisation. What is no operation of the document is not there for a key.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header,
    middleware::Next,
    web::Data,
};
use techmart_entity::{
    Instant,
    account::Role,
    api_client::{Model, key as rows},
    id::SessionId,
};

use super::{
    meter::{Count, Key as Counted},
    origins, policy, repo,
    scopes::{self, Under},
};
use crate::{
    auth::{
        self, Actor, Person,
        key::{self, Key, Keyed},
    },
    clock::{day_of, end_of},
    error::{AppError, Code, Result},
    features::account::repo as accounts,
    routes, say,
    state::State,
    web::{
        cors::{self, AllowedOrigins},
        rate_limit::{Class, Verdict},
        request::RequestInfo,
    },
};

/// The layer.
///
/// # Errors
/// None of its own: a refusal is an answer.
pub async fn admitted(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(state) = request.app_data::<Data<State>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    if cors::is_preflight(&request) {
        return preflight(request, &state).await;
    }
    if !request.path().starts_with("/api/") {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let sent = match key::sent(request.headers()) {
        Ok(Some(sent)) => sent,
        Ok(None) => return Ok(next.call(request).await?.map_into_boxed_body()),
        Err(error) => return Ok(refused(request, error)),
    };
    let (client, row) = match identified(&state, &request, &sent).await {
        Ok(found) => found,
        Err(error) => return Ok(refused(request, error)),
    };
    let operation = state.operations.id(request.method().as_str(), request.path());
    let under = operation.as_deref().map_or(Under::Any, |operation| scopes::under(operation, &client.scopes));
    let now = state.clock.now();
    let counted = (client.id, day_of(now), under.counted());
    if let Err(error) = within_limits(&state, &request, &client, &row, counted, now).await {
        return Ok(refused(request, error));
    }
    let Some(operation) = operation else {
        state.meter.ended(counted, ending(404));
        let answer = routes::nothing_here(request.request().clone(), state).await;
        return Ok(match answer {
            Ok(response) => request.into_response(response).map_into_boxed_body(),
            Err(error) => refused(request, error),
        });
    };
    match judged(&state, &client, &operation, under).await {
        Ok(keyed) => {
            request.extensions_mut().insert(keyed);
        }
        Err(error) => {
            state.meter.ended(counted, ending(error.status().as_u16()));
            return Ok(refused(request, error));
        }
    }
    let outcome = next.call(request).await;
    let status = match &outcome {
        Ok(response) => response.status(),
        Err(error) => error.as_response_error().status_code(),
    };
    state.meter.ended(counted, ending(status.as_u16()));
    Ok(outcome?.map_into_boxed_body())
}

fn refused(request: ServiceRequest, error: AppError) -> ServiceResponse<BoxBody> {
    request.error_response(error).map_into_boxed_body()
}

fn ending(status: u16) -> Count {
    match status {
        400..=499 => Count { refused: 1, ..Count::default() },
        500..=599 => Count { failed: 1, ..Count::default() },
        _ => Count::default(),
    }
}

/// A browser asks whether it may ask: nothing is told of an origin that nobody names.
async fn preflight(request: ServiceRequest, state: &State) -> Result<ServiceResponse<BoxBody>, Error> {
    let origin = request.headers().get(header::ORIGIN).and_then(|value| value.to_str().ok());
    let origin = origin.map(str::to_owned);
    if let Some(origin) = origin {
        match origins::is_known(state, &origin).await {
            Ok(true) => {
                request.extensions_mut().insert(AllowedOrigins(vec![origin]));
            }
            Ok(false) => {}
            Err(error) => return Ok(refused(request, error)),
        }
    }
    Ok(request.into_response(HttpResponse::NoContent().finish()).map_into_boxed_body())
}

/// The client and the row of a key. Whoever guesses keys is slowed down by their address.
async fn identified(state: &State, request: &ServiceRequest, sent: &str) -> Result<(Model, rows::Model)> {
    let refusal = match Key::read(sent) {
        None => say!(
            "不是有效的密钥：请完整复制 tm_… 开头的整串字符。",
            "That is no key: copy the whole of it, from tm_ to the end."
        ),
        Some(key) => match repo::key_by_code(state.db.read(), key.code()).await? {
            // The hash of 190 bits of chance: how long the comparison takes tells nothing of use.
            Some(row) if row.hash == key.hash() => {
                let client = repo::find(state.db.read(), row.client_id).await?;
                // Its pages may read that the key has ended, too.
                request.extensions_mut().insert(AllowedOrigins(client.origins.0.clone()));
                if row.is_live(state.clock.now()) {
                    return Ok((client, row));
                }
                let ended = crate::clock::Moment(row.revoked_at.unwrap_or(row.expires_at));
                say!("该密钥已于 {ended} 失效，请更换。", "The key ended at {ended}; use another one.")
            }
            Some(_) | None => say!("没有这个密钥，或已删除。", "There is no such key."),
        },
    };
    let address = request.extensions().get::<RequestInfo>().map(|info| info.client.clone());
    let verdict = state.rate_limits.check(Class::Visitor, &address.unwrap_or_default());
    let wait = verdict.as_ref().and_then(|verdict| verdict.wait);
    if let Some(verdict) = verdict {
        request.extensions_mut().insert(verdict);
    }
    match wait {
        Some(wait) => Err(too_many(wait)),
        None => Err(AppError::new(Code::InvalidKey, refusal)),
    }
}

fn too_many(wait: u64) -> AppError {
    AppError::new(Code::TooManyRequests, say!("请在 {wait} 秒后重试。", "Try again in {wait} seconds."))
        .retry_after(wait)
}

/// Takes one request from the minute's rate and from the day's quota, and says in the answer what is left.
async fn within_limits(
    state: &State,
    request: &ServiceRequest,
    client: &Model,
    row: &rows::Model,
    counted: Counted,
    now: Instant,
) -> Result<()> {
    let day = counted.1;
    let meter = &state.meter;
    if !meter.knows(client.id, day) {
        let written = repo::requests(state.db.read(), &[client.id], day).await?;
        meter.learn(client.id, day, written.get(&client.id).copied().unwrap_or(0));
    }
    let rate = u32::try_from(client.per_minute).unwrap_or(1);
    let minute = state.rate_limits.check_client(&client.id.to_string(), rate);
    let wait = minute.as_ref().and_then(|verdict| verdict.wait);
    let left = match wait {
        Some(_) => None,
        None => meter.take(counted, client.daily_quota),
    };
    let midnight = u64::try_from((end_of(day) - now).num_seconds() + 1).unwrap_or(1);
    let quota = client.daily_quota;
    let remaining = left.unwrap_or_else(|| meter.left(client.id, day, quota));
    let of_day = Verdict {
        policy: format!("\"day\";q={quota};w=86400"),
        state: format!("\"day\";r={remaining};t={midnight}"),
        wait: None,
    };
    request.extensions_mut().insert(of_day.after(minute));
    if left.is_some() {
        meter.used(row, now);
        return Ok(());
    }
    meter.ended(counted, Count { limited: 1, ..Count::default() });
    match wait {
        Some(wait) => Err(too_many(wait)),
        None => Err(AppError::new(
            Code::QuotaUsedUp,
            say!(
                "当日 {quota} 次的配额已用完，北京时间零点后恢复。",
                "The day's {quota} requests are used up; there are more after midnight in Shanghai."
            ),
        )
        .retry_after(midnight)),
    }
}

/// Who the key acts as for an operation.
async fn judged(state: &State, client: &Model, operation: &str, under: Under) -> Result<Keyed> {
    policy::is_approved(client)?;
    let scope = match under {
        Under::Any => None,
        Under::Scope(scope) => Some(scope),
        Under::Missing(asked) => {
            let names: Vec<String> = asked.iter().map(ToString::to_string).collect();
            let names = names.join(" / ");
            return Err(AppError::new(
                Code::MissingScope,
                say!(
                    "{operation} 需要权限范围 {names}，该客户端没有。",
                    "{operation} needs the scope {names}, which the client does not have."
                ),
            ));
        }
        Under::Closed => {
            return Err(AppError::new(
                Code::ClosedToKeys,
                say!(
                    "{operation} 只对登录的用户开放，不接受 API 密钥。",
                    "{operation} is for people who sign in, not for API keys."
                ),
            ));
        }
    };
    let db = state.db.read();
    let account = accounts::find(db, client.responsible_id).await?;
    policy::answers(account.as_ref())?;
    let mut keyed = Keyed {
        client: client.id,
        actor: Actor::Visitor,
        organisation: client.organisation_id,
        acting: None,
    };
    let Some(organisation) = client.organisation_id else { return Ok(keyed) };
    let memberships = auth::memberships(db, client.responsible_id).await?;
    let membership = memberships.into_iter().find(|membership| membership.organisation_id == organisation);
    let membership = policy::stands(membership)?;
    // Under a scope of everybody's it sees what everybody sees.
    if scope.is_some_and(|scope| !scope.is_public()) {
        keyed.acting = Some(organisation);
        keyed.actor = Actor::Person(Box::new(Person {
            account_id: client.responsible_id,
            // Whatever else the person is, a key does not do the centre's work.
            role: Role::Member,
            // Of no sign-in: a key ends none.
            session_id: SessionId::new(),
            memberships: vec![membership],
        }));
    }
    Ok(keyed)
}
