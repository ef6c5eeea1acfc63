//! `/demands`

use techmart_entity::{
    demand::DemandContent,
    listing::{ListingKind, status::ListingMove},
};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::diagnosis;
use crate::features::{
    listing::dto::{DiagnosesQuery, DiagnosisIn, DiagnosisOut, NoteIn},
    matching,
};

crate::listing_addresses! {
    kind: ListingKind::Demand,
    content: DemandContent,
    one: "demand",
    many: "demands",
}

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/demands")
            .configure(shared)
            .configure(matching::http::of_demands)
            .service(diagnose)
            .service(list_diagnoses)
            .service(solve)
            .service(close_unsolved),
    );
}

/// A broker judges the demand; a demand is judged before it is published. Where a second diagnosis was asked for, another
/// broker gives it.
#[utoipa::path(operation_id = "diagnose_demand", tag = "demands", params(("id" = ListingId, Path)),
    request_body = DiagnosisIn, responses((status = 200, body = ListingOut<DemandContent>)))]
#[post("/{id}/diagnose")]
async fn diagnose(act: Act, id: Id<ListingId>, body: Body<DiagnosisIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = diagnosis::diagnose(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        shown(tx, &act, &row).await
    })
    .await
}

/// Every judgement of the demand, newest first. For the centre and auditors.
#[utoipa::path(operation_id = "list_demand_diagnoses", tag = "demands", params(("id" = ListingId, Path), DiagnosesQuery),
    responses((status = 200, body = Page<DiagnosisOut>)))]
#[get("/{id}/diagnoses")]
async fn list_diagnoses(look: Look, id: Id<ListingId>, query: Query<DiagnosesQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        diagnosis::list(look.state.db.read(), look, id.0, query).await
    })
    .await
}

/// Ends the demand: it was solved.
#[utoipa::path(operation_id = "solve_demand", tag = "demands", params(("id" = ListingId, Path)),
    request_body = NoteIn, responses((status = 200, body = ListingOut<DemandContent>)))]
#[post("/{id}/solve")]
async fn solve(act: Act, id: Id<ListingId>, body: Body<NoteIn>) -> Result<HttpResponse> {
    end(&act, id.0, ListingMove::Solve, body.0).await
}

/// Ends the demand: it was not solved.
#[utoipa::path(operation_id = "close_demand_unsolved", tag = "demands", params(("id" = ListingId, Path)),
    request_body = NoteIn, responses((status = 200, body = ListingOut<DemandContent>)))]
#[post("/{id}/close-unsolved")]
async fn close_unsolved(act: Act, id: Id<ListingId>, body: Body<NoteIn>) -> Result<HttpResponse> {
    end(&act, id.0, ListingMove::CloseUnsolved, body.0).await
}

async fn end(act: &Act, id: ListingId, mv: ListingMove, body: NoteIn) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::end_demand(tx, act, id, mv, &act.precondition, body.note.clone()).await?;
        shown(tx, act, &row).await
    })
    .await
}
