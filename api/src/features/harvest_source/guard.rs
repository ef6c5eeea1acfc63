//! The guard against mass deletion. Pure.

/// Whether so many may vanish of so many: not more than both the share and the count of the guard, and never all
/// because nothing came.
#[must_use]
pub fn may_vanish(vanished: usize, all: usize, percent: i16, count: i32) -> bool {
    let share = usize::try_from(percent).unwrap_or(0);
    let count = usize::try_from(count).unwrap_or(0);
    vanished <= count || vanished.saturating_mul(100) <= all.saturating_mul(share)
}

#[cfg(test)]
mod tests {
    use super::may_vanish;

    #[test]
    fn what_exceeds_both_the_share_and_the_count_is_stopped() {
        for (vanished, all, may) in [
            (0, 0, true),
            (20, 30, true),
            (21, 30, false),
            (21, 210, true),
            (22, 210, false),
            (1000, 1000, false),
        ] {
            assert_eq!(may_vanish(vanished, all, 10, 20), may, "{vanished} of {all}");
        }
        assert!(!may_vanish(1, 1000, 0, 0));
    }
}
