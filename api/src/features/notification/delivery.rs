//! Sending what people were told. The row says whether its mail has gone, so a mail is sent again only when the process
//! died between the two, and then under the same Message-ID.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::Duration;
use techmart_entity::{
    Instant,
    account::{self, MailPace},
    id::{AccountId, NotificationId},
    notification::{MailState, Model, NotificationKind, Text, Words},
};

use super::{
    repo,
    told::{self, Told},
    unsubscribe,
};
use crate::{
    features::{account::repo as accounts, expiry::link},
    jobs::JobError,
    mail::{Calendar, Extras, Letter},
    outbox::Notice,
    state::State,
};

/// Lines of a digest; the rest is only counted.
const DIGEST: usize = 50;

/// Sends one. What does not concern the person any more, or is not wanted any more, is not sent.
///
/// # Errors
/// [`JobError`]; the relay tries again, under the same message id.
pub async fn send(state: &State, id: NotificationId) -> Result<(), JobError> {
    let db = state.db.read();
    let Some(row) = repo::any(db, id).await? else { return Ok(()) };
    match row.mail {
        MailState::Waiting | MailState::Failed => {}
        MailState::Unwanted | MailState::Digest | MailState::Sent | MailState::Dropped => return Ok(()),
    }
    let Some((person, calendar)) = still_concerned(state, &row).await? else {
        return mark(state, &[id], MailState::Dropped).await;
    };
    if repo::earlier_waits(db, &row).await? {
        return Err(JobError::Later);
    }
    let extras = Extras {
        link: row.path.as_ref().map(|path| format!("{}/api/v1/{path}", state.config.public_url)),
        renewal: renewal(state, &row)?,
        unsubscribe: Some(unsubscribe::link(state, person.id, row.kind)?),
        calendar,
    };
    let letter = Letter::write(&row.words, &person.locale, extras)?;
    state.mailer.send(&person.email, &letter, &format!("notification-{id}")).await?;
    mark(state, &[id], MailState::Sent).await
}

/// The person, and what goes with the mail, if it still concerns them and they still want it.
async fn still_concerned(
    state: &State,
    row: &Model,
) -> Result<Option<(account::Model, Option<Calendar>)>, JobError> {
    let db = state.db.read();
    let Some(person) = reachable(state, row.account_id).await? else { return Ok(None) };
    let chosen = repo::preferences(db, &[person.id], row.kind).await?.pop();
    if chosen.is_some_and(|chosen| chosen.mail == MailPace::Never) {
        return Ok(None);
    }
    let Some(notice) = told::again(row) else { return Ok(Some((person, None))) };
    let told = concerned(state, notice).await?;
    let told = told.as_ref().as_ref().filter(|told| told.people.contains(&person.id));
    Ok(told.map(|told| {
        let invitation = told.calendar.as_ref();
        let calendar =
            invitation.map(|one| one.write(state.config.mail_address(), Some(person.email.as_str())));
        (person, calendar)
    }))
}

/// Whom a notice concerned a moment ago. One of which many are told has a mail for each of them, one after another.
#[derive(Debug, Default)]
pub struct Concerned {
    last: Mutex<Option<Moment>>,
}

/// A notice, when it was asked about, and what was answered.
#[derive(Clone, Debug)]
struct Moment {
    of: Notice,
    at: Instant,
    told: Arc<Option<Told>>,
}

/// For how many seconds that holds.
const HOLDS: i64 = 2;

async fn concerned(state: &State, notice: Notice) -> Result<Arc<Option<Told>>, JobError> {
    let now = state.clock.now();
    let last = state.concerned.last.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(Moment { of, at, told }) = last
        && of == notice
        && now - at < Duration::seconds(HOLDS)
    {
        return Ok(told);
    }
    let told = Arc::new(told::of(state.db.read(), &notice).await?);
    let mut last = state.concerned.last.lock().unwrap_or_else(PoisonError::into_inner);
    *last = Some(Moment { of: notice, at: now, told: Arc::clone(&told) });
    Ok(told)
}

