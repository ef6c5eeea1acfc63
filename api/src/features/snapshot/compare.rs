//! Two frozen reports beside each other. Pure.

use std::collections::HashMap;

use techmart_entity::id::EntryId;

use super::{
    document::{Part, UnitSaid},
    dto::{ChangedUnit, ComparedOut, FigureSaid},
};

/// How many units of each kind are shown.
const SHOWN: usize = 100;

/// What one indicator has in one report and not in the other.
#[must_use]
pub fn compare(this: Option<&Part>, other: Option<&Part>) -> Option<ComparedOut> {
    let named = this.or(other)?;
    let (here, there) = (units(this), units(other));
    let (in_this, in_other) = (by_id(here), by_id(there));
    let mut changed: Vec<ChangedUnit> = here
        .iter()
        .filter_map(|unit| {
            let before = in_other.get(&unit.entry_id).filter(|before| before.stage != unit.stage)?;
            Some(ChangedUnit {
                entry_id: unit.entry_id,
                label: unit.label.clone(),
                this: unit.stage,
                other: before.stage,
            })
        })
        .collect();
    let (added, added_count) = missing(here, &in_other);
    let (removed, removed_count) = missing(there, &in_this);
    let changed_count = u64::try_from(changed.len()).unwrap_or(u64::MAX);
    changed.truncate(SHOWN);
    Some(ComparedOut {
        indicator: named.indicator.clone(),
        name: named.name.clone(),
        unit: named.unit.clone(),
        measure: named.measure,
        this: this.map(figure),
        other: other.map(figure),
        added,
        added_count,
        removed,
        removed_count,
        changed,
        changed_count,
    })
}

fn units(part: Option<&Part>) -> &[UnitSaid] {
    part.map(|part| part.units.as_slice()).unwrap_or_default()
}

fn by_id(units: &[UnitSaid]) -> HashMap<EntryId, &UnitSaid> {
    units.iter().map(|unit| (unit.entry_id, unit)).collect()
}

/// The first units that are not among others, and how many they are.
fn missing(units: &[UnitSaid], among: &HashMap<EntryId, &UnitSaid>) -> (Vec<UnitSaid>, u64) {
    let of = || units.iter().filter(|unit| !among.contains_key(&unit.entry_id));
    (of().take(SHOWN).cloned().collect(), u64::try_from(of().count()).unwrap_or(u64::MAX))
}

fn figure(part: &Part) -> FigureSaid {
    FigureSaid { target: part.target, confirmed: part.confirmed, candidate: part.candidate }
}
