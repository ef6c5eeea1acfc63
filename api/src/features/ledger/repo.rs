//! The rows of the ledger. Entries and events are inserted and read; only `ledger_active` changes.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    JoinType, NotSet, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, ExprTrait, Query},
};
use techmart_entity::{
    Day, Instant,
    id::{AccountId, ContractId, EntryId, ListingId, OrganisationId},
    indicator::{self, Basis},
    ledger::{self, CountStage, Evidence, Evidences, active, event},
    signal, snapshot,
};

use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result, unique_violation},
};

/// An indicator.
///
/// # Errors
/// When the database cannot be asked.
pub async fn indicator(db: &impl ConnectionTrait, code: &str) -> Result<Option<indicator::Model>> {
    Ok(indicator::Entity::find_by_id(code.to_owned()).one(db).await?)
}

/// The indicators that rest on an act, with the rules in force. Always in the same order, so that two
/// acts meet the same sums in the same order.
///
/// # Errors
/// When the database cannot be asked.
pub async fn indicators_on(db: &impl ConnectionTrait, basis: Basis) -> Result<Vec<indicator::Model>> {
    Ok(indicator::Entity::find()
        .filter(indicator::Column::Basis.eq(basis))
        .order_by_asc(indicator::Column::Code)
        .all(db)
        .await?)
}

/// The indicator of an entry.
///
/// # Errors
/// When the database cannot be asked.
pub async fn indicator_of(db: &impl ConnectionTrait, entry: &ledger::Model) -> Result<indicator::Model> {
    indicator(db, &entry.indicator).await?.ok_or_else(|| AppError::internal("no such indicator"))
}

/// The lock between those who record and those who freeze, on PostgreSQL; SQLite has one writer.
const RECORDING_LOCK: i64 = 7_402_118_365;

/// The instant at which something is recorded: the act's own, but never within what is frozen already.
/// So what a frozen report says to have been known then stays all that was.
///
/// # Errors
/// When the database cannot be asked.
pub async fn recording_instant(tx: &Tx, cx: &Context) -> Result<Instant> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock_shared({RECORDING_LOCK})")).await?;
    }
    let frozen: Option<Option<Instant>> = snapshot::Entity::find()
        .select_only()
        .column_as(snapshot::Column::KnownAt.max(), "known_at")
        .into_tuple()
        .one(tx)
        .await?;
    let after = frozen.flatten().map_or(cx.now, |at| at + chrono::Duration::milliseconds(1));
    Ok(Ord::max(after, cx.now))
}

/// Waits until nobody records and keeps others from it until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn lock_recording(tx: &Tx) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({RECORDING_LOCK})")).await?;
    }
    Ok(())
}

/// Inserts an entry with its hash.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, entry: ledger::Model) -> Result<ledger::Model> {
    let entry = ledger::Model { hash: Some(entry.content_hash()), ..entry };
    let row = entry.clone().into_active_model().reset_all();
    ledger::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(entry)
}

/// Inserts an event of an entry, with its hash.
///
/// # Errors
/// When the row cannot be written.
pub async fn note(
    tx: &Tx,
    cx: &Context,
    at: Instant,
    id: EntryId,
    stage: CountStage,
    reason: Option<String>,
    evidence: Vec<Evidence>,
) -> Result<()> {
    let row = event::Model {
        seq: 0,
        entry_id: id,
        stage,
        at,
        by: cx.account_id(),
        reason,
        evidence: Evidences(evidence),
        hash: None,
    };
    let hash = row.content_hash();
    let mut row = row.into_active_model().reset_all();
    row.seq = NotSet;
    row.hash = Set(Some(hash));
    event::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Who added evidence to a count after it was made.
///
/// # Errors
/// When the database cannot be asked.
pub async fn adders(db: &impl ConnectionTrait, id: EntryId) -> Result<Vec<AccountId>> {
    let events = events_of(db, id).await?;
    Ok(events.iter().filter(|event| !event.evidence.0.is_empty()).filter_map(|event| event.by).collect())
}

/// Puts an entry in force.
///
/// # Errors
/// A lost race when another entry of the unit came first.
pub async fn activate(tx: &Tx, row: active::Model) -> Result<()> {
    match active::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await {
        Ok(_) => Ok(()),
        Err(error) if unique_violation(&error).is_some() => Err(AppError::lost_race(error)),
        Err(error) => Err(error.into()),
    }
}

/// Takes an entry out of force.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn deactivate(tx: &Tx, id: EntryId) -> Result<()> {
    active::Entity::delete_many().filter(active::Column::EntryId.eq(id)).exec(tx).await?;
    Ok(())
}

