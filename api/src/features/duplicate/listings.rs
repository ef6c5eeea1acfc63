//! Merging a listing into another, marking it a variant, and undoing either.
//!
//! A merged listing leaves the public; what is left is a tombstone that names the canonical one. Its
//! dockings go on with the canonical listing where both have one owner. Its counts are taken back.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set,
    sea_query::{Expr, ExprTrait},
};
use techmart_entity::{
    contract,
    docking::{self, landing},
    duplicate::Model,
    enclave_entry, finance_case,
    id::{DockingId, ListingId},
    indicator::Basis,
    life_cycle::LifeCycle,
    listing::{self, DiagnosisOutcome, ListingKind, duplicate_key, status::ListingMove},
    provider::entry,
};

use super::{
    counts,
    effects::{Achievements, Counts, ListingMerge, Moved, Recounted, VariantMark},
    find,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result, Wording},
    features::{
        audit::Record,
        contract::repo as contracts,
        docking::repo as dockings,
        listing::{
            repo::{self as listings, Slot},
            service::{record_and_tell, show_anew},
            subject,
        },
    },
    say,
};

/// The bases under which one listing is one unit.
const OF_A_LISTING: [Basis; 3] = [Basis::AchievementPublished, Basis::DemandCollected, Basis::ItemPublished];
/// The same for a variant: it stays public, so its publication is an item of its own.
const OF_A_VARIANT: [Basis; 2] = [Basis::AchievementPublished, Basis::DemandCollected];

/// The two of a pair, held in the order of their ids, so that of two merges that meet in a listing one
/// waits for the other: (merged, canonical).
pub async fn hold(tx: &Tx, pair: &Model, canonical: ListingId) -> Result<(listing::Model, listing::Model)> {
    let kind = find::kind(pair.subject).ok_or_else(|| AppError::internal("a pair of organisations"))?;
    let left = listings::hold(tx, kind, ListingId(pair.left_id)).await?;
    let right = listings::hold(tx, kind, ListingId(pair.right_id)).await?;
    if left.id == canonical { Ok((right, left)) } else { Ok((left, right)) }
}

/// What is merged is not merged again, and nothing is merged into it.
///
/// # Errors
/// 409 when one of the two is merged.
pub fn standing(rows: [&listing::Model; 2]) -> Result<()> {
    for row in rows {
        if let Some(into) = row.merged_into {
            let id = row.id;
            return Err(AppError::new(
                Code::IllegalMove,
                say!(
                    "{id} 已并入 {into}；请先撤销那次合并，或对 {into} 判定。",
                    "{id} was merged into {into}; undo that first, or decide about {into}."
                ),
            ));
        }
    }
    Ok(())
}

/// Dockings over a listing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn about(db: &impl ConnectionTrait, id: ListingId) -> Result<Vec<docking::Model>> {
    use docking::Column as C;
    Ok(docking::Entity::find()
        .filter(Condition::any().add(C::AchievementId.eq(id)).add(C::DemandId.eq(id)))
        .order_by_asc(C::Id)
        .all(db)
        .await?)
}

/// Entries of an achievement through enclaves, as they stand.
async fn enclaves(db: &impl ConnectionTrait, id: ListingId) -> Result<Vec<enclave_entry::Model>> {
    Ok(enclave_entry::Entity::find()
        .filter(enclave_entry::Column::ListingId.eq(id))
        .filter(enclave_entry::Column::OpenKey.is_not_null())
        .order_by_asc(enclave_entry::Column::Id)
        .all(db)
        .await?)
}

/// Entries of a provider's page.
async fn entries(db: &impl ConnectionTrait, id: ListingId) -> Result<Vec<entry::Model>> {
    Ok(entry::Entity::find()
        .filter(entry::Column::ListingId.eq(id))
        .order_by_asc(entry::Column::Id)
        .all(db)
        .await?)
}

fn has_one_owner(one: &listing::Model, other: &listing::Model) -> bool {
    one.organisation_id == other.organisation_id
}

