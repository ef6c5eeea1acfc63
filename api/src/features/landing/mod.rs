//! Landings 落地转化 as a list of their own, with what each reached: pilot, production, first sale. A landing
//! is recorded with its docking (`features/docking/landing.rs`); evidence that comes with a milestone
//! completes its count.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
