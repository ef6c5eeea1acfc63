//! `/dockings/{id}/ndas`

use actix_web::{HttpResponse, post};
use techmart_entity::id::{DockingId, NdaId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{dto::NdaIn, service};
use crate::{
    error::Result,
    features::docking::{
        dto::DockingOut,
        http::{made, shown},
    },
    web::{
        act::Act,
        body::Body,
        path::{Id, segment},
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/dockings/{id}/ndas").service(record_docking_nda).service(confirm_docking_nda));
}

/// One side or a broker records a confidentiality agreement that both sides signed; another confirms it. It is read
/// as a part of its docking.
#[utoipa::path(operation_id = "record_docking_nda", tag = "docking cases", params(("id" = DockingId, Path)),
    request_body = NdaIn, responses((status = 201, body = DockingOut)))]
#[post("")]
async fn record_docking_nda(act: Act, id: Id<DockingId>, body: Body<NdaIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::record(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        made(tx, &act, row).await
    })
    .await
}

/// The other side, or a broker who did not record it, confirms it.
#[utoipa::path(operation_id = "confirm_docking_nda", tag = "docking cases",
    params(("id" = DockingId, Path), ("nda_id" = NdaId, Path)), responses((status = 200, body = DockingOut)))]
#[post("/{nda_id}/confirm")]
async fn confirm_docking_nda(act: Act, id: Id<DockingId>) -> Result<HttpResponse> {
    let nda: NdaId = segment(&act.http, "nda_id")?;
    act.run(async |tx| {
        let row = service::confirm(tx, &act, id.0, nda, &act.precondition).await?;
        shown(tx, &act, row).await
    })
    .await
}
