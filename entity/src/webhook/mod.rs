//! Webhooks: what other systems are told by a call to an address of theirs. An endpoint belongs to an API client; an
//! event is what happened; a delivery is one event to one endpoint; an attempt is one call for it.

pub mod attempt;
pub mod delivery;
pub mod endpoint;
pub mod event;

use crate::{api_client::scope::ApiScope, coded_enum, docking::status::DockingStage};

coded_enum! {
    /// What an event says has happened.
    pub enum EventType: "webhook_event_type" {
        Ping = "ping" ("测试", "a test"),
        AchievementPublished = "achievement.published" ("成果公开", "an achievement can be read"),
        AchievementUpdated = "achievement.updated" ("成果更新", "a public achievement has changed"),
        AchievementWithdrawn = "achievement.withdrawn" ("成果不再公开", "an achievement can no longer be read"),
        DemandPublished = "demand.published" ("需求公开", "a demand can be read"),
        DemandUpdated = "demand.updated" ("需求更新", "a public demand has changed"),
        DemandWithdrawn = "demand.withdrawn" ("需求不再公开", "a demand can no longer be read"),
        ProviderPublished = "provider.published" ("机构页公开", "a provider's page can be read"),
        ProviderUpdated = "provider.updated" ("机构页更新", "a public provider's page has changed"),
        ProviderWithdrawn = "provider.withdrawn" ("机构页不再公开", "a provider's page can no longer be read"),
        ReviewPublished = "review.published" ("本单位条目审核通过", "a listing of one's own passed review"),
        ReviewReturned = "review.returned" ("本单位条目退回修改", "a listing of one's own was returned"),
        ReviewRejected = "review.rejected" ("本单位条目不予发布", "a listing of one's own was rejected"),
        RecommendationFound = "recommendation.found" ("发现撮合推荐", "a match was found"),
        DockingRecommended = "docking.recommended" ("对接：已推荐", "docking: recommended"),
        DockingInterestExpressed = "docking.interest_expressed" ("对接：已表达意向", "docking: interest expressed"),
        DockingAccepted = "docking.accepted" ("对接：已接受", "docking: accepted"),
        DockingMet = "docking.met" ("对接：已对接", "docking: met"),
        DockingNegotiating = "docking.negotiating" ("对接：洽谈中", "docking: negotiating"),
        DockingContractSigned = "docking.contract_signed" ("对接：已签约", "docking: contract signed"),
        DockingRegistered = "docking.registered" ("对接：已登记", "docking: contract registered"),
        DockingLanded = "docking.landed" ("对接：已落地", "docking: landed"),
        DockingDismissed = "docking.dismissed" ("对接：推荐未采纳", "docking: recommendation dismissed"),
        DockingDeclined = "docking.declined" ("对接：已婉拒", "docking: declined"),
        DockingExpired = "docking.expired" ("对接：逾期未复", "docking: not answered in time"),
        DockingClosed = "docking.closed" ("对接：已关闭", "docking: closed"),
        ContractSigned = "contract.signed" ("合同：已签订", "contract: signed"),
        ContractSubmitted = "contract.submitted" ("合同：已申请登记", "contract: submitted for registration"),
        ContractRegistered = "contract.registered" ("合同：已登记", "contract: registered"),
        ContractChanged = "contract.changed" ("合同：已变更", "contract: changed"),
        ContractRevoked = "contract.revoked" ("合同：已撤销登记", "contract: registration revoked"),
        ContractCancelled = "contract.cancelled" ("合同：已取消", "contract: cancelled"),
    }
}

impl EventType {
    /// The scope of a client that may hear of it: the one by which it reads what the event leads to. A test needs none.
    #[must_use]
    pub fn scope(self) -> Option<ApiScope> {
        match self {
            Self::Ping => None,
            Self::AchievementPublished
            | Self::AchievementUpdated
            | Self::AchievementWithdrawn
            | Self::DemandPublished
            | Self::DemandUpdated
            | Self::DemandWithdrawn
            | Self::ProviderPublished
            | Self::ProviderUpdated
            | Self::ProviderWithdrawn => Some(ApiScope::CatalogueRead),
            Self::ReviewPublished | Self::ReviewReturned | Self::ReviewRejected => {
                Some(ApiScope::ListingsRead)
            }
            Self::RecommendationFound => Some(ApiScope::MatchesRead),
            Self::DockingRecommended
            | Self::DockingInterestExpressed
            | Self::DockingAccepted
            | Self::DockingMet
            | Self::DockingNegotiating
            | Self::DockingContractSigned
            | Self::DockingRegistered
            | Self::DockingLanded
            | Self::DockingDismissed
            | Self::DockingDeclined
            | Self::DockingExpired
            | Self::DockingClosed
            | Self::ContractSigned
            | Self::ContractSubmitted
            | Self::ContractRegistered
            | Self::ContractChanged
            | Self::ContractRevoked
            | Self::ContractCancelled => Some(ApiScope::DockingsRead),
        }
    }

    /// Whether every client may hear of it; all others are told of an organisation's own things.
    #[must_use]
    pub fn is_public(self) -> bool {
        self.scope().is_none_or(|scope| scope == ApiScope::CatalogueRead)
    }

    /// What is said of a docking that has come to a stage.
    #[must_use]
    pub fn of_stage(stage: DockingStage) -> Self {
        match stage {
            DockingStage::Recommended => Self::DockingRecommended,
            DockingStage::InterestExpressed => Self::DockingInterestExpressed,
            DockingStage::Accepted => Self::DockingAccepted,
            DockingStage::Met => Self::DockingMet,
            DockingStage::Negotiating => Self::DockingNegotiating,
            DockingStage::ContractSigned => Self::DockingContractSigned,
            DockingStage::Registered => Self::DockingRegistered,
            DockingStage::Landed => Self::DockingLanded,
            DockingStage::Dismissed => Self::DockingDismissed,
            DockingStage::Declined => Self::DockingDeclined,
            DockingStage::Expired => Self::DockingExpired,
            DockingStage::Closed => Self::DockingClosed,
        }
    }
}
