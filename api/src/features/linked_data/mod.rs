//! JSON-LD in the words of schema.org: what search engines and portals read from the pages that front-ends build. It
//! says what everybody may read, whoever asks.
//!
//! `document.rs` says a listing in these words, `http.rs` answers; the address of one item stands among those of its
//! kind (`listing/http.rs`).

pub mod document;
pub mod http;
