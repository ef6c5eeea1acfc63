//! Recommendations: what the matcher would bring together, for a broker to take up or dismiss.
//!
//! The matcher proposes and a person disposes: a docking names its actor and shuts out another one of the same pair, so
//! nothing but a person begins one. A pair is recommended once; what was dismissed or taken up does not come back.

pub mod digest;
pub mod dto;
pub mod http;
pub mod labels;
pub mod policy;
pub mod refresh;
pub mod repo;
pub mod service;
pub mod view;
