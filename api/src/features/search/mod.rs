//! Search over the three kinds of listing. The index finds, the database says what may be shown: every
//! hit is read again, so an answer never shows what has since been withdrawn or hidden.

pub mod atom;
pub mod doc;
pub mod dto;
pub mod http;
pub mod service;
pub mod suggest;
