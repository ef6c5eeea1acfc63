//! Stories: several actors, one after another.

mod achievement;
