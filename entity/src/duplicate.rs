//! Two listings, or two organisations, that may be one. A person decides; the decision is
//! kept and can be undone.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Instant, coded_enum,
    id::{AccountId, DuplicateId, ListingId},
    life_cycle::LifeCycle,
};

coded_enum! {
    /// Of what a pair is.
    pub enum DuplicateSubject: "duplicate_subject" {
        Achievement = "achievement" ("科技成果", "achievements"),
        Demand = "demand" ("技术需求", "demands"),
        Provider = "provider" ("科技服务机构", "providers"),
        Organisation = "organisation" ("单位", "organisations"),
    }
}

coded_enum! {
    /// What was decided of a pair.
    pub enum DuplicateStatus: "duplicate_status" {
        Open = "open" ("待判定", "to be decided"),
        Same = "same" ("相同", "the same"),
        Different = "different" ("不同", "different"),
        VariantOf = "variant_of" ("变体", "a variant"),
    }
}

coded_enum! {
    /// What can be done to a pair.
    pub enum DuplicateMove: "duplicate_move" {
        Merge = "merge" ("合并", "merge"),
        KeepApart = "keep_apart" ("判为不同", "keep apart"),
        MarkVariant = "mark_variant" ("判为变体", "mark as a variant"),
        Undo = "undo" ("撤销判定", "undo"),
    }
}

impl LifeCycle for DuplicateStatus {
    type Move = DuplicateMove;

    const MOVES: &'static [DuplicateMove] = DuplicateMove::ALL;

    fn target(self, mv: DuplicateMove) -> Option<Self> {
        use DuplicateStatus as S;
        let (from, to): (&[S], S) = match mv {
            DuplicateMove::Merge => (&[S::Open], S::Same),
            DuplicateMove::KeepApart => (&[S::Open], S::Different),
            DuplicateMove::MarkVariant => (&[S::Open], S::VariantOf),
            DuplicateMove::Undo => (&[S::Same, S::Different, S::VariantOf], S::Open),
        };
        from.contains(&self).then_some(to)
    }
}

coded_enum! {
    /// Why two may be one.
    pub enum DuplicateReason: "duplicate_reason" {
        CreditCode = "credit_code" ("信用代码相同", "the same credit code"),
        Patent = "patent" ("专利号相同", "the same patent"),
        Registration = "registration" ("登记号相同", "the same registration"),
        Title = "title" ("标题相同", "the same title"),
        Name = "name" ("名称相同", "the same name"),
        LikeText = "like_text" ("文本相近", "like texts"),
        LikeName = "like_name" ("名称相近", "like names"),
    }
}

/// One reason, with what it was seen in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    pub code: DuplicateReason,
    /// The shared key, or the likeness in per cent.
    pub detail: String,
}

/// The reasons, as one JSON column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(transparent)]
pub struct Reasons(pub Vec<Reason>);

/// The row. `left_id` is the smaller of the two ids.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "duplicate")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DuplicateId,
    pub subject: DuplicateSubject,
    pub left_id: Uuid,
    pub right_id: Uuid,
    pub demo: bool,
    #[sea_orm(column_type = "JsonBinary")]
    pub reasons: Reasons,
    /// How alike, 0 to 100; 100 for a shared key.
    pub score: i32,
    pub status: DuplicateStatus,
    /// Which of the two stands, once they are merged or one is the other's variant.
    pub canonical_id: Option<Uuid>,
    /// What the decision changed.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub effects: Option<Json>,
    pub note: Option<String>,
    pub decided_by: Option<AccountId>,
    pub decided_at: Option<Instant>,
    pub found_at: Instant,
    pub version: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// A band of the MinHash of a listing's text: two that share one may be alike.
pub mod print {
    use sea_orm::entity::prelude::*;

    use super::ListingId;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "listing_print")]
    pub struct Model {
        /// `<kind>:<number of the band>:<hash>`
        #[sea_orm(primary_key, auto_increment = false)]
        pub band: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub listing_id: ListingId,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
