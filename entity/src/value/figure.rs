//! An amount of money in words: a number, its scale (万, 亿, million) and its currency, `100.0万元`,
//! `US$1.5 million`.
//!
//! Words are expected folded and without white space, as [`super::price_text`] makes them.

use super::{
    money::{CNY, LARGEST_AMOUNT},
    price_text::PriceFault,
};

/// Currencies before and behind an amount. A bare `$` is left out: it is the sign of many.
const CURRENCIES: [(&str, &str); 18] = [
    ("元人民币", CNY),
    ("人民币", CNY),
    ("元", CNY),
    ("¥", CNY),
    ("rmb", CNY),
    ("cny", CNY),
    ("美元", "USD"),
    ("美金", "USD"),
    ("us$", "USD"),
    ("usd", "USD"),
    ("欧元", "EUR"),
    ("€", "EUR"),
    ("eur", "EUR"),
    ("港元", "HKD"),
    ("港币", "HKD"),
    ("hk$", "HKD"),
    ("hkd", "HKD"),
    ("英镑", "GBP"),
];

/// Scales, longer words first. The Chinese ones from 万 on are said of yuan where no currency is named.
const SCALES: [(&str, i128, bool); 8] = [
    ("万亿", 1_000_000_000_000, true),
    ("千万", 10_000_000, true),
    ("百万", 1_000_000, true),
    ("亿", 100_000_000, true),
    ("万", 10_000, true),
    ("billion", 1_000_000_000, false),
    ("million", 1_000_000, false),
    ("thousand", 1_000, false),
];

/// A number with what stands around it.
#[derive(Clone, Copy)]
pub(super) struct Figure {
    digits: i128,
    decimals: u32,
    /// By how much, and whether yuan are meant where no currency is named.
    scale: Option<(i128, bool)>,
    before: Option<&'static str>,
    behind: Option<&'static str>,
}

impl Figure {
    /// The figure at the beginning of a text, and what follows it.
    pub(super) fn at(text: &str) -> Result<(Self, &str), PriceFault> {
        let (before, rest) = currency(text);
        let (digits, decimals, rest) = number(rest)?;
        let scale = SCALES.iter().find_map(|(word, by, yuan)| Some(((*by, *yuan), rest.strip_prefix(word)?)));
        let (scale, rest) = scale.map_or((None, rest), |(scale, rest)| (Some(scale), rest));
        let (behind, rest) = currency(rest);
        if before.is_some() && behind.is_some() && before != behind {
            return Err(PriceFault::Unclear);
        }
        Ok((Self { digits, decimals, scale, before, behind }, rest))
    }

    /// What a bare figure leaves unsaid is said by the one behind it: 100-200万元.
    pub(super) fn counted_as(self, behind: Self) -> Self {
        let is_bare = self.scale.is_none() && self.behind.is_none();
        Self { scale: if is_bare { behind.scale } else { self.scale }, ..self }
    }

    /// The currency that is named, or that a Chinese scale implies.
    pub(super) fn currency(&self) -> Option<&'static str> {
        let of_scale = self.scale.filter(|(_, is_yuan)| *is_yuan).map(|_| CNY);
        self.before.or(self.behind).or(of_scale)
    }

    /// The amount in the hundredth part of the currency.
    pub(super) fn minor(&self) -> Result<i64, PriceFault> {
        let scaled = self.digits * self.scale.map_or(1, |(by, _)| by) * 100;
        let parts = 10_i128.pow(self.decimals);
        let whole = (scaled % parts == 0).then_some(scaled / parts).ok_or(PriceFault::Amount)?;
        i64::try_from(whole).ok().filter(|amount| *amount <= LARGEST_AMOUNT).ok_or(PriceFault::Amount)
    }
}

fn currency(text: &str) -> (Option<&'static str>, &str) {
    let found = CURRENCIES.iter().find_map(|(word, code)| Some((Some(*code), text.strip_prefix(word)?)));
    found.unwrap_or((None, text))
}

/// The digits of a number, how many of them are behind the point, and what follows. Commas count only
/// where they group by three.
fn number(text: &str) -> Result<(i128, u32, &str), PriceFault> {
    let (first, mut rest) = digits(text);
    let mut all = first.to_owned();
    if (1..=3).contains(&first.len()) {
        while let Some((group, after)) =
            rest.strip_prefix(',').map(digits).filter(|(group, _)| group.len() == 3)
        {
            all.push_str(group);
            rest = after;
        }
    }
    let mut decimals = 0;
    if let Some((fraction, after)) = rest.strip_prefix('.').map(digits).filter(|(part, _)| !part.is_empty()) {
        decimals = fraction.len();
        all.push_str(fraction);
        rest = after;
    }
    if first.is_empty() {
        return Err(PriceFault::Unclear);
    }
    // Eighteen digits times the largest scale are far within an i128.
    let decimals = u32::try_from(decimals).ok().filter(|_| all.len() <= 18).ok_or(PriceFault::Amount)?;
    Ok((all.parse().map_err(|_| PriceFault::Amount)?, decimals, rest))
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

#[cfg(test)]
mod tests {
    use super::{Figure, PriceFault};

    fn read(text: &str) -> Result<(i64, Option<&'static str>, &str), PriceFault> {
        let (figure, rest) = Figure::at(text)?;
        Ok((figure.minor()?, figure.currency(), rest))
    }

    #[test]
    fn a_figure_ends_where_its_currency_ends() {
        assert_eq!(read("100.0万元-200万元"), Ok((100_000_000, Some("CNY"), "-200万元")));
        assert_eq!(read("us$7,500(获奖额)"), Ok((750_000, Some("USD"), "(获奖额)")));
        assert_eq!(read("1.5millionusd"), Ok((150_000_000, Some("USD"), "")));
    }

    #[test]
    fn a_comma_that_does_not_group_by_three_ends_the_number() {
        assert_eq!(read("1,23"), Ok((100, None, ",23")));
        assert_eq!(read("1234,567元"), Ok((123_400, None, ",567元")));
    }

    #[test]
    fn an_english_scale_names_no_currency() {
        assert_eq!(read("3million"), Ok((300_000_000, None, "")));
        assert_eq!(read("3万"), Ok((3_000_000, Some("CNY"), "")));
    }

    #[test]
    fn a_fraction_of_a_fen_or_an_endless_number_is_no_amount() {
        assert_eq!(read("0.001元"), Err(PriceFault::Amount));
        assert_eq!(read(&"9".repeat(400)), Err(PriceFault::Amount));
    }
}