/// Moves an entry in force from one stage to another; says whether it was at the first.
///
/// # Errors
/// When the row cannot be written.
pub async fn restage(tx: &Tx, id: EntryId, from: CountStage, to: CountStage) -> Result<bool> {
    let updated = active::Entity::update_many()
        .filter(active::Column::EntryId.eq(id))
        .filter(active::Column::Stage.eq(from))
        .col_expr(active::Column::Stage, Expr::value(to))
        .exec(tx)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// An entry.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: EntryId) -> Result<Option<ledger::Model>> {
    Ok(ledger::Entity::find_by_id(id).one(db).await?)
}

/// The entry in force of a unit.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active_of_unit(
    db: &impl ConnectionTrait,
    indicator: &str,
    unit_key: &str,
) -> Result<Option<active::Model>> {
    Ok(active::Entity::find_by_id((indicator.to_owned(), unit_key.to_owned())).one(db).await?)
}

/// Whether an entry is in force, held until the transaction ends.
///
/// # Errors
/// When the database cannot be asked.
pub async fn hold_active(tx: &Tx, id: EntryId) -> Result<Option<active::Model>> {
    Ok(active::Entity::find().filter(active::Column::EntryId.eq(id)).lock_exclusive().one(tx).await?)
}

/// The entries in force of some listings under an indicator.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active_of_listings(
    db: &impl ConnectionTrait,
    indicator: &str,
    listings: &[ListingId],
) -> Result<Vec<(ledger::Model, active::Model)>> {
    if listings.is_empty() {
        return Ok(Vec::new());
    }
    in_force(db, indicator, ledger::Column::ListingId.is_in(listings.iter().copied())).await
}

/// The entries in force of a contract under an indicator.
///
/// # Errors
/// When the database cannot be asked.
pub async fn active_of_contract(
    db: &impl ConnectionTrait,
    indicator: &str,
    contract: ContractId,
) -> Result<Vec<(ledger::Model, active::Model)>> {
    in_force(db, indicator, ledger::Column::ContractId.eq(contract)).await
}

/// What stands in force under an indicator and was earned by acts, as it is called: where units are recorded by hand as
/// well, these are few.
///
/// # Errors
/// When the database cannot be asked.
pub async fn labels_of_acts(db: &impl ConnectionTrait, indicator: &str, demo: bool) -> Result<Vec<String>> {
    let by_act = Condition::all()
        .add(ledger::Column::Demo.eq(demo))
        .add(ledger::Column::UnitKey.not_like("%manual:%"))
        .into();
    let found = in_force(db, indicator, by_act).await?;
    Ok(found.into_iter().map(|(entry, _)| entry.label).collect())
}

/// The entry in force of a unit under an indicator, with its row.
///
/// # Errors
/// When the database cannot be asked.
pub async fn entry_of_unit(
    db: &impl ConnectionTrait,
    indicator: &str,
    unit_key: &str,
) -> Result<Option<(ledger::Model, active::Model)>> {
    let Some(active) = active_of_unit(db, indicator, unit_key).await? else { return Ok(None) };
    Ok(find(db, active.entry_id).await?.map(|entry| (entry, active)))
}

async fn in_force(
    db: &impl ConnectionTrait,
    indicator: &str,
    of: sea_orm::sea_query::SimpleExpr,
) -> Result<Vec<(ledger::Model, active::Model)>> {
    let entries = ledger::Entity::find()
        .filter(ledger::Column::Indicator.eq(indicator))
        .filter(of)
        .filter(ledger::Column::Reverses.is_null())
        .all(db)
        .await?;
    let actives = stages(db, &entries.iter().map(|entry| entry.id).collect::<Vec<_>>()).await?;
    Ok(entries
        .into_iter()
        .filter_map(|entry| {
            let active = actives.iter().find(|active| active.entry_id == entry.id)?.clone();
            Some((entry, active))
        })
        .collect())
}

/// Which of these entries are in force, and at what stage.
///
/// # Errors
/// When the database cannot be asked.
pub async fn stages(db: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<active::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(active::Entity::find().filter(active::Column::EntryId.is_in(ids.iter().copied())).all(db).await?)
}

/// All entries of a plan's world (demo or real), of one indicator or of all.
///
/// # Errors
/// When the database cannot be asked.
pub async fn entries(
    db: &impl ConnectionTrait,
    demo: bool,
    indicator: Option<&str>,
) -> Result<Vec<ledger::Model>> {
    let mut query = ledger::Entity::find().filter(ledger::Column::Demo.eq(demo));
    if let Some(indicator) = indicator {
        query = query.filter(ledger::Column::Indicator.eq(indicator));
    }
    Ok(query.order_by_asc(ledger::Column::Id).all(db).await?)
}

