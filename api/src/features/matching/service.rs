//! Asking the index who answers, and reading the answers again: an answer never names what has since been
//! withdrawn or hidden.

use std::collections::HashMap;

use techmart_entity::{
    id::ListingId,
    listing::{Content, ListingKind, Model},
    organisation,
};
use techmart_search::{
    Ask, Audience, DemoFilter, Document, Hit, Match,
    matching::{How, MOST, PartName, Weights},
};

use super::{
    MODEL,
    dto::{
        AchievementMatchesOut, DemandMatchesOut, MatchOut, MatchPart, MatchPartOut, MatchPreviewIn,
        MatchQuery, MatchRelation, MatchesOut, PairingOut, RuledOut,
    },
    reasons::sentences,
    rule_out,
};
use crate::{
    auth::{Actor, Context},
    clock::end_of,
    error::{AppError, Fault, Result},
    features::{
        listing::{policy, repo, view},
        organisation::repo as organisations,
        search::{doc, dto::HitOut, service as search},
    },
    say,
    state::State,
};

/// Matches of each kind when nobody says how many.
const DEFAULT: u64 = 10;

/// Asked for beyond the limit, since some may be ruled out.
const SPARE: usize = 20;

/// What answers a demand.
///
/// # Errors
/// 404 when the caller may not see it, 503 when the index is away.
pub async fn of_demand(
    state: &State,
    cx: &Context,
    id: ListingId,
    query: &MatchQuery,
) -> Result<DemandMatchesOut> {
    let asking = Asking::of(state, cx, ListingKind::Demand, id, query).await?;
    let achievements = asking.matches(ListingKind::Achievement).await?;
    let providers = asking.matches(ListingKind::Provider).await?;
    let mut near = [achievements.near, providers.near].concat();
    near.sort_by(|one, other| other.score.total_cmp(&one.score));
    near.truncate(asking.limit);
    Ok(DemandMatchesOut {
        achievements: achievements.fitting,
        providers: providers.fitting,
        near,
        ruled_out: [achievements.ruled_out, providers.ruled_out].concat(),
        model: MODEL.to_owned(),
    })
}

/// The demands that an achievement answers.
///
/// # Errors
/// As for [`of_demand`].
pub async fn of_achievement(
    state: &State,
    cx: &Context,
    id: ListingId,
    query: &MatchQuery,
) -> Result<AchievementMatchesOut> {
    let asking = Asking::of(state, cx, ListingKind::Achievement, id, query).await?;
    let found = asking.matches(ListingKind::Demand).await?;
    Ok(AchievementMatchesOut {
        demands: found.fitting,
        near: found.near,
        ruled_out: found.ruled_out,
        model: MODEL.to_owned(),
    })
}

/// Achievements like this one.
///
/// # Errors
/// As for [`of_demand`].
pub async fn similar(state: &State, cx: &Context, id: ListingId, query: &MatchQuery) -> Result<MatchesOut> {
    let asking = Asking { judge: false, ..Asking::of(state, cx, ListingKind::Achievement, id, query).await? };
    let found = asking.matches(ListingKind::Achievement).await?;
    Ok(MatchesOut { items: found.fitting, near: found.near, model: MODEL.to_owned() })
}

/// What answers a text that is not stored.
///
/// # Errors
/// 422 when it says nothing, 503 when the index is away.
pub async fn preview(state: &State, cx: &Context, given: MatchPreviewIn) -> Result<MatchesOut> {
    let says = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
    let keywords = given.keywords.iter().any(|word| !word.trim().is_empty());
    if !(says(&given.title) || says(&given.problem) || says(&given.summary) || keywords) {
        return Err(AppError::rules(vec![Fault::at(
            "/problem",
            "required",
            say!(
                "请至少填写 title、problem、summary、keywords 之一。",
                "Give at least one of title, problem, summary and keywords."
            ),
        )]));
    }
    let kind = given.kind.unwrap_or(ListingKind::Achievement);
    let limit = limit(given.limit);
    let asking = Asking {
        state,
        cx,
        asked: unstored(cx, given),
        row: None,
        demo: DemoFilter::Include,
        limit,
        judge: false,
    };
    let found = asking.matches(kind).await?;
    Ok(MatchesOut { items: found.fitting, near: found.near, model: MODEL.to_owned() })
}

