//! What authors do: write, change, submit, recall, renew, withdraw, delete. Each act runs in the
//! caller's transaction, with its audit, its ledger entries and its jobs.

use chrono::Duration;
use sea_orm::Set;
use serde_json::Value;
use techmart_entity::{
    Day, Instant,
    funnel::FunnelStep,
    id::{AttachmentId, ListingId, OrganisationId, VersionId},
    life_cycle::{LifeCycle, StatusChange},
    listing::{
        ActiveModel, Content, ListingKind, Model, Source,
        status::{ListingMove, ListingStatus},
        version,
    },
    value::title_key::title_key,
};

use super::{
    policy,
    repo::{self, Slot},
    rules, subject, view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        attachment, audit,
        audit::Record,
        change, duplicate, funnel,
        ledger::rules as counting,
        organisation::{repo as organisations, rules as organisation_rules},
    },
    outbox::{self, Job, Notice},
    say,
    web::etag::Precondition,
};

/// How long a published item stays before it has to be renewed.
#[must_use]
pub fn shelf_life() -> Duration {
    Duration::days(365)
}

/// How a listing came by its owner.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    pub organisation_id: Option<OrganisationId>,
    pub source_url: Option<String>,
    pub attachment_id: Option<AttachmentId>,
    pub collected_on: Option<Day>,
}

