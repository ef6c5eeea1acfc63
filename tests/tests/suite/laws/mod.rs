//! What holds everywhere.

mod attacks;
mod errors;
mod histories;
mod leaks;
mod life_cycles;
mod openapi;
mod outbox;
mod parts;
mod permissions;
mod restart;
