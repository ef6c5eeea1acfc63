//! Values that several nouns share: codes, money, credit codes, patent numbers, normalised titles.

pub mod code_list;
pub mod cooperation;
pub mod field;
pub mod ip;
pub mod maturity;
pub mod money;
pub mod patent;
pub mod title_key;
pub mod uscc;