/// A docking over the canonical listing, were it over the merged one.
fn moved(row: &docking::Model, canonical: ListingId) -> docking::Model {
    let to = |of: Option<ListingId>| of.map(|_| canonical);
    docking::Model { achievement_id: to(row.achievement_id), demand_id: to(row.demand_id), ..row.clone() }
}

/// What speaks against letting one stand for both, in a merge or as the canonical one of a variant: what
/// was counted of the other would be counted of one that by itself would not count.
fn unfit(other: &listing::Model, canonical: &listing::Model) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut fault = |code: &str, detail: Wording| faults.push(Fault::at("/canonical_id", code, detail));
    if find::is_gone(canonical) {
        let status = canonical.status;
        fault(
            "canonical_gone",
            say!("所选保留条目的状态是 {status}。", "The one that would stand is {status}."),
        );
    } else if other.was_published() && !canonical.was_published() {
        fault(
            "canonical_unpublished",
            say!(
                "另一条已发布，所选保留条目从未发布；请保留已发布的一条。",
                "The other one was published and this one never was; keep the published one."
            ),
        );
    }
    if other.organisation_id.is_some() && canonical.organisation_id.is_none() {
        fault(
            "canonical_ownerless",
            say!(
                "另一条有权利人，所选保留条目没有；请保留有权利人的一条。",
                "The other one has an owner and this one has none; keep the one with the owner."
            ),
        );
    }
    if not_technical(canonical) && other.diagnosis.is_some() && !not_technical(other) {
        fault(
            "canonical_not_technical",
            say!(
                "所选保留条目被诊断为非技术需求，另一条不是；请保留另一条，或先重新诊断。",
                "This one was judged not technical and the other one was not; keep the other one, or judge anew first."
            ),
        );
    }
    faults
}

/// Whether it was judged to be no technical demand: then it is counted nowhere.
#[must_use]
pub fn not_technical(row: &listing::Model) -> bool {
    row.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.outcome == DiagnosisOutcome::NotTechnical)
}

/// All that speaks against merging one into the other.
///
/// # Errors
/// When the database cannot be asked.
pub async fn obstacles(
    db: &impl ConnectionTrait,
    merged: &listing::Model,
    canonical: &listing::Model,
) -> Result<Vec<Fault>> {
    let mut faults = unfit(merged, canonical);
    let mut fault = |code: &str, detail: Wording| faults.push(Fault::at("/canonical_id", code, detail));
    let one_owner = has_one_owner(merged, canonical);
    for row in about(db, merged.id).await?.iter().filter(|row| row.stage.is_open()) {
        let id = row.id;
        if !one_owner {
            fault(
                "docking_of_another_owner",
                say!(
                    "两条属于不同单位，而对接 {id} 未结束；请先结束该对接，或先合并单位。",
                    "The two have different owners, and docking {id} is open; close it or merge the organisations first."
                ),
            );
            continue;
        }
        if let Some(open) = dockings::open_one(db, &moved(row, canonical.id).pair_key()).await? {
            let other = open.id;
            fault(
                "both_docked",
                say!(
                    "对接 {id} 与 {other} 同属一对且都未结束；请先结束其一。",
                    "Dockings {id} and {other} are of the same pair and both open; close one first."
                ),
            );
        }
    }
    let theirs = enclaves(db, canonical.id).await?;
    for row in enclaves(db, merged.id).await? {
        if let Some(other) = theirs.iter().find(|other| other.enclave == row.enclave) {
            let (id, other) = (row.id, other.id);
            fault(
                "both_in_enclave",
                say!(
                    "两条都已登记进同一飞地（{id}、{other}）；请先撤销其一。",
                    "Both are recorded in one enclave ({id}, {other}); withdraw one first."
                ),
            );
        }
    }
    if !one_owner {
        for row in entries(db, merged.id).await?.iter().filter(|row| row.status.is_open()) {
            let id = row.id;
            fault(
                "entry_of_another_owner",
                say!(
                    "两页属于不同单位，而入驻 {id} 未结束；请先合并单位或退出入驻。",
                    "The two pages have different owners, and entry {id} is open; merge the organisations or end it first."
                ),
            );
        }
    }
    Ok(faults)
}

