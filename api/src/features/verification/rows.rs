//! The ledger's rows: each says what its hash says, links lead somewhere, and what is in force is what was
//! recorded and not taken back.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use techmart_entity::{
    id::EntryId,
    ledger::{self, CountStage, active, event},
};

use super::{BATCH, Findings, Scope};
use crate::{error::Result, say};

/// How an entry is named.
#[must_use]
pub fn place_of(entry: &ledger::Model) -> String {
    format!("ledger_entry {}: {}", entry.id, entry.label)
}

/// Looks at all rows.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(db: &impl ConnectionTrait, scope: &Scope, findings: &mut Findings) -> Result<()> {
    let mut after: Option<EntryId> = None;
    loop {
        let mut query = ledger::Entity::find().filter(ledger::Column::Demo.is_in(scope.worlds()));
        if let Some(after) = after {
            query = query.filter(ledger::Column::Id.gt(after));
        }
        let ids: Vec<EntryId> = query
            .select_only()
            .column(ledger::Column::Id)
            .order_by_asc(ledger::Column::Id)
            .limit(BATCH)
            .into_tuple()
            .all(db)
            .await?;
        let Some(last) = ids.last() else { break };
        after = Some(*last);
        page(db, &ids, findings).await?;
    }
    strays(db, findings).await
}

async fn page(db: &impl ConnectionTrait, ids: &[EntryId], findings: &mut Findings) -> Result<()> {
    let entries = entries(db, ids, findings).await?;
    let mut events: HashMap<EntryId, Vec<event::Model>> = HashMap::new();
    for event in self::events(db, ids, findings).await? {
        events.entry(event.entry_id).or_default().push(event);
    }
    let live: HashMap<EntryId, active::Model> = active::Entity::find()
        .filter(active::Column::EntryId.is_in(ids.iter().copied()))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.entry_id, row))
        .collect();
    let mut reversals: HashMap<EntryId, u64> = HashMap::new();
    let taken: Vec<Option<EntryId>> = ledger::Entity::find()
        .select_only()
        .column(ledger::Column::Reverses)
        .filter(ledger::Column::Reverses.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    for original in taken.into_iter().flatten() {
        *reversals.entry(original).or_default() += 1;
    }
    let originals: Vec<EntryId> = entries.iter().filter_map(|entry| entry.reverses).collect();
    let originals: HashMap<EntryId, ledger::Model> = ledger::Entity::find()
        .filter(ledger::Column::Id.is_in(originals))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let none = Vec::new();
    for entry in &entries {
        let own = events.get(&entry.id).unwrap_or(&none);
        one(entry, own, findings);
        match entry.reverses {
            Some(original) => reversal(entry, originals.get(&original), findings),
            None => {
                let taken_back = reversals.get(&entry.id).copied().unwrap_or(0);
                in_force(entry, own, taken_back, live.get(&entry.id), findings);
            }
        }
        if entry.reverses.is_some() && live.contains_key(&entry.id) {
            let said = say!("冲销条目不应在有效表中。", "A reversal is no count in force.");
            findings.fault(place_of(entry), "not in force", "in force", said);
        }
    }
    Ok(())
}

/// The entries of a page. Where one of them cannot be read, each is read by itself, and that one is named.
async fn entries(
    db: &impl ConnectionTrait,
    ids: &[EntryId],
    findings: &mut Findings,
) -> Result<Vec<ledger::Model>> {
    let whole = ledger::Entity::find()
        .filter(ledger::Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(ledger::Column::Id)
        .all(db)
        .await;
    if let Ok(rows) = whole {
        return Ok(rows);
    }
    let mut rows = Vec::new();
    for id in ids {
        match ledger::Entity::find_by_id(*id).one(db).await {
            Ok(row) => rows.extend(row),
            Err(error) => unreadable(format!("ledger_entry {id}"), &error, findings),
        }
    }
    Ok(rows)
}

async fn events(
    db: &impl ConnectionTrait,
    ids: &[EntryId],
    findings: &mut Findings,
) -> Result<Vec<event::Model>> {
    let of = || {
        event::Entity::find()
            .filter(event::Column::EntryId.is_in(ids.iter().copied()))
            .order_by_asc(event::Column::Seq)
    };
    if let Ok(rows) = of().all(db).await {
        return Ok(rows);
    }
    let numbers: Vec<i64> = of().select_only().column(event::Column::Seq).into_tuple().all(db).await?;
    let mut rows = Vec::new();
    for seq in numbers {
        match event::Entity::find_by_id(seq).one(db).await {
            Ok(row) => rows.extend(row),
            Err(error) => unreadable(format!("ledger_event {seq}"), &error, findings),
        }
    }
    Ok(rows)
}

fn unreadable(place: String, error: &sea_orm::DbErr, findings: &mut Findings) {
    findings.fault(place, "a row", error, say!("无法读取，已被改动。", "It cannot be read: it was changed."));
}

fn one(entry: &ledger::Model, events: &[event::Model], findings: &mut Findings) {
    findings.checked.ledger_entries += 1;
    let changed = || say!("内容与其哈希不符，已被改动。", "It does not have its hash: it was changed.");
    let without =
        || say!("应有哈希而没有，已被改动。", "It has to have a hash and has none: it was changed.");
    match &entry.hash {
        // Rows come in the order of their ids: once they have hashes, each has one.
        None if findings.hashes_began => {
            findings.fault(place_of(entry), "a hash", "—", without());
        }
        None => findings.checked.rows_before_hashes += 1,
        Some(hash) => {
            findings.hashes_began = true;
            let now = entry.content_hash();
            if now != *hash {
                findings.fault(place_of(entry), hash, now, changed());
            }
        }
    }
    if entry.id.0.get_version_num() != 7 {
        let said = say!("编号不是按时间排序的 UUID。", "Its id is not one that is ordered by time.");
        findings.fault(place_of(entry), "UUIDv7", entry.id.0.get_version_num(), said);
    }
    for event in events {
        findings.checked.ledger_events += 1;
        match &event.hash {
            None if entry.hash.is_some() => {
                let place = format!("ledger_event {} of {}", event.seq, place_of(entry));
                findings.fault(place, "a hash", "—", without());
            }
            None => findings.checked.rows_before_hashes += 1,
            Some(hash) => {
                let now = event.content_hash();
                if now != *hash {
                    let place = format!("ledger_event {} of {}", event.seq, place_of(entry));
                    findings.fault(place, hash, now, changed());
                }
            }
        }
    }
}

fn reversal(entry: &ledger::Model, original: Option<&ledger::Model>, findings: &mut Findings) {
    let place = place_of(entry);
    let Some(original) = original else {
        let said = say!("冲销的条目不存在。", "It takes back an entry that is not there.");
        findings.fault(place, "an entry", "—", said);
        return;
    };
    if original.reverses.is_some() {
        let said = say!("冲销的是另一条冲销。", "It takes back a reversal.");
        findings.fault(&place, "a count", original.id, said);
    }
    if entry.id <= original.id {
        let said = say!("冲销早于它所冲销的条目。", "It came before what it takes back.");
        findings.fault(&place, format!("after {}", original.id), entry.id, said);
    }
    let mirror = |row: &ledger::Model, delta: i64| {
        format!("{} {} {delta} {} {}", row.indicator, row.unit_key, row.effective_on, row.demo)
    };
    let (wanted, there) = (mirror(original, original.delta.saturating_neg()), mirror(entry, entry.delta));
    if wanted != there {
        let said = say!("冲销与原条目不对应。", "It does not mirror what it takes back.");
        findings.fault(&place, wanted, there, said);
    }
    if entry.reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        let said = say!("冲销没有原因。", "It gives no reason.");
        findings.fault(place, "a reason", "—", said);
    }
}