/// All entries of some indicators.
///
/// # Errors
/// When the database cannot be asked.
pub async fn entries_of(
    db: &impl ConnectionTrait,
    demo: bool,
    indicators: &[&str],
) -> Result<Vec<ledger::Model>> {
    if indicators.is_empty() {
        return Ok(Vec::new());
    }
    Ok(ledger::Entity::find()
        .filter(ledger::Column::Demo.eq(demo))
        .filter(ledger::Column::Indicator.is_in(indicators.iter().copied()))
        .order_by_asc(ledger::Column::Id)
        .all(db)
        .await?)
}

/// All events of a plan's world, in the order in which they were written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn events(
    db: &impl ConnectionTrait,
    demo: bool,
    indicator: Option<&str>,
) -> Result<Vec<event::Model>> {
    let mut entries =
        ledger::Entity::find().select_only().column(ledger::Column::Id).filter(ledger::Column::Demo.eq(demo));
    if let Some(indicator) = indicator {
        entries = entries.filter(ledger::Column::Indicator.eq(indicator));
    }
    Ok(event::Entity::find()
        .filter(event::Column::EntryId.in_subquery(entries.into_query()))
        .order_by_asc(event::Column::Seq)
        .all(db)
        .await?)
}

/// The events of some entries, in the order in which they were written.
///
/// # Errors
/// When the database cannot be asked.
pub async fn events_of_all(db: &impl ConnectionTrait, ids: &[EntryId]) -> Result<Vec<event::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(event::Entity::find()
        .filter(event::Column::EntryId.is_in(ids.iter().copied()))
        .order_by_asc(event::Column::Seq)
        .all(db)
        .await?)
}

/// The events of one entry.
///
/// # Errors
/// When the database cannot be asked.
pub async fn events_of(db: &impl ConnectionTrait, id: EntryId) -> Result<Vec<event::Model>> {
    Ok(event::Entity::find()
        .filter(event::Column::EntryId.eq(id))
        .order_by_asc(event::Column::Seq)
        .all(db)
        .await?)
}

/// What to look for in the ledger.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub indicator: Option<String>,
    pub demo: Option<bool>,
    pub listing: Option<ListingId>,
    pub docking: Option<techmart_entity::id::DockingId>,
    /// Entries in force at one of these stages.
    pub stages: Vec<CountStage>,
}

/// Entries, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn list(
    db: &impl ConnectionTrait,
    filter: &Filter,
    after: Option<EntryId>,
    limit: u64,
) -> Result<Vec<ledger::Model>> {
    let mut condition = Condition::all();
    if let Some(indicator) = &filter.indicator {
        condition = condition.add(ledger::Column::Indicator.eq(indicator.clone()));
    }
    if let Some(demo) = filter.demo {
        condition = condition.add(ledger::Column::Demo.eq(demo));
    }
    if let Some(listing) = filter.listing {
        condition = condition.add(ledger::Column::ListingId.eq(listing));
    }
    if let Some(docking) = filter.docking {
        condition = condition.add(ledger::Column::DockingId.eq(docking));
    }
    if !filter.stages.is_empty() {
        let live = active::Entity::find()
            .select_only()
            .column(active::Column::EntryId)
            .filter(active::Column::Stage.is_in(filter.stages.iter().copied()));
        condition = condition.add(ledger::Column::Id.in_subquery(live.into_query()));
    }
    if let Some(after) = after {
        condition = condition.add(ledger::Column::Id.lt(after));
    }
    Ok(ledger::Entity::find()
        .filter(condition)
        .order_by_desc(ledger::Column::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// Entries in force at a stage, oldest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn waiting(
    db: &impl ConnectionTrait,
    stage: CountStage,
    indicator: Option<&str>,
    demo: Option<bool>,
    after: Option<EntryId>,
    limit: u64,
) -> Result<Vec<ledger::Model>> {
    // From what is in force by its stage: there the index has the order, however many wait.
    let live = ledger::Entity::belongs_to(active::Entity)
        .from(ledger::Column::Id)
        .to(active::Column::EntryId)
        .into();
    let mut query =
        ledger::Entity::find().join(JoinType::InnerJoin, live).filter(active::Column::Stage.eq(stage));
    if let Some(indicator) = indicator {
        query = query.filter(active::Column::Indicator.eq(indicator));
    }
    if let Some(demo) = demo {
        query = query.filter(ledger::Column::Demo.eq(demo));
    }
    if let Some(after) = after {
        query = query.filter(active::Column::EntryId.gt(after));
    }
    Ok(query.order_by_asc(active::Column::EntryId).limit(limit).all(db).await?)
}

/// Signals of some organisations that nobody has judged yet.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_signals(
    db: &impl ConnectionTrait,
    organisations: Vec<OrganisationId>,
) -> Result<Vec<signal::Model>> {
    if organisations.is_empty() {
        return Ok(Vec::new());
    }
    Ok(signal::Entity::find()
        .filter(signal::Column::Status.eq(signal::SignalStatus::Open))
        .filter(signal::Column::OrganisationId.is_in(organisations))
        .order_by_desc(signal::Column::Id)
        .limit(1000)
        .all(db)
        .await?)
}

/// Which units of an indicator to read: those that count, as [`super::tally`] says.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    pub demo: bool,
    pub indicator: &'a str,
    /// Acts from this day on; none for all before as well.
    pub from: Option<Day>,
    /// Acts up to this day.
    pub last: Day,
    pub known_at: Instant,
    /// At one of these stages as known then; all when empty.
    pub stages: &'a [CountStage],
    /// In the order of day and id, after this one.
    pub after: Option<(Day, EntryId)>,
}

