//! What holds everywhere.

mod errors;
mod life_cycles;
mod openapi;
mod permissions;
mod restart;
