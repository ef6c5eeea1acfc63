//! The ledger on the wire.

use serde::{Deserialize, Serialize};
use techmart_entity::{
    id::{AccountId, AttachmentId, ContractId, DockingId, EntryId, ListingId},
    ledger::{CountStage, Evidence, EvidenceKind, Model, event, status::CountMove},
    life_cycle::LifeCycle,
};
use utoipa::{IntoParams, ToSchema};

use crate::clock::Moment;

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
    pub events: Vec<EventOut>,
    pub legal_moves: Vec<CountMove>,
}

/// A step of a count.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EventOut {
    pub stage: CountStage,
    pub at: Moment,
    pub by: Option<AccountId>,
    pub reason: Option<String>,
    pub evidence: Vec<Evidence>,
}

impl EntryOut {
    /// An entry with its events; `stage` is none once it was reversed.
    #[must_use]
    pub fn of(entry: Model, events: Vec<event::Model>, stage: Option<CountStage>) -> Self {
        let stage = stage.unwrap_or(CountStage::Reversed);
        let mut evidence = entry.evidence.0.clone();
        evidence.extend(events.iter().flat_map(|event| event.evidence.0.iter().cloned()));
        Self {
            unit: UnitOut::of(&entry, stage),
            rule_version: entry.rule_version,
            facts: entry.facts,
            evidence,
            actor_id: entry.actor_id,
            performers: entry.performers.0,
            events: events
                .into_iter()
                .map(|event| EventOut {
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
    /// Uploaded before, with the purpose `evidence`.
    pub attachment_id: AttachmentId,
    /// Whether the evidence is complete with it; otherwise the count stays a candidate.
    #[serde(default)]
    pub completes: bool,
}

/// A unit of an indicator that is recorded by hand.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryIn {
    #[schema(min_length = 1, max_length = 40, example = "T8")]
    pub indicator: String,
    /// What is counted once, such as the achievement and the enclave.
    #[schema(min_length = 1, max_length = 300, example = "武汉飞地|氢气循环泵")]
    pub unit: String,
    #[schema(min_length = 1, max_length = 300)]
    pub label: String,
    /// 1 when absent; fen where the indicator counts money.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_000_i64, default = 1)]
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
}

fn one() -> i64 {
    1
}
