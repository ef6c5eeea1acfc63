//! The rows whose term ends, and the reminders that were told.

use chrono::Duration;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement},
};
use techmart_entity::{
    Day, Instant, docking,
    docking::status::DockingStage,
    expiry::{Column, Entity, Model, Term, TermKind},
    listing::{self, status::ListingStatus},
    organisation::{self, status::VerificationStatus},
    provider::{entry, status::EntryStatus},
};
use uuid::Uuid;

use super::policy::{Window, last_day};
use crate::{
    clock::{day_of, end_of, start_of},
    db::Tx,
    error::Result,
};

/// Reminders of a term and a stage that were told, to be narrowed to one subject.
fn told(stage: i16) -> SelectStatement {
    Query::select().expr(Expr::val(1)).from(Entity).and_where(Column::Stage.eq(stage)).to_owned()
}

/// Terms that end within a window and were not told of at its stage, the nearest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn ending(
    db: &impl ConnectionTrait,
    kind: TermKind,
    window: Window,
    now: Instant,
    limit: u64,
) -> Result<Vec<Term>> {
    let today = day_of(now);
    let day = |left: i16| today + Duration::days(i64::from(left));
    let (from, to) = (day(window.least), day(window.stage));
    macro_rules! by_day {
        ($entity:ty, $id:expr, $day:expr, $condition:expr) => {{
            let of_term = told(window.stage)
                .and_where(Expr::col((Entity, Column::SubjectId)).equals((<$entity>::default(), $id)))
                .and_where(Expr::col((Entity, Column::EndsOn)).equals((<$entity>::default(), $day)))
                .to_owned();
            let rows: Vec<(Uuid, Day)> = <$entity>::find()
                .select_only()
                .columns([$id, $day])
                .filter($condition)
                .filter($day.between(from, to))
                .filter(Expr::exists(of_term).not())
                .order_by_asc($day)
                .limit(limit)
                .into_tuple()
                .all(db)
                .await?;
            rows
        }};
    }
    let rows = match kind {
        TermKind::Listing => return listings(db, window, (from, to), now, limit).await,
        TermKind::Entry => by_day!(
            entry::Entity,
            entry::Column::Id,
            entry::Column::AgreementValidTo,
            entry::Column::Status.eq(EntryStatus::Entered)
        ),
        TermKind::Verification => by_day!(
            organisation::Entity,
            organisation::Column::Id,
            organisation::Column::ValidUntil,
            Condition::all()
                .add(organisation::Column::Verification.eq(VerificationStatus::Verified))
                .add(organisation::Column::MergedInto.is_null())
        ),
        TermKind::Interest => by_day!(
            docking::Entity,
            docking::Column::Id,
            docking::Column::ExpiresOn,
            docking::Column::Stage.eq(DockingStage::InterestExpressed)
        ),
    };
    Ok(rows.into_iter().map(|(subject_id, ends_on)| Term { kind, subject_id, ends_on }).collect())
}

/// The same of listings, which end at an instant. A renewal is for a year, so that no term of one that was told of can
/// still be running beside another that ends as soon.
async fn listings(
    db: &impl ConnectionTrait,
    window: Window,
    (from, to): (Day, Day),
    now: Instant,
    limit: u64,
) -> Result<Vec<Term>> {
    use listing::{Column as L, Entity as Listings};
    let of_term = told(window.stage)
        .and_where(Expr::col((Entity, Column::SubjectId)).equals((Listings, L::Id)))
        .and_where(Column::EndsOn.gte(day_of(now)))
        .to_owned();
    let rows: Vec<(Uuid, Instant)> = Listings::find()
        .select_only()
        .columns([L::Id, L::ExpiresAt])
        .filter(L::Status.eq(ListingStatus::Published))
        // Of what nobody owns the desk hears.
        .filter(L::OrganisationId.is_not_null())
        .filter(L::ExpiresAt.gt(std::cmp::max(now, start_of(from))))
        .filter(L::ExpiresAt.lte(end_of(to) + Duration::milliseconds(1)))
        .filter(Expr::exists(of_term).not())
        .order_by_asc(L::ExpiresAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let term = |(subject_id, end)| Term { kind: TermKind::Listing, subject_id, ends_on: last_day(end) };
    Ok(rows.into_iter().map(term).collect())
}

/// Writes that a reminder is told, unless it was; says whether it did.
///
/// # Errors
/// When the row cannot be written.
pub async fn tell(tx: &Tx, term: Term, stage: i16, now: Instant) -> Result<bool> {
    let Term { kind, subject_id, ends_on } = term;
    let row = Model { subject_id, ends_on, stage, kind, told_at: now };
    let inserted = Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([Column::SubjectId, Column::EndsOn, Column::Stage]).do_nothing().to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    Ok(inserted == 1)
}
