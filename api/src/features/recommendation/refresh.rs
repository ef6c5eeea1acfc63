//! Keeping recommendations in line with what matches: run by the outbox when the index has learned of a listing.

use std::collections::{HashMap, HashSet};

use techmart_entity::{
    account::MailPace,
    audit::SubjectKind,
    id::{ListingId, OrganisationId, RecommendationId},
    life_cycle::LifeCycle,
    listing::{self, ListingKind},
    recommendation::{ActiveModel, Model, RecommendationMove, RecommendationStatus},
};
use techmart_search::{Match, State as Health, matching::How};

use super::repo;
use crate::{
    auth::Context,
    clock::next_morning,
    db::Tx,
    error::{AppError, Code, Result},
    features::{
        audit::{self, Record},
        listing::repo as listings,
        matching::{self, rule_out},
        organisation::repo as organisations,
        search::doc::is_indexed,
        webhook::repo as webhooks,
    },
    outbox::{self, Job, Mail, News, Notice},
    state::State,
};

/// The most recommendations that one listing makes at a time.
const MOST: usize = 10;

/// Answers that are looked at to find those: some are ruled out or decided.
const LOOKED_AT: usize = 100;

/// Recommends what matches a listing, and lapses what holds no longer.
///
/// # Errors
/// When the database or the index cannot be asked, or the index is not whole.
pub async fn listing(state: &State, id: ListingId) -> Result<()> {
    let db = state.db.read();
    let Some(row) = listings::by_ids(db, &[id]).await?.into_iter().next() else { return Ok(()) };
    let other = match row.kind {
        ListingKind::Achievement => ListingKind::Demand,
        ListingKind::Demand => ListingKind::Achievement,
        ListingKind::Provider => return Ok(()),
    };
    let known = repo::of_listing(db, &row).await?;
    let suspended = organisations::is_suspended(db, row.organisation_id).await?;
    let is_shown = is_indexed(&row) && row.organisation_id.is_some() && !suspended;
    let found = if is_shown {
        whole_index(state).await?;
        matching::service::find(state, &row, other, LOOKED_AT).await?
    } else {
        Vec::new()
    };
    let fitting: Vec<ListingId> =
        found.iter().filter(|found| found.fits).map(|found| ListingId(found.id)).collect();
    let ids: Vec<ListingId> =
        fitting.iter().copied().chain(known.iter().map(|known| partner(known, &row))).collect();
    let others = possible(state, &row, &ids).await?;
    let with_status = |wanted: &[RecommendationStatus]| -> HashSet<ListingId> {
        let known = known.iter().filter(|known| wanted.contains(&known.status));
        known.map(|known| partner(known, &row)).collect()
    };
    let decided = with_status(&[RecommendationStatus::TakenUp, RecommendationStatus::Dismissed]);
    let open = with_status(&[RecommendationStatus::Open]);
    let best = fitting.iter().filter(|id| others.contains_key(id) && !decided.contains(id)).take(MOST);
    let best: Vec<ListingId> = best.copied().collect();
    let wanted: HashSet<ListingId> = best.iter().copied().chain(open).collect();
    let wanted: Vec<&listing::Model> = others.values().filter(|other| wanted.contains(&other.id)).collect();
    let told = if is_shown { told(state, &row, found, &wanted).await? } else { HashMap::new() };
    let known: HashSet<RecommendationId> = known.iter().map(|known| known.id).collect();
    let cx = Context::system(state.clock.now());
    state
        .db
        .write(async |tx| {
            let mut news = Vec::new();
            // What another job has just written was not weighed here.
            let rows = repo::of_listing(tx, &row).await?;
            for known in rows.into_iter().filter(|one| known.contains(&one.id)) {
                match (known.status, told.get(&partner(&known, &row))) {
                    (RecommendationStatus::Open, None) => {
                        change(tx, &cx, &known, RecommendationMove::Lapse, None).await?;
                    }
                    (RecommendationStatus::Open, Some(Some(found))) => {
                        repo::retell(tx, &cx, &known, found).await?;
                    }
                    (RecommendationStatus::Lapsed, Some(Some(found))) => {
                        change(tx, &cx, &known, RecommendationMove::Renew, Some(found)).await?;
                        news.push(known);
                    }
                    (RecommendationStatus::Open | RecommendationStatus::Lapsed, _)
                    | (RecommendationStatus::TakenUp | RecommendationStatus::Dismissed, _) => {}
                }
            }
            for id in &best {
                let (Some(other), Some(Some(found))) = (others.get(id), told.get(id)) else { continue };
                let Some(new) = blank(&cx, &row, other, found) else { continue };
                if repo::insert(tx, new.clone()).await? {
                    let record = Record::act("recommend", SubjectKind::Recommendation, new.id)
                        .beginning(new.status)
                        .with(serde_json::json!({ "score": new.score, "model": new.model_version }));
                    audit::record(tx, &cx, record).await?;
                    news.push(new);
                }
            }
            tell(tx, &cx, &news).await
        })
        .await
}

/// An index that is being filled says of much that it does not match.
async fn whole_index(state: &State) -> Result<()> {
    match state.search.health().await.state {
        Health::Ready => Ok(()),
        Health::NeedsRebuild(_) | Health::Unavailable { .. } => {
            Err(AppError::unavailable(Code::SearchUnavailable, "the index is not whole"))
        }
    }
}

