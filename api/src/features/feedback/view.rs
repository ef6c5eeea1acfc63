//! Looking at feedback. Who may is who may read the draft; of an organisation, who may read its members.

use std::collections::BTreeMap;

use chrono::Months;
use sea_orm::ConnectionTrait;
use techmart_entity::{
    Day,
    docking::status::DockingStage,
    id::{ListingId, OrganisationId},
    listing::ListingKind,
};

use super::{
    dto::{
        FeedbackMonthOut, FeedbackOut, FeedbackQuery, FeedbackSums, OrganisationFeedbackOut, OwnInterestsOut,
    },
    reasons::Reasons,
    repo::{self, About, Course},
};
use crate::{
    auth::Context,
    clock::{day_of, start_of},
    error::{AppError, Result},
    features::{
        funnel::view::month_of,
        listing::{policy, repo as listings, view},
        organisation::{policy as organisation_policy, repo as organisations},
    },
};

/// Months that are shown when the question does not say.
const MONTHS: u32 = 12;

/// What became of a listing.
///
/// # Errors
/// 404 for whoever may not read its draft.
pub async fn of_listing(
    db: &impl ConnectionTrait,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    query: &FeedbackQuery,
) -> Result<FeedbackOut> {
    let row = listings::find(db, kind, id).await?;
    if !policy::may_read_draft(view::relation(db, cx, &row).await?) {
        return Err(AppError::not_found());
    }
    let mut sheet = Sheet::of(cx.today, query);
    let about = About::Listing(kind, id);
    sheet.counted(repo::months(db, about, sheet.first).await?);
    for course in repo::courses(db, about, start_of(sheet.first)).await? {
        sheet.add(course, row.organisation_id);
    }
    let (total, months) = sheet.out();
    Ok(FeedbackOut { listing_id: id, kind, title: row.title, total, months })
}

/// What became of an organisation's listings.
///
/// # Errors
/// 401, 403 and 404 for whoever may not look inside the organisation.
pub async fn of_organisation(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: OrganisationId,
    query: &FeedbackQuery,
) -> Result<OrganisationFeedbackOut> {
    let row = organisations::find(db, id).await?.ok_or_else(AppError::not_found)?;
    organisation_policy::see_members(cx, organisation_policy::relation(cx, &row))?;
    let mut sheet = Sheet::of(cx.today, query);
    let since = start_of(sheet.first);
    let about = About::Organisation(id);
    sheet.counted(repo::months(db, about, sheet.first).await?);
    for course in repo::courses(db, about, since).await? {
        sheet.add(course, Some(id));
    }
    let mut own = OwnInterestsOut::default();
    let mut reasons = Reasons::default();
    for course in repo::own_interests(db, id, since).await? {
        own.expressed += u64::from(course.interest_at.is_some_and(|at| at >= since));
        own.accepted += u64::from(course.accepted_at.is_some_and(|at| at >= since));
        if course.interest_at.is_some() && course.ended_at.is_some_and(|at| at >= since) {
            reasons.add(course.stage, course.decline_code, course.close_code, course.end_note);
        }
    }
    own.reasons = reasons.list();
    let (total, months) = sheet.out();
    Ok(OrganisationFeedbackOut { organisation_id: id, total, months, own_interests: own })
}

/// The months, filled in as they are read.
struct Sheet {
    first: Day,
    months: BTreeMap<Day, (FeedbackSums, Reasons)>,
}

impl Sheet {
    /// Every month that is asked for, though nothing happened in it.
    fn of(today: Day, query: &FeedbackQuery) -> Self {
        let this = month_of(today);
        let n = query.months.unwrap_or(MONTHS);
        let months: BTreeMap<Day, (FeedbackSums, Reasons)> = (0..n)
            .filter_map(|back| this.checked_sub_months(Months::new(back)))
            .map(|month| (month, (FeedbackSums::default(), Reasons::default())))
            .collect();
        Self { first: months.keys().next().copied().unwrap_or(this), months }
    }

    fn counted(&mut self, rows: Vec<(Day, i64, i64, i64)>) {
        for (month, views, appearances, alerts) in rows {
            if let Some((sums, _)) = self.months.get_mut(&month) {
                *sums = FeedbackSums { views, appearances, alerts, ..*sums };
            }
        }
    }

    /// Adds a docking, each of its acts to its month. How it ended is for its two sides: who is only named in it as a
    /// helper is not told.
    fn add(&mut self, course: Course, owner: Option<OrganisationId>) {
        let at = |at: Option<techmart_entity::Instant>| at.map(|at| month_of(day_of(at)));
        let is_side = owner.is_some_and(|owner| owner == course.enterprise_id || owner == course.supplier_id);
        if let Some((sums, _)) = at(course.interest_at).and_then(|month| self.months.get_mut(&month)) {
            sums.interests += 1;
        }
        if let Some((sums, _)) = at(course.accepted_at).and_then(|month| self.months.get_mut(&month)) {
            sums.accepted += 1;
        }
        if let Some((sums, reasons)) =
            at(course.ended_at).filter(|_| is_side).and_then(|month| self.months.get_mut(&month))
        {
            sums.declined +=
                u64::from(matches!(course.stage, DockingStage::Declined | DockingStage::Dismissed));
            reasons.add(course.stage, course.decline_code, course.close_code, course.end_note);
        }
    }

    fn out(self) -> (FeedbackSums, Vec<FeedbackMonthOut>) {
        let mut total = FeedbackSums::default();
        let mut out = Vec::new();
        for (month, (sums, reasons)) in self.months.into_iter().rev() {
            total.views += sums.views;
            total.appearances += sums.appearances;
            total.alerts += sums.alerts;
            total.interests += sums.interests;
            total.accepted += sums.accepted;
            total.declined += sums.declined;
            let month = month.format("%Y-%m").to_string();
            out.push(FeedbackMonthOut { month, sums, reasons: reasons.list() });
        }
        (total, out)
    }
}
