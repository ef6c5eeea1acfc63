//! Contacts inside a text: telephone numbers, e-mail addresses, names in messengers. Where contacts are exchanged by
//! consent alone, a text is asked whether it holds any; what leaves the house has them masked.
//!
//! What is found looks like a contact as it is written in China: mobile numbers (工信部 号段 13-19), fixed lines with
//! their area code, 400 and 800 numbers, with or without +86. A patent's or a contract's number is none of them.

use std::ops::Range;

/// What stands in the place of a contact.
pub const MASK: &str = "***";

/// Words after which a name in a messenger follows.
const MESSENGERS: &[&str] = &["微信", "wechat", "weixin", "vx", "qq", "钉钉", "whatsapp"];

/// What may stand between such a word and the name.
const BETWEEN: &[char] = &[' ', ':', '号', '群', '码', '是', '为', '-', '='];

/// What kind of contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContactKind {
    Telephone,
    Email,
    Messenger,
}

/// The first contact that the text holds.
#[must_use]
pub fn contact_in(text: &str) -> Option<ContactKind> {
    contacts(&folded(text)).into_iter().map(|(_, kind)| kind).next()
}

/// Whether the text holds a contact.
#[must_use]
pub fn holds_contact(text: &str) -> bool {
    contact_in(text).is_some()
}

/// The text with a mask in the place of every contact.
#[must_use]
pub fn mask(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::new();
    let mut at = 0;
    for (found, _) in contacts(&folded(text)) {
        out.extend(&chars[at..found.start]);
        out.push_str(MASK);
        at = found.end;
    }
    out.extend(&chars[at..]);
    out
}

/// Character for character, so that places stay places: full width is half width, capitals are small.
fn folded(text: &str) -> Vec<char> {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            '—' | '–' | '‐' | '‑' | '−' => '-',
            c => c,
        })
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Where contacts stand, in their order, none inside another.
fn contacts(text: &[char]) -> Vec<(Range<usize>, ContactKind)> {
    let addresses = addresses(text).map(|range| (range, ContactKind::Email));
    let numbers = numbers(text).map(|range| (range, ContactKind::Telephone));
    let names = names(text).map(|range| (range, ContactKind::Messenger));
    let mut found: Vec<(Range<usize>, ContactKind)> = addresses.chain(numbers).chain(names).collect();
    found.sort_by_key(|(range, _)| (range.start, std::cmp::Reverse(range.end)));
    let mut end = 0;
    found.retain(|(range, _)| {
        let apart = range.start >= end;
        if apart {
            end = range.end;
        }
        apart
    });
    found
}

fn addresses(text: &[char]) -> impl Iterator<Item = Range<usize>> {
    let local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let domain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    text.iter().enumerate().filter(|(_, c)| **c == '@').filter_map(move |(at, _)| {
        let before = text[..at].iter().rev().take_while(|c| local(**c)).count();
        let after = text[at + 1..].iter().take_while(|c| domain(**c)).count();
        let name: String = text[at + 1..at + 1 + after].iter().collect();
        let name = name.trim_end_matches(['.', '-']);
        // A host ends in letters; 2.5MPa is none.
        let whole = name.rsplit_once('.').is_some_and(|(host, top)| {
            !host.is_empty() && top.len() > 1 && top.chars().all(|c| c.is_ascii_alphabetic())
        });
        (before > 0 && whole).then(|| at - before..at + 1 + name.chars().count())
    })
}

