//! What becomes of a row: a new listing, a change of the one it was imported to before, or nothing.
//!
//! The source's row as it was taken last is kept with the listing, and what changed is what differs
//! between that row and this one. Only those members of the content are changed, so what people
//! corrected in the meantime stays. Nothing that was published is overwritten: a change of it is a next
//! version, submitted for review. What somebody has in hand (a draft, a review) and what was ended
//! (rejected, withdrawn, solved) stays as it is, and a warning says so; the next import tries again.

use sea_orm::Set;
use serde_json::Value;
use techmart_entity::{
    funnel::FunnelStep,
    id::{AccountId, ImportId, ListingId},
    import::{RowOutcome, row::RowNote},
    life_cycle::LifeCycle,
    listing::{
        ActiveModel, Content, ListingKind, Model, Source,
        status::{ListingMove, ListingStatus},
        version,
    },
};

use super::{
    key::is_same,
    mapping::{self, MappedRow, Named, note},
    repo,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Result, Wording, unique_violation},
    features::{
        audit,
        audit::Record,
        funnel,
        ledger::rules as counting,
        listing::{
            repo as listings,
            repo::Slot,
            service::{blank, first_version, show_anew, write_content},
            subject,
        },
        organisation::repo as organisations,
    },
    say,
};

/// Where a row comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    pub import_id: ImportId,
    pub line: i64,
    /// Who brought the file; none for the command line.
    pub created_by: Option<AccountId>,
    pub source_system: Option<String>,
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Imported {
    pub outcome: RowOutcome,
    /// None in a dry run that would make one.
    pub listing_id: Option<ListingId>,
    /// What to tell beyond what the mapping told.
    pub notes: Vec<RowNote>,
}

impl Imported {
    fn kept(found: &Model, notes: Vec<RowNote>) -> Self {
        Self { outcome: RowOutcome::Same, listing_id: Some(found.id), notes }
    }
}

/// What is to be done about a listing that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Same,
    Change,
    /// Its state does not let the source change it; the code of the warning.
    Keep(&'static str),
}

/// Decides by the row that was taken last and by where the listing stands.
fn verdict(found: &Model, raw: &Value) -> Verdict {
    if found.raw.as_ref().is_some_and(|before| is_same(before, raw)) {
        return Verdict::Same;
    }
    let working = |status: ListingStatus| match status {
        ListingStatus::Submitted | ListingStatus::Returned => Verdict::Change,
        ListingStatus::Draft => Verdict::Keep("being_edited"),
        ListingStatus::InReview => Verdict::Keep("under_review"),
        // A next version is never more than rejected; what is, makes room for another.
        ListingStatus::Rejected
        | ListingStatus::Published
        | ListingStatus::Suspended
        | ListingStatus::Expired
        | ListingStatus::Withdrawn
        | ListingStatus::Solved
        | ListingStatus::ClosedUnsolved
        | ListingStatus::Merged => Verdict::Change,
    };
    match found.status {
        ListingStatus::Rejected => Verdict::Keep("rejected"),
        ListingStatus::Withdrawn => Verdict::Keep("withdrawn"),
        ListingStatus::Merged => Verdict::Keep("merged"),
        ListingStatus::Solved | ListingStatus::ClosedUnsolved => Verdict::Keep("ended"),
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Returned => working(found.status),
        ListingStatus::Published | ListingStatus::Suspended | ListingStatus::Expired => {
            found.next_status.map_or(Verdict::Change, working)
        }
    }
}

fn kept_note(code: &'static str, status: ListingStatus) -> RowNote {
    note(
        None,
        code,
        say!(
            "来源已有变化，但条目当前为 {status}，未作改动；下次导入会再比较。",
            "The source has changed, but the item is {status} and stays as it is; the next import compares again."
        ),
    )
}

