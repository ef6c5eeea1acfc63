//! Reporting to platforms of the province and others: a target has a profile (which kinds, which columns, how the answer
//! reads), a package is a workbook of what is new, changed or gone since the one before, and the sheet that comes back
//! says what the platform made of it.
//!
//! `profile.rs` checks a profile, `mapping.rs` lays a listing out by it, `packing.rs` finds what changed, `workbook.rs`
//! writes the package, `answers.rs` reads the sheet that came back. Two profiles are shipped as data (`profiles/`), as
//! places to start from: they are nobody's official form.
//!
//! What waits to be reported is not stored, it is compared: a listing's row is laid out and its hash is compared with
//! that of the row that was packed last. Only what everybody may read goes out: published, public, not of a suspended
//! organisation, no demo, no contact, and of who posts without a name neither name nor town.

mod answers;
pub mod dto;
pub mod http;
mod mapping;
mod packing;
mod policy;
mod profile;
mod repo;
pub mod service;
mod workbook;
