//! Code lists: every coded value of the interface with its labels, the towns, and the error codes.
//! They change with a release only, so they are built once and answered from memory.

pub mod http;

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use techmart_entity::{
    account, api_client, assessment, attachment, audit, calendar, change, contract, demand, desk, docking,
    duplicate, enclave_entry, event, expiry, finance_case, funnel, harvest_source, import, indicator, ledger,
    listing, notification, organisation, outbound, personal, provider, recommendation, saved_search, signal,
    value::{
        code_list::{CodeItem, CodeList, code_list},
        cooperation, field, industry, ip, maturity, money,
    },
    webhook,
};

use crate::features::{check, matching, service_figures, webhook as webhooks};

/// Codes of the towns that lie in the zone unless the configuration says otherwise.
pub const ZONE_TOWNS: &[&str] = &["zone_core", "lianhe", "tanqiao", "shashi_farm", "cenhe", "guanyindang"];

/// The list `town` 乡镇场/街道/园区: code, Chinese, English.
const TOWNS: &[(&str, &str, &str)] = &[
    ("zone_core", "经开区核心区", "core of the Development Zone"),
    ("lianhe", "联合街道", "Lianhe Subdistrict"),
    ("tanqiao", "滩桥镇", "Tanqiao Town"),
    ("shashi_farm", "沙市农场", "Shashi Farm"),
    ("cenhe", "岑河镇", "Cenhe Town"),
    ("guanyindang", "观音垱镇", "Guanyindang Town"),
    ("outside_zone", "区外", "outside the zone"),
    ("wuhan_enclave", "荆州(武汉)离岸科创中心", "Jingzhou (Wuhan) offshore innovation centre"),
];

/// Whether it is a code of the list `town`.
#[must_use]
pub fn is_town(code: &str) -> bool {
    TOWNS.iter().any(|(town, _, _)| *town == code)
}

/// A list, ready to be sent.
#[derive(Debug)]
pub struct Ready {
    pub list: CodeList,
    /// Of the content, so that every instance of a release gives the same.
    pub etag: String,
}

/// All lists, in the order of their names.
pub static LISTS: LazyLock<Vec<Ready>> = LazyLock::new(|| {
    let mut lists: Vec<Ready> = all().into_iter().map(ready).collect();
    lists.sort_by(|a, b| a.list.list.cmp(&b.list.list));
    lists
});

/// The list of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Ready> {
    LISTS.iter().find(|ready| ready.list.list == name)
}

/// The tag of something that never changes while the service runs.
#[must_use]
pub fn content_tag(content: &impl serde::Serialize) -> String {
    let bytes = serde_json::to_vec(content).unwrap_or_default();
    let hash = hex::encode(Sha256::digest(bytes));
    crate::web::etag::tag(hash.get(..32).unwrap_or_default())
}

fn ready(list: CodeList) -> Ready {
    Ready { etag: content_tag(&list), list }
}

fn towns() -> CodeList {
    CodeList {
        list: "town".to_owned(),
        items: TOWNS
            .iter()
            .map(|(code, zh, en)| CodeItem {
                code: (*code).to_owned(),
                zh: (*zh).to_owned(),
                en: (*en).to_owned(),
            })
            .collect(),
    }
}

