//! The rows that hold something about people: read for a copy, deleted with an account, swept at the end of their term.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, ExprTrait, Func, SelectStatement},
};
use techmart_entity::{
    Instant, account,
    account::{erasure, one_time_token, refresh_token, session, sign_in_failure},
    api_client,
    api_client::status::ApiClientStatus,
    audit,
    audit::SubjectKind,
    desk, docking,
    docking::{message::read_mark, reminder, status::DockingStage},
    event::{self, sign_up, sign_up::SignUpStatus, status::EventStatus},
    id::{AccountId, AuditId, DockingId, InvitationId, OrganisationId, SessionId, VersionId},
    idempotency, import,
    life_cycle::LifeCycle,
    listing,
    notification::{self, MailState, preference},
    organisation::{
        self, Contacts,
        invitation::{self, InvitationStatus},
        membership,
    },
    outbox, recommendation, saved_search,
};

use super::{dto::RevealQuery, retention::Term};
use crate::{
    db::Tx,
    error::Result,
    features::{account::policy::REFRESH_IDLE, audit::looks},
};

/// How a look at contacts stands in the log.
const REVEAL: &str = "reveal_contacts";

/// The erasure of an account, asked for or done.
///
/// # Errors
/// When the database cannot be asked.
pub async fn find(db: &impl ConnectionTrait, id: AccountId) -> Result<Option<erasure::Model>> {
    Ok(erasure::Entity::find_by_id(id).one(db).await?)
}

/// Writes a request.
///
/// # Errors
/// When the row cannot be written.
pub async fn insert(tx: &Tx, row: erasure::Model) -> Result<()> {
    erasure::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    Ok(())
}

/// Takes a request back; says whether there was one that is not done.
///
/// # Errors
/// When the row cannot be deleted.
pub async fn withdraw(tx: &Tx, id: AccountId) -> Result<bool> {
    let deleted = erasure::Entity::delete_many()
        .filter(erasure::Column::AccountId.eq(id))
        .filter(erasure::Column::DoneAt.is_null())
        .exec(tx)
        .await?;
    Ok(deleted.rows_affected == 1)
}

