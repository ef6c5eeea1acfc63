//! What holds everywhere.

mod life_cycles;