/// The stage that the events say, whatever came back afterwards.
#[must_use]
pub fn stage_of(events: &[event::Model]) -> CountStage {
    let stages = events.iter().map(|event| event.stage).filter(|stage| *stage != CountStage::Reversed);
    stages.max().unwrap_or(CountStage::Candidate)
}

fn in_force(
    entry: &ledger::Model,
    events: &[event::Model],
    taken_back: u64,
    live: Option<&active::Model>,
    findings: &mut Findings,
) {
    if taken_back > 1 {
        let said = say!("同一条目被冲销多次。", "It was taken back more than once.");
        findings.fault(place_of(entry), 1, taken_back, said);
    }
    let noted = events.iter().any(|event| event.stage == CountStage::Reversed);
    if noted != (taken_back > 0) {
        let words = |reversed: bool| if reversed { "taken back" } else { "not taken back" };
        let said = say!("冲销条目与冲销步骤不一致。", "Its steps and its reversal do not agree.");
        findings.fault(place_of(entry), words(noted), words(taken_back > 0), said);
    }
    let expected = (taken_back == 0).then(|| {
        let stage = stage_of(events);
        format!("{} {} {stage}", entry.indicator, entry.unit_key)
    });
    let found = live.map(|row| format!("{} {} {}", row.indicator, row.unit_key, row.stage));
    if expected != found {
        let words = |text: Option<String>| text.unwrap_or_else(|| "not in force".to_owned());
        let said = say!("有效表与台账不一致。", "What is in force is not what entry and steps say.");
        findings.fault(place_of(entry), words(expected), words(found), said);
    }
}

/// Events and counts in force whose entry is not there.
async fn strays(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<()> {
    let entry_is = |column: (event::Entity, event::Column)| {
        Query::select()
            .expr(Expr::val(1))
            .from(ledger::Entity)
            .and_where(Expr::col((ledger::Entity, ledger::Column::Id)).equals(column))
            .to_owned()
    };
    let events: Vec<i64> = event::Entity::find()
        .filter(Expr::exists(entry_is((event::Entity, event::Column::EntryId))).not())
        .select_only()
        .column(event::Column::Seq)
        .limit(BATCH)
        .into_tuple()
        .all(db)
        .await?;
    for seq in events {
        let said = say!("步骤所属的条目不存在。", "The entry of this step is not there.");
        findings.fault(format!("ledger_event {seq}"), "an entry", "—", said);
    }
    let entry_is = Query::select()
        .expr(Expr::val(1))
        .from(ledger::Entity)
        .and_where(
            Expr::col((ledger::Entity, ledger::Column::Id)).equals((active::Entity, active::Column::EntryId)),
        )
        .to_owned();
    let live: Vec<(String, String)> = active::Entity::find()
        .filter(Expr::exists(entry_is).not())
        .select_only()
        .columns([active::Column::Indicator, active::Column::UnitKey])
        .limit(BATCH)
        .into_tuple()
        .all(db)
        .await?;
    for (indicator, unit_key) in live {
        let said = say!("有效表指向不存在的条目。", "A count in force has no entry.");
        findings.fault(format!("ledger_active {indicator} {unit_key}"), "an entry", "—", said);
    }
    Ok(())
}
