//! Service providers 科技服务机构. Their page's life is a listing's (`features/listing`); what it says
//! is `techmart_entity::provider`. Beside it stands the entry 入驻 into the supermarket: applied for by
//! the provider, reviewed by a broker, approved by an admin, made by the signed agreement. All files
//! here but `http.rs` are about the entry.

pub mod dto;
pub mod http;
pub mod policy;
pub mod repo;
pub mod schedule;
pub mod service;
pub mod view;
