//! `/outbound-targets`

use actix_web::{HttpResponse, get, patch, post};
use techmart_entity::id::{ListingId, OutboundTargetId};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{
        ItemQuery, OutboundAnswersIn, OutboundAnswersOut, OutboundChangesOut, OutboundItemOut,
        OutboundPackageOut, OutboundProfileOut, OutboundProfilesOut, OutboundTargetIn, OutboundTargetOut,
        OutboundTargetPatch, TargetQuery,
    },
    packing, policy, profile, repo,
    service::{self, tag},
};
use crate::{
    error::{AppError, Result},
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
    config.service(list_outbound_profiles).service(
        scope("/outbound-targets")
            .service(list_outbound_targets)
            .service(create_outbound_target)
            .service(get_outbound_target)
            .service(patch_outbound_target)
            .service(get_outbound_changes)
            .service(list_outbound_packages)
            .service(make_outbound_package)
            .service(list_outbound_items)
            .service(take_up_outbound_answers),
    );
}

/// Profiles to start from. They are nobody's official form: copy one and put in the platform's own headings and words.
#[utoipa::path(operation_id = "list_outbound_profiles", tag = "outbound",
    responses((status = 200, body = OutboundProfilesOut)))]
#[get("/outbound-profiles")]
async fn list_outbound_profiles(look: Look) -> Result<HttpResponse> {
    policy::report(&look)?;
    let mut items = Vec::new();
    for shipped in profile::SHIPPED {
        items.push(OutboundProfileOut {
            code: shipped.code.to_owned(),
            zh: shipped.zh.to_owned(),
            en: shipped.en.to_owned(),
            profile: shipped.profile().map_err(AppError::internal)?,
        });
    }
    Ok(Answer::ok(OutboundProfilesOut { items }).respond(&look.http))
}

/// Platforms to which listings are reported, newest first. For the centre.
#[utoipa::path(operation_id = "list_outbound_targets", tag = "outbound", params(TargetQuery),
    responses((status = 200, body = Page<OutboundTargetOut>)))]
#[get("")]
async fn list_outbound_targets(look: Look, query: Query<TargetQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::report(look)?;
        let cut = Cut::<OutboundTargetId>::read(query.limit, query.cursor.as_deref(), &"outbound targets")?;
        let rows = repo::list(look.state.db.read(), cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.id, OutboundTargetOut::from))
    })
    .await
}

/// Makes a target: which kinds go there, in which columns, and how the answer reads. Everything that is wrong with the
/// profile is told at once (422). For the centre.
#[utoipa::path(operation_id = "create_outbound_target", tag = "outbound", request_body = OutboundTargetIn,
    responses((status = 201, body = OutboundTargetOut)))]
#[post("")]
async fn create_outbound_target(act: Act, body: Body<OutboundTargetIn>) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::create(tx, &act, body.0.clone()).await?;
        let (tag, location) = (tag(&row), format!("/api/v1/outbound-targets/{}", row.id));
        Ok(Answer::created(OutboundTargetOut::from(row), location).tagged(tag))
    })
    .await
}

/// A target. For the centre.
#[utoipa::path(operation_id = "get_outbound_target", tag = "outbound", params(("id" = OutboundTargetId, Path)),
    responses((status = 200, body = OutboundTargetOut)))]
#[get("/{id}")]
async fn get_outbound_target(look: Look, id: Id<OutboundTargetId>) -> Result<HttpResponse> {
    policy::report(&look)?;
    let row = repo::find(look.state.db.read(), id.0).await?;
    let tag = tag(&row);
    Ok(Answer::ok(OutboundTargetOut::from(row)).tagged(tag).respond(&look.http))
}

/// Changes a target; what its new profile lays out otherwise goes with the next package. For the centre.
#[utoipa::path(operation_id = "patch_outbound_target", tag = "outbound", params(("id" = OutboundTargetId, Path)),
    request_body = OutboundTargetPatch, responses((status = 200, body = OutboundTargetOut)))]
#[patch("/{id}")]
async fn patch_outbound_target(
    act: Act,
    id: Id<OutboundTargetId>,
    body: Body<OutboundTargetPatch>,
) -> Result<HttpResponse> {
    act.run(async |tx| {
        let row = service::patch(tx, &act, id.0, &act.precondition, body.0.clone()).await?;
        let tag = tag(&row);
        Ok(Answer::ok(OutboundTargetOut::from(row)).tagged(tag))
    })
    .await
}

