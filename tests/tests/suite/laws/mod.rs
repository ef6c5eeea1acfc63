//! What holds everywhere.

mod errors;
mod leaks;
mod life_cycles;
mod openapi;
mod permissions;
mod restart;
