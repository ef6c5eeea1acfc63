//! Of a listing: whoever submitted the version, and the owners of the organisation it belongs to.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit,
    id::{ListingId, VersionId},
    listing::{self, DiagnosisOutcome, HintCode, status::ListingStatus},
    notification::{NotificationKind, Words},
};

use super::{Both, Told, Why, labels, led_to, moved, subject_id};
use crate::{
    error::Result,
    features::{
        listing::{plural, repo as listings},
        organisation::repo as organisations,
    },
};

pub(super) async fn of(db: &impl ConnectionTrait, act: &audit::Model) -> Result<Option<Told>> {
    let Some(row) = find(db, subject_id(act)).await? else { return Ok(None) };
    let version: Vec<VersionId> = row.working_version_id.or(row.published_version_id).into_iter().collect();
    let submitters =
        listings::versions(db, &version).await?.into_iter().filter_map(|version| version.submitted_by);
    let owners = match row.organisation_id {
        Some(owner) => organisations::owners(db, owner).await?,
        None => Vec::new(),
    };
    let path = format!("{}/{}", plural(row.kind), row.id);
    let words = match act.action.as_str() {
        "diagnose" => {
            let outcome = act.reason_code.as_deref().and_then(labels::<DiagnosisOutcome>).unwrap_or_default();
            words_of_diagnosis(&row.title, &outcome, &missing(act), &Why::of(act))
        }
        _ => words(&row.title, &led_to::<ListingStatus>(act), &Why::of(act)),
    };
    Ok(Some(Told::of_act(act, NotificationKind::Listing, words, path).to(submitters).to(owners)))
}

/// What is told of a listing.
#[must_use]
pub fn words(title: &str, to: &Both, why: &Why) -> Words {
    moved(&Both::same(title), to, why)
}

/// What its author is told of a broker's judgement of a demand.
#[must_use]
pub fn words_of_diagnosis(title: &str, outcome: &Both, missing: &[Both], why: &Why) -> Words {
    let to = Both::new(format!("诊断结论：{}", outcome.zh), format!("judged: {}", outcome.en));
    let mut words = moved(&Both::same(title), &to, why);
    if !missing.is_empty() {
        let list =
            |pick: fn(&Both) -> &str, comma: &str| missing.iter().map(pick).collect::<Vec<_>>().join(comma);
        words.zh.lines.push(format!("尚可补充：{}", list(|one| &one.zh, "、")));
        words.en.lines.push(format!("It could say more of: {}", list(|one| &one.en, "; ")));
    }
    words
}

/// What the text lacks, by the act's facts.
fn missing(act: &audit::Model) -> Vec<Both> {
    let codes = act.facts.get("missing").and_then(serde_json::Value::as_array);
    codes.into_iter().flatten().filter_map(|code| labels::<HintCode>(code.as_str()?)).collect()
}

/// A listing, if there is one.
pub(super) async fn find(db: &impl ConnectionTrait, id: Option<ListingId>) -> Result<Option<listing::Model>> {
    let Some(id) = id else { return Ok(None) };
    Ok(listings::by_ids(db, &[id]).await?.into_iter().next())
}
