//! Sending mail: by SMTP in production, into files on a bare machine.

mod invitation;
mod letter;
pub mod words;

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
pub use invitation::{Invitation, Method, after};
pub use letter::{Calendar, Extras, Letter};
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{self, PoolConfig},
};

/// How long one mail may take.
const LIMIT: Duration = Duration::from_secs(30);

/// How many mails go out side by side. Each waits some forty milliseconds, since the client writes its last line apart
/// and the network holds that back until the first part is acknowledged.
pub const SIDE_BY_SIDE: u32 = 8;

/// Why a mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the mail could not be written: {0}")]
    Malformed(String),
    /// It refused this mail; others may go.
    #[error("the mail server refused it: {0}")]
    Refused(String),
    /// Nothing can be sent now.
    #[error("the mail server does not answer: {0}")]
    Unavailable(String),
}

impl From<smtp::Error> for MailError {
    fn from(error: smtp::Error) -> Self {
        // A reply may repeat the address, so of a reply nothing but its code is told.
        match error.status() {
            Some(code) if AWAY.contains(&code.to_string().as_str()) => Self::Unavailable(code.to_string()),
            Some(code) => Self::Refused(code.to_string()),
            None if error.is_client() => Self::Refused(error.to_string()),
            None => Self::Unavailable(error.to_string()),
        }
    }
}

/// Replies that are about the server or our sign-in to it, not about a mail (RFC 5321, RFC 4954).
const AWAY: [&str; 5] = ["421", "454", "530", "534", "535"];

/// Sends mail.
#[async_trait]
pub trait Mailer: Send + Sync {
    /// Sends a letter. `message_id` is the same at each attempt, so that a mail that went out twice
    /// is seen once.
    ///
    /// # Errors
    /// [`MailError`]; the caller tries again later.
    async fn send(&self, to: &str, letter: &Letter, message_id: &str) -> Result<(), MailError>;

    /// The part's name for `/health/ready`.
    fn name(&self) -> &'static str;
}

/// Opens what the URL names: `file:FOLDER`, `smtp://host:port`, `smtps://user:password@host`.
///
/// # Errors
/// When the URL is not one of them or the folder cannot be made.
pub fn open(url: &str, from: &str) -> Result<std::sync::Arc<dyn Mailer>, MailError> {
    let from: Mailbox =
        from.parse().map_err(|_| MailError::Malformed("MAIL_FROM is no address".to_owned()))?;
    if let Some(folder) = url.strip_prefix("file:") {
        let folder = PathBuf::from(folder.trim_start_matches("//"));
        std::fs::create_dir_all(&folder).map_err(|error| MailError::Unavailable(error.to_string()))?;
        return Ok(std::sync::Arc::new(Files { transport: AsyncFileTransport::new(folder), from }));
    }
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        // The URL may hold a password: it is not repeated.
        .map_err(|_| MailError::Malformed("MAIL_URL is no SMTP address".to_owned()))?
        .pool_config(PoolConfig::new().max_size(SIDE_BY_SIDE).idle_timeout(Duration::from_secs(30)))
        .timeout(Some(LIMIT))
        .build();
    Ok(std::sync::Arc::new(Smtp { transport, from }))
}

struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

struct Files {
    transport: AsyncFileTransport<Tokio1Executor>,
    from: Mailbox,
}

fn message(from: &Mailbox, to: &str, letter: &Letter, message_id: &str) -> Result<Message, MailError> {
    let to = to.parse().map_err(|_| MailError::Malformed("the recipient is no address".to_owned()))?;
    let alternative =
        MultiPart::alternative_plain_html(String::from(&letter.text), String::from(&letter.html));
    let body = match &letter.calendar {
        // Outlook and others read the part, what cannot shows the file.
        Some(calendar) => {
            let method = calendar.method;
            let kind = |value: String| {
                ContentType::parse(&value).map_err(|error| MailError::Malformed(error.to_string()))
            };
            let part = SinglePart::builder()
                .header(kind(format!("text/calendar; charset=utf-8; method={method}"))?)
                .body(calendar.ics.clone());
            let file = Attachment::new("invitation.ics".to_owned())
                .body(calendar.ics.clone(), kind("application/ics".to_owned())?);
            MultiPart::mixed().multipart(alternative.singlepart(part)).singlepart(file)
        }
        None => alternative,
    };
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .message_id(Some(format!("<{message_id}@techmart>")))
        .subject(letter.subject.clone())
        .multipart(body)
        .map_err(|error| MailError::Malformed(error.to_string()))?;
    if let Some(link) = &letter.unsubscribe {
        let mut put = |name: &'static str, value: String| {
            message.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        };
        put("List-Unsubscribe", format!("<{link}>"));
        put("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned());
    }
    Ok(message)
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, to: &str, letter: &Letter, message_id: &str) -> Result<(), MailError> {
        let message = message(&self.from, to, letter, message_id)?;
        tokio::time::timeout(LIMIT, self.transport.send(message))
            .await
            .map_err(|_| MailError::Unavailable("no answer within 30 seconds".to_owned()))??;
        Ok(())
    }

    fn name(&self) -> &'static str {
        "smtp"
    }
}

#[async_trait]
impl Mailer for Files {
    async fn send(&self, to: &str, letter: &Letter, message_id: &str) -> Result<(), MailError> {
        let message = message(&self.from, to, letter, message_id)?;
        self.transport.send(message).await.map_err(|error| MailError::Unavailable(error.to_string()))?;
        Ok(())
    }

    fn name(&self) -> &'static str {
        "file"
    }
}
