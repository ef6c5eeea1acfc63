//! Whether one ranking is better than another, or it only happened so: a paired bootstrap over the queries.

use serde::Serialize;

/// Samples that are drawn.
const SAMPLES: usize = 10_000;

/// What lies between two rankings of the same queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// The mean of one minus the mean of the other.
    pub mean: f64,
    /// The lower end of the interval that holds 95 of 100 samples.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The difference of two series of figures, query by query, with its 95 % interval (percentiles of a paired
/// bootstrap of 10,000 samples with a fixed seed).
#[must_use]
pub fn difference(one: &[f64], other: &[f64]) -> Difference {
    let pairs: Vec<f64> = one.iter().zip(other).map(|(one, other)| one - other).collect();
    if pairs.is_empty() {
        return Difference::default();
    }
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut draw = || {
        // SplitMix64: the interval must come out the same each time.
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let count = pairs.len();
    let mut means: Vec<f64> = (0..SAMPLES)
        .map(|_| {
            let at = |drawn: u64| usize::try_from(drawn % count as u64).unwrap_or_default();
            (0..count).map(|_| pairs.get(at(draw())).copied().unwrap_or_default()).sum::<f64>() / float(count)
        })
        .collect();
    means.sort_by(f64::total_cmp);
    let at = |share: usize| means.get(SAMPLES * share / 1000).copied().unwrap_or_default();
    Difference { mean: pairs.iter().sum::<f64>() / float(count), low: at(25), high: at(975) }
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn what_is_always_better_leaves_out_zero_and_what_is_mixed_does_not() {
        let better = difference(&[0.6, 0.7, 0.9, 0.8], &[0.5, 0.5, 0.6, 0.6]);
        assert!((better.mean - 0.2).abs() < 1e-9 && better.low > 0.0, "{better:?}");
        let mixed = difference(&[0.6, 0.4, 0.9, 0.3], &[0.5, 0.5, 0.6, 0.6]);
        assert!(mixed.low < 0.0 && mixed.high > 0.0, "{mixed:?}");
    }
}
