//! Who acts: from an access token to a person with their role and organisations, read from the
//! database at each request. A token's claims name a person and a sign-in and are trusted for nothing else.

mod actor;
pub mod jwt;
pub mod password;
pub mod secret;

use actix_web::{HttpRequest, http::header};
pub use actor::{Actor, Context, Membership, Person};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use techmart_entity::{
    account,
    account::session,
    id::OrganisationId,
    organisation::{self, membership},
};

use crate::{
    clock::day_of,
    error::{AppError, Code, Fault, Place, Result},
    say,
    state::State,
    web::{body, request},
};

/// The header that names the organisation for which a person acts.
pub const ACTING_ORGANISATION: &str = "acting-organisation";

/// Finds out who a request comes from.
///
/// # Errors
/// 401 when it brings a token that is not valid (any more), 403 when it names an organisation that
/// the person does not belong to.
pub async fn authenticate(request: &HttpRequest, state: &State) -> Result<Context> {
    let info = request::info(request);
    let now = state.clock.now();
    let mut context = Context {
        actor: Actor::Visitor,
        acting: None,
        now,
        today: day_of(now),
        request_id: Some(info.id),
        client: info.client,
    };
    let Some(authorization) = body::header(request, &header::AUTHORIZATION) else {
        return Ok(context);
    };
    let token = authorization
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(invalid_token)?;
    let claims = state.jwt.verify(token).map_err(|_| invalid_token())?;
    let person = load(state, &claims).await?.ok_or_else(invalid_token)?;
    if let Some(acting) = request.headers().get(ACTING_ORGANISATION) {
        context.acting = Some(acting_organisation(acting.to_str().unwrap_or_default(), &person)?);
    }
    context.actor = Actor::Person(Box::new(person));
    Ok(context)
}

async fn load(state: &State, claims: &jwt::Claims) -> Result<Option<Person>> {
    let db = state.db.read();
    let found = session::Entity::find_by_id(claims.sid).one(db).await?;
    let Some(session) = found else { return Ok(None) };
    if session.account_id != claims.sub
        || session.revoked_at.is_some()
        || session.expires_at <= state.clock.now()
    {
        return Ok(None);
    }
    let account = account::Entity::find_by_id(claims.sub).one(db).await?;
    let Some(account) = account.filter(|account| account.disabled_at.is_none()) else {
        return Ok(None);
    };
    let memberships: Vec<membership::Model> =
        membership::Entity::find().filter(membership::Column::AccountId.eq(account.id)).all(db).await?;
    let organisations: Vec<organisation::Model> = if memberships.is_empty() {
        Vec::new()
    } else {
        organisation::Entity::find()
            .filter(organisation::Column::Id.is_in(memberships.iter().map(|row| row.organisation_id)))
            .all(db)
            .await?
    };
    let memberships = organisations
        .into_iter()
        .filter_map(|organisation| {
            let role = memberships.iter().find(|row| row.organisation_id == organisation.id)?.role;
            Some(Membership {
                organisation_id: organisation.id,
                role,
                kind: organisation.kind,
                demo: organisation.demo,
                verification: organisation.verification,
            })
        })
        .collect();
    Ok(Some(Person { account_id: account.id, role: account.role, session_id: session.id, memberships }))
}

fn acting_organisation(header: &str, person: &Person) -> Result<OrganisationId> {
    let fault = |code: &str, detail| {
        vec![Fault { place: Place::Header("Acting-Organisation".to_owned()), code: code.to_owned(), detail }]
    };
    let id: OrganisationId = header.trim().parse().map_err(|_| {
        AppError::unfit(
            Code::InvalidHeader,
            fault(
                "format",
                say!("应为单位的 id（UUID）。", "It has to be the id of an organisation (UUID)."),
            ),
        )
    })?;
    if person.memberships.iter().any(|membership| membership.organisation_id == id) {
        Ok(id)
    } else {
        let detail = say!("您不是该单位的成员。", "You are no member of that organisation.");
        Err(AppError::forbidden(detail.clone()).with_faults(fault("not_a_member", detail)))
    }
}

fn invalid_token() -> AppError {
    AppError::new(
        Code::InvalidToken,
        say!(
            "访问令牌无效或已过期；请刷新或重新登录。",
            "The access token is not valid any more; refresh it or sign in again."
        ),
    )
}
