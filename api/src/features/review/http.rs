//! `/reviews`: for the centre; auditors look on.

use std::collections::HashMap;

use actix_web::{HttpResponse, get};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use techmart_entity::{
    Day,
    id::{ListingId, VersionId},
    listing::{ListingKind, Model, status::ListingStatus},
};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::{
    error::{AppError, Result},
    features::{
        check::{dto::CompletenessOut, service as checks},
        export::page_or_file,
        listing::{dto::ListingBrief, repo, view},
    },
    say,
    web::{
        act::Look,
        paging::{Cut, Page},
        query::Query,
    },
};

/// What to show of the queue.
#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ReviewQuery {
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
    pub kind: Option<ListingKind>,
    /// `submitted` (waiting) and `in_review` (claimed) when absent.
    #[serde(default)]
    #[param(max_items = 11)]
    pub status: Vec<ListingStatus>,
    /// What the caller has claimed.
    pub mine: Option<bool>,
}

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list_reviews);
}

/// What waits for review or is under it, the oldest first.
#[utoipa::path(operation_id = "list_reviews", tag = "reviews", params(ReviewQuery), responses((status = 200, body = Page<ListingBrief>)))]
#[get("/reviews")]
async fn list_reviews(look: Look, query: Query<ReviewQuery>) -> Result<HttpResponse> {
    page_or_file(look, query, async move |look, query| {
        look.person()?;
        if !(look.actor.is_centre() || look.actor.is_auditor()) {
            return Err(AppError::forbidden(say!(
                "审核队列供服务中心和审计查看。",
                "The queue is for the centre and auditors."
            )));
        }
        let mark = ReviewQuery { limit: None, cursor: None, ..query.clone() };
        let cut = Cut::<repo::ListKey>::read(query.limit, query.cursor.as_deref(), &mark)?;
        let working = if query.status.is_empty() {
            vec![ListingStatus::Submitted, ListingStatus::InReview]
        } else {
            query.status
        };
        let filter = repo::Filter {
            kind: query.kind,
            working,
            claimed_by: look.account_id().filter(|_| query.mine == Some(true)),
            ..repo::Filter::default()
        };
        let db = look.state.db.read();
        let rows =
            repo::list(db, repo::scope(look), &filter, repo::Order::Queue, cut.after, cut.limit + 1).await?;
        let complete =
            if look.actor.is_centre() { completeness(db, &rows, look.today).await? } else { HashMap::new() };
        let mut page = view::rows_page(db, look, &cut, rows).await?;
        for brief in &mut page.items {
            brief.completeness = complete.get(&brief.id).cloned();
        }
        Ok(page)
    })
    .await
}

/// How complete the versions under review are.
async fn completeness(
    db: &impl ConnectionTrait,
    rows: &[Model],
    today: Day,
) -> Result<HashMap<ListingId, CompletenessOut>> {
    let working: Vec<VersionId> = rows.iter().filter_map(|row| row.working_version_id).collect();
    let versions = repo::versions(db, &working).await?;
    let mut complete = HashMap::new();
    for version in &versions {
        if let Some(row) = rows.iter().find(|row| row.id == version.listing_id) {
            complete.insert(row.id, checks::of_version(row, version, today)?.into());
        }
    }
    Ok(complete)
}