/// Says what would become of a row, and writes nothing.
///
/// # Errors
/// When the database cannot be asked.
pub async fn foresee(db: &impl sea_orm::ConnectionTrait, key: &str, raw: &Value) -> Result<Imported> {
    let Some(found) = repo::find_by_key(db, key).await? else {
        return Ok(Imported { outcome: RowOutcome::Made, listing_id: None, notes: Vec::new() });
    };
    Ok(match verdict(&found, raw) {
        Verdict::Same => Imported::kept(&found, Vec::new()),
        Verdict::Keep(code) => Imported::kept(&found, vec![kept_note(code, found.working_status())]),
        Verdict::Change => {
            Imported { outcome: RowOutcome::Changed, listing_id: Some(found.id), notes: Vec::new() }
        }
    })
}

/// Takes a row up.
///
/// # Errors
/// When the rows cannot be written.
pub async fn import_row(
    tx: &Tx,
    cx: &Context,
    origin: &Origin,
    key: &str,
    row: &MappedRow,
    raw: &Value,
) -> Result<Imported> {
    let Some(found) = repo::hold_by_key(tx, key).await? else {
        return make(tx, cx, origin, key, row, raw).await;
    };
    match verdict(&found, raw) {
        Verdict::Same => Ok(Imported::kept(&found, Vec::new())),
        Verdict::Keep(code) => Ok(Imported::kept(&found, vec![kept_note(code, found.working_status())])),
        Verdict::Change => change(tx, cx, origin, found, row, raw).await,
    }
}

async fn make(
    tx: &Tx,
    cx: &Context,
    origin: &Origin,
    key: &str,
    row: &MappedRow,
    raw: &Value,
) -> Result<Imported> {
    let kind = row.kind();
    let mut model = blank(cx, kind, &row.content);
    if let Some(Named { name, kind }) = &row.organisation {
        let owner = organisations::find_or_name(tx, cx, name, *kind).await?;
        model.organisation_id = Some(owner.id);
        model.demo = owner.demo;
    }
    let submitted = ListingStatus::Draft.apply(ListingMove::Submit)?;
    model.status = submitted.to();
    model.first_submitted_at = Some(cx.now);
    model.created_by = origin.created_by;
    model.source = Source::Imported;
    model.source_system = row.source_system.clone().or_else(|| origin.source_system.clone());
    model.source_id.clone_from(&row.source_id);
    model.source_url.clone_from(&row.source_url);
    model.import_key = Some(key.to_owned());
    model.raw = Some(raw.clone());
    let hash = row.content.hash();
    let first = version::Model {
        content_hash: Some(hash.clone()),
        created_by: origin.created_by,
        submitted_at: Some(cx.now),
        ..first_version(cx, &model, &row.content)
    };
    model.working_version_id = Some(first.id);
    let made = listings::insert(tx, model, first).await.map_err(taken_meanwhile)?;
    listings::set_duplicate_keys(tx, &made, &row.content).await?;
    let change = (submitted.from().to_string(), submitted.to().to_string());
    record(tx, cx, origin, &made, Some(change)).await?;
    if kind == ListingKind::Demand && made.organisation_id.is_some() {
        counting::demand::submitted(tx, cx, &made, hash).await?;
    }
    funnel::service::reached(tx, cx, &made, FunnelStep::Submitted).await?;
    Ok(Imported { outcome: RowOutcome::Made, listing_id: Some(made.id), notes: Vec::new() })
}

/// Another import made the listing of that key a moment ago: the whole transaction is tried again, and
/// then finds it.
fn taken_meanwhile(error: AppError) -> AppError {
    use std::error::Error;
    let database = error.source().and_then(|source| source.downcast_ref::<sea_orm::DbErr>());
    if database.and_then(unique_violation).is_some() { AppError::lost_race(error) } else { error }
}

