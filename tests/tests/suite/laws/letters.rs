//! Every letter as its reader sees it, in a snapshot: who changes a word sees where it stands.

use techmart_api::mail::{
    Extras, Letter,
    words::{Told, already_registered, invitation, match_digest, reset_password, verify_email},
};
use techmart_entity::notification::Words;

const URL: &str = "https://techmart.example";
const TOKEN: &str = "the-token-of-forty-three-characters-or-more";

fn letters() -> Vec<(&'static str, Words)> {
    let told = Told {
        own: "空调制冷剂检漏".to_owned(),
        other: "制冷剂检漏机器人 <一代> & 二代".to_owned(),
        reasons: vec![("两边都谈到“制冷剂”。".to_owned(), "Both speak of “制冷剂”.".to_owned())],
        link: format!("{URL}/api/v1/achievements/1"),
    };
    vec![
        ("verify_email", verify_email("李娜", URL, TOKEN)),
        ("already_registered", already_registered("李娜", URL)),
        ("reset_password", reset_password("李娜", URL, TOKEN)),
        ("invitation", invitation("某大学", ("编辑", "editor"), URL, TOKEN)),
        ("match_digest", match_digest("李娜", &[told])),
    ]
}

#[test]
fn every_letter_is_as_it_was_approved() {
    let mut text = String::new();
    for (name, words) in letters() {
        for locale in ["zh", "en"] {
            let extras = Extras {
                link: Some(format!("{URL}/api/v1/dockings/1")),
                unsubscribe: (name == "match_digest").then(|| format!("{URL}/api/v1/unsubscribe?token=T")),
                calendar: None,
            };
            let letter = Letter::write(&words, locale, extras).unwrap();
            text += &format!("==== {name} {locale}\nSubject: {}\n\n{}\n", letter.subject, letter.text);
            if locale == "zh" {
                text += &format!("---- html\n{}\n", letter.html);
            }
        }
    }
    insta::assert_snapshot!(text);
}