/// The matches of a listing's published version among those of a kind, best first, whoever looks: public ones and those
/// for who is signed in. Nothing is ruled out yet.
///
/// # Errors
/// 503 when the index is away.
pub async fn find(state: &State, row: &Model, kind: ListingKind, limit: usize) -> Result<Vec<Match>> {
    let asked = document(state, row).await?;
    let ask = Ask {
        asked,
        kind: doc::kind(kind),
        audiences: vec![Audience::Public, Audience::SignedIn],
        demo: if row.demo { DemoFilter::Only } else { DemoFilter::Exclude },
        limit: limit.min(MOST),
        now: state.clock.now().timestamp_millis(),
        weights: Weights::standard().clone(),
    };
    state.search.matches(&ask).await.map_err(search::unavailable)
}

async fn document(state: &State, row: &Model) -> Result<Document> {
    // Before the first publication its authors are told what would fit.
    let version = row.published_version_id.or(row.working_version_id);
    let version = repo::find_version(state.db.read(), version).await?;
    let content = Content::parse(row.kind, version.content).map_err(AppError::internal)?;
    let owner: Option<organisation::Model> = match row.organisation_id {
        Some(owner) => organisations::find(state.db.read(), owner).await?,
        None => None,
    };
    Ok(doc::document(row, content, owner.as_ref()))
}

fn limit(given: Option<u64>) -> usize {
    usize::try_from(given.unwrap_or(DEFAULT)).unwrap_or(MOST)
}

/// What answers.
#[derive(Default)]
struct Answers {
    fitting: Vec<MatchOut>,
    near: Vec<MatchOut>,
    ruled_out: Vec<RuledOut>,
}

/// Somebody asks what answers something.
struct Asking<'a> {
    state: &'a State,
    cx: &'a Context,
    asked: Document,
    /// The listing that asks, where it is one.
    row: Option<Model>,
    demo: DemoFilter,
    limit: usize,
    /// Whether the asker may know what was between the two, and so what rules them out.
    judge: bool,
}

impl<'a> Asking<'a> {
    async fn of(
        state: &'a State,
        cx: &'a Context,
        kind: ListingKind,
        id: ListingId,
        query: &MatchQuery,
    ) -> Result<Self> {
        let db = state.db.read();
        let row = repo::find(db, kind, id).await?;
        let relation = view::relation(db, cx, &row).await?;
        policy::see(cx, &row, relation)?;
        let demo = if row.demo { DemoFilter::Only } else { DemoFilter::Exclude };
        let asked = document(state, &row).await?;
        let judge = relation.member || relation.centre || relation.auditor;
        Ok(Self { state, cx, asked, row: Some(row), demo, limit: limit(query.limit), judge })
    }

