//! A note on something, which nobody but the centre reads. It stays when the thing has left the desk.

use sea_orm::entity::prelude::*;

use crate::{
    Instant,
    audit::SubjectKind,
    id::{AccountId, DeskNoteId},
};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "desk_note")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeskNoteId,
    pub subject_kind: SubjectKind,
    pub subject_id: String,
    pub body: String,
    pub written_by: AccountId,
    pub written_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
