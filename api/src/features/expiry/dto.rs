//! Renewing on the wire.

use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// A token from a mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct RenewalQuery {
    /// From the link in the mail.
    #[param(max_length = 1000)]
    pub token: String,
}
