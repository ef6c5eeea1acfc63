//! Achievements 科技成果. Their life is a listing's (`features/listing`); what they say of themselves
//! is `techmart_entity::achievement`, what a submission needs is `features/listing/rules.rs`.

pub mod http;
