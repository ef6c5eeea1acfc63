//! Prices as sources write them: `面议`, `100.0万元-200.0万元`, `起拍240万元，成交320万元`, `US$7,500`, `>100万`.
//!
//! The whole text is understood or no price is made of it: a word that is left over (约, 每年, /吨) would change
//! what the figure means. Some words are known to make it no price of the thing at all: `三项合计成交90万元` is
//! the sum of several, `US$20,000（获奖额）` an award.

use std::fmt;

use super::{
    figure::Figure,
    money::{Price, PriceKind},
};

/// Why no price was made of a text. The caller keeps the text and tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriceFault {
    /// The amount is the sum of several things: 合计, 打包.
    TotalOfSeveral,
    /// The amount is an award or a reward: 获奖, 奖金, 悬赏.
    Award,
    /// Something in the text was not understood, or the amount has no unit.
    Unclear,
    /// An amount is above the largest that is taken, or no whole number of fen.
    Amount,
}

impl fmt::Display for PriceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TotalOfSeveral => {
                "金额是多项的合计，不是该项价格 / the amount is the sum of several, not the price of this one"
            }
            Self::Award => "金额是奖金，不是价格 / the amount is an award, not a price",
            Self::Unclear => "价格文字未能全部读懂 / the wording of the price was not wholly understood",
            Self::Amount => "金额过大或不足一分 / the amount is too large or has a fraction of a fen",
        })
    }
}

impl std::error::Error for PriceFault {}

const SUMS: [&str; 5] = ["合计", "总计", "共计", "累计", "打包"];
const AWARDS: [&str; 7] = ["获奖", "奖金", "奖励", "赏金", "悬赏", "award", "prize"];
const NEGOTIABLE: [&str; 9] =
    ["面议", "价格面议", "面谈", "价格面谈", "协商", "价格协商", "双方协商", "议价", "negotiable"];

/// What stands before an amount and says what kind of price it is; the plain ones change nothing. Longer
/// ones first.
const LABELS: [(&str, Option<PriceKind>); 24] = [
    ("拍卖起拍价", Some(PriceKind::Starting)),
    ("起拍价", Some(PriceKind::Starting)),
    ("起始价", Some(PriceKind::Starting)),
    ("起拍", Some(PriceKind::Starting)),
    ("成交价格", Some(PriceKind::Concluded)),
    ("成交金额", Some(PriceKind::Concluded)),
    ("成交价", Some(PriceKind::Concluded)),
    ("成交额", Some(PriceKind::Concluded)),
    ("成交", Some(PriceKind::Concluded)),
    ("评估价值", Some(PriceKind::Appraised)),
    ("评估价", Some(PriceKind::Appraised)),
    ("评估值", Some(PriceKind::Appraised)),
    ("转让价格", None),
    ("转让价", None),
    ("转让费", None),
    ("预算金额", None),
    ("经费预算", None),
    ("预算", None),
    ("一口价", None),
    ("价格", None),
    ("报价", None),
    ("售价", None),
    ("price", None),
    ("budget", None),
];

const LEAST_MARKS: [&str; 6] = [">=", ">", "≥", "不低于", "不少于", "超过"];
const MOST_MARKS: [&str; 5] = ["<=", "<", "≤", "不超过", "不高于"];

impl Price {
    /// Reads a source's words for a price or a budget.
    ///
    /// # Errors
    /// When no price can surely be made of them; the fault says why. Where a starting and a concluded
    /// amount are both given, the price is concluded and keeps the starting amount.
    pub fn read(raw: &str) -> Result<Self, PriceFault> {
        // A wide comma parts clauses; folded, it would look like one that groups digits.
        let parted = raw.replace(['，', '、', '；', '。', '\n'], ";");
        let folded: String = super::folded(&parted).split_whitespace().collect();
        let text = folded.replace("(人民币)", "");
        if SUMS.iter().any(|word| text.contains(word)) {
            return Err(PriceFault::TotalOfSeveral);
        }
        if AWARDS.iter().any(|word| text.contains(word)) {
            return Err(PriceFault::Award);
        }
        let mut said = Vec::new();
        let mut rest = text.trim_matches([';', ',', '.']);
        while !rest.is_empty() {
            let (clause, after) = clause(rest)?;
            said.push(clause);
            rest = match after.strip_prefix([';', ',']) {
                Some(next) if !next.is_empty() => next,
                None if after.is_empty() => after,
                _ => return Err(PriceFault::Unclear),
            };
        }
        match said.as_slice() {
            [one] => one.price(),
            [a, b] => match (a.label, b.label) {
                (Some(PriceKind::Starting), Some(PriceKind::Concluded)) => b.concluded_from(a),
                (Some(PriceKind::Concluded), Some(PriceKind::Starting)) => a.concluded_from(b),
                _ => Err(PriceFault::Unclear),
            },
            _ => Err(PriceFault::Unclear),
        }
    }
}

