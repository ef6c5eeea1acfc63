//! `/organisations/{id}/invitations` and `/invitations/accept`. What sees a token answers with `no-store`
//! and takes no Idempotency-Key: nothing of it may be kept.

use actix_web::{HttpResponse, get, http::header, post};
use techmart_entity::id::{InvitationId, OrganisationId};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    dto::{AcceptInvitationIn, AcceptedInvitationOut, InvitationIn, InvitationOut, InvitationQuery},
    service, view,
};

use crate::{
    error::Result,
    features::export::page_or_file,
    web::{
        act::{Act, Look},
        body::Body,
        paging::Page,
        path::{Id, segment},
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(accept_invitation);
}

/// The addresses within `/organisations`.
pub fn of_organisation(config: &mut ServiceConfig) {
    config
        .service(list_invitations)
        .service(create_invitation)
        .service(get_invitation)
        .service(revoke_invitation);
}

/// The invitations, newest first. For members, the centre, and auditors without addresses.
#[utoipa::path(operation_id = "list_invitations", tag = "organisations",
    params(("id" = OrganisationId, Path), InvitationQuery), responses((status = 200, body = Page<InvitationOut>)))]
#[get("/{id}/invitations")]
async fn list_invitations(
    look: Look,
    id: Id<OrganisationId>,
    query: Query<InvitationQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        view::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Invites an address, whether it has an account or not; the mail brings a token that works once, within
/// 7 days. For owners, and for brokers while nobody owns an organisation that a source names.
#[utoipa::path(operation_id = "create_invitation", tag = "organisations", params(("id" = OrganisationId, Path)),
    request_body = InvitationIn, responses((status = 201, body = InvitationOut)))]
#[post("/{id}/invitations")]
async fn create_invitation(
    act: Act,
    id: Id<OrganisationId>,
    body: Body<InvitationIn>,
) -> Result<HttpResponse> {
    act.run(async |tx| service::invite(tx, &act, id.0, body.0.clone()).await).await
}

/// One invitation.
#[utoipa::path(operation_id = "get_invitation", tag = "organisations",
    params(("id" = OrganisationId, Path), ("invitation_id" = InvitationId, Path)),
    responses((status = 200, body = InvitationOut)))]
#[get("/{id}/invitations/{invitation_id}")]
async fn get_invitation(look: Look, id: Id<OrganisationId>) -> Result<HttpResponse> {
    let invitation: InvitationId = segment(&look.http, "invitation_id")?;
    Ok(view::one(look.state.db.read(), &look, id.0, invitation).await?.respond(&look.http))
}

/// Takes an open invitation back. For owners, and for brokers while nobody owns the organisation.
#[utoipa::path(operation_id = "revoke_invitation", tag = "organisations",
    params(("id" = OrganisationId, Path), ("invitation_id" = InvitationId, Path)),
    responses((status = 200, body = InvitationOut)))]
#[post("/{id}/invitations/{invitation_id}/revoke")]
async fn revoke_invitation(act: Act, id: Id<OrganisationId>) -> Result<HttpResponse> {
    let invitation: InvitationId = segment(&act.http, "invitation_id")?;
    act.run(async |tx| service::revoke(tx, &act, id.0, invitation, &act.precondition).await).await
}

/// Takes an invitation up by the token of its mail. For the signed-in person whose verified address was
/// invited; who has no account registers with that address first. Not for auditors.
#[utoipa::path(operation_id = "accept_invitation", tag = "organisations", request_body = AcceptInvitationIn,
    responses((status = 200, body = AcceptedInvitationOut)))]
#[post("/invitations/accept")]
async fn accept_invitation(look: Look, body: Body<AcceptInvitationIn>) -> Result<HttpResponse> {
    let accepted = look.state.db.write(async |tx| service::accept(tx, &look, &body.0.token).await).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(accepted))
}