/// Those of the listings that may be recommended to this one: published, of organisations that are not suspended,
/// and not ruled out.
async fn possible(
    state: &State,
    row: &listing::Model,
    ids: &[ListingId],
) -> Result<HashMap<ListingId, listing::Model>> {
    let db = state.db.read();
    let mut others = listings::by_ids(db, ids).await?;
    let owners: Vec<OrganisationId> = others.iter().filter_map(|other| other.organisation_id).collect();
    let hidden = organisations::suspended_among(db, &owners).await?;
    others.retain(|other| {
        is_indexed(other) && other.organisation_id.is_some_and(|owner| !hidden.contains(&owner))
    });
    let ruled_out = rule_out::among(db, row, &others).await?;
    others.retain(|other| !ruled_out.contains_key(&other.id));
    Ok(others.into_iter().map(|other| (other.id, other)).collect())
}

/// What is said of the wanted ones that have enough in common still; nothing new where a pair only holds. What is
/// proposed has to fit, but it lapses only when it does not come near from either side: how rare a word is changes
/// with every publication, and by that alone nothing should come and go.
async fn told(
    state: &State,
    row: &listing::Model,
    found: Vec<Match>,
    wanted: &[&listing::Model],
) -> Result<HashMap<ListingId, Option<Match>>> {
    let mut own: HashMap<ListingId, Match> =
        found.into_iter().map(|found| (ListingId(found.id), found)).collect();
    let mut told = HashMap::new();
    for other in wanted {
        let found = own.remove(&other.id);
        if row.kind == ListingKind::Demand && found.is_some() {
            told.insert(other.id, found);
            continue;
        }
        let answers = matching::service::find(state, other, row.kind, LOOKED_AT).await?;
        let answer = answers.into_iter().find(|answer| answer.id == row.id.0);
        match (row.kind, answer, found) {
            // Whichever was published last, it is the demand that asks: a pair has one score and one wording.
            (ListingKind::Achievement, Some(answer), _) => told.insert(other.id, Some(answer)),
            (ListingKind::Achievement, None, Some(found)) => told.insert(other.id, Some(turned(found))),
            (ListingKind::Demand | ListingKind::Provider, Some(_), _) => told.insert(other.id, None),
            (_, None, _) => None,
        };
    }
    Ok(told)
}

/// A match of an achievement's, told as if the demand had asked.
fn turned(mut found: Match) -> Match {
    for pairing in found.parts.iter_mut().flat_map(|part| &mut part.pairings) {
        std::mem::swap(&mut pairing.asked, &mut pairing.found);
        // It was another word of what was found.
        pairing.also = None;
        pairing.how = match pairing.how {
            How::Broader => How::Narrower,
            How::Narrower | How::Part => How::Broader,
            How::Component => How::Whole,
            How::Whole => How::Component,
            How::Literal | How::Synonym | How::Related => pairing.how,
        };
    }
    found
}

/// The other of the two.
fn partner(row: &Model, of: &listing::Model) -> ListingId {
    if row.achievement_id == of.id { row.demand_id } else { row.achievement_id }
}

fn blank(cx: &Context, row: &listing::Model, other: &listing::Model, found: &Match) -> Option<Model> {
    let (achievement, demand) =
        if row.kind == ListingKind::Achievement { (row, other) } else { (other, row) };
    if achievement.demo != demand.demo {
        return None;
    }
    Some(Model {
        id: RecommendationId::new(),
        achievement_id: achievement.id,
        demand_id: demand.id,
        pair_key: Model::key(achievement.id, demand.id),
        supplier_id: achievement.organisation_id?,
        enterprise_id: demand.organisation_id?,
        demo: row.demo,
        score: found.score,
        found: serde_json::to_value(found).ok()?,
        model_version: matching::MODEL.to_owned(),
        status: RecommendationStatus::Open,
        decided_by: None,
        decided_at: None,
        code: None,
        note: None,
        docking_id: None,
        created_at: cx.now,
        updated_at: cx.now,
        version: 1,
    })
}

async fn change(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    mv: RecommendationMove,
    found: Option<&Match>,
) -> Result<()> {
    let change = row.status.apply(mv)?;
    let mut set = ActiveModel::default();
    if let Some(found) = found {
        set.score = sea_orm::Set(found.score);
        set.found = sea_orm::Set(serde_json::to_value(found).map_err(AppError::internal)?);
    }
    repo::advance(tx, cx, row, &change, set).await?;
    audit::record(tx, cx, Record::of_move(&change, SubjectKind::Recommendation, row.id)).await?;
    Ok(())
}

/// Tells the organisations on both sides, and queues their digests: at once for those who want it so, and for the others the
/// next morning's.
async fn tell(tx: &Tx, cx: &Context, news: &[Model]) -> Result<()> {
    let mut organisations: Vec<OrganisationId> =
        news.iter().flat_map(|row| [row.enterprise_id, row.supplier_id]).collect();
    organisations.sort();
    organisations.dedup();
    let listened = webhooks::is_any(tx).await?;
    for row in news {
        for organisation_id in [row.enterprise_id, row.supplier_id] {
            let recommendation_id = row.id;
            let notice = Notice::Recommendation { recommendation_id, organisation_id };
            outbox::push(tx, cx.now, &Job::Notify(notice)).await?;
            if listened {
                let news = News::Recommendation { recommendation_id, organisation_id };
                outbox::push(tx, cx.now, &Job::Announce(news)).await?;
            }
        }
    }
    let morning = next_morning(cx.now);
    for organisation_id in organisations {
        for (pace, at) in [(MailPace::AtOnce, cx.now), (MailPace::Daily, morning)] {
            let job = Job::Mail(Mail::MatchDigest { organisation_id, pace });
            outbox::push_at(tx, cx.now, at, &job).await?;
        }
    }
    Ok(())
}
