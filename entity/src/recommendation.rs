//! A recommendation: an achievement and a demand that the matcher would bring together. A broker takes it up, which
//! makes a docking, or dismisses it.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    docking::DeclineCode,
    id::{AccountId, DockingId, ListingId, OrganisationId, RecommendationId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Where a recommendation stands.
    pub enum RecommendationStatus: "recommendation_status" {
        Open = "open" ("待处理", "open"),
        TakenUp = "taken_up" ("已采纳", "taken up"),
        Dismissed = "dismissed" ("不予推荐", "dismissed"),
        Lapsed = "lapsed" ("已失效", "lapsed"),
    }
}

coded_enum! {
    /// What can be done to a recommendation.
    pub enum RecommendationMove: "recommendation_move" {
        TakeUp = "take_up" ("采纳", "take up"),
        Dismiss = "dismiss" ("不予推荐", "dismiss"),
        Lapse = "lapse" ("失效", "lapse"),
        Renew = "renew" ("恢复", "renew"),
    }
}

impl LifeCycle for RecommendationStatus {
    type Move = RecommendationMove;

    const MOVES: &'static [RecommendationMove] = RecommendationMove::ALL;

    fn target(self, mv: RecommendationMove) -> Option<Self> {
        use RecommendationStatus as S;
        let (from, to) = match mv {
            RecommendationMove::TakeUp => (S::Open, S::TakenUp),
            RecommendationMove::Dismiss => (S::Open, S::Dismissed),
            RecommendationMove::Lapse => (S::Open, S::Lapsed),
            RecommendationMove::Renew => (S::Lapsed, S::Open),
        };
        (self == from).then_some(to)
    }
}

impl RecommendationMove {
    /// Whether a person makes it; the others follow from what happens to the listings.
    #[must_use]
    pub const fn is_of_people(self) -> bool {
        matches!(self, Self::TakeUp | Self::Dismiss)
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "recommendation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RecommendationId,
    pub achievement_id: ListingId,
    pub demand_id: ListingId,
    /// `achievement|demand`: a pair is recommended once and for all.
    #[sea_orm(unique)]
    pub pair_key: String,
    pub supplier_id: OrganisationId,
    pub enterprise_id: OrganisationId,
    pub demo: bool,
    pub score: f64,
    /// The match as the matcher told it.
    #[sea_orm(column_type = "JsonBinary")]
    pub found: Json,
    pub model_version: String,
    pub status: RecommendationStatus,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Instant>,
    pub code: Option<DeclineCode>,
    pub note: Option<String>,
    /// The docking that it became.
    pub docking_id: Option<DockingId>,
    pub created_at: Instant,
    pub updated_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The key of a pair.
    #[must_use]
    pub fn key(achievement: ListingId, demand: ListingId) -> String {
        format!("{achievement}|{demand}")
    }
}

/// Whom a recommendation was told.
pub mod notice {
    use sea_orm::entity::prelude::*;

    use crate::{
        Instant,
        id::{AccountId, RecommendationId},
    };

    /// The row.
    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "recommendation_notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub recommendation_id: RecommendationId,
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: AccountId,
        pub told_at: Instant,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
