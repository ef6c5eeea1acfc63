//! Chinese patent and application numbers (ZC 0006-2003 专利申请号标准).
//!
//! Since October 2003: twelve digits (year 4, kind 1, serial 7), a dot, a check character. Before: eight
//! digits (year 2, kind 1, serial 5), a dot, a check character, which is often left out. A granted
//! patent's number is its application's with ZL in front. A publication number (CN 1xxxxxxxxB) is
//! another thing and is no key.

use std::{fmt, str::FromStr};

use unicode_normalization::UnicodeNormalization;

use super::ip::IpType;

const WEIGHTS: [u32; 12] = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/// A patent number, normalised: 8 or 12 digits, and the check character where it is known.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PatentNumber(String);

/// What is wrong with a patent number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatentFault {
    /// Not 8 or 12 digits with a check character.
    Form,
    /// The digit that names the kind is none of 1, 2, 3, 8 and 9.
    Kind(char),
    /// The check character is missing; this is the right one.
    CheckMissing(char),
    /// The check character is wrong; this is the right one.
    Check(char),
}

impl fmt::Display for PatentFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => {
                f.write_str("应为 8 或 12 位数字加校验位 / it takes 8 or 12 digits and a check character")
            }
            Self::Kind(c) => write!(f, "专利种类号不能是 {c} / {c} is no kind of patent (1, 2, 3, 8, 9)"),
            Self::CheckMissing(c) => write!(f, "缺少校验位 {c} / the check character {c} is missing"),
            Self::Check(c) => write!(f, "校验位应为 {c} / the check character should be {c}"),
        }
    }
}

impl std::error::Error for PatentFault {}

impl FromStr for PatentNumber {
    type Err = PatentFault;

    /// Reads a number with or without ZL or CN, dots and spaces, in full width or lower case. An old
    /// number may come without its check character.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let upper: String = text
            .nfkc()
            .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '。' | '·'))
            .collect::<String>()
            .to_uppercase();
        let body = upper.strip_prefix("ZL").or_else(|| upper.strip_prefix("CN")).unwrap_or(&upper);
        let (digits, check) = match body.len() {
            8 | 12 => (body, None),
            9 | 13 => body
                .split_at_checked(body.len() - 1)
                .map(|(d, c)| (d, c.chars().next()))
                .ok_or(PatentFault::Form)?,
            _ => return Err(PatentFault::Form),
        };
        let values: Vec<u32> =
            digits.chars().map(|c| c.to_digit(10)).collect::<Option<_>>().ok_or(PatentFault::Form)?;
        let kind = digits.chars().nth(kind_place(digits)).ok_or(PatentFault::Form)?;
        if ip_type(kind).is_none() {
            return Err(PatentFault::Kind(kind));
        }
        let sum: u32 = values.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        let right = char::from_digit(sum % 11, 10).unwrap_or('X');
        match check {
            Some(check) if check == right => Ok(Self(body.to_owned())),
            Some(check) if check == 'X' || check.is_ascii_digit() => Err(PatentFault::Check(right)),
            Some(_) => Err(PatentFault::Form),
            // The check character follows from the digits, so the key is the same with it and without.
            None if digits.len() == 8 => Ok(Self(format!("{digits}{right}"))),
            None => Err(PatentFault::CheckMissing(right)),
        }
    }
}

/// Where the digit stands that names the kind: after the year.
fn kind_place(digits: &str) -> usize {
    if digits.len() >= 12 { 4 } else { 2 }
}

fn ip_type(kind: char) -> Option<IpType> {
    match kind {
        // 8 and 9 came through the Patent Cooperation Treaty.
        '1' | '8' => Some(IpType::Invention),
        '2' | '9' => Some(IpType::UtilityModel),
        '3' => Some(IpType::Design),
        _ => None,
    }
}

impl PatentNumber {
    /// The number as it is compared: digits and check character, without ZL, CN, dot and space. Two
    /// listings with the same key are of the same patent.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.0
    }

    /// The kind of right that the number itself names.
    #[must_use]
    pub fn ip_type(&self) -> IpType {
        // A number of another kind was refused when it was read.
        self.0.chars().nth(kind_place(&self.0)).and_then(ip_type).unwrap_or(IpType::Other)
    }
}

impl fmt::Display for PatentNumber {
    /// As it is printed: with the dot before the check character.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(self.0.len() - 1) {
            Some((digits, check)) => write!(f, "{digits}.{check}"),
            None => f.write_str(&self.0),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use super::{IpType, PatentFault, PatentNumber};

    fn read(text: &str) -> Result<PatentNumber, PatentFault> {
        text.parse()
    }

    #[test]
    fn the_same_patent_has_the_same_key_however_it_is_written() {
        for text in [
            "ZL201720001285.X",
            "zl 2017 2 0001285.x",
            "CN201720001285X",
            "ＺＬ２０１７２０００１２８５．Ｘ",
            "201720001285.X",
        ] {
            assert_eq!(read(text).unwrap().key(), "201720001285X", "{text}");
        }
    }

    #[test]
    fn the_number_names_the_kind_of_right() {
        assert_eq!(read("ZL201720001285.X").unwrap().ip_type(), IpType::UtilityModel);
        assert_eq!(read("ZL201310699744.2").unwrap().ip_type(), IpType::Invention);
        assert_eq!(read("97101765.4").unwrap().ip_type(), IpType::Invention);
    }

    #[test]
    fn an_old_number_is_read_with_and_without_its_check_character() {
        assert_eq!(read("ZL97101765.4").unwrap(), read("97101765").unwrap());
        assert_eq!(read("ZL95115608.X").unwrap().to_string(), "95115608.X");
    }

    #[test]
    fn a_wrong_or_missing_check_character_is_told_with_the_right_one() {
        assert_eq!(read("ZL201720001285.1"), Err(PatentFault::Check('X')));
        assert_eq!(read("97101765.3"), Err(PatentFault::Check('4')));
        assert_eq!(read("ZL201720001285"), Err(PatentFault::CheckMissing('X')));
    }

    #[test]
    fn what_is_no_application_number_is_refused() {
        for text in [
            "",
            "ZL",
            "ZLZL201720001285X",
            "CN104567890B",
            "US20170012345",
            "实用新型专利一项",
            "20172000128５５５",
        ] {
            assert_eq!(read(text), Err(PatentFault::Form), "{text}");
        }
        assert_eq!(read("ZL201770001285.X"), Err(PatentFault::Kind('7')));
    }
}