/// Writes a new draft: for the organisation that the author acts for, or collected by a broker.
///
/// # Errors
/// 400 without an acting organisation, 403 for whom it is not, 422 when a rule is broken.
pub async fn create(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    content: Content,
    collected: Option<Collected>,
) -> Result<Model> {
    let mut faults = rules::faults(&content);
    let mut row = blank(cx, kind, &content);
    match collected {
        None => {
            let membership = cx.acting_membership()?;
            if !cx.edits_for(membership.organisation_id) {
                return Err(AppError::forbidden(say!("查看成员不能发布。", "A viewer does not post.")));
            }
            row.organisation_id = Some(membership.organisation_id);
            row.demo = membership.demo;
        }
        Some(collected) => {
            cx.person()?;
            if !cx.actor.is_broker() {
                return Err(AppError::forbidden(say!(
                    "只有技术经理人可以代为征集。",
                    "Only brokers collect on behalf of others."
                )));
            }
            collect(tx, cx, &mut row, collected, &mut faults).await?;
        }
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let first = first_version(cx, &row, &content);
    row.working_version_id = Some(first.id);
    let row = repo::insert(tx, row, first).await?;
    repo::set_duplicate_keys(tx, &row, &content).await?;
    audit::record(tx, cx, Record::act("create", subject(kind), row.id)).await?;
    Ok(row)
}

/// A row that nobody owns yet, in draft.
#[must_use]
pub fn blank(cx: &Context, kind: ListingKind, content: &Content) -> Model {
    Model {
        id: ListingId::new(),
        kind,
        organisation_id: None,
        demo: false,
        status: ListingStatus::Draft,
        next_status: None,
        published_version_id: None,
        working_version_id: None,
        title: content.title().to_owned(),
        title_key: title_key(content.title()),
        audience: content.audience(),
        source: Source::Own,
        source_system: None,
        source_id: None,
        source_url: None,
        import_key: None,
        raw: None,
        collected_by: None,
        collected_at: None,
        collection_attachment_id: None,
        diagnosis: None,
        claimed_by: None,
        claimed_at: None,
        created_by: cx.account_id(),
        created_at: cx.now,
        updated_at: cx.now,
        shown_at: None,
        first_submitted_at: None,
        first_published_at: None,
        expires_at: None,
        withdrawn_at: None,
        withdrawal_reason: None,
        version: 1,
        draft_revision: 1,
        merged_into: None,
    }
}

/// The first version of a row.
#[must_use]
pub fn first_version(cx: &Context, row: &Model, content: &Content) -> version::Model {
    version::Model {
        id: VersionId::new(),
        listing_id: row.id,
        number: 1,
        content: content.document(),
        content_hash: None,
        created_by: cx.account_id(),
        created_at: cx.now,
        submitted_by: None,
        submitted_at: None,
        decided_by: None,
        decided_at: None,
        published_at: None,
    }
}

async fn collect(
    tx: &Tx,
    cx: &Context,
    row: &mut Model,
    collected: Collected,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    if collected.source_url.is_none() && collected.attachment_id.is_none() {
        faults.push(Fault::at(
            "/collected",
            "no_evidence",
            say!(
                "代为征集需要来源网址或签字材料。",
                "What is collected needs a source address or a signed paper."
            ),
        ));
    }
    if let Some(day) = collected.collected_on.filter(|day| *day > cx.today) {
        faults.push(Fault::at(
            "/collected/collected_on",
            "future",
            say!("{day} 在将来。", "{day} is in the future."),
        ));
    }
    if let Some(id) = collected.organisation_id {
        match organisations::find(tx, id).await? {
            Some(organisation) => {
                row.organisation_id = Some(id);
                row.demo = organisation.demo;
                if let Some(into) = organisation.merged_into {
                    faults.push(organisations::merged("/collected/organisation_id", into));
                }
                if cx.actor.belongs_to(id) {
                    return Err(AppError::new(
                        Code::ConflictOfInterest,
                        say!(
                            "您是该单位成员，请以成员身份发布。",
                            "You belong to that organisation; post as its member."
                        ),
                    ));
                }
            }
            None => faults.push(Fault::at(
                "/collected/organisation_id",
                "unknown",
                say!("没有这个单位。", "There is no such organisation."),
            )),
        }
    }
    if let Some(id) = collected.attachment_id {
        let used_by = format!("{}:{}", row.kind, row.id);
        attachment::service::take(tx, cx, id, "/collected/attachment_id", &used_by, faults).await?;
    }
    row.source = Source::Collected;
    row.source_url = collected.source_url;
    row.collection_attachment_id = collected.attachment_id;
    row.collected_by = cx.account_id();
    row.collected_at = Some(collected.collected_on.map_or(cx.now, |day| instant_on(day, cx)));
    Ok(())
}

/// An instant of a day: now, when the day is today; else its noon in Shanghai.
fn instant_on(day: Day, cx: &Context) -> Instant {
    if day == cx.today { cx.now } else { crate::clock::end_of(day) - Duration::hours(12) }
}

/// Changes the draft. Of a published item this begins the next version.
///
/// # Errors
/// 412 and 428 on versions, 409 when the version is under review, 422 when a rule is broken.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
    patch: &Value,
) -> Result<Model> {
    let row = repo::hold(tx, kind, id).await?;
    let relation = view::relation(tx, cx, &row).await?;
    policy::edit(cx, &row, relation)?;
    precondition.require(&view::draft_tag(&row))?;
    let editable = row.working_status().is_editable();
    let begins_next = match row.next_status {
        None => row.status.was_published() && row.status != ListingStatus::Withdrawn,
        Some(next) => next == ListingStatus::Rejected,
    };
    if !editable && !begins_next {
        let status = row.working_status();
        return Err(AppError::new(
            Code::IllegalMove,
            say!(
                "状态 {status} 不能修改；可先撤回提交。",
                "What is {status} cannot be changed; recall it first."
            ),
        ));
    }
    let base = repo::find_version(tx, row.working_version_id.or(row.published_version_id)).await?;
    let before = Content::parse(kind, base.content.clone()).map_err(AppError::internal)?;
    let content = rules::merge(&before, patch).map_err(|error| {
        AppError::unfit(
            Code::InvalidBody,
            vec![Fault::at(
                "/content",
                "invalid",
                say!("内容不符合要求：{error}。", "The content does not fit: {error}."),
            )],
        )
    })?;
    let faults = rules::faults(&content);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    write_content(tx, cx, &row, &base, &content, begins_next).await
}

