//! A reviewer's judgement of a demand.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use super::HintCode;
use crate::{Instant, coded_enum, id::AccountId};

coded_enum! {
    /// What becomes of a demand.
    pub enum DiagnosisOutcome: "diagnosis" {
        Ready = "ready" ("可对接", "ready"),
        NeedsSecondDiagnosis = "needs_second_diagnosis" ("需二次诊断", "needs a second diagnosis"),
        LongTerm = "long_term" ("长期跟踪", "long term"),
        NotTechnical = "not_technical" ("非技术需求", "not technical"),
    }
}

coded_enum! {
    /// Whether somebody who could solve it knows what is asked.
    pub enum Clarity: "clarity" {
        Clear = "clear" ("清晰", "clear"),
        PartlyClear = "partly_clear" ("部分清晰", "partly clear"),
        Unclear = "unclear" ("不清晰", "unclear"),
    }
}

coded_enum! {
    /// Where what a demand asks for is to be found.
    pub enum DemandLevel: "demand_level" {
        EnterpriseInternal = "enterprise_internal" ("企业自身可解决", "the enterprise itself can solve it"),
        Regional = "regional" ("区域内可解决", "it can be solved in the region"),
        Domestic = "domestic" ("国内领先", "it takes the best of the country"),
        Frontier = "frontier" ("前沿攻关", "nobody has solved it yet"),
    }
}

/// A judgement, as it stands on the demand's row. What came with later releases may be absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Diagnosis {
    /// What the reviewer found.
    pub outcome: DiagnosisOutcome,
    #[serde(default)]
    pub clarity: Option<Clarity>,
    #[serde(default)]
    pub level: Option<DemandLevel>,
    /// What the text lacks, in the codes of the check, for the author.
    #[serde(default)]
    pub missing: Vec<HintCode>,
    /// Where to look for a solution; for the centre.
    #[serde(default)]
    pub direction: Option<String>,
    /// The reasons, for the author.
    pub note: Option<String>,
    /// What nobody but the centre reads.
    #[serde(default)]
    pub centre_note: Option<String>,
    /// The reviewer.
    pub by: AccountId,
    /// When it was judged.
    pub at: Instant,
}
