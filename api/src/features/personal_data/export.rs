//! A person's copy of everything: one JSON document, written while it is read, a batch of rows at a time, so that
//! somebody who did much in many years costs no more memory than somebody who did nothing.

use bytes::Bytes;
use futures_util::{
    StreamExt,
    stream::{self, LocalBoxStream},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};
use serde::Serialize;
use serde_json::Value;
use techmart_entity::{
    account::{self, session, sign_in_failure},
    attachment, audit,
    audit::SubjectKind,
    docking::{appointment::attendance, message, reminder},
    event::sign_up,
    id::{AuditId, OrganisationId},
    notification::{self, preference},
    organisation::{invitation, membership},
    saved_search,
};
use uuid::Uuid;

use super::{
    categories::CATEGORIES,
    dto::{
        AccountData, ActData, AttendanceData, FailedSignInData, Head, InvitationData, MembershipData,
        MessageData, NotificationData, PreferenceData, ReminderData, SavedSearchData, SessionData,
        SignUpData, UploadData,
    },
    reveals,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::{
        account::{guessing, repo as accounts},
        audit::dto::HistoryOut,
    },
    state::State,
};

/// Rows that are read at once.
const BATCH: u64 = 500;

/// The lists of the document, in its order.
#[derive(Clone, Copy, Debug)]
enum Part {
    Sessions,
    FailedSignIns,
    Memberships,
    Preferences,
    Notifications,
    SavedSearches,
    Reminders,
    Messages,
    SignUps,
    Attendances,
    Uploads,
    Invitations,
    Acts,
    ActsOnAccount,
    Reveals,
}

impl Part {
    const ALL: [Self; 15] = [
        Self::Sessions,
        Self::FailedSignIns,
        Self::Memberships,
        Self::Preferences,
        Self::Notifications,
        Self::SavedSearches,
        Self::Reminders,
        Self::Messages,
        Self::SignUps,
        Self::Attendances,
        Self::Uploads,
        Self::Invitations,
        Self::Acts,
        Self::ActsOnAccount,
        Self::Reveals,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::FailedSignIns => "failed_sign_ins",
            Self::Memberships => "memberships",
            Self::Preferences => "preferences",
            Self::Notifications => "notifications",
            Self::SavedSearches => "saved_searches",
            Self::Reminders => "reminders",
            Self::Messages => "messages",
            Self::SignUps => "sign_ups",
            Self::Attendances => "attendances",
            Self::Uploads => "uploads",
            Self::Invitations => "invitations",
            Self::Acts => "acts",
            Self::ActsOnAccount => "acts_on_account",
            Self::Reveals => "reveals",
        }
    }
}

/// How far the document is written.
struct Copying {
    db: DatabaseConnection,
    account: account::Model,
    organisations: Vec<OrganisationId>,
    /// What is written before the next rows.
    opening: String,
    left: std::vec::IntoIter<Part>,
    part: Option<(Part, Option<Uuid>)>,
    /// Whether the list already has a row.
    comma: bool,
}

/// The document.
///
/// # Errors
/// 401; the document breaks off when the database cannot be asked any more.
pub async fn copy(state: &State, cx: &Context) -> Result<LocalBoxStream<'static, Result<Bytes>>> {
    let person = cx.person()?;
    let db = state.db.read().clone();
    let account = accounts::find(&db, person.account_id).await?.ok_or_else(AppError::not_found)?;
    let head = Head {
        made_at: cx.now.into(),
        categories: CATEGORIES.iter().map(Into::into).collect(),
        account: AccountData::from(&account),
    };
    let mut opening = serde_json::to_string(&head).map_err(AppError::internal)?;
    // The lists come before its last brace.
    opening.pop();
    let copying = Copying {
        db,
        account,
        organisations: person.memberships.iter().map(|found| found.organisation_id).collect(),
        opening,
        left: Part::ALL.to_vec().into_iter(),
        part: None,
        comma: false,
    };
    Ok(stream::try_unfold(Some(copying), next).boxed_local())
}