/// Merges one listing into the other.
///
/// # Errors
/// 409 when one of the two is merged, 422 with all that stands in the way.
pub async fn merge(
    tx: &Tx,
    cx: &Context,
    merged: listing::Model,
    canonical: listing::Model,
    note: &str,
) -> Result<ListingMerge> {
    standing([&merged, &canonical])?;
    let faults = obstacles(tx, &merged, &canonical).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let reason = format!("与 {} 合并 / merged into {}", canonical.id, canonical.id);
    let change = merged.status.apply(ListingMove::Merge)?;
    let mut done = ListingMerge {
        merged: merged.id,
        canonical: canonical.id,
        status: merged.status,
        next_status: merged.next_status,
        claimed_by: merged.claimed_by,
        claimed_at: merged.claimed_at,
        dockings: Vec::new(),
        helped: Vec::new(),
        landings: Vec::new(),
        contracts: Vec::new(),
        enclave_entries: Vec::new(),
        provider_entries: Vec::new(),
        finance_cases: Vec::new(),
        counts: Counts::default(),
    };
    let set = listing::ActiveModel {
        merged_into: Set(Some(canonical.id)),
        next_status: Set(None),
        claimed_by: Set(None),
        claimed_at: Set(None),
        ..Default::default()
    };
    let gone = listings::advance(tx, &merged, Slot::Item, &change, cx.now, set).await?;
    let record = Record::of_move(&change, subject(merged.kind), merged.id)
        .because(None::<&str>, Some(note.to_owned()))
        .with(serde_json::json!({ "merged_into": canonical.id }));
    record_and_tell(tx, cx, record).await?;
    counts::of_listing(tx, cx, &OF_A_LISTING, &gone, &canonical, &reason, &mut done.counts).await?;
    move_dockings(tx, cx, &merged, &canonical, &reason, &mut done).await?;
    move_enclaves(tx, cx, &merged, &canonical, &reason, &mut done).await?;
    if merged.kind == ListingKind::Provider {
        move_page(tx, cx, merged.id, canonical.id, &mut done).await?;
        if !done.provider_entries.is_empty() {
            counts::of_page(tx, cx, merged.id, canonical.id, &reason, &mut done.counts).await?;
        }
    }
    show_anew(tx, cx, merged.id).await?;
    show_anew(tx, cx, canonical.id).await?;
    Ok(done)
}

async fn move_dockings(
    tx: &Tx,
    cx: &Context,
    merged: &listing::Model,
    canonical: &listing::Model,
    reason: &str,
    done: &mut ListingMerge,
) -> Result<()> {
    let one_owner = has_one_owner(merged, canonical);
    for row in about(tx, merged.id).await? {
        let row = dockings::hold(tx, row.id).await?;
        if !one_owner {
            counts::of_docking_that_stays(tx, cx, &row, canonical.id, reason, &mut done.counts).await?;
            continue;
        }
        let after = place_docking(tx, cx, &row, canonical.id).await?;
        done.dockings.push(Moved { id: row.id, version: after.version });
        counts::of_docking(tx, cx, &after, reason, &mut done.counts).await?;
    }
    let ids: Vec<DockingId> = done.dockings.iter().map(|moved| moved.id).collect();
    for row in landing::Entity::find()
        .filter(landing::Column::DockingId.is_in(ids))
        .filter(landing::Column::AchievementId.eq(merged.id))
        .all(tx)
        .await?
    {
        done.landings.push(row.id);
    }
    place_landings(tx, &done.landings, canonical.id).await?;
    // A contract names the achievements that it is about.
    let naming = contract::Entity::find()
        .filter(Expr::col(contract::Column::Achievements).cast_as("text").like(format!("%{}%", merged.id)))
        .order_by_asc(contract::Column::Id)
        .all(tx)
        .await?;
    for row in naming {
        let before = row.achievements.0.clone();
        let mut after: Vec<ListingId> = Vec::new();
        for id in &before {
            let id = if *id == merged.id { canonical.id } else { *id };
            if !after.contains(&id) {
                after.push(id);
            }
        }
        let set =
            contract::ActiveModel { achievements: Set(contract::Achievements(after)), ..Default::default() };
        let saved = contracts::save(tx, &row, set).await?;
        done.contracts.push(Achievements { id: row.id, before, version: saved.version });
    }
    Ok(())
}

