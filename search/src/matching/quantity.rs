//! Figures with their units: `8-12 kW`, `≥95%`, `1.2万小时`, read so that they can be compared.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A figure with a unit, or a range of them, in the base unit of what it measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Quantity {
    /// What is measured, such as `power`.
    pub(crate) dimension: String,
    /// The lower end; open when absent.
    pub(crate) low: Option<f64>,
    /// The upper end; open when absent.
    pub(crate) high: Option<f64>,
    /// As it is written.
    pub(crate) text: String,
    /// What stands before it, which may be its name (峰值功率).
    pub(crate) before: String,
}

/// How far two single figures may differ and still be the same, as a share of the larger.
const TOLERANCE: f64 = 0.1;

impl Quantity {
    /// Whether what is offered lies within what is asked, or near it.
    pub(crate) fn meets(&self, offered: &Self) -> bool {
        let slack = |value: f64| TOLERANCE * value.abs();
        let above = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(low), Some(high)) => low - slack(low) <= high,
            _ => true,
        };
        self.dimension == offered.dimension && above(self.low, offered.high) && above(offered.low, self.high)
    }

    /// Whether both are named alike: the power of a motor is not that of a power station.
    pub(crate) fn is_named_as(&self, other: &Self) -> bool {
        let chars: Vec<char> = self.before.chars().collect();
        let pairs = chars.windows(2).filter(|pair| pair.iter().all(|c| c.is_alphabetic()));
        pairs.into_iter().any(|pair| other.before.contains(&pair.iter().collect::<String>()))
    }
}

/// What is measured, the factor to its base unit, and how the unit is written, folded.
const UNITS: &[(&str, f64, &[&str])] = &[
    ("power", 1.0, &["w", "瓦", "瓦特"]),
    ("power", 1e3, &["kw", "千瓦"]),
    ("power", 1e6, &["mw", "兆瓦"]),
    ("energy", 1.0, &["wh", "瓦时"]),
    ("energy", 1e3, &["kwh", "千瓦时", "度电"]),
    ("energy", 1e6, &["mwh", "兆瓦时"]),
    ("energy_density", 1.0, &["wh/kg", "瓦时/千克", "瓦时/公斤"]),
    ("voltage", 1e-3, &["mv", "毫伏"]),
    ("voltage", 1.0, &["v", "伏", "伏特"]),
    ("voltage", 1e3, &["kv", "千伏"]),
    ("current", 1e-3, &["ma", "毫安"]),
    ("current", 1.0, &["a", "安培"]),
    ("frequency", 1.0, &["hz", "赫兹"]),
    ("frequency", 1e3, &["khz", "千赫"]),
    ("frequency", 1e6, &["mhz", "兆赫"]),
    ("frequency", 1e9, &["ghz", "吉赫"]),
    ("pressure", 1.0, &["pa", "帕"]),
    ("pressure", 1e3, &["kpa", "千帕"]),
    ("pressure", 1e6, &["mpa", "兆帕"]),
    ("pressure", 1e9, &["gpa"]),
    ("pressure", 1e5, &["bar", "巴"]),
    ("temperature", 1.0, &["℃", "°c", "摄氏度", "度"]),
    ("rotation", 1.0, &["rpm", "r/min", "转/分", "转/分钟"]),
    ("length", 1e-9, &["nm", "纳米"]),
    ("length", 1e-6, &["μm", "um", "微米"]),
    ("length", 1e-3, &["mm", "毫米"]),
    ("length", 1e-2, &["cm", "厘米"]),
    ("length", 1.0, &["m", "米"]),
    ("length", 1e3, &["km", "公里", "千米"]),
    ("mass", 1e-6, &["mg", "毫克"]),
    ("mass", 1e-3, &["g", "克"]),
    ("mass", 1.0, &["kg", "千克", "公斤"]),
    ("mass", 1e3, &["t", "吨"]),
    ("speed", 1.0, &["m/s", "米/秒"]),
    ("speed", 1.0 / 3.6, &["km/h", "公里/小时"]),
    ("flow", 1.0, &["m3/h", "立方米/小时", "方/小时"]),
    ("flow", 0.06, &["l/min", "升/分钟"]),
    ("throughput", 1.0, &["t/h", "吨/小时"]),
    ("throughput", 1.0 / 24.0, &["t/d", "吨/天", "吨/日"]),
    ("concentration", 1.0, &["mg/l", "毫克/升", "ppm"]),
    ("torque", 1.0, &["n·m", "n.m", "牛米"]),
    ("force", 1.0, &["n", "牛"]),
    ("force", 1e3, &["kn", "千牛"]),
    ("share", 1.0, &["%", "％", "个百分点"]),
    ("time", 1e-3, &["ms", "毫秒"]),
    ("time", 1.0, &["s", "秒"]),
    ("time", 60.0, &["min", "分钟"]),
    ("time", 3600.0, &["h", "小时"]),
    ("time", 86_400.0, &["天", "d"]),
    ("time", 31_557_600.0, &["年"]),
    ("volume", 1.0, &["l", "升"]),
    ("volume", 1e3, &["m3", "立方米"]),
    ("noise", 1.0, &["db", "分贝", "db(a)"]),
    ("capacity", 1.0, &["ah", "安时"]),
    ("capacity", 1e-3, &["mah", "毫安时"]),
    ("times", 1.0, &["次", "cycles"]),
];

