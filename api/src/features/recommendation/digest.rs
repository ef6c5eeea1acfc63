//! Telling the parties by mail what matches. Who is told, and what, is worked out when the mail is sent; what was
//! told to somebody is not told again.

use std::collections::HashMap;

use chrono::Duration;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use techmart_entity::{
    account::{self, MailPace},
    id::{AccountId, ListingId, OrganisationId},
    listing::{self, ListingKind},
    notification::NotificationKind,
    organisation::membership::{self, MemberRole},
    recommendation::Model,
};
use techmart_search::Match;

use super::repo;
use crate::{
    auth::Context,
    clock::next_morning,
    error::{AppError, Result},
    features::{
        account::repo as accounts,
        listing::{plural, repo as listings},
        matching::reasons::sentences,
        notification::{repo as notifications, unsubscribe},
        organisation::repo as organisations,
        search::doc::is_indexed,
    },
    jobs::JobError,
    mail::{
        Extras, Letter,
        words::{Told, match_digest},
    },
    outbox::{self, Job, Mail},
    state::State,
};

/// Matches in one mail.
const MATCHES: usize = 10;

/// Reasons beside each.
const REASONS: usize = 3;

/// Sends each member of an organisation who wants it at that pace what they were not told yet. However many jobs ask
/// for the daily ones, a morning brings one; what it does not hold comes with the next.
///
/// # Errors
/// [`JobError`]; done again, whoever was told is passed over.
pub async fn send(
    state: &State,
    message_id: &str,
    organisation: OrganisationId,
    pace: MailPace,
) -> std::result::Result<(), JobError> {
    let db = state.db.read();
    let now = state.clock.now();
    let (since, next) = match pace {
        MailPace::AtOnce => (None, now),
        MailPace::Daily => (Some(next_morning(now) - Duration::days(1)), next_morning(now)),
        MailPace::Never => return Ok(()),
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
        let link = unsubscribe::link(state, person.id, NotificationKind::Recommendation)?;
        let extras = Extras { unsubscribe: Some(link), ..Extras::default() };
        let letter = Letter::write(&match_digest(&person.name, &told), &person.locale, extras)?;
        // The same after a crash, so that a mail that went out twice is seen once.
        let first = rows.first().map(|row| row.id.to_string()).unwrap_or_default();
        state.mailer.send(&person.email, &letter, &format!("{message_id}-{}-{first}", person.id)).await?;
        let cx = Context::system(state.clock.now());
        let subjects: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        state
            .db
            .write(async |tx| {
                accounts::hold(tx, person.id).await?;
                repo::told(tx, &cx, person.id, &rows).await?;
                let kind = NotificationKind::Recommendation;
                notifications::digested(tx, person.id, kind, &subjects, cx.now).await
            })
            .await?;
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
