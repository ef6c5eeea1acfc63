//! What strikes in the text of a demand, and how contacts are compared. Pure.

use sha2::{Digest, Sha256};
use techmart_entity::{demand::DemandContent, listing::Contact};
use unicode_normalization::UnicodeNormalization;

/// A demand whose text has fewer characters than these says hardly anything: 23.5 % of the real ones.
pub const LEAST_TEXT: usize = 60;

/// The members of a demand that say what is wanted.
fn texts(content: &DemandContent) -> [Option<&str>; 5] {
    [
        content.summary.as_deref(),
        content.background.as_deref(),
        content.problem.as_deref(),
        content.target.as_deref(),
        content.current_state.as_deref(),
    ]
}

/// How many characters the demand has to say beside its title, white space left out. A text that is said
/// in two members is counted once.
#[must_use]
pub fn length(content: &DemandContent) -> usize {
    let mut seen: Vec<String> = Vec::new();
    for text in texts(content).into_iter().flatten() {
        let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if !seen.contains(&bare) {
            seen.push(bare);
        }
    }
    seen.iter().map(|text| text.chars().count()).sum()
}

/// Units that a technical figure is measured in. Longer ones first does not matter: any will do.
const UNITS: [&str; 78] = [
    "%", "‰", "℃", "°c", "°", "度", "摄氏", "mm", "cm", "dm", "km", "nm", "μm", "um", "m", "mg", "kg", "g",
    "t", "ml", "l", "kwh", "kw", "mw", "gw", "w", "kv", "mv", "v", "ma", "ah", "a", "hz", "khz", "mhz",
    "ghz", "mpa", "kpa", "pa", "bar", "n", "nm", "j", "kj", "db", "rpm", "ppm", "ppb", "ph", "k", "s", "ms",
    "h", "min", "吨", "公斤", "千克", "克", "毫克", "毫米", "厘米", "微米", "纳米", "米", "公里", "升",
    "毫升", "小时", "分钟", "秒", "毫秒", "千瓦", "兆瓦", "瓦", "伏", "赫兹", "转", "倍",
];
/// What is counted in these is a date, money or a number of pieces, and no figure of a technology.
const NOT_UNITS: [&str; 10] = ["万元", "亿元", "元", "年", "月", "日", "美元", "家", "项", "个"];

/// Whether the demand names a figure that a solution can be measured by.
#[must_use]
pub fn has_figure(content: &DemandContent) -> bool {
    !content.indicators.is_empty()
        || texts(content).into_iter().flatten().chain(content.title.as_deref()).any(has_measure)
}

/// Whether a number with a technical unit stands in a text.
#[must_use]
pub fn has_measure(text: &str) -> bool {
    let folded: String = text.nfkc().collect::<String>().to_lowercase();
    let mut rest = folded.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let tail = rest.get(at..).unwrap_or_default();
        let behind =
            tail.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '~' | '-' | '±'));
        let behind = behind.trim_start();
        let is_other = NOT_UNITS.iter().any(|unit| behind.starts_with(unit));
        if !is_other && UNITS.iter().any(|unit| is_unit(behind, unit)) {
            return true;
        }
        rest = behind;
    }
    false
}

/// Whether a text begins with a unit: one in Latin letters has to end where it ends.
fn is_unit(text: &str, unit: &str) -> bool {
    let Some(behind) = text.strip_prefix(unit) else { return false };
    let is_word = unit.ends_with(|c: char| c.is_ascii_alphabetic());
    !is_word || !behind.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// A way to reach somebody, as it is compared: the kind, and what nobody can read back from it but who
/// knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactKey {
    pub what: &'static str,
    /// As a print of a listing.
    pub band: String,
}

/// The ways to reach a contact.
#[must_use]
pub fn contact_keys(contact: &Contact) -> Vec<ContactKey> {
    let key = |what: &'static str, value: &str| ContactKey {
        what,
        band: format!(
            "contact:{what}:{}",
            hex::encode(Sha256::digest(format!("techmart {what} {value}"))).get(..32).unwrap_or_default()
        ),
    };
    let phone = contact.phone.as_deref().map(digits).filter(|digits| digits.len() >= 7);
    let email = contact
        .email
        .as_deref()
        .map(|email| email.nfkc().collect::<String>().trim().to_lowercase())
        .filter(|email| email.contains('@'));
    phone
        .iter()
        .map(|phone| key("phone", phone))
        .chain(email.iter().map(|email| key("email", email)))
        .collect()
}

/// The digits of a telephone number, without the country's code.
fn digits(phone: &str) -> String {
    let digits: String = phone.nfkc().filter(char::is_ascii_digit).collect();
    let bare =
        digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() == 11));
    bare.map_or_else(|| digits.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use techmart_entity::{demand::DemandContent, listing::Contact};

    use super::{contact_keys, has_figure, length};

    fn demand(problem: &str) -> DemandContent {
        DemandContent { problem: Some(problem.to_owned()), ..DemandContent::default() }
    }

    #[test]
    fn a_figure_is_a_number_with_a_technical_unit() {
        for text in [
            "需在 -30 摄氏度可靠启动",
            "额定功率10kW级",
            "良品率达到９９.５％以上",
            "精度 ±0.02 mm",
            "分辨率1克，量程0至100克",
            "提高 2~3 倍",
        ] {
            assert!(has_figure(&demand(text)), "{text}");
        }
        for text in [
            "预算100万元",
            "2023年10月前完成",
            "服务30家企业、5项课题",
            "提高良品率，降低能耗",
            "第24届工博会",
            "型号 A380 mainboard",
            "3 main points",
        ] {
            assert!(!has_figure(&demand(text)), "{text}");
        }
    }

    #[test]
    fn a_text_is_as_long_as_what_it_says() {
        assert_eq!(length(&demand("降低 能耗\n")), 4);
        let twice = DemandContent { summary: Some("降低能耗".to_owned()), ..demand("降低能耗") };
        assert_eq!(length(&twice), 4);
        assert_eq!(length(&DemandContent::default()), 0);
    }

    #[test]
    fn a_contact_is_the_same_however_it_is_written_and_is_not_told() {
        let keys =
            |phone: &str| contact_keys(&Contact { phone: Some(phone.to_owned()), ..Contact::default() });
        assert_eq!(keys("0716-8888888"), keys("（0716）8888888"));
        assert_eq!(keys("+86 138 0000 0001"), keys("13800000001"));
        assert_ne!(keys("13800000001"), keys("13800000002"));
        assert!(keys("无").is_empty());
        let shown = format!("{:?}", keys("13800000001"));
        assert!(!shown.contains("13800000001"), "{shown}");
        let mail =
            |email: &str| contact_keys(&Contact { email: Some(email.to_owned()), ..Contact::default() });
        assert_eq!(mail(" A@b.cn"), mail("a@B.cn"));
    }
}
