//! The life cycles as grids: a change of one shows here and has to be meant.

use techmart_entity::{
    api_client::status::ApiClientStatus,
    assessment::AssessmentStatus,
    contract::status::ContractStatus,
    docking::{
        appointment::status::AppointmentStatus, assistance::status::AssistanceStatus,
        offer::status::OfferStatus, status::DockingStage,
    },
    duplicate::DuplicateStatus,
    enclave_entry::EnclaveEntryStatus,
    event::{item::EventItemStatus, pair::EventPairStatus, sign_up::SignUpStatus, status::EventStatus},
    finance_case::FinanceCaseStatus,
    ledger::CountStage,
    life_cycle::grid,
    listing::status::ListingStatus,
    organisation::{invitation::InvitationStatus, status::VerificationStatus},
    provider::status::EntryStatus,
    recommendation::RecommendationStatus,
    signal::SignalStatus,
    webhook::endpoint::WebhookStatus,
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
        ("assessment", grid(AssessmentStatus::ALL)),
        ("duplicate", grid(DuplicateStatus::ALL)),
        ("enclave entry", grid(EnclaveEntryStatus::ALL)),
        ("finance case", grid(FinanceCaseStatus::ALL)),
        ("invitation", grid(InvitationStatus::ALL)),
        ("recommendation", grid(RecommendationStatus::ALL)),
        ("signal", grid(SignalStatus::ALL)),
        ("appointment", grid(AppointmentStatus::ALL)),
        ("offer", grid(OfferStatus::ALL)),
        ("assistance", grid(AssistanceStatus::ALL)),
        ("event", grid(EventStatus::ALL)),
        ("sign-up for an event", grid(SignUpStatus::ALL)),
        ("item of an event", grid(EventItemStatus::ALL)),
        ("pair of an event", grid(EventPairStatus::ALL)),
        ("endpoint of webhooks", grid(WebhookStatus::ALL)),
        ("API client", grid(ApiClientStatus::ALL)),
    ] {
        all.push_str(&format!("# {name}\n{text}\n"));
    }
    insta::assert_snapshot!(all);
}
