//! Decisions about pairs. Each is one transaction, kept in the log with all that it changed, and can be
//! undone.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    duplicate::{ActiveModel, DuplicateMove, DuplicateStatus, DuplicateSubject, Model},
    id::{ContractId, DuplicateId, ListingId, OrganisationId},
    life_cycle::{LifeCycle, StatusChange},
};
use uuid::Uuid;

use super::{
    dto::PairIn,
    effects::{Effects, PutBack, Recounted},
    find, listings, organisations, policy, repo, view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{audit, audit::Record, docking::rules::said, listing, organisation},
    outbox::{self, Job},
    say,
    web::etag::Precondition,
};

/// Has some listings, organisations and contracts looked at, for duplicates and signals, after the act.
///
/// # Errors
/// When the row cannot be written.
pub async fn ask(
    tx: &Tx,
    cx: &Context,
    listings: Vec<ListingId>,
    organisations: Vec<OrganisationId>,
    contracts: Vec<ContractId>,
) -> Result<()> {
    if listings.is_empty() && organisations.is_empty() && contracts.is_empty() {
        return Ok(());
    }
    outbox::push(tx, cx.now, &Job::Examine { listings, organisations, contracts }).await
}

/// The organisations that a pair concerns: the two, or the owners of the two.
async fn concerned(tx: &Tx, subject: DuplicateSubject, ids: [Uuid; 2]) -> Result<Vec<OrganisationId>> {
    Ok(match find::kind(subject) {
        None => ids.map(OrganisationId).to_vec(),
        Some(_) => listing::repo::by_ids(tx, &ids.map(ListingId))
            .await?
            .into_iter()
            .filter_map(|row| row.organisation_id)
            .collect(),
    })
}

