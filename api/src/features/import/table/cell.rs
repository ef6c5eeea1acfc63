//! A cell, and what it says as text.

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(f64),
    Bool(bool),
    /// A day, or a day with its time, by the clock of whoever wrote it.
    Moment {
        day: (u16, u8, u8),
        time: (u8, u8, u8),
    },
    /// What a formula gave instead of a value, such as `#N/A`.
    Error(String),
}

impl Cell {
    /// What it says. Numbers are written as the sheet shows them without a format: no exponent, no more
    /// digits than a sheet keeps. An error says nothing.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Empty | Self::Error(_) => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number_text(*number),
            Self::Bool(true) => "是".to_owned(),
            Self::Bool(false) => "否".to_owned(),
            Self::Moment { day: (year, month, day), time: (0, 0, 0) } => {
                format!("{year:04}-{month:02}-{day:02}")
            }
            Self::Moment { day: (year, month, day), time: (hour, minute, _) } => {
                format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
            }
        }
    }

    /// Whether it says nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty | Self::Error(_) => true,
            Self::Text(text) => text.chars().all(is_white),
            Self::Number(_) | Self::Bool(_) | Self::Moment { .. } => false,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Empty | Self::Error(_) | Self::Number(_) | Self::Bool(_) | Self::Moment { .. } => 16,
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        matches!(self, Self::Text(text) if text.contains('\u{FFFD}'))
    }

    pub(super) fn cut(&mut self, limit: usize) {
        if let Self::Text(text) = self
            && text.chars().count() > limit
        {
            *text = text.chars().take(limit).collect();
        }
    }
}

fn is_white(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{FEFF}')
}

/// A sheet keeps fifteen digits.
fn number_text(number: f64) -> String {
    if !number.is_finite() {
        return String::new();
    }
    let rounded: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    // `Display` writes no exponent; minus zero is zero.
    (rounded + 0.0).to_string()
}

/// Whether a text could be taken for a formula by a program that opens a file of separated values.
#[must_use]
pub fn could_be_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::{Cell, number_text};

    #[test]
    fn numbers_are_written_as_a_person_reads_them() {
        for (number, text) in [
            (13_800_138_000.0, "13800138000"),
            (0.1 + 0.2, "0.3"),
            (50.0, "50"),
            (12.5, "12.5"),
            (-0.0, "0"),
            (1e15, "1000000000000000"),
            (f64::NAN, ""),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn a_day_has_no_time_unless_one_is_given() {
        let moment = |time| Cell::Moment { day: (2026, 3, 1), time }.text();
        assert_eq!(moment((0, 0, 0)), "2026-03-01");
        assert_eq!(moment((9, 30, 0)), "2026-03-01 09:30");
        assert!(Cell::Text(" \u{3000}\u{200B}".to_owned()).is_blank());
    }
}
