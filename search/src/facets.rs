//! The order of facet values, the same from both engines.

use crate::FacetCount;

/// The most values of one facet that are told, in the order of their counts.
pub(crate) const MAX_VALUES: usize = 1_000;

/// Most frequent first, then by value.
pub(crate) fn in_order(counts: impl Iterator<Item = (String, u64)>) -> Vec<FacetCount> {
    let mut counts: Vec<_> =
        counts.filter(|(_, count)| *count > 0).map(|(value, count)| FacetCount { value, count }).collect();
    counts.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts
}
