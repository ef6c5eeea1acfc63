//! How an index is, as the caller's health page and its decision to rebuild need it.

/// The state of the index and its size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    /// Whether it can be relied on.
    pub state: State,
    /// Documents in the live index; `None` when it cannot be told now.
    pub documents: Option<u64>,
}

/// Whether the index can be relied on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Complete and answering.
    Ready,
    /// Answering, but from an index that has not been filled, or is damaged. Searches work on what is there
    /// and say [`complete: false`](crate::Answer::complete); a finished rebuild makes it [`State::Ready`].
    NeedsRebuild(RebuildReason),
    /// Not answering now.
    Unavailable {
        /// For the log, not for the wire.
        reason: String,
    },
}

/// Why an index must be filled anew from the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RebuildReason {
    /// There was none, or its first filling never came to an end.
    Missing,
    /// It was written by another version of this crate, or with another embedder.
    OtherSchema,
    /// Its files or settings are broken.
    Damaged {
        /// For the log.
        detail: String,
    },
}
