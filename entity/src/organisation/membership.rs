//! Who belongs to which organisation, and what they may do for it.

use sea_orm::entity::prelude::*;

use crate::{
    Instant, coded_enum,
    id::{AccountId, OrganisationId},
};

coded_enum! {
    /// What a member may do for the organisation. Each role may do all that the next one may.
    pub enum MemberRole: "member_role" {
        Owner = "owner" ("负责人", "owner"),
        Editor = "editor" ("编辑", "editor"),
        Viewer = "viewer" ("查看", "viewer"),
    }
}

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation_id: OrganisationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    pub role: MemberRole,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
