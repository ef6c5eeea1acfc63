//! Drawing a sample that anybody can draw again by hand: each unit is ranked by the SHA-256 (hex) of
//! `seed|hash of the report|id of the entry`, and the first ones in ascending order are the sample. Pure.

use sha2::{Digest, Sha256};
use techmart_entity::id::EntryId;

/// How the sample is drawn, for the result that is signed.
pub const METHOD: &str = "confirmed units of the report (of one indicator, or of all), in ascending order of the hex SHA-256 of \
     `seed|hash of the report|entry_id`; the first max(20, a tenth rounded up), at most all";

/// The fewest units of a sample, where there are as many.
const LEAST: usize = 20;

/// How many units are drawn from so many: a tenth, at least twenty, at most all.
#[must_use]
pub fn size(population: usize) -> usize {
    population.div_ceil(10).max(LEAST).min(population)
}

/// The rank of a unit.
#[must_use]
pub fn rank(seed: &str, report_hash: &str, entry: EntryId) -> String {
    hex::encode(Sha256::digest(format!("{seed}|{report_hash}|{entry}")))
}

/// Draws the sample of some units, in its order.
#[must_use]
pub fn draw<T>(seed: &str, report_hash: &str, units: Vec<T>, id: impl Fn(&T) -> EntryId) -> Vec<T> {
    let size = size(units.len());
    let mut ranked: Vec<(String, T)> =
        units.into_iter().map(|unit| (rank(seed, report_hash, id(&unit)), unit)).collect();
    ranked.sort_by(|a, b| a.0.cmp(&b.0));
    ranked.truncate(size);
    ranked.into_iter().map(|(_, unit)| unit).collect()
}

#[cfg(test)]
mod tests {
    use super::{draw, rank, size};
    use techmart_entity::id::EntryId;

    #[test]
    fn a_tenth_at_least_twenty_at_most_all() {
        for (population, drawn) in [(0, 0), (7, 7), (20, 20), (150, 20), (200, 20), (201, 21), (1000, 100)] {
            assert_eq!(size(population), drawn, "of {population}");
        }
    }

    #[test]
    fn the_same_seed_draws_the_same_whatever_the_order() {
        let mut units: Vec<EntryId> = (0..300).map(|_| EntryId::new()).collect();
        let one = draw("seed", "hash", units.clone(), |id| *id);
        units.reverse();
        assert_eq!(one, draw("seed", "hash", units.clone(), |id| *id));
        assert_ne!(one, draw("another", "hash", units, |id| *id));
        assert_eq!(one.len(), 30);
    }

    #[test]
    fn a_rank_is_what_sha256sum_says() {
        let id: EntryId = "0193a5c2-7d1e-7c3a-9d7f-5a2b1c0d4e6f".parse().unwrap_or_default();
        // printf '%s' 'seed|hash|0193a5c2-7d1e-7c3a-9d7f-5a2b1c0d4e6f' | sha256sum
        assert_eq!(
            rank("seed", "hash", id),
            "9a7609f67f5acd3929706766982a97ec8be2c563d15d42702d57ef85577e6874"
        );
    }
}