/// Words before a figure that open a range to above or below.
const AT_LEAST: &[&str] = &[
    "≥",
    ">",
    "不低于",
    "不少于",
    "不短于",
    "不小于",
    "大于",
    "超过",
    "高于",
    "至少",
    "at least",
    "over",
    "above",
];
const AT_MOST: &[&str] =
    &["≤", "<", "不高于", "不多于", "不大于", "小于", "低于", "少于", "不超过", "at most", "below", "under"];
/// Those that end with one of the others.
const NOT_MORE: &[&str] = &["不高于", "不大于", "不超过", "不多于"];
/// Words after it.
const OR_MORE: &[&str] = &["以上", "or more", "+"];
const OR_LESS: &[&str] = &["以下", "以内", "or less"];
const BETWEEN: &[char] = &['-', '~', '–', '—', '至', '到', '〜'];

/// The quantities in a folded text, in their order.
pub(crate) fn quantities(text: &str) -> Vec<Quantity> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let glued = at > 0 && chars[at - 1].is_ascii_alphanumeric();
        match (!glued).then(|| figure(&chars, at)).flatten() {
            Some((value, end)) => {
                let (quantity, end) = quantity(&chars, at, value, end);
                found.extend(quantity);
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// The figure that begins here, and where it ends.
fn figure(chars: &[char], at: usize) -> Option<(f64, usize)> {
    let mut end = at;
    let mut digits = String::new();
    while let Some(c) = chars.get(end) {
        let inner = matches!(c, '.' | ',') && chars.get(end + 1).is_some_and(char::is_ascii_digit);
        if c.is_ascii_digit() || *c == '.' && inner {
            digits.push(*c);
        } else if !inner || digits.is_empty() {
            break;
        }
        end += 1;
    }
    let value: f64 = digits.parse().ok()?;
    match chars.get(end) {
        Some('万') => Some((value * 1e4, end + 1)),
        Some('亿') => Some((value * 1e8, end + 1)),
        _ => Some((value, end)),
    }
}

fn quantity(chars: &[char], start: usize, first: f64, end: usize) -> (Option<Quantity>, usize) {
    let mut end = end;
    let mut second = None;
    // `8-12 kW`, and `8kW-12kW`, whose first unit says nothing new.
    let after_unit = unit(chars, end).map_or(end, |(_, _, after)| after);
    for border in [end, after_unit] {
        let Some(joiner) = chars.get(border).filter(|c| BETWEEN.contains(c)) else { continue };
        let from = skip_spaces(chars, border + joiner.len_utf8().min(1));
        if let Some((value, after)) = figure(chars, from) {
            (second, end) = (Some(value), after);
            break;
        }
    }
    let Some((dimension, factor, after)) = unit(chars, end) else { return (None, end) };
    let written: String = chars[start..after].iter().collect();
    let before = chars[start.saturating_sub(8)..start].iter().collect::<String>();
    let before = before.trim_end();
    let behind: String = chars[after..].iter().take(8).collect();
    let ends = |words: &[&str]| words.iter().any(|word| before.ends_with(word));
    let begins = |words: &[&str]| words.iter().any(|word| behind.trim_start().starts_with(word));
    let (low, high) = match second {
        Some(second) => (Some(first.min(second)), Some(first.max(second))),
        // 不低于 ends with 低于.
        None if ends(AT_LEAST) && (before.contains('不') || !ends(AT_MOST)) && !ends(NOT_MORE) => {
            (Some(first), None)
        }
        None if ends(AT_MOST) || begins(OR_LESS) => (None, Some(first)),
        None if begins(OR_MORE) => (Some(first), None),
        None => (Some(first), Some(first)),
    };
    let scale = |value: Option<f64>| value.map(|value| value * factor);
    let quantity = Quantity {
        dimension: dimension.to_owned(),
        low: scale(low),
        high: scale(high),
        text: written,
        before: before.to_owned(),
    };
    (Some(quantity), after)
}

fn skip_spaces(chars: &[char], from: usize) -> usize {
    from + chars[from.min(chars.len())..].iter().take_while(|c| **c == ' ').count()
}

/// The longest unit that stands here, and where it ends. A unit of letters ends where the letters end.
fn unit(chars: &[char], from: usize) -> Option<(&'static str, f64, usize)> {
    let from = skip_spaces(chars, from);
    let fits = |written: &str| -> Option<Range<usize>> {
        let length = written.chars().count();
        let place = chars.get(from..from + length)?;
        let same = place.iter().copied().eq(written.chars());
        let lettered = written.chars().last().is_some_and(|c| c.is_ascii_alphanumeric());
        let cut = lettered && chars.get(from + length).is_some_and(char::is_ascii_alphanumeric);
        (same && !cut).then_some(from..from + length)
    };
    let all = UNITS.iter().flat_map(|(dimension, factor, written)| {
        written.iter().filter_map(move |unit| Some((*dimension, *factor, fits(unit.trim())?.end)))
    });
    all.max_by_key(|(_, _, end)| *end)
}

#[cfg(test)]
mod tests {
    use super::{Quantity, quantities};

    fn one(text: &str) -> Option<Quantity> {
        quantities(text).into_iter().next()
    }

    #[test]
    fn figures_are_read_in_base_units() {
        let read = |text: &str| one(text).map(|q| (q.dimension, q.low, q.high));
        let of = |name: &str, low, high| Some((name.to_owned(), low, high));
        assert_eq!(read("功率8-12 kw的泵"), of("power", Some(8e3), Some(12e3)));
        assert_eq!(read("8kw~12kw"), of("power", Some(8e3), Some(12e3)));
        assert_eq!(read("效率≥95%"), of("share", Some(95.0), None));
        assert_eq!(read("寿命1.2万小时以上"), of("time", Some(43_200_000.0), None));
        assert_eq!(read("噪声不高于 45 db"), of("noise", None, Some(45.0)));
        assert_eq!(read("容量不低于4000mah"), of("capacity", Some(4.0), None));
        assert_eq!(read("循环不少于400次"), of("times", Some(400.0), None));
        assert_eq!(read("成本不超过3%"), of("share", None, Some(3.0)));
        assert_eq!(read("能耗低于5kw"), of("power", None, Some(5e3)));
        assert_eq!(read("10,000 rpm"), of("rotation", Some(10_000.0), Some(10_000.0)));
        assert_eq!(read("qz-100"), None);
        assert_eq!(read("2024"), None);
        assert_eq!(read("24wheels"), None);
    }

    #[test]
    fn figures_have_names() {
        let alike = |asked: &str, offered: &str| match (one(asked), one(offered)) {
            (Some(asked), Some(offered)) => asked.is_named_as(&offered),
            _ => false,
        };
        assert!(alike("峰值功率55kw以上", "额定功率60kw"));
        assert!(!alike("峰值扭矩10kw", "模块功率10kw"));
    }

    #[test]
    fn what_lies_within_or_near_meets() {
        let meets = |asked: &str, offered: &str| match (one(asked), one(offered)) {
            (Some(asked), Some(offered)) => asked.meets(&offered),
            _ => false,
        };
        assert!(meets("10 kw", "8-12kw"));
        assert!(meets("10kw", "10500w"));
        assert!(!meets("10kw", "20kw"));
        assert!(meets("≥95%", "97%"));
        assert!(!meets("≥95%", "50%"));
        assert!(!meets("10kw", "10v"));
        assert!(!meets("循环不少于400次", "180次"));
    }
}