    async fn matches(&self, kind: ListingKind) -> Result<Answers> {
        let mut audiences = vec![Audience::Public];
        if !matches!(self.cx.actor, Actor::Visitor) {
            audiences.push(Audience::SignedIn);
        }
        let ask = Ask {
            asked: self.asked.clone(),
            kind: doc::kind(kind),
            audiences,
            demo: self.demo,
            limit: (self.limit + SPARE).min(MOST),
            now: self.cx.now.timestamp_millis(),
            weights: Weights::standard().clone(),
        };
        let found = self.state.search.matches(&ask).await.map_err(search::unavailable)?;
        let db = self.state.db.read();
        let bare = |found: &Match| Hit {
            id: found.id,
            kind: found.kind,
            score: found.score,
            highlights: Vec::new(),
        };
        let hits = search::read_again(db, self.cx, found.iter().map(bare).collect()).await?;
        let mut hits: HashMap<_, HitOut> = hits.into_iter().map(|hit| (hit.id.0, hit)).collect();
        let why = match self.row.as_ref().filter(|_| self.judge) {
            Some(row) => {
                let ids: Vec<ListingId> = hits.values().map(|hit| hit.id).collect();
                rule_out::among(db, row, &repo::by_ids(db, &ids).await?).await?
            }
            None => HashMap::new(),
        };
        let mut answers = Answers::default();
        for found in found {
            let Some(listing) = hits.remove(&found.id) else { continue };
            match why.get(&listing.id) {
                Some(why) => answers.ruled_out.push(RuledOut {
                    listing,
                    score: rounded(found.score),
                    by: why.by,
                    docking_id: why.docking_id,
                    code: why.code,
                }),
                None => {
                    let list = if found.fits { &mut answers.fitting } else { &mut answers.near };
                    if list.len() < self.limit {
                        list.push(match_out(listing, &found));
                    }
                }
            }
        }
        Ok(answers)
    }
}

fn match_out(listing: HitOut, found: &Match) -> MatchOut {
    MatchOut { listing, score: rounded(found.score), parts: parts(found), reasons: sentences(found) }
}

/// The parts of a match, as they are shown.
#[must_use]
pub fn parts(found: &Match) -> Vec<MatchPartOut> {
    let pairings = |part: &techmart_search::matching::Part| {
        part.pairings
            .iter()
            .map(|pairing| PairingOut {
                asked: pairing.asked.clone(),
                found: pairing.found.clone(),
                relation: relation(pairing.how),
            })
            .collect()
    };
    let out = |part: &techmart_search::matching::Part| MatchPartOut {
        name: part_name(part.name),
        value: rounded(part.value),
        weight: part.weight,
        pairings: pairings(part),
    };
    found.parts.iter().map(out).collect()
}

/// The code of a part.
#[must_use]
pub const fn part_name(name: PartName) -> MatchPart {
    match name {
        PartName::Words => MatchPart::Words,
        PartName::Meanings => MatchPart::Meanings,
        PartName::Related => MatchPart::Related,
        PartName::Semantic => MatchPart::Semantic,
        PartName::Field => MatchPart::Field,
        PartName::Indicators => MatchPart::Indicators,
        PartName::Maturity => MatchPart::Maturity,
        PartName::Cooperation => MatchPart::Cooperation,
        PartName::Price => MatchPart::Price,
        PartName::Place => MatchPart::Place,
        PartName::Freshness => MatchPart::Freshness,
    }
}

const fn relation(how: How) -> MatchRelation {
    match how {
        How::Literal => MatchRelation::Literal,
        How::Synonym => MatchRelation::Synonym,
        How::Part => MatchRelation::Part,
        How::Broader => MatchRelation::Broader,
        How::Narrower => MatchRelation::Narrower,
        How::Component => MatchRelation::Component,
        How::Whole => MatchRelation::Whole,
        How::Related => MatchRelation::Related,
    }
}

/// To four decimals: more would only look exact.
fn rounded(figure: f64) -> f64 {
    (figure * 10_000.0).round() / 10_000.0
}

fn unstored(cx: &Context, given: MatchPreviewIn) -> Document {
    let title = given.title.unwrap_or_default();
    Document {
        summary: given.summary,
        body: given.problem.into_iter().chain(given.target).collect(),
        keywords: given.keywords,
        field: given.field.map(|field| field.to_string()),
        zone_industry: given.zone_industry.map(|industry| industry.to_string()),
        cooperation_modes: given.cooperation_modes.iter().map(ToString::to_string).collect(),
        price: given.budget.as_ref().map(doc::price),
        town: given.town,
        wanted_by: given.deadline_on.map(|day| end_of(day).timestamp_millis()),
        published_at: cx.now.timestamp_millis(),
        ..Document::titled(uuid::Uuid::nil(), techmart_search::Kind::Demand, title)
    }
}
