//! Telling people, and what they do with what they were told.

use techmart_entity::{
    Instant,
    account::{self, MailPace},
    id::{AccountId, NotificationId},
    notification::{MailState, Model, NotificationKind, preference},
};

use super::{
    dto::PreferencePatch,
    repo,
    told::{self, Told},
};
use crate::{
    auth::Context,
    clock::next_morning,
    db::Tx,
    error::Result,
    features::{
        account::{repo as accounts, service::set_match_digest},
        organisation::repo as organisations,
        recommendation::repo as recommendations,
    },
    jobs::JobError,
    outbox::{self, Job, Mail, Notice},
    state::State,
};

/// How many people are written down at once.
const AT_ONCE: usize = 200;

/// Writes down what follows from a notice for everybody whom it concerns. Done twice, nobody is told twice.
///
/// # Errors
/// [`JobError`]
pub async fn tell(state: &State, notice: &Notice) -> std::result::Result<(), JobError> {
    let db = state.db.read();
    let Some(told) = told::of(db, notice).await? else { return Ok(()) };
    let people: Vec<AccountId> = told.people.iter().copied().collect();
    for people in people.chunks(AT_ONCE) {
        let accounts = organisations::accounts(db, people).await?;
        let chosen = repo::preferences(db, people, told.kind).await?;
        let now = state.clock.now();
        state
            .db
            .write(async |tx| {
                for person in accounts.iter().filter(|person| person.disabled_at.is_none()) {
                    let chosen = chosen.iter().find(|chosen| chosen.account_id == person.id);
                    tell_one(tx, now, &told, person, chosen).await?;
                }
                Ok(())
            })
            .await?;
        state.outbox.wake();
    }
    Ok(())
}

async fn tell_one(
    tx: &Tx,
    now: Instant,
    told: &Told,
    person: &account::Model,
    chosen: Option<&preference::Model>,
) -> Result<()> {
    let listed = chosen.is_none_or(|chosen| chosen.listed);
    let matched = told.kind == NotificationKind::Recommendation;
    let pace = if person.email_verified_at.is_none() {
        MailPace::Never
    } else if matched {
        person.match_digest
    } else {
        chosen.map_or(told.kind.default_pace(), |chosen| chosen.mail)
    };
    let mail = match pace {
        // The digest of matches brings these, at either pace, and says so here.
        MailPace::AtOnce if !matched => MailState::Waiting,
        MailPace::AtOnce | MailPace::Daily => MailState::Digest,
        MailPace::Never => MailState::Unwanted,
    };
    if !listed && mail == MailState::Unwanted {
        return Ok(());
    }
    let mailed_at = if matched { told_by_mail(tx, told, person.id).await? } else { None };
    let mail = if mailed_at.is_some() { MailState::Sent } else { mail };
    // Before the row itself would be found.
    let gathered = mail == MailState::Digest
        && !matched
        && repo::gathered_since(tx, person.id, last_morning(now)).await?;
    let id = NotificationId::new();
    let row = Model {
        id,
        account_id: person.id,
        kind: told.kind,
        subject_kind: told.subject.0,
        subject_id: told.subject.1.clone(),
        source: told.source.clone(),
        audit_id: told.audit_id,
        words: told.words.clone(),
        path: told.path.clone(),
        listed,
        read_at: None,
        mail,
        mailed_at,
        created_at: now,
    };
    if !repo::insert(tx, row).await? {
        return Ok(());
    }
    match mail {
        MailState::Waiting => {
            let mail = Mail::Notification { notification_id: id, account_id: person.id };
            outbox::push(tx, now, &Job::Mail(mail)).await
        }
        // The first since the last morning asks for the next one's mail, which brings them all.
        MailState::Digest if !gathered && !matched => {
            let until = next_morning(now);
            let job = Job::Mail(Mail::NotificationDigest { account_id: person.id, until });
            outbox::push_at(tx, now, until, &job).await
        }
        MailState::Digest
        | MailState::Unwanted
        | MailState::Sent
        | MailState::Dropped
        | MailState::Failed => Ok(()),
    }
}

/// When a digest of matches, which may have been faster than this, brought a recommendation to somebody.
async fn told_by_mail(tx: &Tx, told: &Told, person: AccountId) -> Result<Option<Instant>> {
    // A digest that goes out now waits for this, or this for it.
    accounts::hold(tx, person).await?;
    match told.subject.1.parse() {
        Ok(id) => recommendations::told_at(tx, id, person).await,
        Err(_) => Ok(None),
    }
}

/// When the digests of today, or before eight of yesterday, went out.
fn last_morning(now: Instant) -> Instant {
    next_morning(now) - chrono::Duration::days(1)
}

/// Marks as read: one, or all that came before it and itself.
///
/// # Errors
/// 401 for visitors, 404 when it is not the caller's.
pub async fn read(tx: &Tx, cx: &Context, id: NotificationId) -> Result<Model> {
    let person = cx.person()?.account_id;
    let row = repo::find(tx, person, id).await?;
    repo::read(tx, person, id, false, cx.now).await?;
    repo::find(tx, person, row.id).await
}

/// Marks everything up to one as read; says how many were not before.
///
/// # Errors
/// 401 for visitors, 404 when it is not the caller's.
pub async fn read_up_to(tx: &Tx, cx: &Context, id: NotificationId) -> Result<u64> {
    let person = cx.person()?.account_id;
    repo::find(tx, person, id).await?;
    repo::read(tx, person, id, true, cx.now).await
}

/// Says how somebody wants to be told of things of a kind.
///
/// # Errors
/// 401 for visitors.
pub async fn prefer(tx: &Tx, cx: &Context, kind: NotificationKind, given: &PreferencePatch) -> Result<()> {
    let person = cx.person()?.account_id;
    choose(tx, cx.now, person, kind, given).await
}

/// The same, of whoever it is about.
///
/// # Errors
/// When the rows cannot be written.
pub(super) async fn choose(
    tx: &Tx,
    now: Instant,
    person: AccountId,
    kind: NotificationKind,
    given: &PreferencePatch,
) -> Result<()> {
    // The pace of recommendations stands in the account, where it was before the others.
    if kind == NotificationKind::Recommendation
        && let Some(pace) = given.mail
    {
        let row = accounts::hold(tx, person).await?;
        set_match_digest(tx, &row, now, pace).await?;
    }
    let before = repo::preferences(tx, &[person], kind).await?.pop();
    let row = preference::Model {
        account_id: person,
        kind,
        listed: given.listed.or(before.as_ref().map(|row| row.listed)).unwrap_or(true),
        mail: given.mail.or(before.map(|row| row.mail)).unwrap_or(kind.default_pace()),
        updated_at: now,
    };
    repo::save_preference(tx, row).await
}
