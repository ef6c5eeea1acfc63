//! The pages of a link, in both languages: one that asks, one that says what was done.

use askama::Template;
use techmart_entity::Day;

use super::{
    service::{Done, Seen, Standing},
    subject::Renewal,
};
use crate::error::{AppError, Result};

#[derive(Template)]
#[template(path = "features/expiry/page.html")]
struct Page<'a> {
    title: &'a str,
    zh: String,
    en: String,
    button: Option<&'a str>,
}

impl Page<'_> {
    fn write(&self) -> Result<String> {
        self.render().map_err(AppError::internal)
    }
}

fn day(last: Option<Day>) -> String {
    last.map(|last| last.to_string()).unwrap_or_default()
}

/// Says what ends and asks whether to renew it.
pub(super) fn ask(seen: &Seen) -> Result<String> {
    let (name, last) = (&seen.subject.title, day(seen.subject.ends_on));
    match seen.standing {
        Standing::Open => {}
        Standing::Renewed | Standing::Asked | Standing::Over => return said(seen, true),
    }
    let (zh, en, button) = match seen.renewal {
        Renewal::Listing(..) => (
            format!("“{name}” 的发布有效期至 {last}。续期一年？"),
            format!("The publication of “{name}” holds until {last}. Keep it for another year?"),
            "续期 / Renew",
        ),
        Renewal::Entry(_) => (
            format!("“{name}” 的入驻协议有效期至 {last}。请服务中心办理续签？"),
            format!("The agreement of “{name}” holds until {last}. Ask the centre for another one?"),
            "申请续签 / Ask for it",
        ),
        Renewal::Verification(_) => (
            format!("“{name}” 的单位认证有效期至 {last}。请服务中心办理续期？"),
            format!("The verification of “{name}” holds until {last}. Ask the centre for another term?"),
            "申请续期 / Ask for it",
        ),
    };
    Page { title: "续期 / Renewal", zh, en, button: Some(button) }.write()
}

/// Says what was done, now or before.
pub(super) fn done(done: &Done) -> Result<String> {
    said(&done.seen, done.before)
}

fn said(seen: &Seen, before: bool) -> Result<String> {
    let name = &seen.subject.title;
    let (already_zh, already_en) = if before { ("此前", " already") } else { ("", "") };
    let (title, zh, en) = match (seen.standing, seen.subject.ends_on) {
        (Standing::Renewed, Some(last)) => (
            "已续期 / Renewed",
            format!("“{name}” {already_zh}已续期，有效期至 {last}。"),
            format!("“{name}” is renewed{already_en} and holds until {last}."),
        ),
        (Standing::Renewed, None) => (
            "已续期 / Renewed",
            format!("“{name}” {already_zh}已续期，不再有期限。"),
            format!("“{name}” is renewed{already_en} and has no end any more."),
        ),
        (Standing::Asked | Standing::Open, _) => (
            "已申请续期 / Asked for",
            format!("“{name}” 的续期{already_zh}已提交服务中心办理。"),
            format!("The centre was asked{already_en} to renew “{name}”."),
        ),
        (Standing::Over, _) => (
            "不能续期 / Not renewed",
            format!("“{name}” 的当前状态不能续期；请登录查看。"),
            format!("“{name}” cannot be renewed as it stands; sign in to see why."),
        ),
    };
    Page { title, zh, en, button: None }.write()
}