/// Digits with at most two signs between them, taken as one number.
fn numbers(text: &[char]) -> impl Iterator<Item = Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        // Digits inside a word (a credit code, a part number) are no telephone.
        let inside = at > 0 && (text[at - 1].is_ascii_alphanumeric() || text[at - 1] == '.');
        if !text[at].is_ascii_digit() || inside {
            at += 1;
            continue;
        }
        let (start, mut end, mut digits, mut gap) = (at, at, String::new(), 0);
        while at < text.len() && gap <= 2 {
            match text[at] {
                c if c.is_ascii_digit() => {
                    digits.push(c);
                    gap = 0;
                    end = at + 1;
                }
                ' ' | '-' | '(' | ')' | '.' | '_' | '/' => gap += 1,
                c if super::is_invisible(c) => {}
                _ => break,
            }
            // The first telephone ends where it is whole; a second one may follow it.
            if gap == 0 && is_telephone(&digits) && text.get(end).is_none_or(|next| !next.is_ascii_digit()) {
                break;
            }
            at += 1;
        }
        let goes_on = text.get(end).is_some_and(|next| next.is_ascii_alphabetic());
        if is_telephone(&digits) && !goes_on {
            found.push(start..end);
        }
        at = end.max(start + 1);
    }
    found.into_iter()
}

fn is_telephone(digits: &str) -> bool {
    let n = digits.len();
    let starts = |first: &str, then: Range<char>| {
        digits.strip_prefix(first).and_then(|rest| rest.chars().next()).is_some_and(|c| then.contains(&c))
    };
    let mobile = n == 11 && starts("1", '3'..':');
    let from_abroad = n == 13 && starts("861", '3'..':');
    let fixed = (10..=12).contains(&n) && starts("0", '1'..':');
    let free = n == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    mobile || from_abroad || fixed || free
}

fn names(text: &[char]) -> impl Iterator<Item = Range<usize>> {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (0..text.len()).filter_map(move |at| {
        let word = MESSENGERS.iter().find(|word| {
            let n = word.chars().count();
            let alone = at == 0 || !text[at - 1].is_ascii_alphanumeric();
            alone && text.get(at..at + n).is_some_and(|here| here.iter().copied().eq(word.chars()))
        })?;
        let mut start = at + word.chars().count();
        start += text[start..].iter().take(4).take_while(|c| BETWEEN.contains(c)).count();
        let n = text[start..].iter().take_while(|c| name(**c)).count();
        // A word of the language is no name: 微信 interface, QQ browser.
        let told = text[start..start + n].iter().any(|c| c.is_ascii_digit() || *c == '_');
        (n >= 5 && told).then(|| start..start + n)
    })
}

#[cfg(test)]
mod tests {
    use super::{holds_contact, mask};

    #[test]
    fn what_looks_like_a_contact_is_found_and_masked() {
        for (text, masked) in [
            ("请打13800000002联系", "请打***联系"),
            ("电话：138-0000-0002。", "电话：***。"),
            ("手机１３８００００００２２", "手机***"),
            ("+86 138 0000 0002", "+***"),
            ("0716-8123456 转 803", "*** 转 803"),
            ("(027) 87654321", "(***"),
            ("热线 400-800-1234", "热线 ***"),
            ("邮箱 li.gong@Example.com，谢谢", "邮箱 ***，谢谢"),
            ("加微信：lee_gong88 详谈", "加微信：*** 详谈"),
            ("QQ 12345678", "QQ ***"),
            ("13800000002、13900000002", "***、***"),
            ("138.0000.0002", "***"),
            ("138\u{200b}0000\u{200b}0002", "***"),
        ] {
            assert!(holds_contact(text), "{text}");
            assert_eq!(mask(text), masked, "{text}");
        }
    }

    #[test]
    fn figures_numbers_of_papers_and_ordinary_words_are_no_contacts() {
        for text in [
            "专利 ZL201720001285.X",
            "统一社会信用代码 91110000802100433B",
            "登记号 2026 4210 0000 0001",
            "功率 10 kW，转速 12000 rpm，2026-11-28",
            "误差 0.00012345678",
            "用微信小程序报名",
            "微信 interface",
            "产能 13800000 件",
            "转速 0-12000 rpm，功率 1500-3000 W",
            "2020-01-13 至 2021-01-13",
            "零件号 0716-88-12 与 10086",
            "精度 @25℃ 0.5%",
            "编号 138000000012345",
            "0.00001234567 mol",
            "预算 1380000 元，周期 12 个月",
            "型号 QZ-100@2.5MPa",
            "",
        ] {
            assert!(!holds_contact(text), "{text}");
            assert_eq!(mask(text), text);
        }
    }
}
