//! The life cycles as grids: a change of one shows here and has to be meant.

use techmart_entity::{
    contract::status::ContractStatus, docking::status::DockingStage, ledger::CountStage, life_cycle::grid,
    listing::status::ListingStatus, organisation::status::VerificationStatus, provider::status::EntryStatus,
};

#[test]
fn the_life_cycles_are_what_the_domain_says() {
    let mut all = String::new();
    for (name, text) in [
        ("listing", grid(ListingStatus::ALL)),
        ("docking", grid(DockingStage::ALL)),
        ("contract", grid(ContractStatus::ALL)),
        ("provider entry", grid(EntryStatus::ALL)),
        ("verification", grid(VerificationStatus::ALL)),
        ("count", grid(CountStage::ALL)),
    ] {
        all.push_str(&format!("# {name}\n{text}\n"));
    }
    insta::assert_snapshot!(all);
}
