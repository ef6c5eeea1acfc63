//! Life cycles as tables. A noun's `status.rs` says which move leads from which status to which;
//! `apply` is the only way to a [`StatusChange`], and a repo writes a status only from one.

use std::fmt;

/// The statuses and moves of one noun.
pub trait LifeCycle: Copy + Eq + fmt::Display + 'static {
    /// What can be done to the noun.
    type Move: Copy + Eq + fmt::Display + 'static;

    /// All moves, in the order they are offered.
    const MOVES: &'static [Self::Move];

    /// Where `mv` leads from here; `None` when it is not legal. The table of the life cycle.
    fn target(self, mv: Self::Move) -> Option<Self>;

    /// The moves that are legal from here.
    fn legal(self) -> Vec<Self::Move> {
        Self::MOVES.iter().copied().filter(|mv| self.target(*mv).is_some()).collect()
    }

    /// Makes the move.
    ///
    /// # Errors
    /// [`IllegalMove`], with the moves that are legal, when the table has no way.
    fn apply(self, mv: Self::Move) -> Result<StatusChange<Self>, IllegalMove> {
        match self.target(mv) {
            Some(to) => Ok(StatusChange { from: self, mv, to }),
            None => Err(IllegalMove {
                from: self.to_string(),
                mv: mv.to_string(),
                legal: self.legal().iter().map(ToString::to_string).collect(),
            }),
        }
    }
}

/// A legal change of status. Only [`LifeCycle::apply`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange<S: LifeCycle> {
    from: S,
    mv: S::Move,
    to: S,
}

impl<S: LifeCycle> StatusChange<S> {
    /// The status before.
    pub fn from(&self) -> S {
        self.from
    }

    /// The move that was made.
    pub fn mv(&self) -> S::Move {
        self.mv
    }

    /// The status after.
    pub fn to(&self) -> S {
        self.to
    }

    /// The same move, leading elsewhere: for a way back whose end the row remembers.
    pub(crate) fn landing_at(self, to: S) -> Self {
        Self { to, ..self }
    }
}

/// A move that the life cycle does not know from the present status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IllegalMove {
    /// The present status.
    pub from: String,
    /// What was asked for.
    pub mv: String,
    /// What would be legal.
    pub legal: Vec<String>,
}

/// The whole grid as text, a status a line: what the snapshot tests print.
pub fn grid<S: LifeCycle>(statuses: &[S]) -> String {
    let mut out = String::new();
    for status in statuses {
        let ways: Vec<String> =
            S::MOVES.iter().filter_map(|mv| status.target(*mv).map(|to| format!("{mv} → {to}"))).collect();
        let ways = if ways.is_empty() { "(end)".to_owned() } else { ways.join(", ") };
        out.push_str(&format!("{status}: {ways}\n"));
    }
    out
}
