//! A hint.

use techmart_entity::listing::{HintCode, HintSeverity};

use crate::error::Wording;

/// What could be better in a text, where, why, and how it would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    pub code: HintCode,
    pub severity: HintSeverity,
    /// A JSON pointer into the body of a draft.
    pub pointer: String,
    pub says: Wording,
    pub example: Wording,
}

impl Hint {
    /// Readers will ask for it.
    pub fn weak(code: HintCode, member: &str, says: Wording, example: Wording) -> Self {
        Self::of(HintSeverity::Weak, code, member, says, example)
    }

    /// It could be better.
    pub fn advice(code: HintCode, member: &str, says: Wording, example: Wording) -> Self {
        Self::of(HintSeverity::Advice, code, member, says, example)
    }

    fn of(severity: HintSeverity, code: HintCode, member: &str, says: Wording, example: Wording) -> Self {
        Self { code, severity, pointer: format!("/content/{member}"), says, example }
    }
}

/// Whether a text says anything.
pub fn is_filled(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}
