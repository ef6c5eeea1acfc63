//! Achievements introduced through an enclave 飞地: recorded by a broker with the agreement, counted in T8
//! once per achievement and enclave, taken back when they were recorded by mistake.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
