//! Writing down harvest sources, and asking for a run.

use sea_orm::{ConnectionTrait, Set};
use techmart_entity::{
    audit::SubjectKind,
    harvest_source::{ActiveModel, HarvestKind, Model},
    id::HarvestSourceId,
};

use super::{dto::HarvestSourceIn, pace, repo};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        audit::{self, Record},
        import::policy,
    },
    outbound::{Targets, guard},
    outbox::{self, Job},
    say,
    web::etag::{self, Precondition},
};

/// The metadata format that every repository has.
pub const DUBLIN_CORE: &str = "oai_dc";

/// The ETag of a source. A run changes it as well.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// A source.
///
/// # Errors
/// 401, 403 and 404.
pub async fn read(db: &impl ConnectionTrait, cx: &Context, id: HarvestSourceId) -> Result<Model> {
    policy::work_with(cx)?;
    repo::find(db, id).await
}

fn check(given: &HarvestSourceIn, targets: Targets) -> Result<()> {
    let mut faults = Vec::new();
    if let Err(refused) = guard::check(given.address.trim(), targets) {
        faults.push(Fault::at("/address", refused.code(), refused.wording()));
    }
    if given.kind == HarvestKind::Csv {
        for (pointer, value) in [("/oai_set", &given.oai_set), ("/oai_prefix", &given.oai_prefix)] {
            if value.is_some() {
                let detail = say!("CSV 来源没有这一项。", "A CSV file has none.");
                faults.push(Fault::at(pointer, "not_applicable", detail));
            }
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(AppError::rules(faults)) }
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// The row that says what was given, on the ground of one that is there.
fn written(before: Model, given: HarvestSourceIn, cx: &Context) -> Model {
    let prefix = filled(given.oai_prefix).unwrap_or_else(|| DUBLIN_CORE.to_owned());
    Model {
        name: given.name.trim().to_owned(),
        kind: given.kind,
        address: given.address.trim().to_owned(),
        oai_set: filled(given.oai_set),
        oai_prefix: (given.kind == HarvestKind::OaiPmh).then_some(prefix),
        listing_kind: given.listing_kind,
        source_system: given.source_system.trim().to_owned(),
        pace: given.pace,
        hour: given.hour,
        weekday: given.weekday,
        paused: given.paused,
        guard_percent: given.guard_percent,
        guard_count: given.guard_count,
        next_run_at: pace::next(given.pace, given.hour, given.weekday, cx.now),
        updated_at: cx.now,
        version: before.version + 1,
        ..before
    }
}

fn blank(cx: &Context, given: &HarvestSourceIn) -> Model {
    Model {
        id: HarvestSourceId::new(),
        name: String::new(),
        kind: given.kind,
        address: String::new(),
        oai_set: None,
        oai_prefix: None,
        listing_kind: given.listing_kind,
        source_system: String::new(),
        pace: given.pace,
        hour: given.hour,
        weekday: given.weekday,
        paused: given.paused,
        guard_percent: given.guard_percent,
        guard_count: given.guard_count,
        guard_lifted: false,
        next_run_at: None,
        cursor: None,
        last_started_at: None,
        last_finished_at: None,
        last_outcome: None,
        last_message: None,
        last_import_id: None,
        last_vanished: 0,
        failures: 0,
        created_by: cx.account_id(),
        created_at: cx.now,
        updated_at: cx.now,
        version: 0,
    }
}

/// Writes a source down.
///
/// # Errors
/// 401 and 403; 422 when its address leads nowhere that is called.
pub async fn create(tx: &Tx, cx: &Context, targets: Targets, given: HarvestSourceIn) -> Result<Model> {
    policy::work_with(cx)?;
    check(&given, targets)?;
    let row = written(blank(cx, &given), given, cx);
    let row = repo::insert(tx, row).await?;
    audit::record(tx, cx, record("add_harvest_source", &row)).await?;
    Ok(row)
}

fn record(action: &str, row: &Model) -> Record {
    let facts = serde_json::json!({
        "name": row.name, "address": row.address, "source_system": row.source_system, "pace": row.pace,
    });
    Record::act(action, SubjectKind::HarvestSource, row.id).with(facts)
}

/// Replaces what is written down of a source. Another place, set or format begins anew.
///
/// # Errors
/// 401, 403 and 404; 412 and 428; 422 as for a new one.
pub async fn replace(
    tx: &Tx,
    cx: &Context,
    targets: Targets,
    id: HarvestSourceId,
    precondition: &Precondition,
    given: HarvestSourceIn,
) -> Result<Model> {
    policy::work_with(cx)?;
    let before = repo::hold(tx, id).await?;
    precondition.require(&tag(&before))?;
    check(&given, targets)?;
    let place = |row: &Model| {
        (
            row.kind,
            row.address.clone(),
            row.oai_set.clone(),
            row.oai_prefix.clone(),
            row.source_system.clone(),
        )
    };
    let (was, kept) = (place(&before), before.cursor.clone());
    let row = written(before, given, cx);
    let cursor = kept.filter(|_| place(&row) == was);
    let row = Model { cursor, ..row };
    repo::replace(tx, row.clone()).await?;
    audit::record(tx, cx, record("change_harvest_source", &row)).await?;
    Ok(row)
}

/// Asks a source no more. What it has brought stays.
///
/// # Errors
/// 401, 403 and 404; 412 and 428.
pub async fn remove(tx: &Tx, cx: &Context, id: HarvestSourceId, precondition: &Precondition) -> Result<()> {
    policy::work_with(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.require(&tag(&row))?;
    repo::delete(tx, id).await?;
    audit::record(tx, cx, record("remove_harvest_source", &row)).await?;
    Ok(())
}

/// Asks for a run now.
///
/// # Errors
/// 401, 403 and 404.
pub async fn ask(tx: &Tx, cx: &Context, id: HarvestSourceId, precondition: &Precondition) -> Result<Model> {
    policy::work_with(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.honour(&tag(&row))?;
    audit::record(tx, cx, record("run_harvest_source", &row)).await?;
    outbox::push(tx, cx.now, &Job::Harvest { harvest_source_id: id }).await?;
    Ok(row)
}

/// Asks for a run now that may take away what has vanished, however much: once.
///
/// # Errors
/// 401, 403 and 404.
pub async fn allow(tx: &Tx, cx: &Context, id: HarvestSourceId, precondition: &Precondition) -> Result<Model> {
    policy::work_with(cx)?;
    let row = repo::hold(tx, id).await?;
    precondition.honour(&tag(&row))?;
    let set = ActiveModel { guard_lifted: Set(true), version: Set(row.version + 1), ..Default::default() };
    repo::update(tx, id, set).await?;
    audit::record(tx, cx, record("lift_harvest_guard", &row)).await?;
    outbox::push(tx, cx.now, &Job::Harvest { harvest_source_id: id }).await?;
    Ok(Model { guard_lifted: true, version: row.version + 1, ..row })
}