/// What the next package would carry: what is new or changed since it was packed last, what is to be taken away, and
/// what is left out because it lacks something. For the centre.
#[utoipa::path(operation_id = "get_outbound_changes", tag = "outbound", params(("id" = OutboundTargetId, Path)),
    responses((status = 200, body = OutboundChangesOut)))]
#[get("/{id}/changes")]
async fn get_outbound_changes(look: Look, id: Id<OutboundTargetId>) -> Result<HttpResponse> {
    policy::report(&look)?;
    let db = look.state.db.read();
    let target = repo::find(db, id.0).await?;
    let changes = packing::compare(db, &target, &look.state.config.public_url).await?;
    Ok(Answer::ok(OutboundChangesOut::from(changes)).respond(&look.http))
}

/// The packages of a target, newest first. For the centre.
#[utoipa::path(operation_id = "list_outbound_packages", tag = "outbound",
    params(("id" = OutboundTargetId, Path), TargetQuery), responses((status = 200, body = Page<OutboundPackageOut>)))]
#[get("/{id}/packages")]
async fn list_outbound_packages(
    look: Look,
    id: Id<OutboundTargetId>,
    query: Query<TargetQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::report(look)?;
        let db = look.state.db.read();
        repo::find(db, id.0).await?;
        let cut = Cut::<i64>::read(query.limit, query.cursor.as_deref(), &("packages", id.0))?;
        let rows = repo::packages(db, id.0, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.number, OutboundPackageOut::from))
    })
    .await
}

/// Makes a package of what is new, changed or gone since the one before, as an XLSX workbook of 2,000 rows at most; it is
/// downloaded as an attachment. 409 when nothing has changed or the target is paused. For the centre.
#[utoipa::path(operation_id = "make_outbound_package", tag = "outbound", params(("id" = OutboundTargetId, Path)),
    responses((status = 201, body = OutboundPackageOut)))]
#[post("/{id}/packages")]
async fn make_outbound_package(act: Act, id: Id<OutboundTargetId>) -> Result<HttpResponse> {
    let prepared = service::prepare(&act.state, &act, id.0).await?;
    act.run(async |tx| {
        let row = service::pack(tx, &act, &prepared).await?;
        let location = format!("/api/v1/attachments/{}", row.attachment_id);
        Ok(Answer::created(OutboundPackageOut::from(row), location))
    })
    .await
}

/// Where each listing stands on the platform, as far as it was packed. For the centre.
#[utoipa::path(operation_id = "list_outbound_items", tag = "outbound",
    params(("id" = OutboundTargetId, Path), ItemQuery), responses((status = 200, body = Page<OutboundItemOut>)))]
#[get("/{id}/items")]
async fn list_outbound_items(
    look: Look,
    id: Id<OutboundTargetId>,
    query: Query<ItemQuery>,
) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::report(look)?;
        let db = look.state.db.read();
        repo::find(db, id.0).await?;
        let mark = ("items", id.0, &query.state);
        let cut = Cut::<ListingId>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let rows = repo::items(db, id.0, &query.state, cut.after, cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.listing_id, OutboundItemOut::from))
    })
    .await
}

/// Takes up the sheet that came back from the platform: result, number and opinion of each row, by the headings of the
/// profile. Rows that cannot be read are told and may come again; what is known already changes nothing. For the centre.
#[utoipa::path(operation_id = "take_up_outbound_answers", tag = "outbound",
    params(("id" = OutboundTargetId, Path)), request_body = OutboundAnswersIn,
    responses((status = 200, body = OutboundAnswersOut)))]
#[post("/{id}/answers")]
async fn take_up_outbound_answers(
    act: Act,
    id: Id<OutboundTargetId>,
    body: Body<OutboundAnswersIn>,
) -> Result<HttpResponse> {
    let sheet = service::read(&act.state, &act, id.0, body.0.attachment_id).await?;
    act.run(async |tx| Ok(Answer::ok(service::take_up(tx, &act, id.0, body.0, &sheet).await?))).await
}
