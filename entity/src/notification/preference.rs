//! How somebody wants to be told about things of a kind, where they have chosen.

use sea_orm::entity::prelude::*;

use super::NotificationKind;
use crate::{Instant, account::MailPace, id::AccountId};

/// The row.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "notification_preference")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: AccountId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: NotificationKind,
    /// Whether they stand in the person's list.
    pub listed: bool,
    pub mail: MailPace,
    pub updated_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
