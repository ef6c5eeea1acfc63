//! What the errors of the server and the way to it mean to the caller.

use meilisearch_sdk::errors::{Error, ErrorCode, ErrorType, MeilisearchError};

use crate::SearchError;

/// Sorts an error of a call.
pub(super) fn call_error(error: Error) -> SearchError {
    match error {
        Error::Meilisearch(error) => server_error(&error),
        Error::MeilisearchCommunication(error) if (400..500).contains(&error.status_code) => {
            SearchError::rejected(error)
        }
        Error::InvalidRequest | Error::CantUseWithoutApiKey(_) => SearchError::rejected(error),
        error => SearchError::unavailable(error),
    }
}

/// Sorts an error the server told, in an answer or as the end of a task.
pub(super) fn server_error(error: &MeilisearchError) -> SearchError {
    match (&error.error_code, error.error_type) {
        // Somebody deleted the index; the next write makes it again.
        (ErrorCode::IndexNotFound, _) => SearchError::unavailable(error),
        // The settings are not ours: another hand made this index.
        (
            ErrorCode::InvalidSearchFilter | ErrorCode::InvalidSearchSort | ErrorCode::InvalidSearchFacets,
            _,
        ) => SearchError::corrupt(error),
        (ErrorCode::NoSpaceLeftOnDevice | ErrorCode::DatabaseSizeLimitReached, _) => {
            SearchError::unavailable(error)
        }
        (_, ErrorType::InvalidRequest | ErrorType::Auth) => SearchError::rejected(error),
        // `Internal`, and whatever later servers add: worth another try.
        (_, _) => SearchError::unavailable(error),
    }
}

/// Whether the error says that the index is not there.
pub(super) fn is_missing_index(error: &Error) -> bool {
    matches!(error, Error::Meilisearch(error) if error.error_code == ErrorCode::IndexNotFound)
}

/// Whether the error says that the document is not there.
pub(super) fn is_missing_document(error: &Error) -> bool {
    matches!(error, Error::Meilisearch(error) if error.error_code == ErrorCode::DocumentNotFound)
}
