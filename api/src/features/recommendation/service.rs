//! What a broker does with a recommendation.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    docking::DeclineCode,
    id::RecommendationId,
    life_cycle::LifeCycle,
    recommendation::{ActiveModel, Model, RecommendationMove},
};
use techmart_search::Match;

use super::{dto::TakeUpIn, policy, repo, view};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result},
    features::{
        audit::{self, Record},
        docking::{
            self,
            dto::{DockingIn, Line, MatchReasons},
        },
        matching::reasons::sentences,
    },
    web::etag::Precondition,
};

/// Reasons that a docking keeps.
const REASONS: usize = 20;

/// Makes the recommended docking.
///
/// # Errors
/// 401, 403, 404, 409 when it was decided or a docking of the pair is open, 422 when a rule is broken.
pub async fn take_up(
    tx: &Tx,
    cx: &Context,
    id: RecommendationId,
    precondition: &Precondition,
    given: TakeUpIn,
) -> Result<Model> {
    policy::look(cx)?;
    let row = repo::hold(tx, id).await?;
    policy::decide(cx, &row)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(RecommendationMove::TakeUp)?;
    let found: Match = serde_json::from_value(row.found.clone()).map_err(AppError::internal)?;
    let lines = sentences(&found).into_iter().flat_map(|sentence| [sentence.zh, sentence.en]);
    let line = |text: String| Line(text.chars().take(500).collect());
    let docking = DockingIn {
        demand_id: Some(row.demand_id),
        supplier_id: Some(row.supplier_id),
        message: given.message,
        recommend: true,
        match_reasons: Some(MatchReasons {
            reasons: lines.map(line).take(REASONS).collect(),
            score: Some(row.score.clamp(0.0, 1.0)),
            model_version: Some(row.model_version.clone()),
        }),
        ..DockingIn::default()
    };
    let docking = docking::service::create(tx, cx, docking).await?;
    let set = ActiveModel {
        docking_id: Set(Some(docking.id)),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let row = repo::advance(tx, cx, &row, &change, set).await?;
    let record = Record::of_move(&change, SubjectKind::Recommendation, id)
        .with(serde_json::json!({ "docking_id": docking.id }));
    audit::record(tx, cx, record).await?;
    Ok(row)
}

/// Says that the two do not belong together.
///
/// # Errors
/// 401, 403, 404, 409 when it was decided.
pub async fn dismiss(
    tx: &Tx,
    cx: &Context,
    id: RecommendationId,
    precondition: &Precondition,
    code: DeclineCode,
    note: Option<String>,
) -> Result<Model> {
    policy::look(cx)?;
    let row = repo::hold(tx, id).await?;
    policy::decide(cx, &row)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(RecommendationMove::Dismiss)?;
    let set = ActiveModel {
        code: Set(Some(code)),
        note: Set(note.clone()),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let row = repo::advance(tx, cx, &row, &change, set).await?;
    let record = Record::of_move(&change, SubjectKind::Recommendation, id);
    audit::record(tx, cx, record.because(Some(code.to_string()), note)).await?;
    Ok(row)
}
