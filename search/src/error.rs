//! What can go wrong, sorted by what the caller does about it.

use std::{path::PathBuf, time::Duration};

/// Why the index did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// The engine cannot be reached, is too slow or is overloaded. Answer 503 with this Retry-After; retry
    /// writes.
    #[error("search is unavailable: {reason}")]
    Unavailable {
        /// For the log, not for the wire.
        reason: String,
        /// When asking again makes sense.
        retry_after: Duration,
    },
    /// The request itself is at fault; the same request will fail again.
    #[error("the search engine refuses the request: {reason}")]
    Rejected {
        /// For the log, not for the wire.
        reason: String,
    },
    /// The index is broken or not ours; a rebuild mends it.
    #[error("the search index is damaged: {reason}")]
    Corrupt {
        /// For the log, not for the wire.
        reason: String,
    },
    /// Another process has this embedded index open.
    #[error("the search index in {} is in use by another process", path.display())]
    Locked {
        /// The folder of the index.
        path: PathBuf,
    },
    /// This handle is rebuilding already; one rebuild at a time.
    #[error("a rebuild of the search index is already running")]
    RebuildRunning,
}

impl SearchError {
    pub(crate) const RETRY_SOON: Duration = Duration::from_secs(1);

    pub(crate) fn unavailable(reason: impl ToString) -> Self {
        Self::Unavailable { reason: reason.to_string(), retry_after: Self::RETRY_SOON }
    }

    pub(crate) fn rejected(reason: impl ToString) -> Self {
        Self::Rejected { reason: reason.to_string() }
    }

    pub(crate) fn corrupt(reason: impl ToString) -> Self {
        Self::Corrupt { reason: reason.to_string() }
    }
}
