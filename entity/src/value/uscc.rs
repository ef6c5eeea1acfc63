//! 统一社会信用代码, the unified social credit code of an organisation (GB 32100-2015).
//!
//! Eighteen characters of an alphabet without I, O, S, V and Z: one for the registering department, one
//! for the kind of body, six of GB/T 2260 for the region, nine of GB 11714 (the old organisation code
//! with a check character of its own) and a check character over all.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use utoipa::ToSchema;

/// The characters of GB 32100-2015; a character's value is its place.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the first seventeen characters: 3^i mod 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// The weights of the organisation code's first eight characters (GB 11714).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A credit code whose check character is right, in upper case and without spaces.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 18, max_length = 18, example = "91350100M000100Y43")]
pub struct Uscc(String);

/// What is wrong with a credit code, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsccFault {
    /// It has this many characters and not 18.
    Length(usize),
    /// A character that credit codes do not have, at this place (from 1). Where such characters are mere
    /// look-alikes (O for 0, I for 1, Z for 2, S for 5), the code that was probably meant.
    Character {
        /// What stands there.
        found: char,
        /// Where, from 1.
        place: usize,
        /// The code with the look-alikes replaced, if its check character is right.
        meant: Option<String>,
    },
    /// The check character is another one; this is what the first 17 characters ask for.
    Check(char),
}

impl fmt::Display for UsccFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length(n) => write!(f, "应为 18 位，实为 {n} 位 / it has {n} characters, not 18"),
            Self::Character { found, place, meant: None } => {
                write!(f, "第 {place} 位不能是“{found}” / character {place} cannot be “{found}”")
            }
            Self::Character { found, place, meant: Some(meant) } => write!(
                f,
                "第 {place} 位不能是“{found}”，可能是 {meant} / character {place} cannot be “{found}”; perhaps {meant}"
            ),
            Self::Check(c) => write!(f, "校验位应为 {c} / the check character should be {c}"),
        }
    }
}

impl std::error::Error for UsccFault {}

impl FromStr for Uscc {
    type Err = UsccFault;

    /// Reads a code as people type it: full-width, lower case, with spaces.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let code: String = text.nfkc().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
        let length = code.chars().count();
        if length != 18 {
            return Err(UsccFault::Length(length));
        }
        if let Some((at, found)) = code.chars().enumerate().find(|(_, c)| !ALPHABET.contains(*c)) {
            let meant: String = code.chars().map(look_alike).collect();
            let meant = (meant.ends_with(check_character(&meant).unwrap_or(' '))).then_some(meant);
            return Err(UsccFault::Character { found, place: at + 1, meant });
        }
        match check_character(&code) {
            Some(right) if !code.ends_with(right) => Err(UsccFault::Check(right)),
            _ => Ok(Self(code)),
        }
    }
}

/// The check character that the first seventeen characters ask for; none if one of the eighteen is not
/// of the alphabet.
fn check_character(code: &str) -> Option<char> {
    let values: Option<Vec<usize>> = code.chars().map(|c| ALPHABET.find(c)).collect();
    let sum: usize = values?.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    ALPHABET.chars().nth((31 - sum % 31) % 31)
}

fn look_alike(c: char) -> char {
    match c {
        'O' => '0',
        'I' => '1',
        'Z' => '2',
        'S' => '5',
        other => other,
    }
}

impl Uscc {
    /// The 18 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether characters 9-17, the old organisation code, keep their own check (GB 11714). A few codes
    /// in use do not, so this is a reason to look again and never one to refuse.
    #[must_use]
    pub fn organisation_code_check_ok(&self) -> bool {
        // Digits are 0-9 and letters A=10 … Z=35, which is how base 36 counts.
        let values: Vec<u32> = self.0.chars().skip(8).take(8).filter_map(|c| c.to_digit(36)).collect();
        let sum: u32 = values.iter().zip(ORGANISATION_WEIGHTS).map(|(value, weight)| value * weight).sum();
        let right = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            n => char::from_digit(n, 10).unwrap_or('0'),
        };
        self.0.chars().nth(16) == Some(right)
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = UsccFault;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Uscc> for String {
    fn from(code: Uscc) -> Self {
        code.0
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::{Uscc, UsccFault};

    const REAL: [&str; 3] = ["91350100M000100Y43", "91110000802100433B", "914403001922038216"];

    #[test]
    fn real_codes_pass_both_checks() {
        for code in REAL {
            let parsed: Uscc = code.parse().unwrap();
            assert_eq!(parsed.as_str(), code);
            assert!(parsed.organisation_code_check_ok(), "{code}");
        }
    }

    #[test]
    fn full_width_lower_case_and_spaces_are_read() {
        let typed = " ９１３５０１００ m000100y43\u{3000}";
        assert_eq!(typed.parse::<Uscc>().unwrap().as_str(), REAL[0]);
    }

    #[test]
    fn one_wrong_digit_is_told_with_the_right_check_character() {
        assert_eq!("91350100M000100Y44".parse::<Uscc>(), Err(UsccFault::Check('3')));
        for code in REAL {
            let mut digits: Vec<char> = code.chars().collect();
            digits[3] = if digits[3] == '7' { '8' } else { '7' };
            let typed: String = digits.iter().collect();
            assert!(matches!(typed.parse::<Uscc>(), Err(UsccFault::Check(_))), "{typed}");
        }
    }

    #[test]
    fn two_swapped_digits_are_told() {
        assert!("91530100M000100Y43".parse::<Uscc>().is_err());
    }

    #[test]
    fn a_look_alike_is_told_with_the_code_that_was_meant() {
        let fault = "9135O1OOMOOO1OOY43".parse::<Uscc>().unwrap_err();
        let meant = Some(REAL[0].to_owned());
        assert_eq!(fault, UsccFault::Character { found: 'O', place: 5, meant });
        let fault = "9135V100M000100Y43".parse::<Uscc>().unwrap_err();
        assert_eq!(fault, UsccFault::Character { found: 'V', place: 5, meant: None });
    }

    #[test]
    fn another_length_is_told() {
        assert_eq!("".parse::<Uscc>(), Err(UsccFault::Length(0)));
        assert_eq!("91350100M000100Y4".parse::<Uscc>(), Err(UsccFault::Length(17)));
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        for text in [
            "统一社会信用代码统一社会信用代码统一",
            "🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀🦀",
            "\0",
            "ßßßßßßßßß",
        ] {
            assert!(text.parse::<Uscc>().is_err());
        }
    }

    #[test]
    fn on_the_wire_it_is_a_string() {
        let code: Uscc = serde_json::from_str("\"91350100m000100y43\"").unwrap();
        assert_eq!(serde_json::to_string(&code).unwrap(), "\"91350100M000100Y43\"");
        assert!(serde_json::from_str::<Uscc>("\"91350100M000100Y44\"").is_err());
    }
}