/// A person names a pair.
///
/// # Errors
/// 401, 403, 409 when the two are a pair already or one of them was merged, 422 when they cannot be one.
pub async fn name(tx: &Tx, cx: &Context, given: PairIn) -> Result<Model> {
    policy::broker(cx)?;
    let ids = [given.left_id, given.right_id];
    policy::disinterested(cx, &concerned(tx, given.subject, ids).await?)?;
    let mut faults = Vec::new();
    said(&given.note, "/note", &mut faults);
    if given.left_id == given.right_id {
        faults.push(Fault::at(
            "/right_id",
            "the_same",
            say!("需要两个不同的对象。", "It takes two different ones."),
        ));
    }
    let found = match find::kind(given.subject) {
        None => named_organisations(tx, cx, ids, &mut faults).await?,
        Some(_) => named_listings(tx, cx, given.subject, ids, &mut faults).await?,
    };
    let Some(mut row) = found.filter(|_| faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    row.note = Some(given.note.clone());
    if let Some(there) = repo::of_two(tx, row.subject, row.left_id, row.right_id).await? {
        let (id, status) = (there.id, there.status);
        return Err(AppError::new(
            Code::AlreadyExists,
            say!("这两个已是一对：{id}（{status}）。", "The two are a pair already: {id} ({status})."),
        ));
    }
    if !repo::insert(tx, row.clone()).await? {
        return Err(AppError::lost_race("the pair has just been found"));
    }
    let record = Record::act("name", SubjectKind::Duplicate, row.id)
        .beginning(row.status)
        .because(None::<&str>, Some(given.note));
    audit::record(tx, cx, record).await?;
    Ok(row)
}

async fn named_listings(
    tx: &Tx,
    cx: &Context,
    subject: DuplicateSubject,
    ids: [Uuid; 2],
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    let both = find::read(tx, &ids.map(ListingId)).await?;
    let mut read = Vec::new();
    for (pointer, id) in ["/left_id", "/right_id"].into_iter().zip(ids) {
        match both.iter().find(|read| read.row.id.0 == id && find::subject(read.row.kind) == subject) {
            Some(found) => read.push(found),
            None => faults.push(Fault::at(
                pointer,
                "unknown",
                say!("没有这个条目，或类型不是 {subject}。", "There is no such listing among {subject}."),
            )),
        }
    }
    let [left, right] = read[..] else { return Ok(None) };
    listings::standing([&left.row, &right.row])?;
    if left.row.demo != right.row.demo {
        faults.push(demo_and_real());
    }
    // What the two share is told along; that nothing was found does not keep a person from asking.
    let pairs = find::pairs_of_listing(tx, cx, left).await?;
    let known = pairs.into_iter().find(|pair| [pair.left_id, pair.right_id].contains(&right.row.id.0));
    let score = left.shingles.likeness(&right.shingles).unwrap_or(0);
    let (reasons, score) = known.map_or((Vec::new(), score), |pair| (pair.reasons.0, pair.score));
    Ok(Some(find::pair(cx, subject, (ids[0], ids[1]), left.row.demo, reasons, score)))
}

async fn named_organisations(
    tx: &Tx,
    cx: &Context,
    ids: [Uuid; 2],
    faults: &mut Vec<Fault>,
) -> Result<Option<Model>> {
    let mut both = Vec::new();
    for (pointer, id) in ["/left_id", "/right_id"].into_iter().zip(ids) {
        match organisation::repo::find(tx, OrganisationId(id)).await? {
            Some(row) => both.push(row),
            None => faults.push(Fault::at(
                pointer,
                "unknown",
                say!("没有这个单位。", "There is no such organisation."),
            )),
        }
    }
    let [left, right] = &both[..] else { return Ok(None) };
    organisations::standing([left, right])?;
    if left.demo != right.demo {
        faults.push(demo_and_real());
    }
    let (reasons, score) = super::names::alike(left, right).unwrap_or_default();
    Ok(Some(find::pair(cx, DuplicateSubject::Organisation, (ids[0], ids[1]), left.demo, reasons, score)))
}

fn demo_and_real() -> Fault {
    Fault::at(
        "/right_id",
        "demo_and_real",
        say!("演示数据和真实数据不能合并。", "Demo and real are never one."),
    )
}

/// Holds a pair for a decision: allowed, at the version that the request names, and legal.
async fn begin(
    tx: &Tx,
    cx: &Context,
    id: DuplicateId,
    mv: DuplicateMove,
    precondition: &Precondition,
) -> Result<(Model, StatusChange<DuplicateStatus>)> {
    policy::broker(cx)?;
    let row = repo::hold(tx, id).await?;
    policy::disinterested(cx, &concerned(tx, row.subject, [row.left_id, row.right_id]).await?)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(mv)?;
    Ok((row, change))
}

fn one_of(row: &Model, canonical: Uuid) -> Result<()> {
    if [row.left_id, row.right_id].contains(&canonical) {
        return Ok(());
    }
    let (left, right) = (row.left_id, row.right_id);
    Err(AppError::rule(
        "/canonical_id",
        "not_of_the_pair",
        say!("应为 {left} 或 {right}。", "It has to be {left} or {right}."),
    ))
}

fn words(text: &str, pointer: &str) -> Result<()> {
    let mut faults = Vec::new();
    said(text, pointer, &mut faults);
    if faults.is_empty() { Ok(()) } else { Err(AppError::rules(faults)) }
}

async fn decide(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    change: &StatusChange<DuplicateStatus>,
    canonical: Option<Uuid>,
    effects: Option<Effects>,
    note: String,
) -> Result<Model> {
    let effects = effects.map(serde_json::to_value).transpose().map_err(AppError::internal)?;
    let set = ActiveModel {
        canonical_id: Set(canonical),
        effects: Set(effects.clone()),
        note: Set(Some(note.clone())),
        decided_by: Set(cx.account_id()),
        decided_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let saved = repo::advance(tx, row, change, set).await?;
    let record = Record::of_move(change, SubjectKind::Duplicate, row.id)
        .because(None::<&str>, Some(note))
        .with(serde_json::json!({ "canonical_id": canonical, "effects": effects }));
    audit::record(tx, cx, record).await?;
    Ok(saved)
}

/// The two are one: the other one is merged into the canonical one.
///
/// # Errors
/// 401, 403, 409 when the pair was decided or one of the two was merged, 422 with all that stands in the way.
pub async fn merge(
    tx: &Tx,
    cx: &Context,
    id: DuplicateId,
    precondition: &Precondition,
    canonical: Uuid,
    note: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, DuplicateMove::Merge, precondition).await?;
    one_of(&row, canonical)?;
    words(&note, "/note")?;
    let effects = match find::kind(row.subject) {
        Some(_) => {
            let (merged, stays) = listings::hold(tx, &row, ListingId(canonical)).await?;
            let ids = vec![merged.id, stays.id];
            let done = listings::merge(tx, cx, merged, stays, &note).await?;
            ask(tx, cx, ids, Vec::new(), Vec::new()).await?;
            Effects::ListingMerge(Box::new(done))
        }
        None => {
            let (merged, stays) = organisations::hold(tx, &row, OrganisationId(canonical)).await?;
            let id = stays.id;
            let done = organisations::merge(tx, cx, merged, stays, &note).await?;
            let contracts = done.contracts.iter().map(|moved| moved.id).collect();
            ask(tx, cx, done.listings.clone(), vec![id], contracts).await?;
            Effects::OrganisationMerge(Box::new(done))
        }
    };
    decide(tx, cx, &row, &change, Some(canonical), Some(effects), note).await
}

/// The two are two.
///
/// # Errors
/// 401, 403, 409 when the pair was decided.
pub async fn keep_apart(
    tx: &Tx,
    cx: &Context,
    id: DuplicateId,
    precondition: &Precondition,
    note: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, DuplicateMove::KeepApart, precondition).await?;
    words(&note, "/note")?;
    decide(tx, cx, &row, &change, None, None, note).await
}

