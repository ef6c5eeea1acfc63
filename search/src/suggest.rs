//! Suggestions as one types: what is asked for them and what comes back, the same for both engines.

use uuid::Uuid;

use crate::{Audience, Kind, MAX_TEXT_CHARS, Query, SearchError};

/// The most suggestions of one answer.
pub const MAX_SUGGESTIONS: usize = 50;

/// What somebody has typed so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestQuery {
    /// At most [`MAX_TEXT_CHARS`]; its last word may be a beginning. One letter, or none, suggests nothing; one
    /// Chinese character is a word.
    pub text: String,
    /// Only what stands in listings of these kinds; empty asks nothing.
    pub kinds: Vec<Kind>,
    /// What the asker may see. Empty suggests nothing.
    pub audiences: Vec<Audience>,
    /// At most [`MAX_SUGGESTIONS`].
    pub limit: usize,
}

impl SuggestQuery {
    pub(crate) fn check(&self) -> Result<(), SearchError> {
        if self.text.chars().count() > MAX_TEXT_CHARS {
            return Err(SearchError::rejected(format!(
                "the text is longer than {MAX_TEXT_CHARS} characters"
            )));
        }
        Ok(())
    }

    /// The same restrictions on a search.
    pub(crate) fn as_query(&self) -> Query {
        Query { kinds: self.kinds.clone(), audiences: self.audiences.clone(), ..Query::default() }
    }
}

/// Something to search for, or to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// As it is written where it stands; after the words that were typed before it.
    pub text: String,
    /// What it is.
    pub what: Suggested,
    /// A listing where it stands, the newest; none for a word of the glossary.
    pub listing: Option<(Uuid, Kind)>,
}

/// What a suggestion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Suggested {
    /// A word of the glossary that finds something.
    Term,
    /// A keyword of a listing.
    Keyword,
    /// The name of an organisation.
    Organisation,
    /// The title of a listing.
    Title,
}
