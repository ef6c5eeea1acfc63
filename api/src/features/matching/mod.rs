//! Who should meet whom: the listings that answer a listing, with reasons that a person can judge.

pub mod dto;
pub mod http;
pub mod reasons;
pub mod rule_out;
pub mod service;

/// The version of the model that scores: raised whenever weights, words or parts change, so that what was
/// recommended can be told from what would be now.
pub const MODEL: &str = "techmart-match-1";
