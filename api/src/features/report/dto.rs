//! What can be asked of a report's files.

use serde::{Deserialize, Serialize};
use techmart_entity::ledger::CountStage;
use utoipa::{IntoParams, ToSchema};

/// The evidence of which units.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EvidenceQuery {
    /// Units at these stages as known then; the confirmed ones when absent.
    #[serde(default)]
    #[param(max_items = 3)]
    pub stage: Vec<CountStage>,
}

/// The bytes of a file.
#[derive(Debug, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct ReportBytes(pub Vec<u8>);
