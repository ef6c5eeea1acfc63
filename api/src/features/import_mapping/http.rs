//! `/import-mappings`: for brokers and admins.

use actix_web::{HttpResponse, get, put};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use super::{
    dto::{ImportMappingIn, ImportMappingOut, ImportMappingsQuery},
    repo, service,
};
use crate::{
    error::Result,
    features::{export::page_or_file, import::policy},
    web::{
        act::{Act, Look},
        answer::Answer,
        body::Body,
        paging::{Cut, Page},
        path::segment,
        query::Query,
    },
};

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(
        scope("/import-mappings")
            .service(list_import_mappings)
            .service(get_import_mapping)
            .service(set_import_mapping),
    );
}

/// What is kept for sources, by their names.
#[utoipa::path(operation_id = "list_import_mappings", tag = "imports", params(ImportMappingsQuery),
    responses((status = 200, body = Page<ImportMappingOut>)))]
#[get("")]
async fn list_import_mappings(look: Look, query: Query<ImportMappingsQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        policy::work_with(look)?;
        let cut = Cut::<String>::read(query.limit, query.cursor.as_deref(), &"import_mappings")?;
        let rows = repo::list(look.state.db.read(), cut.after.clone(), cut.limit + 1).await?;
        Ok(cut.page(rows, |row| row.source_system.clone(), ImportMappingOut::from))
    })
    .await
}

/// What the columns and words of a source mean. Every source has a mapping; until one is written it is empty.
#[utoipa::path(operation_id = "get_import_mapping", tag = "imports",
    params(("source_system" = String, Path, description = "the name of the source", example = "kehui")),
    responses((status = 200, body = ImportMappingOut)))]
#[get("/{source_system}")]
async fn get_import_mapping(look: Look) -> Result<HttpResponse> {
    let name = service::name(&segment::<String>(&look.http, "source_system")?)?;
    let row = service::read(look.state.db.read(), &look, &name).await?;
    let tag = service::tag(row.as_ref());
    let out = row.map_or_else(|| ImportMappingOut::empty(name), ImportMappingOut::from);
    Ok(Answer::ok(out).tagged(tag).respond(&look.http))
}

/// Replaces what the columns and words of a source mean. Its later imports use it; rows that were imported
/// before change when they are imported again and mean something else by then.
#[utoipa::path(operation_id = "set_import_mapping", tag = "imports",
    params(("source_system" = String, Path, description = "the name of the source", example = "kehui")),
    request_body = ImportMappingIn, responses((status = 200, body = ImportMappingOut)))]
#[put("/{source_system}")]
async fn set_import_mapping(act: Act, body: Body<ImportMappingIn>) -> Result<HttpResponse> {
    let name = service::name(&segment::<String>(&act.http, "source_system")?)?;
    act.run(async |tx| {
        let row = service::replace(tx, &act, name.clone(), &act.precondition, body.0.clone()).await?;
        let tag = service::tag(Some(&row));
        Ok(Answer::ok(ImportMappingOut::from(row)).tagged(tag))
    })
    .await
}
