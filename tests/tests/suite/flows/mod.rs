//! Stories: several actors, one after another.

mod achievement;
mod import;
mod market;