/// Requests whose time has come, the oldest first.
///
/// # Errors
/// When the database cannot be asked.
pub async fn due(db: &impl ConnectionTrait, now: Instant, limit: u64) -> Result<Vec<AccountId>> {
    Ok(erasure::Entity::find()
        .select_only()
        .column(erasure::Column::AccountId)
        .filter(erasure::Column::DoneAt.is_null())
        .filter(erasure::Column::DueAt.lte(now))
        .order_by_asc(erasure::Column::DueAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

/// Puts a request off, which something stands in the way of.
///
/// # Errors
/// When the row cannot be written.
pub async fn postpone(tx: &Tx, id: AccountId, until: Instant) -> Result<()> {
    erasure::Entity::update_many()
        .col_expr(erasure::Column::DueAt, Expr::value(until))
        .filter(erasure::Column::AccountId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Remembers that an account was erased.
///
/// # Errors
/// When the row cannot be written.
pub async fn done(tx: &Tx, id: AccountId, asked_by: Option<AccountId>, now: Instant) -> Result<()> {
    let changed = erasure::Entity::update_many()
        .col_expr(erasure::Column::DoneAt, Expr::value(now))
        .filter(erasure::Column::AccountId.eq(id))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        // Nobody asked: the address was never verified.
        let row = erasure::Model {
            account_id: id,
            requested_by: asked_by,
            reason: None,
            requested_at: now,
            due_at: now,
            done_at: Some(now),
        };
        insert(tx, row).await?;
    }
    Ok(())
}

/// Open work of the centre that is somebody's: items of the desk, and dockings that they lead.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_work(db: &impl ConnectionTrait, id: AccountId) -> Result<(u64, u64)> {
    let items = desk::Entity::find()
        .filter(desk::Column::AssigneeId.eq(id))
        .filter(desk::Column::OpenKey.is_not_null())
        .count(db)
        .await?;
    let open: Vec<DockingStage> =
        DockingStage::ALL.iter().copied().filter(|stage| !stage.legal().is_empty()).collect();
    let dockings = docking::Entity::find()
        .filter(docking::Column::BrokerId.eq(id))
        .filter(docking::Column::Stage.is_in(open))
        .filter(docking::Column::OpenKey.is_not_null())
        .count(db)
        .await?;
    Ok((items, dockings))
}

/// API clients of organisations for which somebody answers, and which work only as long as they do.
///
/// # Errors
/// When the database cannot be asked.
pub async fn clients_of(db: &impl ConnectionTrait, id: AccountId) -> Result<u64> {
    let open: Vec<ApiClientStatus> =
        ApiClientStatus::ALL.iter().copied().filter(|status| !status.legal().is_empty()).collect();
    Ok(api_client::Entity::find()
        .filter(api_client::Column::ResponsibleId.eq(id))
        .filter(api_client::Column::OrganisationId.is_not_null())
        .filter(api_client::Column::Status.is_in(open))
        .count(db)
        .await?)
}

/// Sign-ups of somebody for events that are still to come.
///
/// # Errors
/// When the database cannot be asked.
pub async fn open_sign_ups(db: &impl ConnectionTrait, id: AccountId) -> Result<Vec<sign_up::Model>> {
    let open = event::Entity::find()
        .select_only()
        .column(event::Column::Id)
        .filter(event::Column::Status.is_in([EventStatus::Open, EventStatus::Closed]))
        .into_query();
    Ok(sign_up::Entity::find()
        .filter(sign_up::Column::AccountId.eq(id))
        .filter(sign_up::Column::Status.is_in([SignUpStatus::Waiting, SignUpStatus::Confirmed]))
        .filter(sign_up::Column::AttendedAt.is_null())
        .filter(sign_up::Column::EventId.in_subquery(open))
        .all(db)
        .await?)
}

/// All invitations to an address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn invitations_to(db: &impl ConnectionTrait, email: &str) -> Result<Vec<invitation::Model>> {
    Ok(invitation::Entity::find().filter(invitation::Column::Email.eq(email)).all(db).await?)
}

/// Takes the address out of an invitation.
///
/// # Errors
/// When the row cannot be written.
pub async fn mask_invitation(tx: &Tx, id: InvitationId, address: String) -> Result<()> {
    invitation::Entity::update_many()
        .col_expr(invitation::Column::Email, Expr::value(address))
        .filter(invitation::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Organisations among these of whose contacts one may have that address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn organisations_naming(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
    email: &str,
) -> Result<Vec<organisation::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(organisation::Entity::find()
        .filter(organisation::Column::Id.is_in(ids.iter().copied()))
        .filter(names(organisation::Column::Contacts, email))
        .all(db)
        .await?)
}

/// Versions of listings of these organisations whose contact may have that address.
///
/// # Errors
/// When the database cannot be asked.
pub async fn versions_naming(
    db: &impl ConnectionTrait,
    ids: &[OrganisationId],
    email: &str,
) -> Result<Vec<listing::version::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let theirs = listing::Entity::find()
        .select_only()
        .column(listing::Column::Id)
        .filter(listing::Column::OrganisationId.is_in(ids.iter().copied()))
        .into_query();
    Ok(listing::version::Entity::find()
        .filter(listing::version::Column::ListingId.in_subquery(theirs))
        .filter(names(listing::version::Column::Content, email))
        .all(db)
        .await?)
}

/// Whether a JSON column has that text somewhere, in whatever case.
fn names(column: impl ColumnTrait, text: &str) -> Expr {
    let said = Expr::from(Func::lower(Expr::col(column.as_column_ref()).cast_as("text")));
    said.like(format!("%{text}%"))
}

/// Writes the contacts of an organisation. Nobody else reads them, so the version stays.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_contacts(tx: &Tx, id: OrganisationId, contacts: Contacts) -> Result<()> {
    let set = organisation::ActiveModel { contacts: Set(contacts), ..Default::default() };
    organisation::Entity::update_many().set(set).filter(organisation::Column::Id.eq(id)).exec(tx).await?;
    Ok(())
}

/// Writes the content of a version without a contact.
///
/// # Errors
/// When the row cannot be written.
pub async fn set_content(tx: &Tx, id: VersionId, content: serde_json::Value) -> Result<()> {
    let set = listing::version::ActiveModel { content: Set(content), ..Default::default() };
    listing::version::Entity::update_many()
        .set(set)
        .filter(listing::version::Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes what belongs to an account alone; says how many rows.
///
/// # Errors
/// When the rows cannot be deleted.
pub async fn delete_owned(tx: &Tx, id: AccountId, mark: &str) -> Result<u64> {
    let sessions = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::AccountId.eq(id))
        .into_query();
    let kept = saved_search::Entity::find()
        .select_only()
        .column(saved_search::Column::Id)
        .filter(saved_search::Column::AccountId.eq(id))
        .into_query();
    let mut gone = 0;
    // Before what they belong to.
    gone +=
        deleted::<refresh_token::Entity>(tx, refresh_token::Column::SessionId.in_subquery(sessions)).await?;
    gone +=
        deleted::<saved_search::hit::Entity>(tx, saved_search::hit::Column::SavedSearchId.in_subquery(kept))
            .await?;
    gone += deleted::<session::Entity>(tx, session::Column::AccountId.eq(id)).await?;
    gone += deleted::<saved_search::Entity>(tx, saved_search::Column::AccountId.eq(id)).await?;
    gone += deleted::<one_time_token::Entity>(tx, one_time_token::Column::AccountId.eq(id)).await?;
    gone += deleted::<sign_in_failure::Entity>(tx, sign_in_failure::Column::EmailHash.eq(mark)).await?;
    gone += deleted::<membership::Entity>(tx, membership::Column::AccountId.eq(id)).await?;
    gone += deleted::<preference::Entity>(tx, preference::Column::AccountId.eq(id)).await?;
    gone += deleted::<notification::Entity>(tx, notification::Column::AccountId.eq(id)).await?;
    gone += deleted::<reminder::Entity>(tx, reminder::Column::AccountId.eq(id)).await?;
    gone += deleted::<read_mark::Entity>(tx, read_mark::Column::AccountId.eq(id)).await?;
    gone += deleted::<recommendation::notice::Entity>(tx, recommendation::notice::Column::AccountId.eq(id))
        .await?;
    Ok(gone)
}

async fn deleted<E: EntityTrait>(tx: &Tx, which: Expr) -> Result<u64> {
    Ok(E::delete_many().filter(which).exec(tx).await?.rows_affected)
}

/// The ids of the dockings of an organisation, written as the log writes them.
fn dockings_of(db: &impl ConnectionTrait, organisation: OrganisationId) -> SelectStatement {
    // SQLite keeps an id as its sixteen bytes.
    let id = match db.get_database_backend() {
        DbBackend::Sqlite => Expr::cust(
            "lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || substr(hex(id), 13, 4) \
             || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21, 12))",
        ),
        _ => Expr::cust("CAST(id AS text)"),
    };
    docking::Entity::find()
        .select_only()
        .expr(id)
        .filter(
            Condition::any()
                .add(docking::Column::EnterpriseId.eq(organisation))
                .add(docking::Column::SupplierId.eq(organisation)),
        )
        .into_query()
}

fn looks_at_contacts() -> Condition {
    Condition::all()
        .add(audit::Column::Action.eq(REVEAL))
        .add(audit::Column::SubjectKind.eq(SubjectKind::Docking))
}

/// Looks at contacts of an organisation by others.
fn of_organisation(db: &impl ConnectionTrait, organisation: OrganisationId) -> Condition {
    Condition::all().add(audit::Column::SubjectId.in_subquery(dockings_of(db, organisation))).add(
        Condition::any()
            .add(audit::Column::ActingOrganisationId.is_null())
            .add(audit::Column::ActingOrganisationId.ne(organisation)),
    )
}

async fn newest(
    db: &impl ConnectionTrait,
    condition: Condition,
    after: Option<AuditId>,
    limit: u64,
) -> Result<Vec<audit::Model>> {
    let mut query = audit::Entity::find().filter(condition);
    if let Some(after) = after {
        query = query.filter(audit::Column::Id.lt(after));
    }
    Ok(query.order_by_desc(audit::Column::Id).limit(limit).all(db).await?)
}

/// Looks at contacts of any of the organisations, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn reveals_of(
    db: &impl ConnectionTrait,
    organisations: &[OrganisationId],
    after: Option<AuditId>,
    limit: u64,
) -> Result<Vec<audit::Model>> {
    let theirs = organisations.iter().fold(Condition::any(), |any, id| any.add(of_organisation(db, *id)));
    newest(db, looks_at_contacts().add(theirs), after, limit).await
}

/// Looks at contacts, newest first, after one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn reveals(
    db: &impl ConnectionTrait,
    query: &RevealQuery,
    after: Option<AuditId>,
    limit: u64,
) -> Result<Vec<audit::Model>> {
    let mut condition = looks_at_contacts();
    if let Some(id) = query.organisation_id {
        condition = condition.add(of_organisation(db, id));
    }
    if let Some(id) = query.actor_id {
        condition = condition.add(audit::Column::ActorId.eq(id));
    }
    if let Some(id) = query.docking_id {
        condition = condition.add(audit::Column::SubjectId.eq(id.to_string()));
    }
    newest(db, condition, after, limit).await
}

