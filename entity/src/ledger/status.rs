//! The life of a count.

use super::CountStage;
use crate::{coded_enum, life_cycle::LifeCycle};

coded_enum! {
    /// What can be done to a count.
    pub enum CountMove: "count_move" {
        CompleteEvidence = "complete_evidence" ("补齐证据", "complete the evidence"),
        Confirm = "confirm" ("确认", "confirm"),
        Reverse = "reverse" ("冲销", "reverse"),
    }
}

impl LifeCycle for CountStage {
    type Move = CountMove;

    const MOVES: &'static [CountMove] = CountMove::ALL;

    fn target(self, mv: CountMove) -> Option<Self> {
        use CountStage as S;
        let (from, to): (&[S], S) = match mv {
            CountMove::CompleteEvidence => (&[S::Candidate], S::EvidenceComplete),
            CountMove::Confirm => (&[S::EvidenceComplete], S::Confirmed),
            CountMove::Reverse => (&[S::Candidate, S::EvidenceComplete, S::Confirmed], S::Reversed),
        };
        from.contains(&self).then_some(to)
    }
}
