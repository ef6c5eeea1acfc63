//! Of a recommendation: the owners and editors of the organisation on either side, each of what it is for theirs.
//! Its mail is the digest of matches (`recommendation/digest.rs`).

use sea_orm::{ConnectionTrait, EntityTrait};
use techmart_entity::{
    audit::SubjectKind,
    id::{OrganisationId, RecommendationId},
    listing::ListingKind,
    notification::{NotificationKind, Text, Words},
    recommendation::{self, RecommendationStatus},
};
use techmart_search::Match;

use super::{Both, Told};
use crate::{
    error::{AppError, Result},
    features::{
        listing::{plural, repo as listings},
        matching::reasons::sentences,
        organisation::repo as organisations,
        search::doc::is_indexed,
    },
};

/// Reasons that are told.
const REASONS: usize = 3;

pub(super) async fn of(
    db: &impl ConnectionTrait,
    id: RecommendationId,
    organisation: OrganisationId,
) -> Result<Option<Told>> {
    let row = recommendation::Entity::find_by_id(id).one(db).await?;
    let Some(row) = row.filter(|row| row.status == RecommendationStatus::Open) else { return Ok(None) };
    let found = listings::by_ids(db, &[row.achievement_id, row.demand_id]).await?;
    let shown = |id| found.iter().find(|listing| listing.id == id && is_indexed(listing));
    let (Some(achievement), Some(demand)) = (shown(row.achievement_id), shown(row.demand_id)) else {
        return Ok(None);
    };
    let (own, other, kind) = if row.supplier_id == organisation {
        (achievement, demand, ListingKind::Demand)
    } else {
        (demand, achievement, ListingKind::Achievement)
    };
    let matched: Match = serde_json::from_value(row.found.clone()).map_err(AppError::internal)?;
    let reasons = sentences(&matched).into_iter().take(REASONS);
    let reasons: Vec<Both> = reasons.map(|sentence| Both::new(sentence.zh, sentence.en)).collect();
    Ok(Some(Told {
        kind: NotificationKind::Recommendation,
        subject: (SubjectKind::Recommendation, id.to_string()),
        source: source(id),
        audit_id: None,
        words: words(&own.title, &other.title, &reasons),
        path: Some(format!("{}/{}", plural(kind), other.id)),
        people: organisations::editors(db, organisation).await?.into_iter().collect(),
        calendar: None,
    }))
}

/// A pair is told once, though it lapses and comes back.
#[must_use]
pub fn source(id: RecommendationId) -> String {
    format!("recommendation:{id}")
}

/// What is told of a match: titles and reasons, never whose it is.
#[must_use]
pub fn words(own: &str, other: &str, reasons: &[Both]) -> Words {
    let lines = |first: String, pick: fn(&Both) -> &String| {
        std::iter::once(first).chain(reasons.iter().map(|reason| format!("· {}", pick(reason)))).collect()
    };
    Words {
        zh: Text {
            subject: format!("推荐：{other}"),
            lines: lines(format!("“{own}” ←→ “{other}”"), |both| &both.zh),
        },
        en: Text {
            subject: format!("Recommended: {other}"),
            lines: lines(format!("“{own}” <-> “{other}”"), |both| &both.en),
        },
    }
}