fn all() -> Vec<CodeList> {
    vec![
        towns(),
        CodeList { list: "problem".to_owned(), items: crate::error::code_list() },
        code_list::<account::MailPace>(),
        code_list::<calendar::DayKind>(),
        code_list::<outbound::TargetStatus>(),
        code_list::<outbound::item::ItemState>(),
        code_list::<personal::LegalBasis>(),
        code_list::<personal::OnErasure>(),
        code_list::<desk::Queue>(),
        code_list::<saved_search::SearchPace>(),
        code_list::<notification::NotificationKind>(),
        code_list::<notification::MailState>(),
        code_list::<recommendation::RecommendationStatus>(),
        code_list::<recommendation::RecommendationMove>(),
        code_list::<check::score::CheckPart>(),
        code_list::<matching::dto::MatchPart>(),
        code_list::<matching::dto::MatchRelation>(),
        code_list::<matching::dto::RuledOutBy>(),
        code_list::<account::Role>(),
        code_list::<account::one_time_token::TokenPurpose>(),
        code_list::<api_client::scope::ApiScope>(),
        code_list::<api_client::status::ApiClientMove>(),
        code_list::<api_client::status::ApiClientStatus>(),
        code_list::<assessment::AssessmentMove>(),
        code_list::<assessment::AssessmentStatus>(),
        code_list::<assessment::Verdict>(),
        code_list::<attachment::AttachmentPurpose>(),
        code_list::<audit::SubjectKind>(),
        code_list::<change::ChangeKind>(),
        code_list::<change::TombstoneReason>(),
        code_list::<contract::ContractType>(),
        code_list::<contract::status::ContractMove>(),
        code_list::<contract::status::ContractStatus>(),
        code_list::<cooperation::CooperationMode>(),
        code_list::<cooperation::SaleMethod>(),
        code_list::<demand::CollectedBy>(),
        code_list::<demand::DemandType>(),
        code_list::<demand::IndicatorOp>(),
        code_list::<docking::appointment::attendance::AttendanceAnswer>(),
        code_list::<docking::appointment::status::AppointmentMove>(),
        code_list::<docking::appointment::status::AppointmentStatus>(),
        code_list::<docking::assistance::AssistanceKind>(),
        code_list::<docking::assistance::status::AssistanceMove>(),
        code_list::<docking::assistance::status::AssistanceStatus>(),
        code_list::<docking::message::Channel>(),
        code_list::<docking::offer::status::OfferMove>(),
        code_list::<docking::offer::status::OfferStatus>(),
        code_list::<docking::CloseCode>(),
        code_list::<docking::DeclineCode>(),
        code_list::<docking::DockingOrigin>(),
        code_list::<docking::Side>(),
        code_list::<docking::landing::LandingEvidenceKind>(),
        code_list::<docking::landing::LandingForm>(),
        code_list::<docking::meeting::MeetingMode>(),
        code_list::<docking::milestone::MilestoneKind>(),
        code_list::<docking::status::DockingMove>(),
        code_list::<docking::status::DockingStage>(),
        code_list::<duplicate::DuplicateMove>(),
        code_list::<duplicate::DuplicateReason>(),
        code_list::<duplicate::DuplicateStatus>(),
        code_list::<duplicate::DuplicateSubject>(),
        code_list::<enclave_entry::EnclaveEntryMove>(),
        code_list::<enclave_entry::EnclaveEntryStatus>(),
        code_list::<expiry::TermKind>(),
        code_list::<event::EventKind>(),
        code_list::<event::item::EventItemMove>(),
        code_list::<event::item::EventItemStatus>(),
        code_list::<event::pair::EventPairMove>(),
        code_list::<event::pair::EventPairStatus>(),
        code_list::<event::pair::PairResult>(),
        code_list::<event::sign_up::SignUpMove>(),
        code_list::<event::sign_up::SignUpStatus>(),
        code_list::<event::status::EventMove>(),
        code_list::<event::status::EventStatus>(),
        code_list::<field::Field>(),
        code_list::<field::ZoneIndustry>(),
        code_list::<finance_case::FinanceCaseMove>(),
        code_list::<finance_case::FinanceCaseStatus>(),
        code_list::<finance_case::FinanceKind>(),
        code_list::<funnel::FunnelBy>(),
        code_list::<funnel::FunnelDimension>(),
        code_list::<funnel::FunnelStep>(),
        code_list::<harvest_source::HarvestKind>(),
        code_list::<harvest_source::HarvestOutcome>(),
        code_list::<harvest_source::HarvestPace>(),
        code_list::<import::ImportFormat>(),
        code_list::<import::ImportStatus>(),
        code_list::<import::RowOutcome>(),
        code_list::<indicator::Basis>(),
        code_list::<indicator::Counting>(),
        code_list::<indicator::IndicatorKind>(),
        code_list::<indicator::Measure>(),
        code_list::<indicator::TargetPeriod>(),
        code_list::<indicator::parameters::ContractAmount>(),
        code_list::<indicator::parameters::DecidingStage>(),
        code_list::<indicator::parameters::ZoneSide>(),
        code_list::<industry::IndustrySection>(),
        code_list::<ip::IpType>(),
        code_list::<ledger::CountStage>(),
        code_list::<ledger::EvidenceKind>(),
        code_list::<ledger::status::CountMove>(),
        code_list::<listing::Audience>(),
        code_list::<listing::Clarity>(),
        code_list::<listing::DemandLevel>(),
        code_list::<listing::DiagnosisOutcome>(),
        code_list::<listing::HintCode>(),
        code_list::<listing::HintSeverity>(),
        code_list::<listing::ListingKind>(),
        code_list::<listing::Source>(),
        code_list::<listing::status::ListingMove>(),
        code_list::<listing::status::ListingStatus>(),
        code_list::<maturity::TrlBasis>(),
        code_list::<money::PriceKind>(),
        code_list::<organisation::OrganisationKind>(),
        code_list::<organisation::OrganisationTag>(),
        code_list::<organisation::Scale>(),
        code_list::<organisation::VerificationMethod>(),
        code_list::<organisation::invitation::InvitationMove>(),
        code_list::<organisation::invitation::InvitationStatus>(),
        code_list::<organisation::membership::MemberRole>(),
        code_list::<organisation::status::VerificationMove>(),
        code_list::<organisation::status::VerificationStatus>(),
        code_list::<provider::ProviderType>(),
        code_list::<provider::status::EntryMove>(),
        code_list::<provider::status::EntryStatus>(),
        code_list::<service_figures::dto::ServiceBy>(),
        code_list::<signal::SignalKind>(),
        code_list::<signal::SignalMove>(),
        code_list::<signal::SignalStatus>(),
        code_list::<webhook::EventType>(),
        code_list::<webhook::attempt::AttemptOutcome>(),
        code_list::<webhook::delivery::DeliveryStatus>(),
        code_list::<webhook::endpoint::DisabledReason>(),
        code_list::<webhook::endpoint::WebhookMove>(),
        code_list::<webhook::endpoint::WebhookStatus>(),
        code_list::<webhooks::dto::Resource>(),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{LISTS, ZONE_TOWNS, is_town};

    #[test]
    fn every_list_has_its_own_name_and_every_code_is_there_once() {
        let names: BTreeSet<&str> = LISTS.iter().map(|ready| ready.list.list.as_str()).collect();
        assert_eq!(names.len(), LISTS.len());
        for ready in LISTS.iter() {
            let codes: BTreeSet<&str> = ready.list.items.iter().map(|item| item.code.as_str()).collect();
            assert_eq!(codes.len(), ready.list.items.len(), "{}", ready.list.list);
        }
    }

    #[test]
    fn the_zone_consists_of_towns_of_the_list() {
        assert!(ZONE_TOWNS.iter().all(|town| is_town(town)));
    }
}