async fn change(
    tx: &Tx,
    cx: &Context,
    origin: &Origin,
    found: Model,
    row: &MappedRow,
    raw: &Value,
) -> Result<Imported> {
    let published = found.status.was_published();
    let before = found.raw.as_ref().and_then(|raw| mapping::map(raw).ok());
    let mut notes = Vec::new();
    let mut set = ActiveModel { raw: Set(Some(raw.clone())), ..Default::default() };
    let owner = new_owner(tx, cx, &found, before.as_ref(), row, &mut notes).await?;
    if let Some(owner) = &owner {
        set.organisation_id = Set(Some(owner.id));
        set.demo = Set(owner.demo);
    }
    if row.source_url != found.source_url {
        if published {
            // The address is the evidence of what was published.
            notes.push(kept_of_row(
                "source_url",
                say!(
                    "来源网址有变化；已发布条目保留原网址。",
                    "The source's address has changed; a published item keeps the one it was published with."
                ),
            ));
        } else {
            set.source_url = Set(row.source_url.clone());
        }
    }
    let base = listings::find_version(tx, found.working_version_id.or(found.published_version_id)).await?;
    let now = Content::parse(found.kind, base.content.clone()).map_err(AppError::internal)?;
    let content = carried_over(&now, before.as_ref().map(|row| &row.content), &row.content)?;
    let saved = if content == now {
        // Something changed that no member of the content says: the row is kept, nobody has to review it.
        listings::save_draft(tx, &found, cx.now, set).await?
    } else {
        let begins_next = published && found.next_status.is_none_or(|next| next == ListingStatus::Rejected);
        submit_again(tx, cx, &found, &base, &content, begins_next, set).await?
    };
    record(tx, cx, origin, &saved, None).await?;
    if owner.is_some() {
        if published {
            show_anew(tx, cx, saved.id).await?;
        }
        listings::set_duplicate_keys(tx, &saved, &content).await?;
        if saved.kind == ListingKind::Demand {
            counting::demand::submitted(tx, cx, &saved, content.hash()).await?;
        }
    }
    Ok(Imported { outcome: RowOutcome::Changed, listing_id: Some(saved.id), notes })
}

/// Writes the content into the working version and puts that into the queue, if it is not there.
async fn submit_again(
    tx: &Tx,
    cx: &Context,
    found: &Model,
    base: &version::Model,
    content: &Content,
    begins_next: bool,
    set: ActiveModel,
) -> Result<Model> {
    let written = write_content(tx, cx, found, base, content, begins_next).await?;
    let working = written.working_version_id.ok_or_else(|| AppError::internal("no working version"))?;
    let submitted = version::ActiveModel {
        id: Set(working),
        content_hash: Set(Some(content.hash())),
        submitted_by: Set(None),
        submitted_at: Set(Some(cx.now)),
        ..Default::default()
    };
    listings::update_version(tx, submitted).await?;
    let status = written.working_status();
    if status == ListingStatus::Submitted {
        // Whoever has read it in the queue has to read it again.
        return listings::save(tx, &written, cx.now, set).await;
    }
    let change = status.apply(ListingMove::Submit)?;
    let slot = if found.status.was_published() { Slot::NextVersion } else { Slot::Item };
    let moved = listings::advance(tx, &written, slot, &change, cx.now, set).await?;
    audit::record(tx, cx, Record::of_move(&change, subject(moved.kind), moved.id)).await?;
    Ok(moved)
}

/// The present content with those members that the source changed since.
fn carried_over(now: &Content, before: Option<&Content>, after: &Content) -> Result<Content> {
    let Some(before) = before else { return Ok(after.clone()) };
    let (before, after) = (before.document(), after.document());
    let mut document = now.document();
    if let (Some(members), Some(after)) = (document.as_object_mut(), after.as_object()) {
        for (name, value) in after {
            if before.get(name) != Some(value) {
                members.insert(name.clone(), value.clone());
            }
        }
    }
    Content::parse(now.kind(), document).map_err(AppError::internal)
}