/// Writes a content into the working version, or into a new one.
///
/// # Errors
/// When the rows cannot be written.
pub async fn write_content(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    base: &version::Model,
    content: &Content,
    begins_next: bool,
) -> Result<Model> {
    let mut set = ActiveModel::default();
    if begins_next {
        let next = version::Model { number: base.number + 1, ..first_version(cx, row, content) };
        set.working_version_id = Set(Some(next.id));
        if row.status.was_published() {
            set.next_status = Set(Some(ListingStatus::Draft));
        }
        repo::insert_version(tx, next).await?;
        audit::record(tx, cx, Record::act("begin_next_version", subject(row.kind), row.id)).await?;
    } else {
        let set =
            version::ActiveModel { id: Set(base.id), content: Set(content.document()), ..Default::default() };
        repo::update_version(tx, set).await?;
    }
    // Before the first publication the row's own copy follows the draft.
    if !row.status.was_published() {
        set.title = Set(content.title().to_owned());
        set.title_key = Set(title_key(content.title()));
        set.audience = Set(content.audience());
        repo::set_duplicate_keys(tx, row, content).await?;
    }
    repo::save_draft(tx, row, cx.now, set).await
}

/// Deletes a draft that nobody else has seen.
///
/// # Errors
/// 409 when it was submitted at some time: what was seen stays on record.
pub async fn delete(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<()> {
    let row = repo::hold(tx, kind, id).await?;
    let relation = view::relation(tx, cx, &row).await?;
    policy::edit(cx, &row, relation)?;
    precondition.require(&view::draft_tag(&row))?;
    if row.status != ListingStatus::Draft || row.first_submitted_at.is_some() {
        let status = row.status;
        return Err(AppError::new(
            Code::IllegalMove,
            say!(
                "只有从未提交的草稿可以删除；当前状态 {status}。",
                "Only a draft that was never submitted is deleted; it is {status}."
            ),
        ));
    }
    repo::delete(tx, id).await?;
    audit::record(tx, cx, Record::act("delete_draft", subject(kind), id)).await?;
    Ok(())
}

/// Holds a row for a move: seen, allowed, at the version that the request names, and legal.
pub(super) async fn begin(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    mv: ListingMove,
    precondition: &Precondition,
) -> Result<(Model, Slot, StatusChange<ListingStatus>)> {
    let row = repo::hold(tx, kind, id).await?;
    let relation = view::relation(tx, cx, &row).await?;
    policy::move_it(cx, &row, relation, mv)?;
    if precondition.honour(&view::page_tag(&row)).is_err() {
        precondition.honour(&view::draft_tag(&row))?;
    }
    let slot = if mv.is_review() { Slot::of_review(&row) } else { Slot::Item };
    let from = match slot {
        Slot::Item => row.status,
        Slot::NextVersion => row.working_status(),
    };
    let change = from.apply(mv)?;
    Ok((row, slot, change))
}

/// Hands a draft in for review.
///
/// # Errors
/// 409 when that is not legal, 422 with everything that is lacking.
pub async fn submit(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, ListingMove::Submit, precondition).await?;
    let version = repo::find_version(tx, row.working_version_id).await?;
    let content = Content::parse(kind, version.content.clone()).map_err(AppError::internal)?;
    let mut faults = rules::faults(&content);
    if let Some(owner) = row.organisation_id
        && let Some(owner) = organisations::find(tx, owner).await?
    {
        faults.extend(organisation_rules::suspended(&owner, ""));
    }
    faults.extend(rules::lacking_of(&row, &content));
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    repo::update_version(
        tx,
        version::ActiveModel {
            id: Set(version.id),
            content_hash: Set(Some(content.hash())),
            submitted_by: Set(cx.account_id()),
            submitted_at: Set(Some(cx.now)),
            ..Default::default()
        },
    )
    .await?;
    let mut set = ActiveModel::default();
    let first = row.first_submitted_at.is_none();
    if first {
        set.first_submitted_at = Set(Some(cx.now));
    }
    let moved = repo::advance(tx, &row, slot, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, subject(kind), id)).await?;
    if first && kind == ListingKind::Demand {
        counting::demand::submitted(tx, cx, &moved, content.hash()).await?;
    }
    if first {
        funnel::service::reached(tx, cx, &moved, FunnelStep::Submitted).await?;
    }
    duplicate::service::ask(tx, cx, vec![id], Vec::new(), Vec::new()).await?;
    Ok(moved)
}

