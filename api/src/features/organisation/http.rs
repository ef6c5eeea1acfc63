//! `/organisations`

use actix_web::{HttpRequest, HttpResponse, delete, get, http::StatusCode, patch, post, put};
use techmart_entity::id::{AccountId, OrganisationId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        MemberIn, MemberOut, MemberQuery, MemberRoleIn, OrganisationIn, OrganisationOut, OrganisationPatch,
        OrganisationQuery, VerificationReasonIn, VerifyIn,
    },
    members, service, verification, view,
};

use crate::{
    error::Result,
    features::{
        audit::dto::{HistoryOut, HistoryQuery},
        export::page_or_file,
        feedback, invitation,
    },
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::Page,
        path::{self, Id},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/organisations")
            .service(list_organisations)
            .service(create_organisation)
            .service(get_organisation)
            .service(patch_organisation)
            .service(submit_verification)
            .service(verify_organisation)
            .service(reject_verification)
            .service(renew_verification)
            .service(ask_renewal)
            .service(suspend_organisation)
            .service(resume_organisation)
            .service(list_members)
            .service(add_member)
            .service(get_member)
            .service(set_member_role)
            .service(remove_member)
            .service(list_organisation_history)
            .configure(invitation::http::of_organisation)
            .configure(feedback::http::of_organisation),
    );
}

/// Organisations, newest first: the verified ones; for the centre and auditors all.
#[utoipa::path(operation_id = "list_organisations", tag = "organisations", params(OrganisationQuery),
    responses((status = 200, body = Page<OrganisationOut>)))]
#[get("")]
async fn list_organisations(look: Look, query: Query<OrganisationQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| view::list(look.state.db.read(), look, query).await)
        .await
}

/// Makes an organisation; whoever makes it becomes its owner.
#[utoipa::path(operation_id = "create_organisation", tag = "organisations", request_body = OrganisationIn,
    responses((status = 201, body = OrganisationOut)))]
#[post("")]
async fn create_organisation(act: Act, body: Body<OrganisationIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::create(tx, &act, body.0.clone()).await?;
        let location = format!("/api/v1/organisations/{}", row.id);
        // The maker became a member by this very act, and so sees what members see.
        let answer = view::shown_to_member(&act, row);
        Ok(Answer { status: StatusCode::CREATED, location: Some(location), ..answer })
    })
    .await
}

/// An organisation; its credit code and verification for members, the centre and auditors, its
/// contacts for members and the centre.
#[utoipa::path(operation_id = "get_organisation", tag = "organisations", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = OrganisationOut)))]
#[get("/{id}")]
async fn get_organisation(look: Look, id: Id<OrganisationId>) -> Result<HttpResponse> {
    Ok(view::one(look.state.db.read(), &look, id.0).await?.respond(&look.http))
}

/// Changes an organisation by a JSON Merge Patch. For its owners and editors, and for brokers. Name,
/// kind and credit code stay as they are once they were verified.
#[utoipa::path(operation_id = "patch_organisation", tag = "organisations", params(("id" = OrganisationId, Path)),
    request_body = OrganisationPatch, responses((status = 200, body = OrganisationOut)))]
#[patch("/{id}")]
async fn patch_organisation(
    act: Act,
    id: Id<OrganisationId>,
    body: Body<OrganisationPatch>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::patch(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        Ok(view::shown(&act, row))
    })
    .await
}

/// Asks the centre to verify the organisation.
#[utoipa::path(operation_id = "submit_organisation_verification", tag = "organisations",
    params(("id" = OrganisationId, Path)), responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/submit-verification")]
async fn submit_verification(act: Act, id: Id<OrganisationId>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(view::shown(&act, verification::submit(tx, &act, id.0, &act.precondition).await?)))
        .await
}

/// A broker who is no member has convinced themselves of the organisation.
#[utoipa::path(operation_id = "verify_organisation", tag = "organisations", params(("id" = OrganisationId, Path)),
    request_body = VerifyIn, responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/verify")]
async fn verify_organisation(act: Act, id: Id<OrganisationId>, body: Body<VerifyIn>) -> Result<HttpResponse> {
    let given = with_term(&act, body.0);
    act.run(async |tx| {
        let row = verification::verify(tx, &act, id.0, &act.precondition, given.clone()).await?;
        Ok(view::shown(&act, row))
    })
    .await
}

/// What was given, with the usual term where it names none.
fn with_term(act: &Act, given: VerifyIn) -> VerifyIn {
    let usual = act.state.config.verification_until(act.today);
    VerifyIn { valid_until: given.valid_until.or(usual), ..given }
}

/// A broker who is no member has convinced themselves again: another term, in one act, before or after the last day. It
/// is later than the one before.
#[utoipa::path(operation_id = "renew_organisation_verification", tag = "organisations",
    params(("id" = OrganisationId, Path)), request_body = VerifyIn,
    responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/renew-verification")]
async fn renew_verification(act: Act, id: Id<OrganisationId>, body: Body<VerifyIn>) -> Result<HttpResponse> {
    let given = with_term(&act, body.0);
    act.run(async |tx| {
        let row = verification::renew(tx, &act, id.0, &act.precondition, given.clone()).await?;
        Ok(view::shown(&act, row))
    })
    .await
}

/// Asks the centre for another term of the verification, from thirty days before its last day on. Asked again, it was
/// asked once.
#[utoipa::path(operation_id = "ask_renewal_of_organisation_verification", tag = "organisations",
    params(("id" = OrganisationId, Path)), responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/ask-renewal")]
