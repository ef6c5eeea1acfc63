//! The outbox: what has to happen outside the database, written in the transaction of the change and
//! done afterwards by the relay. At least once: every job can be repeated without harm.

pub mod relay;

use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{ActiveModelTrait, NotSet, Set};
use serde::{Deserialize, Serialize};
use techmart_entity::{
    Instant,
    account::MailPace,
    expiry::Term,
    id::{
        AccountId, AlertId, AuditId, ContractId, DeskItemId, HarvestSourceId, ImportId, InvitationId,
        ListingId, NotificationId, OrganisationId, RecommendationId, ReminderId, SavedSearchId,
    },
    listing::ListingKind,
    outbox,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    db::Tx,
    error::{AppError, Result},
};

/// A job. It carries ids, never copies of state, and nothing private.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Bring the index in line with a listing.
    IndexListing { listing_id: ListingId },
    /// Recommend what matches a listing that the index has just learned of.
    Match { listing_id: ListingId },
    /// Build the whole index anew.
    Reindex,
    /// Send a mail.
    Mail(Mail),
    /// Tell those whom something concerns.
    Notify(Notice),
    /// Write down what endpoints of webhooks are to be told.
    Announce(News),
    /// Run an import.
    Import { import_id: ImportId },
    /// Make the files of a kind of the public catalogue anew.
    Catalogue { kind: ListingKind },
    /// Ask a source for what is new.
    Harvest { harvest_source_id: HarvestSourceId },
    /// Look for duplicates and signals at what an act touched.
    Examine { listings: Vec<ListingId>, organisations: Vec<OrganisationId>, contracts: Vec<ContractId> },
    /// One step of looking for duplicates and signals among everything.
    ExamineAll { part: Part, after: Option<Uuid> },
}

/// The parts of a walk over everything, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Listings,
    Organisations,
    Contracts,
}

impl Part {
    /// What comes after it.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Listings => Some(Self::Organisations),
            Self::Organisations => Some(Self::Contracts),
            Self::Contracts => None,
        }
    }
}

/// A mail that has to be written. Its links are made when it is sent, so no secret waits in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum Mail {
    VerifyEmail {
        account_id: AccountId,
    },
    AlreadyRegistered {
        account_id: AccountId,
    },
    ResetPassword {
        account_id: AccountId,
    },
    /// Tells the person that their account is going to be erased.
    ErasureAsked {
        account_id: AccountId,
    },
    /// Invites an address to an organisation.
    Invitation {
        invitation_id: InvitationId,
    },
    /// Tells the people of an organisation what matches its listings: those who want it at that pace.
    MatchDigest {
        organisation_id: OrganisationId,
        pace: MailPace,
    },
    /// Tells those whom an act concerns: as an earlier release wrote it.
    Move {
        audit_id: AuditId,
    },
    /// Sends what somebody is told.
    Notification {
        notification_id: NotificationId,
        /// Whom: mails to different people may go out side by side.
        account_id: AccountId,
    },
    /// Sends what somebody was told until then and wants to read once a day.
    NotificationDigest {
        account_id: AccountId,
        until: Instant,
    },
}

/// What people have to be told of. Whom it concerns, and in what words, is worked out when it is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// An act, as the log has it.
    Act { audit_id: AuditId },
    /// Something new answers a search that somebody keeps.
    SavedSearch { saved_search_id: SavedSearchId, alert_id: AlertId },
    /// The time has come of which somebody wanted to be reminded.
    Reminder { reminder_id: ReminderId },
    /// The clock of what waits for the centre runs out, or has.
    Desk { item_id: DeskItemId, level: ClockLevel },
    /// A term ends, so many days ahead.
    Expiry { term: Term, stage: i16 },
    /// The matcher would bring a listing of an organisation together with another.
    Recommendation { recommendation_id: RecommendationId, organisation_id: OrganisationId },
}

/// What endpoints of webhooks may have to be told of. Which events follow, and who hears of them, is worked out when it is
/// done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub enum News {
    /// An act, as the log has it.
    Act { audit_id: AuditId },
    /// The matcher would bring a listing of an organisation together with another.
    Recommendation { recommendation_id: RecommendationId, organisation_id: OrganisationId },
}

/// How far a service clock has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockLevel {
    /// It runs out today.
    Warning,
    /// It has run out.
    Overdue,
}

/// The lanes of the relay: a slow mail server does not hold up the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    Index,
    Match,
    Notify,
    Mail,
    Announce,
    Examine,
    Work,
}

impl Lane {
    pub const ALL: [Self; 7] =
        [Self::Index, Self::Match, Self::Notify, Self::Mail, Self::Announce, Self::Examine, Self::Work];

    /// The kinds of rows in the lane.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Match => "match",
            Self::Notify => "notify",
            Self::Mail => "mail",
            Self::Announce => "announce",
            Self::Examine => "examine",
            Self::Work => "work",
        }
    }
}

impl Job {
    fn lane(&self) -> Lane {
        match self {
            Self::IndexListing { .. } => Lane::Index,
            Self::Match { .. } => Lane::Match,
            Self::Notify(_) => Lane::Notify,
            Self::Mail(_) => Lane::Mail,
            Self::Announce(_) => Lane::Announce,
            Self::Examine { .. } | Self::ExamineAll { .. } => Lane::Examine,
            Self::Import { .. } | Self::Harvest { .. } | Self::Catalogue { .. } | Self::Reindex => Lane::Work,
        }
    }
}

/// Wakes the relay of this process when something was written.
#[derive(Clone, Debug, Default)]
pub struct Outbox {
    written: Arc<Notify>,
    /// Since when this process has been unable to send mail.
    mail_away: Arc<Mutex<Option<Instant>>>,
}

impl Outbox {
    /// Something was committed.
    pub fn wake(&self) {
        self.written.notify_waiters();
    }

    /// Since when no mail can be sent; none when the last one could.
    #[must_use]
    pub fn mail_away(&self) -> Option<Instant> {
        *self.mail_away.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mail_is_away(&self, at: Option<Instant>) {
        let mut away = self.mail_away.lock().unwrap_or_else(PoisonError::into_inner);
        *away = at.map(|at| away.unwrap_or(at));
    }

    /// Waits until something is committed.
    pub async fn written(&self) {
        self.written.notified().await;
    }
}

/// Writes a job in the transaction of the change that asks for it.
///
/// # Errors
/// When the row cannot be written.
pub async fn push(tx: &Tx, now: Instant, job: &Job) -> Result<()> {
    push_at(tx, now, now, job).await
}

/// Writes a job that is to be done at an instant.
///
/// # Errors
/// When the row cannot be written.
pub async fn push_at(tx: &Tx, now: Instant, at: Instant, job: &Job) -> Result<()> {
    outbox::ActiveModel {
        seq: NotSet,
        kind: Set(job.lane().kind().to_owned()),
        payload: Set(serde_json::to_value(job).map_err(AppError::internal)?),
        created_at: Set(now),
        attempts: Set(0),
        next_at: Set(at),
        claimed_by: Set(None),
        claimed_until: Set(None),
        done_at: Set(None),
        dead_at: Set(None),
        last_error: Set(None),
    }
    .insert(tx)
    .await?;
    Ok(())
}
