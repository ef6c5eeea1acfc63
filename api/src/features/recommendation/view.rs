//! Looking at recommendations.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    id::{ListingId, OrganisationId, RecommendationId},
    life_cycle::LifeCycle,
    listing,
    recommendation::{Model, RecommendationMove, RecommendationStatus},
};
use techmart_search::Match;

use super::{
    dto::{RecommendationOut, RecommendationQuery, RecommendedOut},
    policy, repo,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::{
        listing::{dto::OrganisationBrief, plural, repo as listings, view::briefs},
        matching::{reasons::sentences, service::parts},
    },
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of a recommendation.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// What is shown beside the rows.
struct Beside {
    listings: HashMap<ListingId, listing::Model>,
    organisations: HashMap<OrganisationId, OrganisationBrief>,
}

impl Beside {
    async fn of(db: &impl ConnectionTrait, rows: &[Model]) -> Result<Self> {
        let ids: Vec<ListingId> = rows.iter().flat_map(|row| [row.achievement_id, row.demand_id]).collect();
        let owners: Vec<OrganisationId> =
            rows.iter().flat_map(|row| [row.enterprise_id, row.supplier_id]).collect();
        let listings = listings::by_ids(db, &ids).await?;
        Ok(Self {
            listings: listings.into_iter().map(|row| (row.id, row)).collect(),
            organisations: briefs(db, &owners).await?,
        })
    }

    fn side(&self, id: ListingId, owner: OrganisationId) -> Result<RecommendedOut> {
        let row = self.listings.get(&id).ok_or_else(|| AppError::internal("a listing is gone"))?;
        Ok(RecommendedOut {
            id,
            title: row.title.clone(),
            organisation: self.organisations.get(&owner).cloned(),
            href: format!("/api/v1/{}/{id}", plural(row.kind)),
        })
    }

    fn show(&self, row: Model) -> Result<RecommendationOut> {
        let found: Match = serde_json::from_value(row.found).map_err(AppError::internal)?;
        Ok(RecommendationOut {
            id: row.id,
            status: row.status,
            achievement: self.side(row.achievement_id, row.supplier_id)?,
            demand: self.side(row.demand_id, row.enterprise_id)?,
            score: row.score,
            parts: parts(&found),
            reasons: sentences(&found),
            model: row.model_version,
            demo: row.demo,
            decided_by: row.decided_by,
            decided_at: row.decided_at.map(Into::into),
            code: row.code,
            note: row.note,
            docking_id: row.docking_id,
            created_at: row.created_at.into(),
            legal_moves: legal(row.status),
        })
    }
}

fn legal(status: RecommendationStatus) -> Vec<RecommendationMove> {
    status.legal().into_iter().filter(|mv| mv.is_of_people()).collect()
}

/// A recommendation, for somebody who may see it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn shown(db: &impl ConnectionTrait, row: Model) -> Result<Answer<RecommendationOut>> {
    let tag = tag(&row);
    let beside = Beside::of(db, std::slice::from_ref(&row)).await?;
    Ok(Answer::ok(beside.show(row)?).tagged(tag))
}

/// One.
///
/// # Errors
/// 401, 403, 404.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: RecommendationId,
) -> Result<Answer<RecommendationOut>> {
    policy::look(cx)?;
    shown(db, repo::find(db, id).await?).await
}

/// A page of them.
///
/// # Errors
/// 400 when the cursor is not this list's, 401, 403.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: RecommendationQuery,
) -> Result<Page<RecommendationOut>> {
    policy::look(cx)?;
    let mark = ("recommendations", RecommendationQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<RecommendationId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let statuses = if query.status.is_empty() { vec![RecommendationStatus::Open] } else { query.status };
    let filter = repo::Filter {
        statuses,
        demand: query.demand_id,
        achievement: query.achievement_id,
        organisation: query.organisation_id,
        min_score: query.min_score,
        demo: query.demo,
    };
    let rows = repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    let beside = Beside::of(db, &rows).await?;
    let mut shown: HashMap<RecommendationId, RecommendationOut> = HashMap::new();
    for row in &rows {
        shown.insert(row.id, beside.show(row.clone())?);
    }
    let page = cut.page(rows, |row| row.id, |row| row.id);
    Ok(Page {
        items: page.items.into_iter().filter_map(|id| shown.remove(&id)).collect(),
        next_cursor: page.next_cursor,
    })
}
