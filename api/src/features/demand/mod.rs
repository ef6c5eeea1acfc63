//! Technology demands 企业技术需求. Their life is a listing's (`features/listing`), with two ends of
//! their own and a reviewer's judgement (`diagnosis.rs`); what they say of themselves is `techmart_entity::demand`.

pub mod diagnosis;
pub mod http;
pub mod repo;