/// A part of a text: what kind of price, and what amounts; no amounts where it is negotiable.
struct Clause {
    label: Option<PriceKind>,
    amounts: Option<Amounts>,
}

struct Amounts {
    min: Option<i64>,
    max: Option<i64>,
    currency: &'static str,
}

impl Clause {
    fn price(&self) -> Result<Price, PriceFault> {
        let Some(Amounts { min, max, currency }) = self.amounts else {
            return if self.label.is_none() { Ok(Price::negotiable()) } else { Err(PriceFault::Unclear) };
        };
        match (self.label, min, max) {
            (label, Some(min), Some(max)) if min == max => {
                Ok(Price::of_one(label.unwrap_or(PriceKind::Fixed), min, currency))
            }
            (None | Some(PriceKind::Appraised), ..) => {
                let kind = self.label.unwrap_or(PriceKind::Range);
                Ok(Price { kind, min, max, starting: None, currency: currency.to_owned() })
            }
            _ => Err(PriceFault::Unclear),
        }
    }

    fn concluded_from(&self, starting: &Self) -> Result<Price, PriceFault> {
        let (concluded, starting) = (self.price()?, starting.price()?);
        if concluded.currency != starting.currency {
            return Err(PriceFault::Unclear);
        }
        Ok(Price { starting: starting.starting, ..concluded })
    }
}

/// The clause at the beginning of a text, and what follows it.
fn clause(text: &str) -> Result<(Clause, &str), PriceFault> {
    let end = text.find(';').unwrap_or(text.len());
    if NEGOTIABLE.contains(&&text[..end]) {
        return Ok((Clause { label: None, amounts: None }, &text[end..]));
    }
    let label = LABELS.iter().find_map(|(word, kind)| Some((*kind, text.strip_prefix(word)?)));
    let (label, rest) = label.unwrap_or((None, text));
    let (amounts, rest) = amounts(rest.trim_start_matches([':', '为']))?;
    Ok((Clause { label, amounts: Some(amounts) }, rest))
}

/// One amount, an open range or a closed one.
fn amounts(text: &str) -> Result<(Amounts, &str), PriceFault> {
    let least = one_of(text, &LEAST_MARKS);
    let most = one_of(text, &MOST_MARKS);
    let (first, rest) = Figure::at(least.or(most).unwrap_or(text))?;
    let is_marked = least.is_some() || most.is_some();
    let joined = rest.trim_start_matches(['-', '–', '—', '~', '至', '到']);
    if joined.len() < rest.len() && !is_marked {
        let (last, rest) = Figure::at(joined)?;
        // A currency before the first figure holds for both.
        let first = first.counted_as(last);
        let currency = match (first.currency(), last.currency()) {
            (Some(a), Some(b)) if a == b => a,
            (Some(one), None) | (None, Some(one)) => one,
            _ => return Err(PriceFault::Unclear),
        };
        let (min, max) = (first.minor()?, last.minor()?);
        // From nothing to nothing is a form that nobody filled in.
        if min > max || max == 0 {
            return Err(PriceFault::Unclear);
        }
        return Ok((Amounts { min: Some(min), max: Some(max), currency }, rest));
    }
    let amount = first.minor()?;
    let currency = first.currency().ok_or(PriceFault::Unclear)?;
    let above = one_of(rest, &["及以上", "以上"]);
    let below = one_of(rest, &["及以下", "以下", "以内"]);
    let (min, max, rest) = match (least.is_some(), most.is_some(), above, below) {
        (false, false, None, None) => (Some(amount), Some(amount), rest),
        (true, false, None, None) => (Some(amount), None, rest),
        (false, true, None, None) => (None, Some(amount), rest),
        (false, false, Some(rest), None) => (Some(amount), None, rest),
        (false, false, None, Some(rest)) => (None, Some(amount), rest),
        _ => return Err(PriceFault::Unclear),
    };
    Ok((Amounts { min, max, currency }, rest))
}

fn one_of<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    words.iter().find_map(|word| text.strip_prefix(word))
}

#[cfg(test)]
mod tests {
    use super::{Price, PriceFault, PriceKind};

    const WAN: i64 = 1_000_000;

    fn read(raw: &str) -> Result<Price, PriceFault> {
        Price::read(raw)
    }

    fn one(kind: PriceKind, amount: i64) -> Result<Price, PriceFault> {
        Ok(Price::of_one(kind, amount, "CNY"))
    }

    fn range(min: Option<i64>, max: Option<i64>) -> Result<Price, PriceFault> {
        Ok(Price { kind: PriceKind::Range, min, max, starting: None, currency: "CNY".to_owned() })
    }

    #[test]
    fn a_negotiable_price_has_no_amount() {
        for raw in ["面议", " 面议。", "价格面議", "Negotiable"] {
            assert_eq!(read(raw), Ok(Price::negotiable()), "{raw}");
        }
    }

