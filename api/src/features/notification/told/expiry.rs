//! Of a term that ends: the owners and editors of the organisation that can act, while that very term still runs. Of what
//! nobody has an account of the desk hears.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day,
    audit::SubjectKind,
    expiry::{Term, TermKind},
    listing::ListingKind,
    notification::{NotificationKind, Text, Words},
};

use super::Told;
use crate::{
    error::Result,
    features::{
        expiry::subject::{self, Renewal},
        listing,
        organisation::repo as organisations,
    },
    outbox::Notice,
};

pub(super) async fn of(db: &impl ConnectionTrait, term: Term, stage: i16) -> Result<Option<Told>> {
    // Renewed or ended meanwhile: nobody has to hear of it.
    let Some(found) = subject::find(db, term).await?.filter(|found| found.ends_with(term)) else {
        return Ok(None);
    };
    let people = organisations::editors(db, found.organisation).await?;
    let kind = match (term.kind, found.renewal) {
        (TermKind::Listing, Some(Renewal::Listing(kind, _))) => listing::subject(kind),
        (TermKind::Listing, _) => listing::subject(ListingKind::Achievement),
        (TermKind::Entry, _) => SubjectKind::ProviderEntry,
        (TermKind::Verification, _) => SubjectKind::Organisation,
        (TermKind::Interest, _) => SubjectKind::Docking,
    };
    Ok(Some(Told {
        kind: NotificationKind::Expiry,
        subject: (kind, term.subject_id.to_string()),
        source: source(term, stage),
        audit_id: None,
        words: words(term.kind, &found.title, term.ends_on, stage == 0),
        path: Some(found.path),
        people: people.into_iter().collect(),
        calendar: None,
    }))
}

/// Nobody is told twice of the same term at the same stage.
fn source(term: Term, stage: i16) -> String {
    format!("expiry:{}:{}:{}:{stage}", term.kind, term.subject_id, term.ends_on)
}

/// The notice that led to a row.
pub(super) fn notice(source: &str) -> Option<Notice> {
    let mut parts = source.strip_prefix("expiry:")?.split(':');
    let kind = parts.next()?.parse().ok()?;
    let subject_id = parts.next()?.parse().ok()?;
    let ends_on = parts.next()?.parse().ok()?;
    let stage = parts.next()?.parse().ok()?;
    Some(Notice::Expiry { term: Term { kind, subject_id, ends_on }, stage })
}

/// What is told of a term that ends on a day: today, or later.
#[must_use]
pub fn words(kind: TermKind, title: &str, ends_on: Day, today: bool) -> Words {
    let (what_zh, what_en, then_zh, then_en) = match kind {
        TermKind::Listing => (
            format!("“{title}” 的发布"),
            format!("The publication of “{title}”"),
            "到期后不再展示。可用邮件中的链接一键续期一年，也可登录后续期。",
            "Then it is shown no longer. Keep it for another year by the link in the mail, with one click, or sign in.",
        ),
        TermKind::Entry => (
            format!("“{title}” 的入驻协议"),
            format!("The agreement of “{title}” with the centre"),
            "可用邮件中的链接一键申请续签，也可登录后申请；服务中心将与您办理。",
            "Ask for another one by the link in the mail, with one click, or sign in; the centre will see to it.",
        ),
        TermKind::Verification => (
            format!("“{title}” 的单位认证"),
            format!("The verification of “{title}”"),
            "到期后不能发布新内容，也不能发起或接受对接。可用邮件中的链接一键申请续期，也可登录后申请。",
            "Then it publishes nothing new and begins or accepts no docking. Ask for another term by the link in the mail, \
             with one click, or sign in.",
        ),
        TermKind::Interest => (
            format!("对“{title}” 的意向"),
            format!("An interest in “{title}”"),
            "请登录后接受或婉拒，并告知原因；逾期自动失效。",
            "Sign in to accept or decline it and say why; unanswered, it lapses.",
        ),
    };
    let (when_zh, when_en) = match (kind, today) {
        (TermKind::Interest, true) => {
            ("今天是最后一天".to_owned(), "can be answered today for the last time".to_owned())
        }
        (TermKind::Interest, false) => {
            (format!("请于 {ends_on}（含）前答复"), format!("waits for your answer until {ends_on}"))
        }
        (_, true) => ("今天到期".to_owned(), "ends today".to_owned()),
        (_, false) => (format!("将于 {ends_on} 到期"), format!("ends on {ends_on}")),
    };
    let text =
        |subject: String, line: String, then: &str| Text { subject, lines: vec![line, then.to_owned()] };
    let (day_zh, day_en) = if today {
        (format!("（{ends_on}）"), format!(" ({ends_on})"))
    } else {
        (String::new(), String::new())
    };
    Words {
        zh: text(format!("{what_zh}{when_zh}"), format!("{what_zh}{when_zh}{day_zh}。"), then_zh),
        en: text(format!("{what_en} {when_en}"), format!("{what_en} {when_en}{day_en}."), then_en),
    }
}
