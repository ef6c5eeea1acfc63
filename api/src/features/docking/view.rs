//! Looking at dockings: one, lists, histories. What a caller may not see is left out here, in one place.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::SubjectKind,
    contract,
    docking::{Model, landing, meeting, message::Channel},
    id::{DockingId, ListingId, OrganisationId},
    life_cycle::LifeCycle,
    listing::{self, Audience},
};

use super::{
    dto::{
        ConsentOut, ContractOut, DockedListing, DockingBrief, DockingOut, DockingQuery, LandingOut,
        MeetingOut, PeopleOut,
    },
    policy::{self, Relation},
    repo,
};
use crate::{
    auth::Context,
    error::Result,
    features::{
        audit::{self, dto::HistoryOut},
        listing::{
            dto::{OrganisationBrief, OwnerNote},
            repo as listings, view as listing_view,
        },
        message,
        nda::{self, dto::NdaOut},
    },
    web::{
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of a docking.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// A docking, for somebody who may see it.
///
/// # Errors
/// 401 when nobody signed in, 404 when the caller may not know of it.
pub async fn one(db: &impl ConnectionTrait, cx: &Context, id: DockingId) -> Result<(DockingOut, String)> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    policy::see(cx, policy::relation(cx, &row))?;
    let tag = tag(&row);
    Ok((show(db, cx, row).await?, tag))
}

/// What a docking is called: by what it is about, never by whom.
///
/// # Errors
/// When the database cannot be asked.
pub async fn called(db: &impl ConnectionTrait, row: &Model) -> Result<String> {
    let about: Vec<ListingId> =
        row.achievement_id.or(row.demand_id).or(row.provider_id).into_iter().collect();
    Ok(listings::by_ids(db, &about).await?.into_iter().next().map(|about| about.title).unwrap_or_default())
}

/// The organisations and listings that rows name.
struct Names {
    organisations: HashMap<OrganisationId, OrganisationBrief>,
    listings: HashMap<ListingId, listing::Model>,
}

impl Names {
    async fn of(db: &impl ConnectionTrait, rows: &[Model]) -> Result<Self> {
        let organisations: Vec<OrganisationId> =
            rows.iter().flat_map(|row| [row.enterprise_id, row.supplier_id]).collect();
        let listed: Vec<ListingId> = rows
            .iter()
            .flat_map(|row| [row.achievement_id, row.demand_id, row.provider_id])
            .flatten()
            .collect();
        let listings = if listed.is_empty() { Vec::new() } else { listings::by_ids(db, &listed).await? };
        Ok(Self {
            organisations: listing_view::briefs(db, &organisations).await?,
            listings: listings.into_iter().map(|row| (row.id, row)).collect(),
        })
    }

    fn listing(&self, id: Option<ListingId>) -> Option<DockedListing> {
        let row = self.listings.get(&id?)?;
        Some(DockedListing { id: row.id, title: row.title.clone() })
    }

    fn audience(&self, row: &Model) -> Option<Audience> {
        let demand = row.demand_id?;
        // A demand that is not there any more would not be a reason to name anybody.
        Some(self.listings.get(&demand).map_or(Audience::Anonymous, |demand| demand.audience))
    }

    /// The enterprise, or why the caller is not told.
    fn enterprise(&self, row: &Model, relation: Relation) -> (Option<OrganisationBrief>, Option<OwnerNote>) {
        if policy::names_enterprise(row, relation, self.audience(row)) {
            (self.organisations.get(&row.enterprise_id).cloned(), None)
        } else {
            (None, Some(OwnerNote::Anonymous))
        }
    }

    fn supplier(&self, row: &Model) -> Option<OrganisationBrief> {
        self.organisations.get(&row.supplier_id).cloned()
    }
}

/// A row as its caller may see it.
///
/// # Errors
/// When the database cannot be asked.
pub async fn show(db: &impl ConnectionTrait, cx: &Context, row: Model) -> Result<DockingOut> {
    let relation = policy::relation(cx, &row);
    let names = Names::of(db, std::slice::from_ref(&row)).await?;
    let (enterprise, enterprise_note) = names.enterprise(&row, relation);
    let meetings = repo::meetings(db, row.id).await?;
    let contract = repo::contract(db, row.id).await?;
    let landing = repo::landing(db, row.id).await?;
    let ndas = nda::repo::of_docking(db, row.id).await?;
    let unread_messages = message::view::unread(db, cx, &row).await?;
    let people = relation.sees_people();
    Ok(DockingOut {
        id: row.id,
        stage: row.stage,
        origin: row.origin,
        achievement: names.listing(row.achievement_id),
        demand: names.listing(row.demand_id),
        provider: names.listing(row.provider_id),
        enterprise,
        enterprise_note,
        supplier: names.supplier(&row),
        demo: row.demo,
        match_reasons: row.match_reasons,
        message: row.message,
        interest_side: row.interest_side,
        interest_at: row.interest_at.map(Into::into),
        expires_on: row.expires_on,
        accepted_at: row.accepted_at.map(Into::into),
        consent: row
            .consent_attachment_id
            .map(|attachment_id| ConsentOut { attachment_id, note: row.consent_note }),
        met_at: row.met_at.map(Into::into),
        decline_code: row.decline_code,
        close_code: row.close_code,
        end_note: row.end_note,
        ended_at: row.ended_at.map(Into::into),
        closed_from: row.closed_from,
        meetings: meetings.into_iter().map(|meeting| meeting_out(meeting, people)).collect(),
        ndas: ndas.into_iter().map(|nda| NdaOut::on(nda, cx.today)).collect(),
        unread_messages,
        contract: contract.map(|contract| contract_out(contract, people)),
        landing: landing.map(|landing| landing_out(landing, people)),
        legal_moves: row.stage.legal(),
        people: people.then_some(PeopleOut {
            broker_id: row.broker_id,
            created_by: row.created_by,
            interest_by: row.interest_by,
            accepted_by: row.accepted_by,
            ended_by: row.ended_by,
        }),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    })
}

fn meeting_out(row: meeting::Model, people: bool) -> MeetingOut {
    MeetingOut {
        id: row.id,
        held_on: row.held_on,
        place: row.place,
        mode: row.mode,
        attendees: row.attendees.0,
        summary: row.summary,
        minutes_attachment_id: row.minutes_attachment_id,
        recorded_side: row.recorded_side,
        recorded_at: row.recorded_at.into(),
        confirmed_side: row.confirmed_side,
        confirmed_at: row.confirmed_at.map(Into::into),
        recorded_by: people.then_some(row.recorded_by),
        confirmed_by: row.confirmed_by.filter(|_| people),
    }
}

/// A contract on the wire; `people` with who recorded it.
#[must_use]
pub fn contract_out(row: contract::Model, people: bool) -> ContractOut {
    ContractOut {
        id: row.id,
        number: row.number,
        title: row.title,
        contract_type: row.contract_type,
        status: row.status,
        buyer_id: row.buyer_id,
        seller_id: row.seller_id,
        signed_on: row.signed_on,
        term_from: row.term_from,
        term_to: row.term_to,
        total_amount: row.total_amount,
        technical_amount: row.technical_amount,
        currency: row.currency,
        payment: row.payment,
        related_party: row.related_party,
        paper_attachment_id: row.paper_attachment_id,
        registration_number: row.registration_number,
        registration_authority: row.registration_authority,
        registered_on: row.registered_on,
        certificate_attachment_id: row.certificate_attachment_id,
        rule_version: row.rule_version,
        recorded_at: row.recorded_at.into(),
        recorded_by: people.then_some(row.recorded_by),
        registered_by: row.registered_by.filter(|_| people),
    }
}

/// A landing on the wire; `people` with who recorded it.
#[must_use]
pub fn landing_out(row: landing::Model, people: bool) -> LandingOut {
    LandingOut {
        id: row.id,
        landed_on: row.landed_on,
        form: row.form,
        place: row.place,
        in_zone: row.in_zone,
        output: row.output,
        evidence: row.evidence.0,
        recorded_at: row.recorded_at.into(),
        recorded_by: people.then_some(row.recorded_by),
    }
}

/// A page of the dockings that the caller may see, newest first.
///
/// # Errors
/// 401 when nobody signed in, 400 when the cursor is not this list's.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: DockingQuery,
) -> Result<Page<DockingBrief>> {
    cx.person()?;
    let insider = cx.actor.is_centre() || cx.actor.is_auditor();
    let filter = repo::Filter {
        stages: query.stage.clone(),
        enterprise: query.enterprise_id,
        named_only: query.enterprise_id.is_some_and(|id| !insider && !cx.actor.belongs_to(id)),
        supplier: query.supplier_id,
        achievement: query.achievement_id,
        demand: query.demand_id,
    };
    let mark = ("dockings", DockingQuery { limit: None, cursor: None, ..query.clone() });
    let cut = Cut::<DockingId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let rows = repo::list(db, repo::scope(cx), &filter, cut.after, cut.limit + 1).await?;
    let names = Names::of(db, &rows).await?;
    Ok(cut.page(
        rows,
        |row| row.id,
        |row| {
            let (enterprise, enterprise_note) = names.enterprise(&row, policy::relation(cx, &row));
            DockingBrief {
                id: row.id,
                stage: row.stage,
                origin: row.origin,
                achievement: names.listing(row.achievement_id),
                demand: names.listing(row.demand_id),
                enterprise,
                enterprise_note,
                supplier: names.supplier(&row),
                demo: row.demo,
                interest_side: row.interest_side,
                expires_on: row.expires_on,
                created_at: row.created_at.into(),
                updated_at: row.updated_at.into(),
            }
        },
    ))
}