/// The units that count, by day.
///
/// # Errors
/// When the database cannot be asked.
pub async fn units(db: &impl ConnectionTrait, wanted: &Wanted<'_>, limit: u64) -> Result<Vec<ledger::Model>> {
    use ledger::Column as C;
    let Wanted { demo, indicator, from, last, known_at, stages, after } = wanted;
    let taken_back = Query::select()
        .expr(Expr::val(1))
        .from_as(ledger::Entity, "reversal")
        .and_where(Expr::col(("reversal", C::Reverses)).equals((ledger::Entity, C::Id)))
        .and_where(Expr::col(("reversal", C::RecordedAt)).lte(*known_at))
        .to_owned();
    let mut condition = Condition::all()
        .add(C::Demo.eq(*demo))
        .add(C::Indicator.eq(*indicator))
        .add(C::Reverses.is_null())
        .add(C::EffectiveOn.lte(*last))
        .add(C::RecordedAt.lte(*known_at))
        .add(Condition::any().add(C::LapsesOn.is_null()).add(C::LapsesOn.gt(*last)))
        .add(Expr::exists(taken_back).not());
    if let Some(from) = from {
        condition = condition.add(C::EffectiveOn.gte(*from));
    }
    if let Some((day, id)) = after {
        condition = condition.add(
            Condition::any()
                .add(C::EffectiveOn.gt(*day))
                .add(Condition::all().add(C::EffectiveOn.eq(*day)).add(C::Id.gt(*id))),
        );
    }
    if !stages.is_empty() {
        let reached = |stage: CountStage| {
            Expr::exists(
                Query::select()
                    .expr(Expr::val(1))
                    .from(event::Entity)
                    .and_where(
                        Expr::col((event::Entity, event::Column::EntryId)).equals((ledger::Entity, C::Id)),
                    )
                    .and_where(Expr::col((event::Entity, event::Column::Stage)).eq(stage))
                    .and_where(Expr::col((event::Entity, event::Column::At)).lte(*known_at))
                    .to_owned(),
            )
        };
        let mut any = Condition::any();
        for stage in *stages {
            any = any.add(match stage {
                CountStage::Confirmed => Condition::all().add(reached(CountStage::Confirmed)),
                CountStage::EvidenceComplete => Condition::all()
                    .add(reached(CountStage::EvidenceComplete))
                    .add(reached(CountStage::Confirmed).not()),
                CountStage::Candidate => Condition::all()
                    .add(reached(CountStage::EvidenceComplete).not())
                    .add(reached(CountStage::Confirmed).not()),
                // What was reversed does not count.
                CountStage::Reversed => Condition::all().add(C::Id.is_null()),
            });
        }
        condition = condition.add(any);
    }
    Ok(ledger::Entity::find()
        .filter(condition)
        .order_by_asc(C::EffectiveOn)
        .order_by_asc(C::Id)
        .limit(limit)
        .all(db)
        .await?)
}

/// The stage of each unit of an indicator, as it stands now; what was counted once and is in force no
/// longer is reversed.
///
/// # Errors
/// When the database cannot be asked.
pub async fn stages_of_units(
    db: &impl ConnectionTrait,
    indicator: &str,
    demo: bool,
) -> Result<HashMap<String, CountStage>> {
    let ever: Vec<String> = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::UnitKey)
        .filter(ledger::Column::Indicator.eq(indicator))
        .filter(ledger::Column::Demo.eq(demo))
        .filter(ledger::Column::Reverses.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    let mut stages: HashMap<String, CountStage> =
        ever.into_iter().map(|key| (key, CountStage::Reversed)).collect();
    let live = active::Entity::find().filter(active::Column::Indicator.eq(indicator)).all(db).await?;
    stages.extend(live.into_iter().map(|row| (row.unit_key, row.stage)));
    Ok(stages)
}
