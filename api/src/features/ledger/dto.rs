//! The ledger on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, AttachmentId, ContractId, DockingId, EntryId, ListingId, SignalId},
    indicator::Model as Indicator,
    ledger::{CountStage, Evidence, EvidenceKind, Model, event, status::CountMove},
    life_cycle::LifeCycle,
    signal::SignalKind,
};
use utoipa::{IntoParams, ToSchema};

use super::evidence::{Lack, lacking};
use crate::{
    clock::Moment,
    error::{AppError, Wording},
};

/// A unit of an indicator: an entry of the ledger with its stage.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct UnitOut {
    pub entry_id: EntryId,
    #[schema(example = "T4")]
    pub indicator: String,
    /// What is counted once.
    pub unit_key: String,
    /// What it is, as it was called when it was counted.
    pub label: String,
    /// 1 for a unit, fen for an amount; negative in a reversal.
    pub delta: i64,
    /// The day of the act.
    pub effective_on: chrono::NaiveDate,
    /// The first day on which it counts no longer, for what counts only while it is in force.
    pub lapses_on: Option<chrono::NaiveDate>,
    pub recorded_at: Moment,
    pub stage: CountStage,
    pub demo: bool,
    pub listing_id: Option<ListingId>,
    pub docking_id: Option<DockingId>,
    pub contract_id: Option<ContractId>,
    /// The entry that this one takes back.
    pub reverses: Option<EntryId>,
    /// Why it was taken back.
    pub reason: Option<String>,
}

impl UnitOut {
    /// An entry at a stage.
    #[must_use]
    pub fn of(entry: &Model, stage: CountStage) -> Self {
        Self {
            entry_id: entry.id,
            indicator: entry.indicator.clone(),
            unit_key: entry.unit_key.clone(),
            label: entry.label.clone(),
            delta: entry.delta,
            effective_on: entry.effective_on,
            lapses_on: entry.lapses_on,
            recorded_at: entry.recorded_at.into(),
            stage,
            demo: entry.demo,
            listing_id: entry.listing_id,
            docking_id: entry.docking_id,
            contract_id: entry.contract_id,
            reverses: entry.reverses,
            reason: entry.reason.clone(),
        }
    }
}

/// An entry with its evidence and everything that happened to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryOut {
    #[serde(flatten)]
    pub unit: UnitOut,
    pub rule_version: String,
    /// What the rule looked at.
    #[schema(value_type = Object)]
    pub facts: serde_json::Value,
    /// Every piece opens at its `href`; files carry their SHA-256.
    pub evidence: Vec<Evidence>,
    /// Whose act made the entry.
    pub actor_id: Option<AccountId>,
    /// Who performed the acts behind it; none of them confirms it.
    pub performers: Vec<AccountId>,
    pub events: Vec<EntryEventOut>,
    /// What the rule needs and the evidence does not show yet.
    pub lacks: Vec<Lack>,
    /// How often something was written to it: a bulk confirmation names it, so that nobody confirms what
    /// they have not seen.
    pub revision: u32,
    /// SHA-256 (hex) of the entry's row.
    pub hash: Option<String>,
    pub legal_moves: Vec<CountMove>,
}

/// A step of a count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryEventOut {
    pub stage: CountStage,
    pub at: Moment,
    pub by: Option<AccountId>,
    pub reason: Option<String>,
    pub evidence: Vec<Evidence>,
}

impl EntryOut {
    /// An entry with its events, under the rule of its indicator; `stage` is none once it was reversed.
    #[must_use]
    pub fn of(
        indicator: Option<&Indicator>,
        entry: Model,
        events: Vec<event::Model>,
        stage: Option<CountStage>,
    ) -> Self {
        let stage = stage.unwrap_or(CountStage::Reversed);
        let mut evidence = entry.evidence.0.clone();
        evidence.extend(events.iter().flat_map(|event| event.evidence.0.iter().cloned()));
        let lacks = match stage {
            CountStage::Candidate => {
                indicator.map(|indicator| lacking(indicator, &evidence)).unwrap_or_default()
            }
            CountStage::EvidenceComplete | CountStage::Confirmed | CountStage::Reversed => Vec::new(),
        };
        Self {
            lacks,
            revision: u32::try_from(events.len()).unwrap_or(u32::MAX),
            hash: entry.hash.clone(),
            unit: UnitOut::of(&entry, stage),
            rule_version: entry.rule_version,
            facts: entry.facts,
            evidence,
            actor_id: entry.actor_id,
            performers: entry.performers.0,
            events: events
                .into_iter()
                .map(|event| EntryEventOut {
                    stage: event.stage,
                    at: event.at.into(),
                    by: event.by,
                    reason: event.reason,
                    evidence: event.evidence.0,
                })
                .collect(),
            legal_moves: if entry.reverses.is_some() { Vec::new() } else { stage.legal() },
        }
    }
}

