//! How dockings ended, summed by their codes.

use std::collections::BTreeMap;

use serde::Serialize;
use techmart_entity::{
    docking::{CloseCode, DeclineCode, status::DockingStage},
    value::code_list::Coded,
};
use utoipa::ToSchema;

/// So many notes are shown with a reason, the newest.
const NOTES: usize = 10;

/// Why dockings ended, with how many did for that reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReasonOut {
    /// `declined`, `dismissed`, `closed` or `expired`.
    pub outcome: DockingStage,
    /// A code of `decline_code` or, of what was closed, of `close_code`; null where nobody answered in time.
    #[schema(example = "price")]
    pub code: Option<String>,
    #[schema(example = "价格")]
    pub zh: String,
    #[schema(example = "price")]
    pub en: String,
    pub n: u64,
    /// What was written to the sides, the newest first, at most ten.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Adds up ends.
#[derive(Debug, Default)]
pub struct Reasons(BTreeMap<(DockingStage, Option<String>), ReasonOut>);

impl Reasons {
    /// Adds an end.
    pub fn add(
        &mut self,
        outcome: DockingStage,
        declined: Option<DeclineCode>,
        closed: Option<CloseCode>,
        note: Option<String>,
    ) {
        let code = match outcome {
            DockingStage::Closed => closed.map(label),
            _ => declined.map(label),
        };
        let (code, zh, en) = match code {
            Some((code, zh, en)) => (Some(code.to_owned()), zh, en),
            None => (None, outcome.label_zh(), outcome.label_en()),
        };
        let key = (outcome, code.clone());
        let fresh =
            || ReasonOut { outcome, code, zh: zh.to_owned(), en: en.to_owned(), n: 0, notes: Vec::new() };
        let reason = self.0.entry(key).or_insert_with(fresh);
        reason.n += 1;
        if reason.notes.len() < NOTES {
            reason.notes.extend(note);
        }
    }

    /// The reasons, those first that there were most of.
    #[must_use]
    pub fn list(self) -> Vec<ReasonOut> {
        let mut all: Vec<ReasonOut> = self.0.into_values().collect();
        all.sort_by_key(|reason| std::cmp::Reverse(reason.n));
        all
    }
}

fn label<T: Coded>(code: T) -> (&'static str, &'static str, &'static str) {
    (code.code(), code.label_zh(), code.label_en())
}