/// The acts in a docking that the caller may read of: what a side and the centre write to each other is not the other
/// side's.
pub fn acts(id: DockingId, relation: Relation) -> audit::repo::Filter {
    let read = message::policy::channels(relation);
    let hidden = Channel::ALL.iter().filter(|channel| !read.contains(channel));
    audit::repo::Filter {
        subject: Some((SubjectKind::Docking, id.to_string())),
        without: hidden.map(|channel| message::service::action(*channel)).collect(),
        ..audit::repo::Filter::default()
    }
}

/// Everything that happened to a docking, newest first: moves, meetings, reveals.
///
/// # Errors
/// 401 when nobody signed in, 404 when the caller may not know of it.
pub async fn history(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: DockingId,
    query: audit::dto::HistoryQuery,
) -> Result<Page<HistoryOut>> {
    cx.person()?;
    let row = repo::find(db, id).await?;
    let relation = policy::relation(cx, &row);
    policy::see(cx, relation)?;
    let names = Names::of(db, std::slice::from_ref(&row)).await?;
    let named = policy::names_enterprise(&row, relation, names.audience(&row));
    let cut = Cut::read(query.limit, query.cursor.as_deref(), &("history", id))?;
    let filter = acts(id, relation);
    let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(
        rows,
        |row| row.id,
        |line| {
            let mut out = HistoryOut::from(line);
            out.acting_organisation_id =
                out.acting_organisation_id.filter(|acting| named || *acting != row.enterprise_id);
            out
        },
    ))
}
