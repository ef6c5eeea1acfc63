//! `/me/personal-data`, `/me/erasure`, `/me/reveals`, and what the centre has of them.

use actix_web::{
    HttpResponse, get,
    http::{StatusCode, header},
    post,
};
use techmart_entity::id::{AccountId, AuditId};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    categories::CATEGORIES,
    dto::{
        CategoriesOut, ErasureIn, ErasureOut, ErasureReasonIn, LoggedRevealOut, MyRevealQuery,
        PersonalDataOut, RevealOut, RevealQuery,
    },
    export, reveals,
    service::{self, shown},
};
use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::{Cut, Page},
        path::Id,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config
        .service(list_personal_data_categories)
        .service(get_my_personal_data)
        .service(request_my_erasure)
        .service(get_my_erasure)
        .service(withdraw_my_erasure)
        .service(request_account_erasure)
        .service(get_account_erasure)
        .service(withdraw_account_erasure)
        .service(list_my_reveals)
        .service(list_reveals);
}

/// What is kept about people: each category with its purpose, its basis in the Personal Information Protection Law, how
/// long it is kept, and what becomes of it when an account is erased. For everybody.
#[utoipa::path(operation_id = "list_personal_data_categories", tag = "personal data",
    responses((status = 200, body = CategoriesOut)))]
#[get("/personal-data/categories")]
async fn list_personal_data_categories(look: Look) -> Result<HttpResponse> {
    let items = CATEGORIES.iter().map(Into::into).collect();
    Ok(Answer::ok(CategoriesOut { items }).respond(&look.http))
}

/// A copy of everything that is kept about the caller, as one document to be saved. It is written as it is read, so it
/// may be long.
#[utoipa::path(operation_id = "get_my_personal_data", tag = "personal data",
    responses((status = 200, body = PersonalDataOut)))]
#[get("/me/personal-data")]
async fn get_my_personal_data(look: Look) -> Result<HttpResponse> {
    let copy = export::copy(&look.state, &look).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"personal-data.json\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::VARY, "Authorization, Accept-Language, Acting-Organisation, Origin"))
        .streaming(copy))
}

/// Asks that one's own account be erased, by one's password. It is done after seven days, in which it can be withdrawn;
/// a letter says so. Asking again changes nothing. Whoever is the last owner of an organisation hands it over first
/// (409 `last_owner`); for people of the centre and auditors an admin asks (403).
#[utoipa::path(operation_id = "request_my_erasure", tag = "personal data", request_body = ErasureIn,
    responses((status = 202, body = ErasureOut)))]
#[post("/me/erasure")]
async fn request_my_erasure(look: Look, body: Body<ErasureIn>) -> Result<HttpResponse> {
    let out = service::request_own(&look.state, &look, body.0.password).await?;
    Ok(HttpResponse::build(StatusCode::ACCEPTED)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::LOCATION, "/api/v1/me/erasure"))
        .json(out))
}

/// The erasure that was asked for, with what stands in its way.
#[utoipa::path(operation_id = "get_my_erasure", tag = "personal data",
    responses((status = 200, body = ErasureOut)))]
#[get("/me/erasure")]
async fn get_my_erasure(look: Look) -> Result<HttpResponse> {
    let account = look.person()?.account_id;
    Ok(shown(service::find(look.state.db.read(), account).await?).respond(&look.http))
}

/// Withdraws the erasure of one's own account, as long as it is not done.
#[utoipa::path(operation_id = "withdraw_my_erasure", tag = "personal data", responses((status = 204)))]
#[post("/me/erasure/withdraw")]
async fn withdraw_my_erasure(act: Act) -> Result<HttpResponse> {
    act.run(async |tx| {
        let account = act.person()?.account_id;
        service::withdraw(tx, &act, account).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// Asks that somebody else's account be erased: of somebody who asked for it otherwise, or who left the centre. It is
/// done after seven days, in which it can be withdrawn. Open work of the centre is handed over first (409). For admins.
#[utoipa::path(operation_id = "request_account_erasure", tag = "personal data", params(("id" = AccountId, Path)),
    request_body = ErasureReasonIn, responses((status = 202, body = ErasureOut)))]
#[post("/accounts/{id}/erasure")]
async fn request_account_erasure(
    act: Act,
    id: Id<AccountId>,
    body: Body<ErasureReasonIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let out = service::request_for(tx, &act, id.0, &act.precondition, body.0.reason.clone()).await?;
        Ok(Answer::accepted(out, format!("/api/v1/accounts/{}/erasure", id.0)))
    })
    .await
}

/// The erasure of an account, asked for or done. For admins.
#[utoipa::path(operation_id = "get_account_erasure", tag = "personal data", params(("id" = AccountId, Path)),
    responses((status = 200, body = ErasureOut)))]
#[get("/accounts/{id}/erasure")]
async fn get_account_erasure(look: Look, id: Id<AccountId>) -> Result<HttpResponse> {
    service::administer(&look)?;
    Ok(shown(service::find(look.state.db.read(), id.0).await?).respond(&look.http))
}

/// Withdraws the erasure of somebody else's account, as long as it is not done. For admins.
#[utoipa::path(operation_id = "withdraw_account_erasure", tag = "personal data", params(("id" = AccountId, Path)),
    responses((status = 204)))]
#[post("/accounts/{id}/erasure/withdraw")]
async fn withdraw_account_erasure(act: Act, id: Id<AccountId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        service::administer(&act)?;
        service::withdraw(tx, &act, id.0).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// To whom contacts of one's organisations were shown, newest first: when, by which docking, and for whom.
#[utoipa::path(operation_id = "list_my_reveals", tag = "personal data", params(MyRevealQuery),
    responses((status = 200, body = Page<RevealOut>)))]
#[get("/me/reveals")]
async fn list_my_reveals(look: Look, query: Query<MyRevealQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        let person = look.person()?;
        let organisations: Vec<_> = person.memberships.iter().map(|found| found.organisation_id).collect();
        let mark = ("my reveals", person.account_id);
        let cut = Cut::<AuditId>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let rows = reveals::of(look.state.db.read(), &organisations, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |(id, _)| *id, |(_, row)| row))
    })
    .await
}

/// Every time contacts were shown, newest first. For admins and auditors.
#[utoipa::path(operation_id = "list_reveals", tag = "personal data", params(RevealQuery),
    responses((status = 200, body = Page<LoggedRevealOut>)))]
#[get("/reveals")]
async fn list_reveals(look: Look, query: Query<RevealQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| reveals::list(look.state.db.read(), look, query).await)
        .await
}