/// The owner that the source names now, where the listing has none. One that it has is not taken from
/// it: what was counted hangs on it, so a person has to look.
async fn new_owner(
    tx: &Tx,
    cx: &Context,
    found: &Model,
    before: Option<&MappedRow>,
    row: &MappedRow,
    notes: &mut Vec<RowNote>,
) -> Result<Option<techmart_entity::organisation::Model>> {
    let was = before.and_then(|before| before.organisation.as_ref());
    let is = row.organisation.as_ref();
    if was == is {
        return Ok(None);
    }
    match is {
        Some(Named { name, kind }) if found.organisation_id.is_none() && !found.status.was_published() => {
            Ok(Some(organisations::find_or_name(tx, cx, name, *kind).await?))
        }
        Some(_) | None => {
            notes.push(kept_of_row("organisation", say!(
                "来源的单位有变化；条目的归属不自动更改，请人工处理。",
                "The source names another organisation; the owner is not changed by an import, a person has to."
            )));
            Ok(None)
        }
    }
}

fn kept_of_row(column: &str, wording: Wording) -> RowNote {
    note(Some(column), "kept", wording)
}

async fn record(
    tx: &Tx,
    cx: &Context,
    origin: &Origin,
    row: &Model,
    change: Option<(String, String)>,
) -> Result<()> {
    let facts = serde_json::json!({ "import_id": origin.import_id, "line": origin.line });
    let record = Record { change, ..Record::act("import", subject(row.kind), row.id).with(facts) };
    audit::record(tx, cx, record).await?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::{Value, json};
    use techmart_entity::listing::{Content, ListingKind, Model, status::ListingStatus};

    use super::{Verdict, carried_over, verdict};
    use crate::{auth::Context, features::listing::service::blank};

    fn listing(status: ListingStatus, next: Option<ListingStatus>, raw: Value) -> Model {
        let cx = Context::system(chrono::DateTime::UNIX_EPOCH);
        let row = blank(&cx, ListingKind::Demand, &Content::empty(ListingKind::Demand));
        Model { status, next_status: next, raw: Some(raw), ..row }
    }

    #[test]
    fn the_same_row_changes_nothing_wherever_the_listing_stands() {
        for status in ListingStatus::ALL {
            let found = listing(*status, None, json!({ "title": "a" }));
            assert_eq!(verdict(&found, &json!({ "title": "a" })), Verdict::Same);
        }
    }

    #[test]
    fn what_somebody_has_in_hand_and_what_was_ended_stays() {
        use ListingStatus as S;
        let after = json!({ "title": "b" });
        for (status, next, expected) in [
            (S::Submitted, None, Verdict::Change),
            (S::Returned, None, Verdict::Change),
            (S::Draft, None, Verdict::Keep("being_edited")),
            (S::InReview, None, Verdict::Keep("under_review")),
            (S::Rejected, None, Verdict::Keep("rejected")),
            (S::Withdrawn, None, Verdict::Keep("withdrawn")),
            (S::Solved, None, Verdict::Keep("ended")),
            (S::Merged, None, Verdict::Keep("merged")),
            (S::Published, None, Verdict::Change),
            (S::Expired, None, Verdict::Change),
            (S::Published, Some(S::Draft), Verdict::Keep("being_edited")),
            (S::Published, Some(S::InReview), Verdict::Keep("under_review")),
            (S::Published, Some(S::Submitted), Verdict::Change),
            (S::Published, Some(S::Rejected), Verdict::Change),
        ] {
            let found = listing(status, next, json!({ "title": "a" }));
            assert_eq!(verdict(&found, &after), expected, "{status} {next:?}");
        }
    }

    #[test]
    fn what_people_corrected_stays_where_the_source_did_not_change() {
        let of = |document| Content::parse(ListingKind::Demand, document).unwrap();
        let before = of(json!({ "title": "a", "summary": "old" }));
        let corrected = of(json!({ "title": "A, corrected", "summary": "old" }));
        let after = of(json!({ "title": "a", "summary": "new" }));
        let expected = of(json!({ "title": "A, corrected", "summary": "new" }));
        assert_eq!(carried_over(&corrected, Some(&before), &after).unwrap(), expected);
        assert_eq!(carried_over(&corrected, None, &after).unwrap(), after);
    }
}