/// The link that renews what a row reminds of, with what it is called.
fn renewal(state: &State, row: &Model) -> Result<Option<(&'static str, String)>, JobError> {
    match told::again(row) {
        Some(Notice::Expiry { term, .. }) => link::of(state, row.account_id, term),
        Some(
            Notice::Act { .. }
            | Notice::Reminder { .. }
            | Notice::SavedSearch { .. }
            | Notice::Desk { .. }
            | Notice::Recommendation { .. },
        )
        | None => Ok(None),
    }
}

async fn reachable(state: &State, id: AccountId) -> Result<Option<account::Model>, JobError> {
    let person = accounts::find(state.db.read(), id).await?;
    Ok(person.filter(|person| person.disabled_at.is_none() && person.email_verified_at.is_some()))
}

async fn mark(state: &State, ids: &[NotificationId], mail: MailState) -> Result<(), JobError> {
    let at = (mail == MailState::Sent).then(|| state.clock.now());
    Ok(state.db.write(async |tx| repo::mailed(tx, ids, mail, at).await).await?)
}

/// Sends what somebody was told until then, in one mail. What came after is the next morning's.
///
/// # Errors
/// [`JobError`]; the relay tries again, under the same message id and about the same.
pub async fn digest(state: &State, account: AccountId, until: Instant) -> Result<(), JobError> {
    let rows = repo::gathered(state.db.read(), account, until).await?;
    let ids: Vec<NotificationId> = rows.iter().map(|row| row.id).collect();
    let mut wanted = Vec::new();
    let mut person = None;
    for row in rows {
        if let Some((found, _)) = still_concerned(state, &row).await? {
            person = Some(found);
            let link = renewal(state, &row)?.map(|(label, link)| format!("{label}\n  {link}"));
            let mut row = row;
            row.words.zh.lines.extend(link.clone());
            row.words.en.lines.extend(link);
            wanted.push(row);
        }
    }
    let Some(person) = person else { return mark(state, &ids, MailState::Dropped).await };
    let mut kinds: Vec<NotificationKind> = wanted.iter().map(|row| row.kind).collect();
    kinds.dedup();
    // One click cannot end several kinds at once; each has its own link where it stands alone.
    let unsubscribe = match kinds.as_slice() {
        [kind] => unsubscribe::link(state, person.id, *kind)?,
        _ => unsubscribe::link_of_all(state, person.id)?,
    };
    let link = Some(format!("{}/api/v1/notifications", state.config.public_url));
    let extras = Extras { link, unsubscribe: Some(unsubscribe), ..Extras::default() };
    let letter = Letter::write(&gathered(&person.name, &wanted), &person.locale, extras)?;
    let message_id = format!("digest-{account}-{}", until.timestamp());
    state.mailer.send(&person.email, &letter, &message_id).await?;
    mark(state, &ids, MailState::Sent).await
}

/// The words of a digest.
#[must_use]
pub fn gathered(name: &str, rows: &[Model]) -> Words {
    let n = rows.len();
    let told = |pick: fn(&Words) -> &Text| {
        rows.iter().take(DIGEST).map(move |row| {
            let text = pick(&row.words);
            let mut line = text.subject.clone();
            for more in &text.lines {
                line += &format!("\n  {more}");
            }
            line
        })
    };
    let mut zh = vec![format!("{name}，您好："), format!("您有 {n} 条通知：")];
    let mut en = vec![format!("Hello {name},"), format!("you have {n} notifications:")];
    zh.extend(told(|words| &words.zh));
    en.extend(told(|words| &words.en));
    if n > DIGEST {
        zh.push(format!("另有 {} 条，见通知列表。", n - DIGEST));
        en.push(format!("And {} more in your list.", n - DIGEST));
    }
    Words {
        zh: Text { subject: format!("{n} 条通知"), lines: zh },
        en: Text { subject: format!("{n} notifications"), lines: en },
    }
}
