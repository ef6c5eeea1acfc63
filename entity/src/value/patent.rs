//! Chinese patent numbers.

use std::{fmt, str::FromStr};

/// A patent number, normalised: digits and the check character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatentNumber(String);

/// What is wrong with a patent number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatentFault {
    /// Not 8 or 12 digits and a check character.
    Form,
    /// The check character is another one.
    Check,
}

impl fmt::Display for PatentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Form => "8 or 12 digits and a check character / 8 或 12 位数字加校验位",
            Self::Check => "the check character / 校验位",
        })
    }
}

impl FromStr for PatentNumber {
    type Err = PatentFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper: String = text.to_uppercase().chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
        let body = upper.trim_start_matches("ZL").trim_start_matches("CN");
        let (digits, check) = body.split_at_checked(body.len().wrapping_sub(1)).ok_or(PatentFault::Form)?;
        let weights: &[u32] = match digits.len() {
            12 => &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5],
            8 => &[2, 3, 4, 5, 6, 7, 8, 9],
            _ => return Err(PatentFault::Form),
        };
        let mut sum = 0;
        for (c, weight) in digits.chars().zip(weights) {
            sum += c.to_digit(10).ok_or(PatentFault::Form)? * weight;
        }
        let right = match sum % 11 {
            10 => 'X',
            n => char::from_digit(n, 10).ok_or(PatentFault::Form)?,
        };
        if check.chars().next() == Some(right) { Ok(Self(body.to_owned())) } else { Err(PatentFault::Check) }
    }
}

impl PatentNumber {
    /// The number as it is compared.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0
    }
}