/// One is a variant of the canonical one: both stay public, and they count once.
///
/// # Errors
/// 401, 403, 409 when the pair was decided or one of the two was merged, 422 for organisations.
pub async fn mark_variant(
    tx: &Tx,
    cx: &Context,
    id: DuplicateId,
    precondition: &Precondition,
    canonical: Uuid,
    note: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, DuplicateMove::MarkVariant, precondition).await?;
    one_of(&row, canonical)?;
    words(&note, "/note")?;
    if find::kind(row.subject).is_none() {
        return Err(AppError::rule(
            "",
            "no_variants",
            say!(
                "单位没有变体；请合并或判为不同。",
                "Organisations have no variants; merge them or keep them apart."
            ),
        ));
    }
    let (variant, stays) = listings::hold(tx, &row, ListingId(canonical)).await?;
    let done = listings::mark_variant(tx, cx, &row, &variant, &stays).await?;
    decide(tx, cx, &row, &change, Some(canonical), Some(Effects::VariantMark(done)), note).await
}

/// Undoes a decision: what it moved goes back, what it took back is counted anew. The history keeps both.
///
/// # Errors
/// 401, 403, 409 when nothing was decided, 422 naming the later acts that rest on it.
pub async fn undo(
    tx: &Tx,
    cx: &Context,
    id: DuplicateId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, DuplicateMove::Undo, precondition).await?;
    words(&reason, "/reason")?;
    let effects: Option<Effects> =
        row.effects.clone().map(serde_json::from_value).transpose().map_err(AppError::internal)?;
    let (mut listed, mut bodies) = (Vec::new(), Vec::new());
    let recounted = match &effects {
        None => Recounted::default(),
        Some(Effects::ListingMerge(done)) => {
            listed = vec![done.merged, done.canonical];
            listings::unmerge(tx, cx, &row, done, &reason).await?
        }
        Some(Effects::VariantMark(done)) => listings::unmark_variant(tx, cx, &row, done, &reason).await?,
        Some(Effects::OrganisationMerge(done)) => {
            listed.clone_from(&done.listings);
            bodies = vec![done.merged, done.canonical];
            organisations::unmerge(tx, cx, &row, done, &reason).await?
        }
    };
    let set = ActiveModel {
        canonical_id: Set(None),
        effects: Set(None),
        note: Set(None),
        decided_by: Set(None),
        decided_at: Set(None),
        ..Default::default()
    };
    let saved = repo::advance(tx, &row, &change, set).await?;
    let record = Record::of_move(&change, SubjectKind::Duplicate, id)
        .because(None::<&str>, Some(reason))
        .with(serde_json::json!({ "undone": row.effects, "counts": recounted.counts }));
    audit::record(tx, cx, record).await?;
    if let Some(undone) = &effects {
        put_back(tx, &PutBack::of(undone, recounted.anew)).await?;
    }
    ask(tx, cx, listed, bodies, Vec::new()).await?;
    Ok(saved)
}

/// Tells the decisions that stand what was put back, so that whatever was decided before can be undone too.
async fn put_back(tx: &Tx, put_back: &PutBack) -> Result<()> {
    for row in repo::with_effects(tx).await? {
        let Some(effects) = row.effects else { continue };
        let mut effects: Effects = serde_json::from_value(effects).map_err(AppError::internal)?;
        if effects.follow(put_back) {
            let effects = serde_json::to_value(effects).map_err(AppError::internal)?;
            repo::set_effects(tx, row.id, effects).await?;
        }
    }
    Ok(())
}
