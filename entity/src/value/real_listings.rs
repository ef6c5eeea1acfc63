//! The readings on real listings, where the variable `TECHMART_TEST_LISTINGS` names a file of them (one
//! JSON object a line). It prints how each distinct wording is read, for a person to judge:
//! `cargo test -p techmart-entity real_listings -- --nocapture`.

use std::{collections::BTreeSet, env, fs};

use super::{
    cooperation::CooperationReading,
    field::FieldReading,
    maturity::Maturity,
    money::Price,
    title_key::{clean_text, title_key},
};

#[test]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
fn every_wording_of_real_listings_is_read_or_reported() {
    let Ok(path) = env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file");
        return;
    };
    let rows: Vec<serde_json::Value> =
        fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let distinct = |member: &str| -> BTreeSet<String> {
        rows.iter().filter_map(|row| row[member].as_str()).map(str::to_owned).collect()
    };
    for raw in distinct("maturity") {
        let Maturity { trl, basis, .. } = Maturity::of(&raw);
        assert_eq!(trl.is_some(), basis.is_some());
        println!("maturity     {raw} -> {trl:?} {basis:?}");
    }
    for raw in distinct("cooperation") {
        println!("cooperation  {raw} -> {:?}", CooperationReading::of(&raw));
    }
    for raw in distinct("budget") {
        println!("budget       {raw} -> {:?}", Price::read(&raw));
    }
    for raw in distinct("field") {
        println!("field        {raw} -> {:?}", FieldReading::of(&raw));
    }
    for raw in distinct("title") {
        let key = title_key(&raw);
        assert!(!key.is_empty() && !clean_text(&raw).is_empty());
        println!("title        {raw} -> {key}{}", if clean_text(&raw) == raw { "" } else { " (cleaned)" });
    }
}
