//! What happens outside a request: the outbox's jobs, and what time brings.

pub mod examine;
pub mod harvest;
pub mod import;
pub mod index;
pub mod mail;
pub mod matching;
pub mod schedule;

use techmart_entity::notification::MailState;

use crate::{
    db::Tx,
    error::AppError,
    features::{catalogue, notification, webhook},
    files::FileError,
    mail::MailError,
    outbox::{Job, Mail},
    state::State,
};

/// Why a job failed; the relay tries it again.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("{0}")]
    App(#[from] AppError),
    #[error("{0}")]
    Database(#[from] sea_orm::DbErr),
    #[error("{0}")]
    Mail(#[from] MailError),
    #[error("{0}")]
    Files(#[from] FileError),
    #[error("{0}")]
    Search(#[from] techmart_search::SearchError),
    /// What comes before it has to go first.
    #[error("something earlier to the same person waits")]
    Later,
    #[error("a letter could not be written: {0}")]
    Letter(#[from] askama::Error),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Other(String),
}

/// Does one job of the mail or work lane.
///
/// # Errors
/// [`JobError`]
pub async fn run(state: &State, seq: i64, job: Job) -> Result<(), JobError> {
    match job {
        Job::IndexListing { listing_id } => index::listings(state, &[listing_id]).await,
        Job::Match { listing_id } => matching::listing(state, listing_id).await,
        Job::Reindex => index::rebuild(state, Some(seq)).await,
        Job::Notify(notice) => notification::service::tell(state, &notice).await,
        Job::Announce(news) => Ok(webhook::announce::announce(state, &news).await?),
        Job::Mail(mail) => mail::send(state, seq, mail).await,
        Job::Import { import_id } => import::run(state, seq, import_id).await,
        Job::Catalogue { kind } => catalogue::making::run(state, kind).await,
        Job::Harvest { harvest_source_id } => harvest::run(state, seq, harvest_source_id).await,
        Job::Examine { listings, organisations, contracts } => {
            examine::touched(state, seq, &listings, &organisations, &contracts).await
        }
        Job::ExamineAll { part, after } => examine::walk(state, seq, part, after).await,
    }
}

/// What follows from a job that is laid aside for a person to look at.
///
/// # Errors
/// When the rows cannot be written.
pub async fn given_up(tx: &Tx, job: Job) -> Result<(), AppError> {
    match job {
        Job::Mail(Mail::Notification { notification_id, .. }) => {
            notification::repo::mailed(tx, &[notification_id], MailState::Failed, None).await
        }
        Job::Mail(_)
        | Job::Notify(_)
        | Job::Announce(_)
        | Job::IndexListing { .. }
        | Job::Match { .. }
        | Job::Reindex
        | Job::Import { .. }
        | Job::Catalogue { .. }
        | Job::Harvest { .. }
        | Job::Examine { .. }
        | Job::ExamineAll { .. } => Ok(()),
    }
}