/// Takes a submission back before anybody reviews it.
///
/// # Errors
/// 409 when that is not legal.
pub async fn recall(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, ListingMove::Recall, precondition).await?;
    let moved = repo::advance(tx, &row, slot, &change, cx.now, ActiveModel::default()).await?;
    audit::record(tx, cx, Record::of_move(&change, subject(kind), id)).await?;
    Ok(moved)
}

/// Keeps a published or expired item for another term.
///
/// # Errors
/// 409 when that is not legal.
pub async fn renew(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, ListingMove::Renew, precondition).await?;
    let set = ActiveModel { expires_at: Set(Some(cx.now + shelf_life())), ..Default::default() };
    let moved = repo::advance(tx, &row, slot, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, subject(kind), id)).await?;
    show_anew(tx, cx, id).await?;
    Ok(moved)
}

/// Takes a published item away for good. Its tombstone stays; a count made within the last 24 hours
/// is taken back.
///
/// # Errors
/// 409 when that is not legal.
pub async fn withdraw(
    tx: &Tx,
    cx: &Context,
    kind: ListingKind,
    id: ListingId,
    precondition: &Precondition,
    reason: String,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, kind, id, ListingMove::Withdraw, precondition).await?;
    let set = ActiveModel {
        withdrawn_at: Set(Some(cx.now)),
        withdrawal_reason: Set(Some(reason.clone())),
        next_status: Set(None),
        claimed_by: Set(None),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, slot, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, subject(kind), id).because(None::<&str>, Some(reason)))
        .await?;
    counting::listing::withdrawn(tx, cx, &moved).await?;
    show_anew(tx, cx, id).await?;
    duplicate::service::ask(tx, cx, vec![id], Vec::new(), Vec::new()).await?;
    Ok(moved)
}

/// Ends a demand: solved, or closed unsolved.
///
/// # Errors
/// 404 for what is no demand, 409 when that is not legal.
pub async fn end_demand(
    tx: &Tx,
    cx: &Context,
    id: ListingId,
    mv: ListingMove,
    precondition: &Precondition,
    note: Option<String>,
) -> Result<Model> {
    let (row, slot, change) = begin(tx, cx, ListingKind::Demand, id, mv, precondition).await?;
    let moved = repo::advance(tx, &row, slot, &change, cx.now, ActiveModel::default()).await?;
    let record = Record::of_move(&change, subject(ListingKind::Demand), id).because(None::<&str>, note);
    audit::record(tx, cx, record).await?;
    show_anew(tx, cx, id).await?;
    Ok(moved)
}

/// What is shown of a listing has changed: asks the relay to bring the index in line with it, and tells those who
/// follow the feed. To be said after the writing.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn show_anew(tx: &Tx, cx: &Context, id: ListingId) -> Result<()> {
    outbox::push(tx, cx.now, &Job::IndexListing { listing_id: id }).await?;
    change::service::note(tx, cx.now, &[id]).await
}

/// The same for all published listings of an organisation, when something of it has changed that they show.
///
/// # Errors
/// When the rows cannot be read or written.
pub async fn show_owned_anew(tx: &Tx, cx: &Context, owner: OrganisationId) -> Result<()> {
    let ids = repo::published_of(tx, owner).await?;
    for listing_id in &ids {
        outbox::push(tx, cx.now, &Job::IndexListing { listing_id: *listing_id }).await?;
    }
    change::service::note(tx, cx.now, &ids).await
}

/// Writes a move to the log and tells the author of it by mail.
///
/// # Errors
/// When the rows cannot be written.
pub async fn record_and_tell(tx: &Tx, cx: &Context, record: Record) -> Result<()> {
    let audit_id = audit::record(tx, cx, record).await?;
    outbox::push(tx, cx.now, &Job::Notify(Notice::Act { audit_id })).await
}
