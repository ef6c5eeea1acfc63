//! Stories: several actors, one after another.

mod achievement;
mod docking;
mod import;
mod market;
mod people;
