//! Which operation asks for which scope: the one table. What does not stand here is closed to keys.
//!
//! Closed are what looks after accounts, sign-in, clients and their keys, what is the centre's, what is a person's own
//! (notifications, saved searches, reminders), and who belongs to an organisation and what is verified of it.

use techmart_entity::api_client::{Scopes, scope::ApiScope};

use ApiScope::{
    CatalogueRead, DockingsRead, DockingsWrite, EventsWrite, FeedbackRead, ListingsRead, ListingsWrite,
    MatchesRead, OrganisationRead, WebhooksManage,
};

/// What everybody reads, and what shows an organisation its own besides.
const CATALOGUE: &[ApiScope] = &[CatalogueRead];
const OWN_OR_CATALOGUE: &[ApiScope] = &[ListingsRead, CatalogueRead];
const PAPERS: &[ApiScope] = &[ListingsRead, ListingsWrite, DockingsRead, DockingsWrite];
const WITH_PAPERS: &[ApiScope] = &[ListingsWrite, DockingsWrite];

/// An operation, and the scopes of which one is enough; none where any key will do. The first that a key has is the
/// one it is used under: with `catalogue:read` it sees what everybody sees.
#[rustfmt::skip]
pub const TABLE: &[(&str, &[ApiScope])] = &[
    ("get_openapi", &[]),
    ("list_code_lists", &[]),
    ("get_code_list", &[]),
    // The catalogue.
    ("list_achievements", OWN_OR_CATALOGUE),
    ("get_achievement", OWN_OR_CATALOGUE),
    ("list_achievement_versions", OWN_OR_CATALOGUE),
    ("list_similar_achievements", OWN_OR_CATALOGUE),
    ("list_demands", OWN_OR_CATALOGUE),
    ("get_demand", OWN_OR_CATALOGUE),
    ("list_demand_versions", OWN_OR_CATALOGUE),
    ("list_providers", OWN_OR_CATALOGUE),
    ("get_provider", OWN_OR_CATALOGUE),
    ("list_provider_versions", OWN_OR_CATALOGUE),
    ("get_provider_entry", OWN_OR_CATALOGUE),
    ("search", OWN_OR_CATALOGUE),
    ("suggest_search", OWN_OR_CATALOGUE),
    ("get_search_feed", OWN_OR_CATALOGUE),
    ("get_achievement_jsonld", CATALOGUE),
    ("get_demand_jsonld", CATALOGUE),
    ("get_provider_jsonld", CATALOGUE),
    ("get_provider_directory", CATALOGUE),
    ("list_catalogue_files", CATALOGUE),
    ("get_catalogue_table", CATALOGUE),
    ("get_catalogue_lines", CATALOGUE),
    ("list_changes", CATALOGUE),
    ("stream_changes", CATALOGUE),
    ("list_organisations", &[OrganisationRead, CatalogueRead]),
    ("get_organisation", &[OrganisationRead, CatalogueRead]),
    ("list_events", CATALOGUE),
    ("get_event", CATALOGUE),
    ("get_event_calendar", CATALOGUE),
    ("list_event_items", &[EventsWrite, CatalogueRead]),
    ("get_event_places", &[EventsWrite, CatalogueRead]),
    ("get_calendar", CATALOGUE),
    ("get_due", CATALOGUE),
    // The figures.
    ("list_indicators", CATALOGUE),
    ("get_indicator", CATALOGUE),
    ("list_indicator_rules", CATALOGUE),
    ("list_plans", CATALOGUE),
    ("get_plan", CATALOGUE),
    ("get_progress", CATALOGUE),
    ("get_progress_chart", CATALOGUE),
    ("get_progress_gaps", CATALOGUE),
    ("get_progress_outlook", CATALOGUE),
    ("get_progress_variants", CATALOGUE),
    ("get_funnel", CATALOGUE),
    ("list_snapshots", CATALOGUE),
    ("get_snapshot", CATALOGUE),
    ("get_snapshot_chart", CATALOGUE),
    ("get_snapshot_part", CATALOGUE),
    ("get_snapshot_report_page", CATALOGUE),
    // An organisation's listings.
    ("get_achievement_draft", &[ListingsRead]),
    ("get_demand_draft", &[ListingsRead]),
    ("get_provider_draft", &[ListingsRead]),
    ("list_achievement_history", &[ListingsRead]),
    ("list_demand_history", &[ListingsRead]),
    ("list_provider_history", &[ListingsRead]),
    ("list_provider_entry_history", &[ListingsRead]),
    ("create_achievement", &[ListingsWrite]),
    ("create_demand", &[ListingsWrite]),
    ("create_provider", &[ListingsWrite]),
    ("check_achievement", &[ListingsWrite]),
    ("check_demand", &[ListingsWrite]),
    ("check_provider", &[ListingsWrite]),
    ("patch_achievement_draft", &[ListingsWrite]),
    ("patch_demand_draft", &[ListingsWrite]),
    ("patch_provider_draft", &[ListingsWrite]),
    ("delete_achievement", &[ListingsWrite]),
    ("delete_demand", &[ListingsWrite]),
    ("delete_provider", &[ListingsWrite]),
    ("submit_achievement", &[ListingsWrite]),
    ("submit_demand", &[ListingsWrite]),
    ("submit_provider", &[ListingsWrite]),
    ("recall_achievement", &[ListingsWrite]),
    ("recall_demand", &[ListingsWrite]),
    ("recall_provider", &[ListingsWrite]),
    ("renew_achievement", &[ListingsWrite]),
    ("renew_demand", &[ListingsWrite]),
    ("renew_provider", &[ListingsWrite]),
    ("withdraw_achievement", &[ListingsWrite]),
    ("withdraw_demand", &[ListingsWrite]),
    ("withdraw_provider", &[ListingsWrite]),
    ("solve_demand", &[ListingsWrite]),
    ("close_demand_unsolved", &[ListingsWrite]),
    ("apply_for_provider_entry", &[ListingsWrite]),
    ("ask_renewal_of_provider_entry", &[ListingsWrite]),
    ("upload_attachment", WITH_PAPERS),
    ("get_attachment", PAPERS),
    ("get_attachment_content", PAPERS),
    ("get_achievement_feedback", &[FeedbackRead]),
    ("get_demand_feedback", &[FeedbackRead]),
    ("get_provider_feedback", &[FeedbackRead]),
    ("get_organisation_feedback", &[FeedbackRead]),
    ("list_organisation_history", &[OrganisationRead]),
    ("list_organisation_members", &[OrganisationRead]),
    ("get_organisation_member", &[OrganisationRead]),
    ("list_achievement_matches", &[MatchesRead]),
    ("list_demand_matches", &[MatchesRead]),
    ("preview_matches", &[MatchesRead]),
    // Its dockings.
    ("list_dockings", &[DockingsRead]),
    ("get_docking", &[DockingsRead]),
    ("list_docking_history", &[DockingsRead]),
    ("list_docking_timeline", &[DockingsRead]),
    ("get_docking_case_file", &[DockingsRead]),
    ("list_docking_messages", &[DockingsRead]),
    ("list_docking_appointments", &[DockingsRead]),
    ("get_docking_appointment", &[DockingsRead]),
    ("get_docking_appointment_calendar", &[DockingsRead]),
    ("list_docking_offers", &[DockingsRead]),
    ("get_docking_offer", &[DockingsRead]),
    ("list_assistances", &[DockingsRead]),
    ("get_assistance", &[DockingsRead]),
    ("list_contracts", &[DockingsRead]),
    ("get_contract", &[DockingsRead]),
    ("list_contract_history", &[DockingsRead]),
    ("list_landings", &[DockingsRead]),
    ("get_landing", &[DockingsRead]),
    ("create_docking", &[DockingsWrite]),
    ("express_docking_interest", &[DockingsWrite]),
    ("accept_docking", &[DockingsWrite]),
    ("decline_docking", &[DockingsWrite]),
    ("negotiate_docking", &[DockingsWrite]),
    ("close_docking", &[DockingsWrite]),
    // To be shown contacts is an act, and logged.
    ("reveal_docking_contacts", &[DockingsWrite]),
    ("record_docking_meeting", &[DockingsWrite]),
    ("confirm_docking_meeting", &[DockingsWrite]),
    ("write_docking_message", &[DockingsWrite]),
    ("read_docking_messages", &[DockingsWrite]),
    ("record_docking_nda", &[DockingsWrite]),
    ("confirm_docking_nda", &[DockingsWrite]),
    ("propose_docking_appointment", &[DockingsWrite]),
    ("answer_docking_appointment", &[DockingsWrite]),
    ("reschedule_docking_appointment", &[DockingsWrite]),
    ("cancel_docking_appointment", &[DockingsWrite]),
    ("attend_docking_appointment", &[DockingsWrite]),
    ("record_docking_offer", &[DockingsWrite]),
    ("accept_docking_offer", &[DockingsWrite]),
    ("decline_docking_offer", &[DockingsWrite]),
    ("withdraw_docking_offer", &[DockingsWrite]),
    ("request_assistance", &[DockingsWrite]),
    ("take_on_assistance", &[DockingsWrite]),
    ("decline_assistance", &[DockingsWrite]),
    ("deliver_assistance", &[DockingsWrite]),
    ("cancel_assistance", &[DockingsWrite]),
    ("sign_docking_contract", &[DockingsWrite]),
    ("submit_contract", &[DockingsWrite]),
    ("cancel_contract", &[DockingsWrite]),
    ("land_docking", &[DockingsWrite]),
    ("add_landing_milestone", &[DockingsWrite]),
    // Events.
    ("sign_up_for_event", &[EventsWrite]),
    ("cancel_event_sign_up", &[EventsWrite]),
    ("bring_event_item", &[EventsWrite]),
    ("withdraw_event_item", &[EventsWrite]),
    ("list_event_pairs", &[EventsWrite]),
    // Its webhooks.
    ("list_webhooks", &[WebhooksManage]),
    ("create_webhook", &[WebhooksManage]),
    ("get_webhook", &[WebhooksManage]),
    ("patch_webhook", &[WebhooksManage]),
    ("delete_webhook", &[WebhooksManage]),
    ("rotate_webhook_secret", &[WebhooksManage]),
    ("enable_webhook", &[WebhooksManage]),
    ("disable_webhook", &[WebhooksManage]),
    ("test_webhook", &[WebhooksManage]),
    ("replay_webhook", &[WebhooksManage]),
    ("list_webhook_deliveries", &[WebhooksManage]),
    ("get_webhook_delivery", &[WebhooksManage]),
    ("replay_webhook_delivery", &[WebhooksManage]),
];

/// The scopes of which an operation asks for one; none when it is closed to keys.
#[must_use]
pub fn of(operation: &str) -> Option<&'static [ApiScope]> {
    TABLE.iter().find(|(name, _)| *name == operation).map(|(_, scopes)| *scopes)
}

/// Under what a key may be used for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// It asks for no scope.
    Any,
    Scope(ApiScope),
    /// It asks for one of these, and the key has none of them.
    Missing(&'static [ApiScope]),
    Closed,
}

/// Under what scope a key that has these is used for an operation.
#[must_use]
pub fn under(operation: &str, granted: &Scopes) -> Under {
    match of(operation) {
        None => Under::Closed,
        Some([]) => Under::Any,
        Some(asked) => asked
            .iter()
            .find(|scope| granted.has(**scope))
            .map_or(Under::Missing(asked), |scope| Under::Scope(*scope)),
    }
}

impl Under {
    /// Where it is counted: its scope, or the first that would have done.
    #[must_use]
    pub fn counted(self) -> Option<ApiScope> {
        match self {
            Self::Scope(scope) => Some(scope),
            Self::Missing(asked) => asked.first().copied(),
            Self::Any | Self::Closed => None,
        }
    }
}