/// Dockings by id.
///
/// # Errors
/// When the database cannot be asked.
pub async fn dockings(db: &impl ConnectionTrait, ids: &[DockingId]) -> Result<Vec<docking::Model>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(docking::Entity::find().filter(docking::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Accounts whose address was not verified within its term.
///
/// # Errors
/// When the database cannot be asked.
pub async fn unverified(db: &impl ConnectionTrait, cutoff: Instant, limit: u64) -> Result<Vec<AccountId>> {
    Ok(account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::EmailVerifiedAt.is_null())
        .filter(account::Column::ErasedAt.is_null())
        .filter(account::Column::CreatedAt.lte(cutoff))
        .order_by_asc(account::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?)
}

fn ended(cutoff: Instant) -> Condition {
    Condition::any()
        .add(session::Column::RevokedAt.lte(cutoff))
        .add(session::Column::ExpiresAt.lte(cutoff))
        .add(session::Column::LastUsedAt.lte(cutoff - REFRESH_IDLE))
}

/// Takes away at most `limit` rows of a kind whose term is over; says how many.
///
/// # Errors
/// When the rows cannot be written.
pub async fn sweep(tx: &Tx, term: Term, now: Instant, limit: u64) -> Result<u64> {
    let cutoff = term.cutoff(now);
    match term {
        Term::SingleUseLink => {
            let old: Vec<String> = one_time_token::Entity::find()
                .select_only()
                .column(one_time_token::Column::TokenHash)
                .filter(one_time_token::Column::ExpiresAt.lte(cutoff))
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<one_time_token::Entity>(tx, one_time_token::Column::TokenHash.is_in(old)).await
        }
        Term::RefreshToken => {
            let over = session::Entity::find()
                .select_only()
                .column(session::Column::Id)
                .filter(ended(cutoff))
                .into_query();
            let old: Vec<String> = refresh_token::Entity::find()
                .select_only()
                .column(refresh_token::Column::TokenHash)
                .filter(refresh_token::Column::SessionId.in_subquery(over))
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<refresh_token::Entity>(tx, refresh_token::Column::TokenHash.is_in(old)).await
        }
        Term::EndedSession => {
            let old: Vec<SessionId> = session::Entity::find()
                .select_only()
                .column(session::Column::Id)
                .filter(ended(cutoff))
                .order_by_asc(session::Column::Id)
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<refresh_token::Entity>(tx, refresh_token::Column::SessionId.is_in(old.iter().copied()))
                .await?;
            deleted::<session::Entity>(tx, session::Column::Id.is_in(old)).await
        }
        Term::FailedSignIn => {
            let old: Vec<i64> = sign_in_failure::Entity::find()
                .select_only()
                .column(sign_in_failure::Column::Id)
                .filter(sign_in_failure::Column::At.lt(cutoff))
                .order_by_asc(sign_in_failure::Column::Id)
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<sign_in_failure::Entity>(tx, sign_in_failure::Column::Id.is_in(old)).await
        }
        Term::StoredAnswer => {
            let old: Vec<String> = idempotency::Entity::find()
                .select_only()
                .column(idempotency::Column::Scope)
                .filter(idempotency::Column::ExpiresAt.lte(cutoff))
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<idempotency::Entity>(tx, idempotency::Column::Scope.is_in(old)).await
        }
        Term::Notification => notifications(tx, cutoff, limit).await,
        Term::FinishedJob => {
            let old: Vec<i64> = outbox::Entity::find()
                .select_only()
                .column(outbox::Column::Seq)
                .filter(outbox::Column::DoneAt.lte(cutoff))
                .order_by_asc(outbox::Column::Seq)
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<outbox::Entity>(tx, outbox::Column::Seq.is_in(old)).await
        }
        Term::InvitedAddress => addresses(tx, cutoff, limit).await,
        Term::ImportedRow => raw_rows(tx, cutoff, limit).await,
        // Whole accounts go by the way of an erasure.
        Term::UnverifiedAccount => Ok(0),
        Term::AuditorLook => {
            let old: Vec<AuditId> = audit::Entity::find()
                .select_only()
                .column(audit::Column::Id)
                .filter(audit::Column::Action.eq(looks::ACTION))
                .filter(audit::Column::At.lte(cutoff))
                .order_by_asc(audit::Column::Id)
                .limit(limit)
                .into_tuple()
                .all(tx)
                .await?;
            deleted::<audit::Entity>(tx, audit::Column::Id.is_in(old)).await
        }
    }
}

/// What was told long ago, unless its mail is still to go.
async fn notifications(tx: &Tx, cutoff: Instant, limit: u64) -> Result<u64> {
    let old: Vec<techmart_entity::id::NotificationId> = notification::Entity::find()
        .select_only()
        .column(notification::Column::Id)
        .filter(notification::Column::CreatedAt.lte(cutoff))
        .filter(notification::Column::Mail.is_not_in([MailState::Waiting, MailState::Digest]))
        .order_by_asc(notification::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    deleted::<notification::Entity>(tx, notification::Column::Id.is_in(old)).await
}

/// Addresses of invitations that ended long ago.
async fn addresses(tx: &Tx, cutoff: Instant, limit: u64) -> Result<u64> {
    let old: Vec<InvitationId> = invitation::Entity::find()
        .select_only()
        .column(invitation::Column::Id)
        .filter(invitation::Column::Status.ne(InvitationStatus::Sent))
        .filter(invitation::Column::EndedAt.lte(cutoff))
        .filter(invitation::Column::Email.not_like("%@erased.invalid"))
        .order_by_asc(invitation::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    let n = old.len();
    for id in old {
        mask_invitation(tx, id, super::erase::erased_address(id)).await?;
    }
    Ok(u64::try_from(n).unwrap_or_default())
}

/// Rows of old imports as they were; what was said of them stays.
async fn raw_rows(tx: &Tx, cutoff: Instant, limit: u64) -> Result<u64> {
    let over = import::Entity::find()
        .select_only()
        .column(import::Column::Id)
        .filter(import::Column::FinishedAt.lte(cutoff))
        .into_query();
    let old: Vec<(techmart_entity::id::ImportId, i64)> = import::row::Entity::find()
        .select_only()
        .column(import::row::Column::ImportId)
        .column(import::row::Column::Line)
        .filter(import::row::Column::Raw.is_not_null())
        .filter(import::row::Column::ImportId.in_subquery(over))
        .limit(limit)
        .into_tuple()
        .all(tx)
        .await?;
    let n = old.len();
    for (import_id, line) in old {
        let row = import::row::ActiveModel { raw: Set(None), ..Default::default() };
        import::row::Entity::update_many()
            .set(row)
            .filter(import::row::Column::ImportId.eq(import_id))
            .filter(import::row::Column::Line.eq(line))
            .exec(tx)
            .await?;
    }
    Ok(u64::try_from(n).unwrap_or_default())
}
