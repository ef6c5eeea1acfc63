//! Contact data where everybody reads it. The contact has a member of its own, which is shown to the other side alone
//! and only once both have consented.

use serde_json::Value;
use techmart_entity::{
    listing::{Content, HintCode},
    value::contact_text::{ContactKind, contact_in},
};
use unicode_normalization::UnicodeNormalization;

use super::Hint;
use crate::{error::Wording, say};

/// Members whose numbers are no telephone numbers.
const NUMBERS: [&str; 2] = ["number", "registration_no"];

/// The hints: one for each text that holds contact data. None repeats it.
pub fn hints(content: &Content) -> Vec<Hint> {
    let mut hints = Vec::new();
    walk(&content.clone().without_private().document(), "", &mut hints);
    hints
}

fn walk(value: &Value, path: &str, hints: &mut Vec<Hint>) {
    match value {
        Value::String(text) => hints.extend(find(text).map(|what| hint(path, &what))),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                walk(item, &format!("{path}/{i}"), hints);
            }
        }
        Value::Object(members) => {
            for (name, member) in members.iter().filter(|(name, _)| !NUMBERS.contains(&name.as_str())) {
                walk(member, &format!("{path}/{name}"), hints);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn hint(path: &str, what: &Wording) -> Hint {
    let (zh, en) = (&what.zh, &what.en);
    Hint::weak(
        HintCode::ContactInText,
        path.trim_start_matches('/'),
        say!(
            "这里会公开显示，却含有{zh}：请移到 contact，双方同意对接后才会显示给对方。",
            "Everybody reads this, and it holds {en}: put it into `contact`, which the other side sees once both have consented."
        ),
        say!(
            "正文写“详见对接后资料”，联系人写入 contact",
            "Leave it out here; name, telephone and e-mail go into `contact`"
        ),
    )
}

/// What of a contact stands in a text.
fn find(text: &str) -> Option<Wording> {
    match contact_in(text) {
        Some(ContactKind::Email) => Some(say!("邮箱", "an e-mail address")),
        Some(ContactKind::Messenger) => Some(say!("微信或 QQ 号", "a WeChat or QQ handle")),
        Some(ContactKind::Telephone) => Some(say!("电话号码", "a telephone number")),
        None => has_address(&text.nfkc().collect::<String>().to_lowercase())
            .then(|| say!("网址", "an address of the web")),
    }
}

fn has_address(text: &str) -> bool {
    ["http://", "https://", "www."].iter().any(|opening| {
        text.match_indices(opening).any(|(at, _)| {
            let behind = text.get(at + opening.len()..).unwrap_or_default();
            behind.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::find;

    fn what(text: &str) -> Option<String> {
        find(text).map(|found| found.en)
    }

    #[test]
    fn contact_data_is_found_however_it_is_written() {
        for (text, found) in [
            ("联系电话13800000001", "telephone"),
            ("请致电 138-0000-0001 李工", "telephone"),
            ("＋８６ １３８ ００００ ０００１", "telephone"),
            ("座机0716-8888888", "telephone"),
            ("027 87654321", "telephone"),
            ("邮箱 li.gong@example.com.cn", "e-mail"),
            ("ｌｉ＠ｅｘａｍｐｌｅ．ｃｎ", "e-mail"),
            ("加微信：ligong_2026", "WeChat"),
            ("VX ligong88", "WeChat"),
            ("QQ:12345678", "WeChat"),
            ("详见 https://firm.example/x", "web"),
            ("www.firm.example", "web"),
        ] {
            let said = what(text).unwrap_or_else(|| panic!("{text}"));
            assert!(said.contains(found), "{text}: {said}");
        }
    }

    #[test]
    fn figures_of_a_technology_are_no_contact_data() {
        for text in [
            "专利 ZL201720001285.X",
            "产能 13800000 件",
            "转速 0-12000 rpm，功率 1500-3000 W",
            "2020-01-13 至 2021-01-13",
            "零件号 0716-88-12 与 10086",
            "微信小程序开发",
            "支持微信支付接口",
            "精度 @25℃ 0.5%",
            "编号 138000000012345",
            "0.00001234567 mol",
        ] {
            assert_eq!(what(text), None, "{text}");
        }
    }
}
