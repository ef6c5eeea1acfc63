//! That an account is to be erased, and when it was. What stays of it is the proof that it was done.

use sea_orm::entity::prelude::*;

use crate::{Instant, id::AccountId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    /// The person, or an admin for them; none where the service itself ends what was never verified.
    pub requested_by: Option<AccountId>,
    /// Why an admin asked for it.
    pub reason: Option<String>,
    pub requested_at: Instant,
    /// Until then it can be withdrawn.
    pub due_at: Instant,
    pub done_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
