//! Credit lines and loans on pledged rights that enterprises got, by provider: recorded by brokers with
//! the paper. A credit line counts while it is in force, a loan on the day it was granted.

pub mod dto;
pub mod http;
pub mod repo;
pub mod service;
