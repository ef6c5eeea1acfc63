//! What happens outside a request: the outbox's jobs, and what time brings.

pub mod examine;
pub mod import;
pub mod index;
pub mod mail;
pub mod matching;
pub mod schedule;

use crate::{error::AppError, files::FileError, mail::MailError, outbox::Job, state::State};

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
        Job::Mail(mail) => mail::send(state, seq, mail).await,
        Job::Import { import_id } => import::run(state, seq, import_id).await,
        Job::Examine { listings, organisations, contracts } => {
            examine::touched(state, seq, &listings, &organisations, &contracts).await
        }
        Job::ExamineAll { part, after } => examine::walk(state, seq, part, after).await,
    }
}
