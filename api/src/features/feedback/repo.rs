//! The rows behind feedback: what was counted by month, and the dockings.

use std::collections::BTreeMap;

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, Set,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use techmart_entity::{
    Day, Instant,
    docking::{self, CloseCode, DeclineCode, status::DockingStage},
    id::{ListingId, OrganisationId},
    listing::{self, ListingKind, month},
};

use super::counter::{Count, Key};
use crate::{db::Tx, error::Result};

/// Rows written at once.
const BATCH: usize = 500;

/// Adds to what is there, in the order of the keys: two processes never wait for each other.
///
/// # Errors
/// When the rows cannot be written.
pub async fn add(tx: &Tx, counts: &BTreeMap<Key, Count>) -> Result<()> {
    use month::Column as C;
    let rows: Vec<month::ActiveModel> = counts
        .iter()
        .map(|((listing_id, month), count)| month::ActiveModel {
            listing_id: Set(*listing_id),
            month: Set(*month),
            views: Set(count.views),
            appearances: Set(count.appearances),
            alerts: Set(count.alerts),
        })
        .collect();
    for batch in rows.chunks(BATCH) {
        let mut met = OnConflict::columns([C::ListingId, C::Month]);
        for column in [C::Views, C::Appearances, C::Alerts] {
            let more = Expr::col(("excluded", column));
            met.value(column, Expr::col((month::Entity, column)).add(more));
        }
        month::Entity::insert_many(batch.to_vec()).on_conflict(met).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Whose feedback it is.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Listing(ListingKind, ListingId),
    /// Of all listings of an organisation.
    Organisation(OrganisationId),
}

fn owned_by(owner: OrganisationId) -> SelectStatement {
    Query::select()
        .column(listing::Column::Id)
        .from(listing::Entity)
        .and_where(listing::Column::OrganisationId.eq(owner))
        .to_owned()
}

impl About {
    fn of_months(self) -> Condition {
        match self {
            Self::Listing(_, id) => Condition::all().add(month::Column::ListingId.eq(id)),
            Self::Organisation(owner) => {
                Condition::all().add(month::Column::ListingId.in_subquery(owned_by(owner)))
            }
        }
    }

    fn of_dockings(self) -> Condition {
        use docking::Column as C;
        match self {
            Self::Listing(ListingKind::Achievement, id) => Condition::all().add(C::AchievementId.eq(id)),
            Self::Listing(ListingKind::Demand, id) => Condition::all().add(C::DemandId.eq(id)),
            Self::Listing(ListingKind::Provider, id) => Condition::all().add(C::ProviderId.eq(id)),
            Self::Organisation(owner) => Condition::any()
                .add(C::AchievementId.in_subquery(owned_by(owner)))
                .add(C::DemandId.in_subquery(owned_by(owner)))
                .add(C::ProviderId.in_subquery(owned_by(owner))),
        }
    }
}

/// What was counted, by month, from a month on.
///
/// # Errors
/// When the database cannot be asked.
pub async fn months(db: &impl ConnectionTrait, about: About, from: Day) -> Result<Vec<(Day, i64, i64, i64)>> {
    use month::Column as C;
    // PostgreSQL sums bigints up to a numeric.
    let sum = |column: C| Expr::col(column).sum().cast_as("bigint");
    Ok(month::Entity::find()
        .select_only()
        .column(C::Month)
        .column_as(sum(C::Views), "views")
        .column_as(sum(C::Appearances), "appearances")
        .column_as(sum(C::Alerts), "alerts")
        .filter(about.of_months())
        .filter(C::Month.gte(from))
        .group_by(C::Month)
        .into_tuple()
        .all(db)
        .await?)
}

/// What feedback reads of a docking: when what happened, and how it ended.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Course {
    pub enterprise_id: OrganisationId,
    pub supplier_id: OrganisationId,
    pub stage: DockingStage,
    pub interest_at: Option<Instant>,
    pub accepted_at: Option<Instant>,
    pub ended_at: Option<Instant>,
    pub decline_code: Option<DeclineCode>,
    pub close_code: Option<CloseCode>,
    pub end_note: Option<String>,
}

/// The dockings about a listing, or about the listings of an organisation, in which something happened since then.
///
/// # Errors
/// When the database cannot be asked.
pub async fn courses(db: &impl ConnectionTrait, about: About, since: Instant) -> Result<Vec<Course>> {
    read(db, about.of_dockings(), since).await
}

/// The dockings that an organisation began with an interest in what others had posted.
///
/// # Errors
/// When the database cannot be asked.
pub async fn own_interests(
    db: &impl ConnectionTrait,
    organisation: OrganisationId,
    since: Instant,
) -> Result<Vec<Course>> {
    use docking::Column as C;
    let began = Condition::any()
        .add(Condition::all().add(C::EnterpriseId.eq(organisation)).add(C::AchievementId.is_not_null()))
        .add(
            Condition::all()
                .add(C::SupplierId.eq(organisation))
                .add(C::AchievementId.is_null())
                .add(C::DemandId.is_not_null()),
        );
    read(db, began, since).await
}

async fn read(db: &impl ConnectionTrait, condition: Condition, since: Instant) -> Result<Vec<Course>> {
    use docking::Column as C;
    Ok(docking::Entity::find()
        .select_only()
        .columns([
            C::EnterpriseId,
            C::SupplierId,
            C::Stage,
            C::InterestAt,
            C::AcceptedAt,
            C::EndedAt,
            C::DeclineCode,
            C::CloseCode,
            C::EndNote,
        ])
        .filter(condition)
        .filter(
            Condition::any()
                .add(C::InterestAt.gte(since))
                .add(C::AcceptedAt.gte(since))
                .add(C::EndedAt.gte(since)),
        )
        .order_by_desc(C::EndedAt)
        .into_model()
        .all(db)
        .await?)
}