async fn ask_renewal(act: Act, id: Id<OrganisationId>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = verification::ask_renewal(tx, &act, id.0, &act.precondition).await?;
        Ok(view::shown(&act, row))
    })
    .await
}

/// A broker who is no member refuses the verification; the reason reaches the owners.
#[utoipa::path(operation_id = "reject_organisation_verification", tag = "organisations",
    params(("id" = OrganisationId, Path)), request_body = VerificationReasonIn,
    responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/reject-verification")]
async fn reject_verification(
    act: Act,
    id: Id<OrganisationId>,
    body: Body<VerificationReasonIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = verification::reject(tx, &act, id.0, &act.precondition, body.0.reason.clone()).await?;
        Ok(view::shown(&act, row))
    })
    .await
}

/// Suspends the organisation, with the reason: what it published disappears from lists and search, and it
/// submits, expresses and accepts nothing meanwhile. What was counted stays. For brokers and admins who are
/// no members.
#[utoipa::path(operation_id = "suspend_organisation", tag = "organisations", params(("id" = OrganisationId, Path)),
    request_body = VerificationReasonIn, responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/suspend")]
async fn suspend_organisation(
    act: Act,
    id: Id<OrganisationId>,
    body: Body<VerificationReasonIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = verification::suspend(tx, &act, id.0, &act.precondition, body.0.reason.clone()).await?;
        Ok(view::shown(&act, row))
    })
    .await
}

/// Ends the suspension: what it published is there again. For brokers and admins who are no members.
#[utoipa::path(operation_id = "resume_organisation", tag = "organisations", params(("id" = OrganisationId, Path)),
    responses((status = 200, body = OrganisationOut)))]
#[post("/{id}/resume")]
async fn resume_organisation(act: Act, id: Id<OrganisationId>) -> Result<HttpResponse> {
    act.run(async |tx| Ok(view::shown(&act, verification::resume(tx, &act, id.0, &act.precondition).await?)))
        .await
}

/// The members. For members, the centre, and auditors without addresses.
#[utoipa::path(operation_id = "list_organisation_members", tag = "organisations",
    params(("id" = OrganisationId, Path), MemberQuery), responses((status = 200, body = Page<MemberOut>)))]
#[get("/{id}/members")]
async fn list_members(look: Look, id: Id<OrganisationId>, query: Query<MemberQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::members(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Adds a person who has an account with a verified address; 422 `no_such_account` for any other. For
/// owners, and for brokers while nobody owns an organisation that a source names.
#[utoipa::path(operation_id = "add_organisation_member", tag = "organisations", params(("id" = OrganisationId, Path)),
    request_body = MemberIn, responses((status = 201, body = MemberOut)))]
#[post("/{id}/members")]
async fn add_member(act: Act, id: Id<OrganisationId>, body: Body<MemberIn>) -> Result<HttpResponse> {
    act.run(async |tx| members::add(tx, &act, id.0, &body.0.email, body.0.role).await).await
}

/// One member.
#[utoipa::path(operation_id = "get_organisation_member", tag = "organisations",
    params(("id" = OrganisationId, Path), ("account_id" = AccountId, Path)),
    responses((status = 200, body = MemberOut)))]
#[get("/{id}/members/{account_id}")]
async fn get_member(look: Look, id: Id<OrganisationId>) -> Result<HttpResponse> {
    let account = account_id(&look.http)?;
    Ok(view::member(look.state.db.read(), &look, id.0, account).await?.respond(&look.http))
}

/// Gives a member another role. For owners. If-Match takes the membership's ETag or the organisation's.
#[utoipa::path(operation_id = "set_organisation_member_role", tag = "organisations",
    params(("id" = OrganisationId, Path), ("account_id" = AccountId, Path)), request_body = MemberRoleIn,
    responses((status = 200, body = MemberOut)))]
#[put("/{id}/members/{account_id}")]
async fn set_member_role(act: Act, id: Id<OrganisationId>, body: Body<MemberRoleIn>) -> Result<HttpResponse> {
    let account = account_id(&act.http)?;
    act.run(async |tx| members::set_role(tx, &act, id.0, account, &act.precondition, body.0.role).await).await
}

/// Takes a member out; the last owner stays. For owners, and for whoever leaves. If-Match takes the
/// membership's ETag or the organisation's.
#[utoipa::path(operation_id = "remove_organisation_member", tag = "organisations",
    params(("id" = OrganisationId, Path), ("account_id" = AccountId, Path)), responses((status = 204)))]
#[delete("/{id}/members/{account_id}")]
async fn remove_member(act: Act, id: Id<OrganisationId>) -> Result<HttpResponse> {
    let account = account_id(&act.http)?;
    act.run(async |tx| {
        members::remove(tx, &act, id.0, account, &act.precondition).await?;
        Ok(Answer::nothing())
    })
    .await
}

/// The moves of its verification and why, newest first. For members, the centre and auditors.
#[utoipa::path(operation_id = "list_organisation_history", tag = "organisations",
    params(("id" = OrganisationId, Path), HistoryQuery), responses((status = 200, body = Page<HistoryOut>)))]
#[get("/{id}/history")]
async fn list_organisation_history(
    look: Look,
    id: Id<OrganisationId>,
    query: Query<HistoryQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::history(look.state.db.read(), look, id.0, query).await
    })
    .await
}

fn account_id(request: &HttpRequest) -> Result<AccountId> {
    path::segment(request, "account_id")
}