    #[test]
    fn one_amount_is_a_fixed_price_in_fen() {
        for raw in [
            "1000万元",
            "1,000万元",
            "１０００万",
            "0.1亿元",
            "¥10,000,000",
            "人民币1000万元",
            "价格：1000万元",
            "10000000.00元",
        ] {
            assert_eq!(read(raw), one(PriceKind::Fixed, 1000 * WAN), "{raw}");
        }
        assert_eq!(read("0.01元"), one(PriceKind::Fixed, 1));
    }

    #[test]
    fn a_range_is_read_with_any_joint_and_with_one_unit_for_both() {
        for raw in [
            "100.0万元-200.0万元",
            "100-200万元",
            "100万元至200万元",
            "100万～200万",
            "100万元——200万元",
            "¥1,000,000-2,000,000",
        ] {
            assert_eq!(read(raw), range(Some(100 * WAN), Some(200 * WAN)), "{raw}");
        }
        assert_eq!(read("100万元-100万元"), one(PriceKind::Fixed, 100 * WAN));
        assert_eq!(read("5000万-1亿元"), range(Some(5000 * WAN), Some(10_000 * WAN)));
    }

    #[test]
    fn an_open_end_is_null() {
        for raw in [">100万", "＞100万元", "100万元以上", "不低于100万元"] {
            assert_eq!(read(raw), range(Some(100 * WAN), None), "{raw}");
        }
        for raw in ["<100万", "100万元以内", "不超过100万元"] {
            assert_eq!(read(raw), range(None, Some(100 * WAN)), "{raw}");
        }
    }

    #[test]
    fn an_auction_keeps_where_it_started_and_where_it_ended() {
        assert_eq!(read("起拍500万元"), one(PriceKind::Starting, 500 * WAN));
        assert_eq!(read("成交50万元"), one(PriceKind::Concluded, 50 * WAN));
        let both =
            Price { starting: Some(240 * WAN), ..Price::of_one(PriceKind::Concluded, 320 * WAN, "CNY") };
        for raw in ["起拍240万元，成交320万元", "成交价320万元;起拍价:240万元", "起拍240万元,成交320万元"]
        {
            assert_eq!(read(raw).as_ref(), Ok(&both), "{raw}");
        }
        assert_eq!(read("评估价80万元"), one(PriceKind::Appraised, 80 * WAN));
    }

    #[test]
    fn other_currencies_are_in_their_own_cents() {
        assert_eq!(read("US$7,500"), Ok(Price::of_one(PriceKind::Fixed, 750_000, "USD")));
        assert_eq!(read("US$1,000,000"), Ok(Price::of_one(PriceKind::Fixed, 100_000_000, "USD")));
        assert_eq!(read("1.5 million USD"), Ok(Price::of_one(PriceKind::Fixed, 150_000_000, "USD")));
        assert_eq!(read("20万美元"), Ok(Price::of_one(PriceKind::Fixed, 20_000_000, "USD")));
    }

    #[test]
    fn a_sum_of_several_and_an_award_are_no_price() {
        assert_eq!(read("三项合计成交90万元"), Err(PriceFault::TotalOfSeveral));
        assert_eq!(read("US$20,000（获奖额）"), Err(PriceFault::Award));
        assert_eq!(read("悬赏10万元"), Err(PriceFault::Award));
    }

    #[test]
    fn a_word_that_changes_the_meaning_leaves_no_price() {
        for raw in [
            "",
            "待定",
            "500",
            "100-200",
            "$7,500",
            "约100万元",
            "100万元/年",
            "每吨500元",
            "100万元左右",
            "US$7,500元",
            "100万元-200",
            "面议，100万元",
            "100万元;200万元",
            "起拍价面议",
            "起拍100-200万元",
            "200万-100万元",
            "0.0万元-0.0万元",
            "100元-200美元",
            "万元",
            "-5万元",
            "起拍240万元，成交320美元",
            "1000日元",
            ">100万元以上",
            ">100-200万元",
            "100万元；；200万元",
            "3 million",
            "100,20万元",
        ] {
            assert_eq!(read(raw), Err(PriceFault::Unclear), "{raw}");
        }
    }

    #[test]
    fn an_amount_beyond_reason_is_refused_without_overflow() {
        for raw in [
            "99999999999万元",
            "999999999999999999万亿元",
            "1111111111111111111111111111111111111111元",
            "0.001元",
            "0.00000000000000000001亿元",
        ] {
            assert_eq!(read(raw), Err(PriceFault::Amount), "{raw}");
        }
        assert_eq!(read("10万亿元"), one(PriceKind::Fixed, crate::value::money::LARGEST_AMOUNT));
    }

    #[test]
    fn any_text_is_read_without_a_panic() {
        for raw in ["🦀", "￥", "1,", "1.", "，", ";;", "US$", "成交", "1,2,3", "\0"] {
            assert!(read(raw).is_err(), "{raw}");
        }
    }
}
