//! What holds everywhere.

mod attacks;
mod errors;
mod histories;
mod leaks;
mod letters;
mod life_cycles;
mod mail;
mod openapi;
mod outbox;
mod parts;
mod permissions;
mod restart;
mod scopes;