/// What to look for in the ledger.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LedgerQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    #[param(max_length = 40, example = "T1")]
    pub indicator: Option<String>,
    /// Entries in force at one of these stages: `evidence_complete` is the worklist of confirmations.
    #[serde(default)]
    #[param(max_items = 4)]
    pub stage: Vec<CountStage>,
    pub demo: Option<bool>,
    pub listing_id: Option<ListingId>,
    pub docking_id: Option<DockingId>,
}

/// Why a count is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseIn {
    #[schema(min_length = 2, max_length = 2000, example = "会议纪要与签到表不符。")]
    pub reason: String,
}

/// A paper for a count that lacks evidence.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceIn {
    pub kind: EvidenceKind,
    /// Uploaded before, with the purpose `evidence`. Once nothing is lacking any more the count is complete.
    pub attachment_id: AttachmentId,
}

/// A unit of an indicator that is recorded by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryIn {
    #[schema(min_length = 1, max_length = 40, example = "P01")]
    pub indicator: String,
    /// What is counted once, such as the event, or the quarter of a figure.
    #[schema(min_length = 1, max_length = 300, example = "2026年第三季度")]
    pub unit: String,
    #[schema(min_length = 1, max_length = 300)]
    pub label: String,
    /// 1 when absent; fen where the indicator counts money, hundredths where it counts those. A rate may be
    /// negative, a level 0.
    #[serde(default = "one")]
    #[schema(minimum = -1_000_000_000_000_000_i64, maximum = 1_000_000_000_000_000_i64, default = 1)]
    pub amount: i64,
    /// The day of the act, not in the future.
    pub effective_on: chrono::NaiveDate,
    /// The paper, uploaded before with the purpose `evidence`.
    pub attachment_id: AttachmentId,
    #[serde(default)]
    pub listing_id: Option<ListingId>,
    /// Whether it belongs to the demo plan.
    #[serde(default)]
    pub demo: bool,
    /// The responsible unit 责任单位 that reports it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, example = "经发局")]
    pub responsible_unit: Option<String>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000)]
    pub note: Option<String>,
}

fn one() -> i64 {
    1
}

/// What a person of the centre has to do for counts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct WorklistQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    /// `confirm`: complete ones that wait for a second person; `complete`: candidates that lack evidence.
    #[serde(default)]
    #[param(inline)]
    pub task: Task,
    #[param(max_length = 40, example = "T4")]
    pub indicator: Option<String>,
    /// Of the demo plan or of the real ones; both when absent.
    pub demo: Option<bool>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// A second person confirms.
    #[default]
    Confirm,
    /// Evidence is added.
    Complete,
}

/// A count that waits for somebody.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WorkOut {
    #[serde(flatten)]
    pub entry: EntryOut,
    /// Why the caller is not the one to confirm it; null where they may.
    pub obstacle: Option<Refusal>,
    /// Open signals about what it counts.
    pub signals: Vec<SignalBrief>,
}

/// A signal, in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignalBrief {
    pub id: SignalId,
    pub kind: SignalKind,
}

/// Counts that a person has looked at and confirms together.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConfirmIn {
    #[schema(min_items = 1, max_items = 100)]
    pub entries: Vec<SeenIn>,
}

/// A count as the person saw it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeenIn {
    pub entry_id: EntryId,
    /// The `revision` that the person saw.
    #[schema(minimum = 0, maximum = 1_000_000)]
    pub revision: u32,
}

/// What became of each.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ConfirmedOut {
    pub confirmed: u32,
    pub refused: u32,
    pub items: Vec<OutcomeOut>,
}

/// What became of one: confirmed, or refused with the reason.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct OutcomeOut {
    pub entry_id: EntryId,
    pub confirmed: bool,
    /// The unit; null where there is none of that id.
    pub unit: Option<UnitOut>,
    pub refusal: Option<Refusal>,
}

/// Why something was not done, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusal {
    /// A stable code of the list `problem`.
    #[schema(example = "conflict_of_interest")]
    pub code: String,
    pub detail: Wording,
}

impl From<&AppError> for Refusal {
    fn from(error: &AppError) -> Self {
        Self { code: error.code().as_str().to_owned(), detail: error.detail().clone() }
    }
}
