//! Who should meet whom at an event: what is shown there among itself, and with what the participating organisations have
//! published. The matcher is asked before the transaction; a pair is proposed once, whatever becomes of it.

use std::collections::{HashMap, HashSet};

use sea_orm::DatabaseConnection;
use techmart_entity::{
    audit::SubjectKind,
    event::{
        Model as Event,
        pair::{EventPairStatus, Model},
        sign_up::SignUpStatus,
    },
    id::{EventId, EventPairId, ListingId, OrganisationId},
    listing::{self, ListingKind},
};
use techmart_search::Match;

use super::{dto::pair::ProposedOut, policy, repo, service::illegal};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        audit::{self, Record},
        ledger::service::disinterested,
        listing::repo as listings,
        matching::{self, dto::RuledOutBy, rule_out},
        organisation::repo as organisations,
        search::doc::is_indexed,
    },
    state::State,
};

/// Answers that are looked at for each demand.
const LOOKED_AT: usize = 100;

/// Demands that are asked about in one go.
const DEMANDS: usize = 300;

/// A pair that the matcher found.
#[derive(Clone, Debug)]
pub struct Candidate {
    achievement: ListingId,
    demand: ListingId,
    supplier: OrganisationId,
    enterprise: OrganisationId,
    found: Match,
}

/// Asks the matcher.
///
/// # Errors
/// 401, 403, 404; 409 when the event is not there for it, 503 when the index is away.
pub async fn candidates(state: &State, cx: &Context, id: EventId) -> Result<Vec<Candidate>> {
    policy::run(cx)?;
    let db = state.db.read();
    let event = repo::find(db, id).await?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "propose_pairs"));
    }
    let shown: HashSet<ListingId> = repo::item::shown(db, id).await?.into_iter().collect();
    let there = there(db, &event, &shown).await?;
    let of = |kind: ListingKind| -> HashMap<ListingId, &listing::Model> {
        there.iter().filter(|row| row.kind == kind).map(|row| (row.id, row)).collect()
    };
    let (achievements, demands) = (of(ListingKind::Achievement), of(ListingKind::Demand));
    // What is shown first, then by age.
    let mut asked: Vec<&listing::Model> = demands.values().copied().collect();
    asked.sort_by_key(|row| (!shown.contains(&row.id), row.id));
    let mut candidates = Vec::new();
    for demand in asked.into_iter().take(DEMANDS) {
        let found = matching::service::find(state, demand, ListingKind::Achievement, LOOKED_AT).await?;
        let fitting: Vec<(Match, &listing::Model)> = found
            .into_iter()
            .filter(|found| found.fits)
            .filter_map(|found| achievements.get(&ListingId(found.id)).map(|offer| (found, *offer)))
            .filter(|(_, offer)| shown.contains(&demand.id) || shown.contains(&offer.id))
            .collect();
        let offers: Vec<listing::Model> = fitting.iter().map(|(_, offer)| (*offer).clone()).collect();
        let ruled_out = rule_out::among(db, demand, &offers).await?;
        for (found, offer) in fitting {
            let kept_apart = ruled_out.get(&offer.id).is_some_and(|why| match why.by {
                RuledOutBy::SameOrganisation | RuledOutBy::DeclinedBefore => true,
                // Who is in touch already may well meet; the pair leads to that docking.
                RuledOutBy::DockingOpen => false,
            });
            let (Some(supplier), Some(enterprise), false) =
                (offer.organisation_id, demand.organisation_id, kept_apart)
            else {
                continue;
            };
            candidates.push(Candidate {
                achievement: offer.id,
                demand: demand.id,
                supplier,
                enterprise,
                found,
            });
        }
    }
    candidates.sort_by(|one, other| other.found.score.total_cmp(&one.found.score));
    Ok(candidates)
}

/// What is shown, and what the organisations of those who have a place have published: as everybody may find it.
async fn there(
    db: &DatabaseConnection,
    event: &Event,
    shown: &HashSet<ListingId>,
) -> Result<Vec<listing::Model>> {
    let people = repo::sign_up::Filter { statuses: vec![SignUpStatus::Confirmed], ..Default::default() };
    let coming = repo::sign_up::list(db, event.id, &people, None, u64::from(u32::MAX)).await?;
    let mut coming: Vec<OrganisationId> = coming.into_iter().filter_map(|row| row.organisation_id).collect();
    coming.sort();
    coming.dedup();
    let mut ids: Vec<ListingId> = shown.iter().copied().collect();
    for organisation in coming {
        ids.extend(listings::published_of(db, organisation).await?);
    }
    ids.sort();
    ids.dedup();
    let mut rows = Vec::new();
    for ids in ids.chunks(500) {
        rows.extend(listings::by_ids(db, ids).await?);
    }
    let owners: Vec<OrganisationId> = rows.iter().filter_map(|row| row.organisation_id).collect();
    let hidden = organisations::suspended_among(db, &owners).await?;
    rows.retain(|row| {
        is_indexed(row)
            && row.demo == event.demo
            && row.organisation_id.is_some_and(|owner| !hidden.contains(&owner))
    });
    Ok(rows)
}

/// Writes down what is new among the candidates.
///
/// # Errors
/// 401, 403, 404, 409.
pub async fn propose(tx: &Tx, cx: &Context, id: EventId, candidates: &[Candidate]) -> Result<ProposedOut> {
    policy::run(cx)?;
    let event = repo::hold(tx, id).await?;
    if !event.status.is_alive() {
        return Err(illegal(&event, "propose_pairs"));
    }
    let mut out = ProposedOut { proposed: 0, known: 0 };
    for candidate in candidates {
        // Nobody brings their own organisation together with others.
        if disinterested(cx, &[candidate.supplier, candidate.enterprise]).is_err() {
            continue;
        }
        let row = Model {
            score: Some(candidate.found.score),
            found: Some(serde_json::to_value(&candidate.found).map_err(AppError::internal)?),
            model_version: Some(matching::MODEL.to_owned()),
            ..blank(
                cx,
                id,
                (Some(candidate.achievement), Some(candidate.demand)),
                (candidate.supplier, candidate.enterprise),
            )?
        };
        if repo::pair::insert(tx, row).await? {
            out.proposed += 1;
        } else {
            out.known += 1;
        }
    }
    let facts = serde_json::json!({ "proposed": out.proposed, "model": matching::MODEL });
    audit::record(tx, cx, Record::act("propose_pairs", SubjectKind::Event, id).with(facts)).await?;
    Ok(out)
}

/// A pair that says only who meets over what.
pub(super) fn blank(
    cx: &Context,
    event: EventId,
    (achievement, demand): (Option<ListingId>, Option<ListingId>),
    (supplier, enterprise): (OrganisationId, OrganisationId),
) -> Result<Model> {
    Ok(Model {
        id: EventPairId::new(),
        event_id: event,
        achievement_id: achievement,
        demand_id: demand,
        supplier_id: supplier,
        enterprise_id: enterprise,
        pair_key: Model::key(achievement, demand, supplier, enterprise),
        score: None,
        found: None,
        model_version: None,
        status: EventPairStatus::Proposed,
        slot_at: None,
        table_number: None,
        proposed_by: cx.person()?.account_id,
        decided_by: None,
        decided_at: None,
        result: None,
        code: None,
        note: None,
        docking_id: None,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    })
}
