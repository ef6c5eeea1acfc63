//! A letter: what is told in both languages, as plain text and as HTML. The words come from whoever tells; how they
//! look is in `letter.txt` and `letter.html` beside this.

use askama::Template;
use techmart_entity::notification::{Text, Words};

/// A letter without its envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Where one click ends mails like it (RFC 8058); those that nobody can do without have none.
    pub unsubscribe: Option<String>,
    /// An invitation to a calendar.
    pub calendar: Option<Calendar>,
}

/// An iCalendar file that goes with a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// `REQUEST` or `CANCEL`, as the file says it.
    pub method: &'static str,
    pub ics: String,
}

/// What a letter has besides its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Where to look at what it is about.
    pub link: Option<String>,
    /// What one click does, and where.
    pub renewal: Option<(&'static str, String)>,
    pub unsubscribe: Option<String>,
    pub calendar: Option<Calendar>,
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct Plain<'a> {
    texts: [&'a Text; 2],
    links: Vec<(&'static str, &'a str)>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    language: &'static str,
    subject: &'a str,
    texts: [&'a Text; 2],
    links: Vec<(&'static str, &'a str)>,
}

impl Letter {
    /// Writes a letter in both languages, that of the reader first: it may be passed on to somebody who reads the other.
    ///
    /// # Errors
    /// When a template cannot be filled.
    pub fn write(words: &Words, locale: &str, extras: Extras) -> Result<Self, askama::Error> {
        let (language, texts) = match locale {
            "en" => ("en", [&words.en, &words.zh]),
            _ => ("zh", [&words.zh, &words.en]),
        };
        let [first, second] = texts;
        // A header of one line; whoever wrote a title may have broken it.
        let subject = format!("{} / {}", first.subject, second.subject).replace(['\r', '\n'], " ");
        let links = || {
            let look = extras.link.as_deref().map(|link| ("查看 / See", link));
            let end = extras.unsubscribe.as_deref().map(|link| ("不想再收到 / No more of these", link));
            let renew = extras.renewal.as_ref().map(|(label, link)| (*label, link.as_str()));
            renew.into_iter().chain(look).chain(end).collect::<Vec<_>>()
        };
        let text = Plain { texts, links: links() }.render()?;
        let html = Html { language, subject: &subject, texts, links: links() }.render()?;
        Ok(Self { subject, text, html, unsubscribe: extras.unsubscribe, calendar: extras.calendar })
    }
}
