//! Sending mail: by SMTP in production, into files on a bare machine.

mod templates;

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use lettre::{
    AsyncFileTransport, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::PoolConfig,
};
pub use templates::{
    Letter, Told, already_registered, invitation, match_digest, moved, reset_password, verify_email,
};

/// How long one mail may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Why a mail did not go out.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the mail could not be written: {0}")]
    Malformed(String),
    #[error("the mail server refused or did not answer: {0}")]
    Transport(String),
}

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
        std::fs::create_dir_all(&folder).map_err(|error| MailError::Transport(error.to_string()))?;
        return Ok(std::sync::Arc::new(Files { transport: AsyncFileTransport::new(folder), from }));
    }
    let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        // The URL may hold a password: it is not repeated.
        .map_err(|_| MailError::Malformed("MAIL_URL is no SMTP address".to_owned()))?
        .pool_config(PoolConfig::new().max_size(2).idle_timeout(Duration::from_secs(30)))
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
    let mut message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .message_id(Some(format!("<{message_id}@techmart>")))
        .subject(letter.subject.clone())
        .header(ContentType::TEXT_PLAIN)
        .body(letter.text.clone())
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
            .map_err(|_| MailError::Transport("no answer within 30 seconds".to_owned()))?
            .map_err(|error| MailError::Transport(error.to_string()))?;
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
        self.transport.send(message).await.map_err(|error| MailError::Transport(error.to_string()))?;
        Ok(())
    }

    fn name(&self) -> &'static str {
        "file"
    }
}
