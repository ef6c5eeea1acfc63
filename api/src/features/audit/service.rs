//! Writing the log.

use sea_orm::{ActiveModelTrait, Set};
use techmart_entity::{
    audit::{ActiveModel, SubjectKind},
    id::AuditId,
    life_cycle::{LifeCycle, StatusChange},
};

use crate::{
    auth::Context,
    db::Tx,
    error::Result,
    features::{desk::service as desk, webhook::announce},
};

/// An act, as the log keeps it. Nothing private goes into it.
#[derive(Clone, Debug)]
pub struct Record {
    pub action: String,
    pub subject: (SubjectKind, String),
    pub change: Option<(String, String)>,
    /// The status in which something begins, which has none before.
    pub begins: Option<String>,
    pub reason_code: Option<String>,
    pub reason: Option<String>,
    pub facts: serde_json::Value,
}

impl Record {
    /// An act that changes no status.
    pub fn act(action: impl Into<String>, kind: SubjectKind, id: impl ToString) -> Self {
        Self {
            action: action.into(),
            subject: (kind, id.to_string()),
            change: None,
            begins: None,
            reason_code: None,
            reason: None,
            facts: serde_json::json!({}),
        }
    }

    /// A move of a life cycle.
    pub fn of_move<S: LifeCycle>(change: &StatusChange<S>, kind: SubjectKind, id: impl ToString) -> Self {
        Self {
            change: Some((change.from().to_string(), change.to().to_string())),
            ..Self::act(change.mv().to_string(), kind, id)
        }
    }

    /// Says in which status something begins.
    #[must_use]
    pub fn beginning(mut self, status: impl ToString) -> Self {
        self.begins = Some(status.to_string());
        self
    }

    /// Adds the reason that reaches the author.
    #[must_use]
    pub fn because(mut self, code: Option<impl ToString>, reason: Option<String>) -> Self {
        self.reason_code = code.map(|code| code.to_string());
        self.reason = reason;
        self
    }

    /// Adds what an auditor would ask.
    #[must_use]
    pub fn with(mut self, facts: serde_json::Value) -> Self {
        self.facts = facts;
        self
    }
}

/// Writes an act to the log, in its own transaction, once its rows are written; the desk and the webhooks follow.
///
/// # Errors
/// When the row cannot be written.
pub async fn record(tx: &Tx, cx: &Context, record: Record) -> Result<AuditId> {
    let id = AuditId::new();
    let subject = record.subject.clone();
    let (from, to) = record.change.unzip();
    ActiveModel {
        id: Set(id),
        at: Set(cx.now),
        actor_id: Set(cx.account_id()),
        acting_organisation_id: Set(cx.acting),
        api_client_id: Set(cx.via),
        action: Set(record.action),
        subject_kind: Set(record.subject.0),
        subject_id: Set(record.subject.1),
        from_status: Set(from),
        to_status: Set(to.or(record.begins)),
        reason_code: Set(record.reason_code),
        reason: Set(record.reason),
        facts: Set(record.facts),
        request_id: Set(cx.request_id.clone()),
    }
    .insert(tx)
    .await?;
    desk::follow(tx, cx, subject.0, &subject.1).await?;
    announce::follow(tx, cx.now, subject.0, id).await?;
    Ok(id)
}
