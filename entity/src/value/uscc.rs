//! 统一社会信用代码 (GB 32100-2015).

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A credit code whose check character is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uscc(String);

/// What is wrong with a credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsccFault {
    /// It has not 18 characters.
    Length(usize),
    /// A character that credit codes do not have.
    Character(char),
    /// The check character should be this one.
    Check(char),
}

impl fmt::Display for UsccFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(n) => write!(f, "应为 18 位，实为 {n} 位 / it has {n} characters, not 18"),
            Self::Character(c) => write!(f, "不能含“{c}” / “{c}” does not occur in credit codes"),
            Self::Check(c) => write!(f, "校验位应为 {c} / the check character should be {c}"),
        }
    }
}

impl FromStr for Uscc {
    type Err = UsccFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: String = text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let n = code.chars().count();
        if n != 18 {
            return Err(UsccFault::Length(n));
        }
        let mut sum = 0;
        for (c, weight) in code.chars().zip(WEIGHTS) {
            sum += ALPHABET.find(c).ok_or(UsccFault::Character(c))? * weight;
        }
        let right = ALPHABET.chars().nth((31 - sum % 31) % 31).unwrap_or('0');
        if code.ends_with(right) { Ok(Self(code)) } else { Err(UsccFault::Check(right)) }
    }
}

impl Uscc {
    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