async fn next(copying: Option<Copying>) -> Result<Option<(Bytes, Option<Copying>)>> {
    let Some(mut copying) = copying else { return Ok(None) };
    let mut text = std::mem::take(&mut copying.opening);
    let (part, after) = match copying.part.take() {
        Some(part) => part,
        None => match copying.left.next() {
            Some(part) => {
                text.push_str(&format!(",\"{}\":[", part.name()));
                copying.comma = false;
                (part, None)
            }
            None => {
                text.push('}');
                return Ok(Some((Bytes::from(text), None)));
            }
        },
    };
    let rows = copying.rows(part, after).await?;
    let full = rows.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
    let last = rows.last().map(|(id, _)| *id);
    for (_, row) in &rows {
        if copying.comma {
            text.push(',');
        }
        copying.comma = true;
        text.push_str(&row.to_string());
    }
    if full {
        copying.part = Some((part, last));
    } else {
        text.push(']');
    }
    Ok(Some((Bytes::from(text), Some(copying))))
}

/// A row with the key after which the next batch begins.
fn row(id: Uuid, row: impl Serialize) -> Result<(Uuid, Value)> {
    Ok((id, serde_json::to_value(row).map_err(AppError::internal)?))
}

/// The next rows of a list, by a key.
async fn batch<E: EntityTrait>(
    db: &impl ConnectionTrait,
    query: Select<E>,
    key: E::Column,
    after: Option<Uuid>,
    make: impl Fn(E::Model) -> Result<(Uuid, Value)>,
) -> Result<Vec<(Uuid, Value)>> {
    let query = match after {
        Some(after) => query.filter(key.gt(after)),
        None => query,
    };
    query.order_by_asc(key).limit(BATCH).all(db).await?.into_iter().map(make).collect()
}

impl Copying {
    async fn rows(&self, part: Part, after: Option<Uuid>) -> Result<Vec<(Uuid, Value)>> {
        let (db, id) = (&self.db, self.account.id);
        match part {
            Part::Sessions => {
                let query = session::Entity::find().filter(session::Column::AccountId.eq(id));
                batch(db, query, session::Column::Id, after, |found| {
                    let data = SessionData {
                        id: found.id,
                        created_at: found.created_at.into(),
                        last_used_at: found.last_used_at.into(),
                        expires_at: found.expires_at.into(),
                        revoked_at: found.revoked_at.map(Into::into),
                    };
                    row(found.id.0, data)
                })
                .await
            }
            Part::FailedSignIns => self.failed_sign_ins().await,
            Part::Memberships => {
                let query = membership::Entity::find().filter(membership::Column::AccountId.eq(id));
                batch(db, query, membership::Column::OrganisationId, after, |found| {
                    let data = MembershipData {
                        organisation_id: found.organisation_id,
                        role: found.role,
                        since: found.created_at.into(),
                    };
                    row(found.organisation_id.0, data)
                })
                .await
            }
            Part::Preferences => self.preferences().await,
            Part::Notifications => {
                let query = notification::Entity::find().filter(notification::Column::AccountId.eq(id));
                batch(db, query, notification::Column::Id, after, |found| {
                    let text =
                        |words: notification::Text| [vec![words.subject], words.lines].concat().join("\n");
                    let data = NotificationData {
                        id: found.id,
                        kind: found.kind,
                        created_at: found.created_at.into(),
                        read_at: found.read_at.map(Into::into),
                        mailed_at: found.mailed_at.map(Into::into),
                        zh: text(found.words.zh),
                        en: text(found.words.en),
                    };
                    row(found.id.0, data)
                })
                .await
            }
            Part::SavedSearches => {
                let query = saved_search::Entity::find().filter(saved_search::Column::AccountId.eq(id));
                batch(db, query, saved_search::Column::Id, after, |found| {
                    let data = SavedSearchData {
                        id: found.id,
                        name: found.name,
                        query: found.query,
                        pace: found.pace,
                        created_at: found.created_at.into(),
                    };
                    row(found.id.0, data)
                })
                .await
            }
            Part::Reminders => {
                let query = reminder::Entity::find().filter(reminder::Column::AccountId.eq(id));
                batch(db, query, reminder::Column::Id, after, |found| {
                    let data =
                        ReminderData { docking_id: found.docking_id, at: found.at.into(), note: found.note };
                    row(found.id.0, data)
                })
                .await
            }
            Part::Messages => {
                let query = message::Entity::find().filter(message::Column::AuthorId.eq(id));
                batch(db, query, message::Column::Id, after, |found| {
                    let data = MessageData {
                        id: found.id,
                        docking_id: found.docking_id,
                        channel: found.channel,
                        side: found.side,
                        body: found.body,
                        created_at: found.created_at.into(),
                    };
                    row(found.id.0, data)
                })
                .await
            }
            Part::SignUps => {
                let query = sign_up::Entity::find().filter(sign_up::Column::AccountId.eq(id));
                batch(db, query, sign_up::Column::Id, after, |found| {
                    let data = SignUpData {
                        id: found.id,
                        event_id: found.event_id,
                        organisation_id: found.organisation_id,
                        status: found.status,
                        signed_up_at: found.signed_up_at.into(),
                        attended_at: found.attended_at.map(Into::into),
                    };
                    row(found.id.0, data)
                })
                .await
            }
            Part::Attendances => {
                let query = attendance::Entity::find().filter(attendance::Column::AccountId.eq(id));
                batch(db, query, attendance::Column::AppointmentId, after, |found| {
                    let data = AttendanceData {
                        appointment_id: found.appointment_id,
                        answer: found.answer,
                        answered_at: found.answered_at.into(),
                    };
                    row(found.appointment_id.0, data)
                })
                .await
            }
            Part::Uploads => {
                let query = attachment::Entity::find().filter(attachment::Column::UploadedBy.eq(id));
                batch(db, query, attachment::Column::Id, after, |found| {
                    let data = UploadData {
                        id: found.id,
                        file_name: found.file_name,
                        purpose: found.purpose,
                        size: found.size,
                        sha256: found.sha256,
                        created_at: found.created_at.into(),
                    };
                    row(found.id.0, data)
                })
                .await
            }
            Part::Invitations => self.invitations(after).await,
            Part::Acts => {
                let query = audit::Entity::find().filter(audit::Column::ActorId.eq(id));
                batch(db, query, audit::Column::Id, after, |found| row(found.id.0, ActData::from(found)))
                    .await
            }
            Part::ActsOnAccount => {
                let query = audit::Entity::find()
                    .filter(audit::Column::SubjectKind.eq(SubjectKind::Account))
                    .filter(audit::Column::SubjectId.eq(id.to_string()))
                    .filter(
                        Condition::any()
                            .add(audit::Column::ActorId.is_null())
                            .add(audit::Column::ActorId.ne(id)),
                    );
                batch(db, query, audit::Column::Id, after, |found| row(found.id.0, HistoryOut::from(found)))
                    .await
            }
            Part::Reveals => {
                // From the newest on, as `/me/reveals` has them.
                let found = reveals::of(db, &self.organisations, after.map(AuditId), BATCH).await?;
                found.into_iter().map(|(id, out)| row(id.0, out)).collect()
            }
        }
    }

