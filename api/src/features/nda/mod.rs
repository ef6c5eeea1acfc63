//! Confidentiality agreements 保密协议 of a docking: a signed paper that one side or a broker records and another
//! confirms.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