/// Lets a docking be about another listing.
async fn place_docking(
    tx: &Tx,
    cx: &Context,
    row: &docking::Model,
    listing: ListingId,
) -> Result<docking::Model> {
    let after = moved(row, listing);
    let set = docking::ActiveModel {
        achievement_id: Set(after.achievement_id),
        demand_id: Set(after.demand_id),
        open_key: Set(row.open_key.as_ref().map(|_| after.pair_key())),
        ..Default::default()
    };
    dockings::save(tx, row, cx.now, set).await
}

async fn place_landings(tx: &Tx, ids: &[techmart_entity::id::LandingId], listing: ListingId) -> Result<()> {
    landing::Entity::update_many()
        .set(landing::ActiveModel { achievement_id: Set(Some(listing)), ..Default::default() })
        .filter(landing::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn move_enclaves(
    tx: &Tx,
    cx: &Context,
    merged: &listing::Model,
    canonical: &listing::Model,
    reason: &str,
    done: &mut ListingMerge,
) -> Result<()> {
    for row in enclaves(tx, merged.id).await? {
        let after = place_enclave(tx, &row, canonical.id).await?;
        done.enclave_entries.push(Moved { id: row.id, version: after.version });
        let title = &canonical.title;
        counts::of_enclave_entry(tx, cx, &row, &after, title, reason, &mut done.counts).await?;
    }
    Ok(())
}

/// Lets an enclave's entry be of another achievement. Its key names the achievement by its id.
async fn place_enclave(
    tx: &Tx,
    row: &enclave_entry::Model,
    listing: ListingId,
) -> Result<enclave_entry::Model> {
    let key = row.open_key.as_ref().map(|key| key.replace(&row.listing_id.to_string(), &listing.to_string()));
    let set = enclave_entry::ActiveModel {
        listing_id: Set(listing),
        open_key: Set(key),
        version: Set(row.version + 1),
        ..Default::default()
    };
    enclave_entry::Entity::update_many()
        .set(set)
        .filter(enclave_entry::Column::Id.eq(row.id))
        .filter(enclave_entry::Column::Version.eq(row.version))
        .exec(tx)
        .await?;
    enclave_entry::Entity::find_by_id(row.id).one(tx).await?.ok_or_else(AppError::not_found)
}

/// What hangs on a provider's page.
async fn move_page(
    tx: &Tx,
    cx: &Context,
    from: ListingId,
    to: ListingId,
    done: &mut ListingMerge,
) -> Result<()> {
    let owner_of = |rows: &[listing::Model], id: ListingId| {
        rows.iter().find(|row| row.id == id).and_then(|row| row.organisation_id)
    };
    let pages = listings::by_ids(tx, &[from, to]).await?;
    // What ended under another owner is that one's history.
    if owner_of(&pages, from) == owner_of(&pages, to) {
        for row in entries(tx, from).await? {
            place_entry(tx, cx, &row, to).await?;
            done.provider_entries.push(Moved { id: row.id, version: row.version + 1 });
        }
    }
    let helped = docking::Entity::find().filter(docking::Column::ProviderId.eq(from)).all(tx).await?;
    done.helped = helped.iter().map(|row| row.id).collect();
    place_help(tx, &done.helped, to).await?;
    let cases =
        finance_case::Entity::find().filter(finance_case::Column::ProviderId.eq(from)).all(tx).await?;
    done.finance_cases = cases.iter().map(|row| row.id).collect();
    place_cases(tx, &done.finance_cases, to).await
}

async fn place_entry(tx: &Tx, cx: &Context, row: &entry::Model, page: ListingId) -> Result<()> {
    let set = entry::ActiveModel {
        listing_id: Set(page),
        updated_at: Set(cx.now),
        version: Set(row.version + 1),
        ..Default::default()
    };
    entry::Entity::update_many().set(set).filter(entry::Column::Id.eq(row.id)).exec(tx).await?;
    Ok(())
}

async fn place_help(tx: &Tx, ids: &[DockingId], page: ListingId) -> Result<()> {
    docking::Entity::update_many()
        .set(docking::ActiveModel { provider_id: Set(Some(page)), ..Default::default() })
        .filter(docking::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn place_cases(tx: &Tx, ids: &[techmart_entity::id::FinanceCaseId], page: ListingId) -> Result<()> {
    finance_case::Entity::update_many()
        .set(finance_case::ActiveModel { provider_id: Set(Some(page)), ..Default::default() })
        .filter(finance_case::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// A later act that rests on a decision.
pub fn rests(code: &str, detail: Wording) -> Fault {
    Fault::at("", code, detail)
}

/// The fault of a row that has changed since.
pub fn changed(what: (&str, &str), id: impl std::fmt::Display) -> Fault {
    let (zh, en) = what;
    rests("changed_since", say!("{zh} {id} 此后有变动。", "{en} {id} has changed since."))
}

/// Undoes a merge: everything goes back where it was, the counts by reversal and a new count.
///
/// # Errors
/// 422 naming the later acts that rest on it.
pub async fn unmerge(
    tx: &Tx,
    cx: &Context,
    pair: &Model,
    done: &ListingMerge,
    reason: &str,
) -> Result<Recounted> {
    let (merged, canonical) = hold(tx, pair, done.canonical).await?;
    let mut faults = Vec::new();
    if let Some(into) = canonical.merged_into {
        let id = canonical.id;
        faults.push(rests(
            "canonical_merged",
            say!(
                "{id} 此后又并入 {into}；请先撤销那次合并。",
                "{id} was merged into {into} since; undo that first."
            ),
        ));
    }
    let mut held = Vec::new();
    for moved in &done.dockings {
        let row = dockings::hold(tx, moved.id).await?;
        if row.version != moved.version {
            faults.push(changed(("对接", "docking"), moved.id));
        }
        held.push(row);
    }
    for row in &done.contracts {
        let now = contract::Entity::find_by_id(row.id).one(tx).await?;
        if now.is_none_or(|now| now.version != row.version) {
            faults.push(changed(("合同", "contract"), row.id));
        }
    }
    let mut in_enclaves = Vec::new();
    for moved in &done.enclave_entries {
        match enclave_entry::Entity::find_by_id(moved.id).one(tx).await? {
            Some(row) if row.version == moved.version => in_enclaves.push(row),
            Some(_) | None => faults.push(changed(("飞地登记", "enclave entry"), moved.id)),
        }
    }
    let mut of_page = Vec::new();
    for moved in &done.provider_entries {
        match entry::Entity::find_by_id(moved.id).one(tx).await? {
            Some(row) if row.version == moved.version => of_page.push(row),
            Some(_) | None => faults.push(changed(("入驻", "entry"), moved.id)),
        }
    }
    faults.extend(reversed_since(tx, &done.counts).await?);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }

    let change = merged.status.unmerge(done.status)?;
    let set = listing::ActiveModel {
        merged_into: Set(None),
        next_status: Set(done.next_status),
        claimed_by: Set(done.claimed_by),
        claimed_at: Set(done.claimed_at),
        ..Default::default()
    };
    listings::advance(tx, &merged, Slot::Item, &change, cx.now, set).await?;
    let record = Record::of_move(&change, subject(merged.kind), merged.id)
        .because(None::<&str>, Some(reason.to_owned()));
    record_and_tell(tx, cx, record).await?;
    for row in &held {
        place_docking(tx, cx, row, merged.id).await?;
    }
    place_landings(tx, &done.landings, merged.id).await?;
    for row in &done.contracts {
        let now = contract::Entity::find_by_id(row.id).one(tx).await?.ok_or_else(AppError::not_found)?;
        let before = contract::Achievements(row.before.clone());
        let set = contract::ActiveModel { achievements: Set(before), ..Default::default() };
        contracts::save(tx, &now, set).await?;
    }
    for row in &in_enclaves {
        place_enclave(tx, row, merged.id).await?;
    }
    for row in &of_page {
        place_entry(tx, cx, row, merged.id).await?;
    }
    place_help(tx, &done.helped, merged.id).await?;
    place_cases(tx, &done.finance_cases, merged.id).await?;
    let recounted = counts::undo(tx, cx, &done.counts, reason).await?;
    show_anew(tx, cx, merged.id).await?;
    show_anew(tx, cx, canonical.id).await?;
    Ok(recounted)
}

/// Faults of counts that somebody has taken back since.
pub async fn reversed_since(tx: &Tx, done: &Counts) -> Result<Vec<Fault>> {
    Ok(counts::reversed_since(tx, done)
        .await?
        .into_iter()
        .map(|id| {
            rests(
                "count_reversed_since",
                say!(
                    "判定时计入的 {id} 此后已被冲销；撤销判定会绕过那次冲销。",
                    "The count {id}, made by the decision, was reversed since; an undo would pass over that."
                ),
            )
        })
        .collect())
}

/// The key that a variant and its canonical listing share.
fn variant_key(pair: &Model) -> String {
    format!("variant:{}", pair.id)
}

/// Marks one as the other's variant: both stay as they are, and they count once.
///
/// # Errors
/// 409 when one of the two is merged, 422 when the canonical one could not count for both.
pub async fn mark_variant(
    tx: &Tx,
    cx: &Context,
    pair: &Model,
    variant: &listing::Model,
    canonical: &listing::Model,
) -> Result<VariantMark> {
    standing([variant, canonical])?;
    let faults = unfit(variant, canonical);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let mut done = VariantMark { variant: variant.id, canonical: canonical.id, counts: Counts::default() };
    let reason = format!("是 {} 的变体 / a variant of {}", canonical.id, canonical.id);
    counts::of_listing(tx, cx, &OF_A_VARIANT, variant, canonical, &reason, &mut done.counts).await?;
    for row in about(tx, variant.id).await? {
        counts::of_docking_that_stays(tx, cx, &row, canonical.id, &reason, &mut done.counts).await?;
    }
    // From now on neither is counted while the other one is.
    let keys = [variant, canonical].map(|row| duplicate_key::ActiveModel {
        listing_id: Set(row.id),
        key: Set(variant_key(pair)),
        kind: Set(row.kind),
    });
    duplicate_key::Entity::insert_many(keys).exec_without_returning(tx).await?;
    Ok(done)
}

/// Undoes the mark.
///
/// # Errors
/// 422 naming the later acts that rest on it.
pub async fn unmark_variant(
    tx: &Tx,
    cx: &Context,
    pair: &Model,
    done: &VariantMark,
    reason: &str,
) -> Result<Recounted> {
    let (variant, canonical) = hold(tx, pair, done.canonical).await?;
    standing([&variant, &canonical])?;
    let faults = reversed_since(tx, &done.counts).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    duplicate_key::Entity::delete_many()
        .filter(duplicate_key::Column::Key.eq(variant_key(pair)))
        .exec(tx)
        .await?;
    let mut recounted = counts::undo(tx, cx, &done.counts, reason).await?;
    // What was docked meanwhile and not counted because the other one was is a pair of its own now.
    for listing in [variant.id, canonical.id] {
        for row in about(tx, listing).await? {
            recounted.counts.earned.extend(counts::of_docking_never_counted(tx, cx, &row).await?);
        }
    }
    Ok(recounted)
}
