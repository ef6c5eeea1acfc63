//! One call to an endpoint, without a database: what is sent, and what came of it.

use std::{error::Error, time::Duration};

use chrono::{DateTime, Duration as Span};
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use techmart_entity::{Instant, webhook::attempt::AttemptOutcome};

use crate::outbound::{Targets, guard};

/// How much of an answer is read: a target may take its time saying more, but not ours.
const READ: usize = 64 * 1024;

/// How much of it is kept, in bytes.
pub const KEPT: usize = 1024;

/// A call that is ready to be made.
#[derive(Debug)]
pub struct Call<'a> {
    pub url: &'a str,
    pub event_id: String,
    pub delivery_id: String,
    pub timestamp: i64,
    pub signature: String,
    pub body: Vec<u8>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    pub outcome: AttemptOutcome,
    pub status: Option<u16>,
    /// For how long the target asks to be left alone.
    pub asked: Option<Span>,
    /// The beginning of the answer; without one, why there is none.
    pub answer: Option<String>,
    pub took: Duration,
}

/// Makes a call. It ends within the time of the client, whatever the target does.
pub async fn call(client: &reqwest::Client, targets: Targets, call: Call<'_>, now: Instant) -> Called {
    let began = std::time::Instant::now();
    let failed = |outcome, why: String| Called {
        outcome,
        status: None,
        asked: None,
        answer: Some(cut(why.as_bytes())),
        took: began.elapsed(),
    };
    let url = match guard::check(call.url, targets) {
        Ok(url) => url,
        Err(refused) => return failed(AttemptOutcome::Blocked, refused.to_string()),
    };
    let sent = client
        .post(url)
        .header(CONTENT_TYPE, "application/json")
        .header("webhook-id", call.event_id)
        .header("webhook-timestamp", call.timestamp)
        .header("webhook-signature", call.signature)
        .header("techmart-delivery-id", call.delivery_id)
        .body(call.body)
        .send()
        .await;
    let mut response = match sent {
        Ok(response) => response,
        Err(error) => {
            let outcome = match guard::refused(&error) {
                Some(_) => AttemptOutcome::Blocked,
                None if error.is_timeout() => AttemptOutcome::TimedOut,
                None => AttemptOutcome::Unreachable,
            };
            return failed(outcome, root(&error));
        }
    };
    let status = response.status().as_u16();
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| retry_after(value.to_str().ok()?, now));
    let mut read = Vec::new();
    // The status has decided; what is lost of the body decides nothing.
    while read.len() < READ
        && let Ok(Some(chunk)) = response.chunk().await
    {
        read.extend_from_slice(&chunk);
    }
    let outcome = match status {
        200..300 => AttemptOutcome::Delivered,
        300..400 => AttemptOutcome::Redirected,
        410 => AttemptOutcome::Gone,
        _ => AttemptOutcome::Refused,
    };
    let answer = (!read.is_empty()).then(|| cut(&read));
    Called { outcome, status: Some(status), asked, answer, took: began.elapsed() }
}

/// What lies at the bottom of an error, without the address that was called.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

/// The beginning of a text, without what no log should show.
fn cut(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(KEPT)]);
    let mut text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    // What is no UTF-8 grows when it is replaced.
    while text.len() > KEPT {
        text.pop();
    }
    text
}

/// What Retry-After asks for: seconds, or an instant.
fn retry_after(value: &str, now: Instant) -> Option<Span> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Span::seconds(seconds.into()));
    }
    let at = DateTime::parse_from_rfc2822(value).ok()?;
    Some((at.to_utc() - now).max(Span::zero()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use chrono::{DateTime, Duration as Span};

    use super::{KEPT, cut, retry_after};

    #[test]
    fn retry_after_is_seconds_or_an_instant() {
        let now = DateTime::parse_from_rfc3339("2026-12-01T08:00:00Z").unwrap().to_utc();
        assert_eq!(retry_after("120", now), Some(Span::seconds(120)));
        assert_eq!(retry_after("Tue, 01 Dec 2026 08:01:00 GMT", now), Some(Span::seconds(60)));
        assert_eq!(retry_after("Tue, 01 Dec 2026 07:00:00 GMT", now), Some(Span::zero()));
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-5", now), None);
    }

    #[test]
    fn an_answer_is_kept_short_and_without_control_characters() {
        assert_eq!(cut("好的\u{0}\r\n".as_bytes()), "好的\n");
        assert!(cut(&[0xff; 9_000]).len() <= KEPT);
        assert!(cut("好".repeat(9_000).as_bytes()).len() <= KEPT);
    }
}
