//! Who acts: from an access token to a person with their role and organisations, read from the
//! database at each request. A token's claims name a person and a sign-in and are trusted for nothing else.

mod actor;
pub mod jwt;
pub mod key;
pub mod password;
pub mod secret;

use actix_web::{HttpRequest, http::header};
pub use actor::{Actor, Context, Membership, Person};
use key::Keyed;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use techmart_entity::{
    Instant, account,
    account::session,
    id::{AccountId, OrganisationId, SessionId},
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
        via: None,
        now,
        today: day_of(now),
        request_id: Some(info.id),
        client: info.client,
    };
    if let Some(keyed) = Keyed::of(request) {
        return with_key(request, context, keyed);
    }
    if key::sent(request.headers())?.is_some() {
        return Err(AppError::new(
            Code::InvalidKey,
            say!("密钥只用于 /api/v1 下的地址。", "A key is for the addresses below /api/v1."),
        ));
    }
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

/// Who a key acts as, as it was judged when the request came in.
fn with_key(request: &HttpRequest, context: Context, keyed: Keyed) -> Result<Context> {
    if let Some(named) = request.headers().get(ACTING_ORGANISATION) {
        let named = named.to_str().unwrap_or_default().trim().parse::<OrganisationId>().ok();
        if named.is_none() || named != keyed.organisation {
            let detail = say!(
                "密钥只能代表它所属的单位；Acting-Organisation 可以省略。",
                "A key acts for its own organisation alone; leave Acting-Organisation out."
            );
            let place = Place::Header("Acting-Organisation".to_owned());
            let fault = Fault { place, code: "other_organisation".to_owned(), detail: detail.clone() };
            return Err(AppError::forbidden(detail).with_faults(vec![fault]));
        }
    }
    Ok(Context { actor: keyed.actor, acting: keyed.acting, via: Some(keyed.client), ..context })
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
    let memberships = memberships(db, account.id).await?;
    Ok(Some(Person { account_id: account.id, role: account.role, session_id: session.id, memberships }))
}

/// A person as a request of theirs would be, without a request: for commands that act as a person.
/// Within a transaction it sees what that has written itself.
///
/// # Errors
/// 404 when there is no such account or it is disabled, 403 when the person does not belong to `acting`.
pub async fn context_in(
    db: &impl ConnectionTrait,
    now: Instant,
    account: AccountId,
    acting: Option<OrganisationId>,
) -> Result<Context> {
    let found = account::Entity::find_by_id(account).one(db).await?;
    let row = found.filter(|row| row.disabled_at.is_none()).ok_or_else(AppError::not_found)?;
    let person = Person {
        account_id: row.id,
        role: row.role,
        // Of no sign-in: nothing that a command does can end or outlive one.
        session_id: SessionId::new(),
        memberships: memberships(db, row.id).await?,
    };
    if let Some(acting) = acting.filter(|acting| !person.belongs_to(*acting)) {
        return Err(AppError::forbidden(say!(
            "该账号不是单位 {acting} 的成员。",
            "The account is no member of the organisation {acting}."
        )));
    }
    Ok(Context { actor: Actor::Person(Box::new(person)), acting, ..Context::system(now) })
}

/// What a person is to organisations.
///
/// # Errors
/// When the database cannot be asked.
pub async fn memberships(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Membership>> {
    let rows: Vec<membership::Model> =
        membership::Entity::find().filter(membership::Column::AccountId.eq(account)).all(db).await?;
    let organisations: Vec<organisation::Model> = if rows.is_empty() {
        Vec::new()
    } else {
        organisation::Entity::find()
            .filter(organisation::Column::Id.is_in(rows.iter().map(|row| row.organisation_id)))
            .all(db)
            .await?
    };
    Ok(organisations
        .into_iter()
        .filter_map(|organisation| {
            let role = rows.iter().find(|row| row.organisation_id == organisation.id)?.role;
            Some(Membership {
                organisation_id: organisation.id,
                role,
                kind: organisation.kind,
                demo: organisation.demo,
                verification: organisation.verification,
                merged_into: organisation.merged_into,
            })
        })
        .collect())
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
    match person.memberships.iter().find(|membership| membership.organisation_id == id) {
        Some(Membership { merged_into: Some(into), .. }) => {
            let detail = say!(
                "该单位已并入 {into}，请代表后者操作。",
                "That organisation was merged into {into}; act for that one."
            );
            Err(AppError::forbidden(detail.clone()).with_faults(fault("merged", detail)))
        }
        Some(_) => Ok(id),
        None => {
            let detail = say!("您不是该单位的成员。", "You are no member of that organisation.");
            Err(AppError::forbidden(detail.clone()).with_faults(fault("not_a_member", detail)))
        }
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
