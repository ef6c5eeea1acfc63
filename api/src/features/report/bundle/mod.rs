//! The archive of evidence: every file behind the units of a report, each once under its hash, the texts that
//! were hashed, a manifest, and how to check it all with tools that are everywhere. It is packed while it is
//! sent (`packing.rs`), so it needs the memory of a few chunks whatever its size; what is in it is decided
//! before (`contents.rs`). A file that the store has lost or that was changed is named as such.

mod contents;
mod manifest;
mod packing;

pub use contents::{Contents, contents};
pub use packing::packed;
