//! What a key may be for. Which operation asks for which scope is the interface's to say.

use crate::coded_enum;

coded_enum! {
    /// What a key may be used for.
    pub enum ApiScope: "api_scope" {
        CatalogueRead = "catalogue:read" ("公开目录：检索与查看", "the public catalogue: search and read"),
        ListingsRead = "listings:read" ("本单位的成果、需求、机构页：查看", "the organisation's listings: read"),
        ListingsWrite = "listings:write" ("本单位的成果、需求、机构页：编写与提交", "the organisation's listings: write and submit"),
        MatchesRead = "matches:read" ("撮合推荐：查看", "matches and recommendations: read"),
        DockingsRead = "dockings:read" ("本单位的对接：查看", "the organisation's dockings: read"),
        DockingsWrite = "dockings:write" ("本单位的对接：办理", "the organisation's dockings: act"),
        EventsWrite = "events:write" ("活动：报名与提交展示", "events: sign up and bring items"),
        OrganisationRead = "organisation:read" ("本单位的资料：查看", "the organisation itself: read"),
        FeedbackRead = "feedback:read" ("本单位条目的浏览与反馈：查看", "how the organisation's listings are looked at: read"),
        WebhooksManage = "webhooks:manage" ("事件推送：管理", "webhooks: manage"),
    }
}

impl ApiScope {
    /// Whether who reads what is public may have it; all others are an organisation's.
    #[must_use]
    pub fn is_public(self) -> bool {
        match self {
            Self::CatalogueRead => true,
            Self::ListingsRead
            | Self::ListingsWrite
            | Self::MatchesRead
            | Self::DockingsRead
            | Self::DockingsWrite
            | Self::EventsWrite
            | Self::OrganisationRead
            | Self::FeedbackRead
            | Self::WebhooksManage => false,
        }
    }
}
