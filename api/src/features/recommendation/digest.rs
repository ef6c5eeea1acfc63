//! Telling the parties by mail what matches. Who is told, and what, is worked out when the mail is sent; what was
//! told to somebody is not told again.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use techmart_entity::{
    Instant,
    account::{self, ActiveModel, MatchDigest},
    id::{AccountId, ListingId, OrganisationId},
    listing::{self, ListingKind},
    organisation::membership::{self, MemberRole},
    recommendation::Model,
};
use techmart_search::Match;

use super::repo;
use crate::{
    auth::Context,
    clock::{day_of, start_of},
    error::{AppError, Code, Result},
    features::{
        account::repo as accounts,
        listing::{plural, repo as listings},
        matching::reasons::sentences,
        organisation::repo as organisations,
        search::doc::is_indexed,
    },
    jobs::JobError,
    mail::{Told, match_digest},
    outbox::{self, Job, Mail},
    say,
    state::State,
};

/// Matches in one mail.
const MATCHES: usize = 10;

/// Reasons beside each.
const REASONS: usize = 3;

/// Asks whether to end the mails.
pub const ASK: &str = "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>退订 / Unsubscribe</title>\
<body style=\"font-family:sans-serif;max-width:30em;margin:3em auto\"><h1>退订匹配摘要</h1><p>不再接收新匹配的邮件？</p>\
<p>No more mails about new matches?</p><form method=\"post\"><button>退订 / Unsubscribe</button></form></body></html>";

/// Says that they have ended.
pub const ENDED: &str = "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>已退订 / Unsubscribed</title>\
<body style=\"font-family:sans-serif;max-width:30em;margin:3em auto\"><h1>已退订</h1><p>不再发送匹配摘要，可在个人设置\
（match_digest）中恢复。</p><p>Unsubscribed; match_digest of your account turns it on again.</p></body></html>";

/// At which hour of Asia/Shanghai the daily digests go out.
const HOUR: i64 = 8;

/// When the next daily digests go out.
#[must_use]
pub fn next_morning(now: Instant) -> Instant {
    let today = start_of(day_of(now)) + Duration::hours(HOUR);
    if now < today { today } else { today + Duration::days(1) }
}

/// Sends each member of an organisation who wants it at that pace what they were not told yet. However many jobs ask
/// for the daily ones, a morning brings one; what it does not hold comes with the next.
///
/// # Errors
/// [`JobError`]; done again, whoever was told is passed over.
pub async fn send(
    state: &State,
    message_id: &str,
    organisation: OrganisationId,
    pace: MatchDigest,
) -> std::result::Result<(), JobError> {
    let db = state.db.read();
    let now = state.clock.now();
    let (since, next) = match pace {
        MatchDigest::AtOnce => (None, now),
        MatchDigest::Daily => (Some(next_morning(now) - Duration::days(1)), next_morning(now)),
        MatchDigest::Never => return Ok(()),
    };
    let members = membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(organisation))
        .filter(membership::Column::Role.is_in([MemberRole::Owner, MemberRole::Editor]))
        .all(db)
        .await?;
    let ids: Vec<AccountId> = members.iter().map(|member| member.account_id).collect();
    let wants = |row: &account::Model| {
        row.match_digest == pace && row.disabled_at.is_none() && row.email_verified_at.is_some()
    };
    let mut more = false;
    for person in organisations::accounts(db, &ids).await?.into_iter().filter(wants) {
        if let Some(since) = since
            && repo::was_told(db, organisation, person.id, since).await?
        {
            continue;
        }
        let mut rows = repo::untold(db, organisation, person.id, MATCHES + 1).await?;
        let too_many = rows.len() > MATCHES;
        rows.truncate(MATCHES);
        let told = told(state, organisation, &rows).await?;
        if told.is_empty() {
            continue;
        }
        let token =
            state.jwt.sign_unsubscribe(person.id).map_err(|error| JobError::Other(error.to_string()))?;
        let link = format!("{}/api/v1/unsubscribe?token={token}", state.config.public_url);
        let letter = match_digest(&person.name, &told, &link);
        // The same after a crash, so that a mail that went out twice is seen once.
        let first = rows.first().map(|row| row.id.to_string()).unwrap_or_default();
        state.mailer.send(&person.email, &letter, &format!("{message_id}-{}-{first}", person.id)).await?;
        let cx = Context::system(state.clock.now());
        state.db.write(async |tx| repo::told(tx, &cx, person.id, &rows).await).await?;
        more |= too_many;
    }
    if more {
        let job = Job::Mail(Mail::MatchDigest { organisation_id: organisation, pace });
        state.db.write(async |tx| outbox::push_at(tx, now, next, &job).await).await?;
    }
    Ok(())
}

/// The matches as the organisation may see them: an anonymous enterprise is not named, since only titles are.
async fn told(state: &State, organisation: OrganisationId, rows: &[Model]) -> Result<Vec<Told>> {
    let ids: Vec<ListingId> = rows.iter().flat_map(|row| [row.achievement_id, row.demand_id]).collect();
    let found = listings::by_ids(state.db.read(), &ids).await?;
    let found: HashMap<ListingId, listing::Model> = found.into_iter().map(|row| (row.id, row)).collect();
    let mut told = Vec::new();
    for row in rows {
        let (Some(achievement), Some(demand)) = (found.get(&row.achievement_id), found.get(&row.demand_id))
        else {
            continue;
        };
        if !is_indexed(achievement) || !is_indexed(demand) {
            continue;
        }
        let supplier = row.supplier_id == organisation;
        let (own, other) = if supplier { (achievement, demand) } else { (demand, achievement) };
        let found: Match = serde_json::from_value(row.found.clone()).map_err(AppError::internal)?;
        let reasons = sentences(&found).into_iter().take(REASONS);
        let kind = if supplier { ListingKind::Demand } else { ListingKind::Achievement };
        told.push(Told {
            own: own.title.clone(),
            other: other.title.clone(),
            reasons: reasons.map(|sentence| (sentence.zh, sentence.en)).collect(),
            link: format!("{}/api/v1/{}/{}", state.config.public_url, plural(kind), other.id),
        });
    }
    Ok(told)
}

/// Whose mails a token ends.
///
/// # Errors
/// 404 for a token that is not ours.
pub fn whose(state: &State, token: &str) -> Result<AccountId> {
    state.jwt.verify_unsubscribe(token).map_err(|_| {
        AppError::new(
            Code::NotFound,
            say!("退订链接无效，请从邮件中重新打开。", "The link is not valid; open it from the mail again."),
        )
    })
}

/// Ends the digests of a person.
///
/// # Errors
/// 404 when the account is gone.
pub async fn end(state: &State, id: AccountId) -> Result<()> {
    let now = state.clock.now();
    state
        .db
        .write(async |tx| {
            let row = accounts::hold(tx, id).await?;
            if row.match_digest != MatchDigest::Never {
                let set = ActiveModel { match_digest: Set(MatchDigest::Never), ..Default::default() };
                accounts::save(tx, &row, now, set).await?;
            }
            Ok(())
        })
        .await
}
