//! People: how they register, prove their address, sign in and stay signed in, and what admins do to
//! their accounts. What a person is to an organisation is `organisation`'s.
//!
//! `service.rs` has registration and the single-use links, `sign_in.rs` sessions and their tokens,
//! `guessing.rs` what slows down guessing, `me.rs` what people do to their own account, `admin.rs` what
//! admins do to others'. Acts that see a password or a token open their own transactions: hashing is
//! slow and must not hold one open, and no secret may come into the store of repeated requests.

pub mod address;
pub mod admin;
pub mod dto;
pub mod guessing;
mod guest;
pub mod http;
pub mod me;
pub mod policy;
pub mod repo;
pub mod service;
pub mod sign_in;