    /// Of the last day alone; nobody makes many.
    async fn failed_sign_ins(&self) -> Result<Vec<(Uuid, Value)>> {
        let rows = sign_in_failure::Entity::find()
            .filter(sign_in_failure::Column::EmailHash.eq(guessing::mark(&self.account.email)))
            .order_by_asc(sign_in_failure::Column::Id)
            .limit(BATCH - 1)
            .all(&self.db)
            .await?;
        rows.into_iter()
            .map(|found| row(Uuid::nil(), FailedSignInData { at: found.at.into(), client: found.client }))
            .collect()
    }

    /// One for each kind at most.
    async fn preferences(&self) -> Result<Vec<(Uuid, Value)>> {
        let rows = preference::Entity::find()
            .filter(preference::Column::AccountId.eq(self.account.id))
            .order_by_asc(preference::Column::Kind)
            .all(&self.db)
            .await?;
        rows.into_iter()
            .map(|found| {
                let data = PreferenceData { kind: found.kind, listed: found.listed, mail: found.mail };
                row(Uuid::nil(), data)
            })
            .collect()
    }

    /// Those to the person's address, and those that they sent: of these the address is somebody else's.
    async fn invitations(&self, after: Option<Uuid>) -> Result<Vec<(Uuid, Value)>> {
        let own = &self.account.email;
        let either = Condition::any()
            .add(invitation::Column::Email.eq(own.as_str()))
            .add(invitation::Column::InvitedBy.eq(self.account.id));
        let query = invitation::Entity::find().filter(either);
        batch(&self.db, query, invitation::Column::Id, after, |found| {
            let data = InvitationData {
                id: found.id,
                organisation_id: found.organisation_id,
                role: found.role,
                status: found.status,
                email: (found.email == *own).then_some(found.email),
                created_at: found.created_at.into(),
            };
            row(found.id.0, data)
        })
        .await
    }
}
