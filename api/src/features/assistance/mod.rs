//! A service provider 科技服务机构 brought into a docking: an evaluation, advice on rights, finance. The provider reads
//! what is asked of it and nothing else of the docking.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod service;
pub mod view;
