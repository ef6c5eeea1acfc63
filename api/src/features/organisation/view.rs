//! Looking at organisations. What a caller may not see is left out here, in one place.

use sea_orm::ConnectionTrait;
use techmart_entity::{
    audit::SubjectKind,
    id::{AccountId, OrganisationId},
    life_cycle::LifeCycle,
    organisation::{Model, membership, status::VerificationStatus},
};

use super::{
    dto::{MemberOut, MemberQuery, OrganisationOut, OrganisationQuery},
    policy::{self, Relation},
    repo,
};
use crate::{
    auth::Context,
    error::{AppError, Result},
    features::audit,
    say,
    web::{
        answer::Answer,
        etag,
        paging::{Cut, Page},
    },
};

/// The ETag of an organisation.
#[must_use]
pub fn tag(row: &Model) -> String {
    etag::tag(row.version)
}

/// The ETag of a membership: it is another one when the role changes or the member joins anew.
#[must_use]
pub fn member_tag(row: &membership::Model) -> String {
    etag::tag(format!("{}-{}", row.role, row.created_at.timestamp_millis()))
}

/// A row as its caller may see it.
#[must_use]
pub fn show(row: Model, relation: Relation) -> OrganisationOut {
    let inside = policy::may_look_inside(relation);
    let named_by_source = policy::is_named_by_source(&row);
    OrganisationOut {
        id: row.id,
        name: row.name,
        name_en: row.name_en,
        short_name: row.short_name,
        kind: row.kind,
        verified: row.verification == VerificationStatus::Verified,
        region_code: row.region_code,
        town: row.town,
        industry_code: row.industry_code,
        scale: row.scale,
        tags: row.tags.0,
        demo: row.demo,
        merged_into: row.merged_into,
        uscc: row.uscc.filter(|_| inside),
        legal_rep: row.legal_rep.filter(|_| inside),
        verification: inside.then_some(row.verification),
        verification_method: row.verification_method.filter(|_| inside),
        verification_evidence: row.verification_evidence.filter(|_| inside),
        verification_reason: row.verification_reason.filter(|_| inside),
        verified_at: row.verified_at.filter(|_| inside).map(Into::into),
        valid_until: row.valid_until.filter(|_| inside),
        renewal_asked_at: row.renewal_asked_at.filter(|_| inside).map(Into::into),
        named_by_source: inside.then_some(named_by_source),
        legal_moves: inside.then(|| row.verification.legal()),
        contacts: policy::may_read_contacts(relation).then_some(row.contacts.0),
        created_at: row.created_at.into(),
        updated_at: row.updated_at.into(),
    }
}

/// The row after an act, as whoever acted may see it.
#[must_use]
pub fn shown(cx: &Context, row: Model) -> Answer<OrganisationOut> {
    let (tag, relation) = (tag(&row), policy::relation(cx, &row));
    Answer::ok(show(row, relation)).tagged(tag)
}

/// A row that the caller has just made, and so belongs to since this very act.
#[must_use]
pub fn shown_to_member(cx: &Context, row: Model) -> Answer<OrganisationOut> {
    let (tag, relation) = (tag(&row), policy::relation(cx, &row));
    Answer::ok(show(row, Relation { member: true, ..relation })).tagged(tag)
}

/// One organisation.
///
/// # Errors
/// 404 when there is none.
pub async fn one(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: OrganisationId,
) -> Result<Answer<OrganisationOut>> {
    let row = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    Ok(shown(cx, row))
}

/// A page of a list.
///
/// # Errors
/// 400 when the cursor is not this list's, 403 when somebody outside the centre asks for organisations
/// that are not verified.
pub async fn list(
    db: &impl ConnectionTrait,
    cx: &Context,
    query: OrganisationQuery,
) -> Result<Page<OrganisationOut>> {
    let verified = vec![VerificationStatus::Verified];
    let verification = if policy::may_list_all(cx) {
        query.verification.clone()
    } else if query.verification.iter().all(|status| *status == VerificationStatus::Verified) {
        verified
    } else {
        return Err(AppError::forbidden(say!(
            "未认证的单位仅服务中心和审计可以列出。",
            "Only the centre and auditors list organisations that are not verified."
        )));
    };
    let mark = OrganisationQuery { limit: None, cursor: None, ..query.clone() };
    let cut = Cut::<OrganisationId>::read(query.limit, query.cursor.as_deref(), &mark)?;
    let filter = repo::Filter {
        verification,
        name_prefix: query.name.as_deref().and_then(searchable),
        name_part: query.q.as_deref().and_then(searchable),
        kinds: query.kind,
        towns: query.town,
        after: cut.after,
    };
    let rows = repo::list(db, &filter, cut.limit + 1).await?;
    Ok(cut.page(
        rows,
        |row| row.id,
        |row| {
            let relation = policy::relation(cx, &row);
            show(row, relation)
        },
    ))
}

/// A name as it is looked for; nothing is looked for by signs alone.
fn searchable(name: &str) -> Option<String> {
    let key = techmart_entity::value::title_key::title_key(name);
    (!key.is_empty()).then_some(key)
}

/// The members of an organisation.
///
/// # Errors
/// 401, 403 or 404.
pub async fn members(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: OrganisationId,
    query: MemberQuery,
) -> Result<Page<MemberOut>> {
    let organisation = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    let relation = policy::relation(cx, &organisation);
    policy::see_members(cx, relation)?;
    let cut = Cut::<AccountId>::read(query.limit, query.cursor.as_deref(), &("members", id))?;
    let rows = repo::members(db, id, cut.after, cut.limit + 1).await?;
    let ids: Vec<AccountId> = rows.iter().map(|row| row.account_id).collect();
    let accounts = repo::accounts(db, &ids).await?;
    Ok(cut.page(
        rows,
        |row| row.account_id,
        |row| {
            let account = accounts.iter().find(|account| account.id == row.account_id);
            MemberOut::of(&row, account, policy::may_read_contacts(relation))
        },
    ))
}

/// One member.
///
/// # Errors
/// 401, 403 or 404.
pub async fn member(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: OrganisationId,
    account: AccountId,
) -> Result<Answer<MemberOut>> {
    let organisation = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    let relation = policy::relation(cx, &organisation);
    policy::see_members(cx, relation)?;
    let row = repo::member(db, id, account).await?;
    show_member(db, &row, relation).await
}

/// A membership with its person.
///
/// # Errors
/// When the database cannot be asked.
pub async fn show_member(
    db: &impl ConnectionTrait,
    row: &membership::Model,
    relation: Relation,
) -> Result<Answer<MemberOut>> {
    let accounts = repo::accounts(db, &[row.account_id]).await?;
    let out = MemberOut::of(row, accounts.first(), policy::may_read_contacts(relation));
    Ok(Answer::ok(out).tagged(member_tag(row)))
}

/// The moves of the verification, newest first.
///
/// # Errors
/// 401, 403 or 404.
pub async fn history(
    db: &impl ConnectionTrait,
    cx: &Context,
    id: OrganisationId,
    query: audit::dto::HistoryQuery,
) -> Result<Page<audit::dto::HistoryOut>> {
    let row = repo::find(db, id).await?.ok_or_else(AppError::not_found)?;
    policy::see_members(cx, policy::relation(cx, &row))?;
    let cut = Cut::read(query.limit, query.cursor.as_deref(), &("organisation history", id))?;
    let filter = audit::repo::Filter {
        subject: Some((SubjectKind::Organisation, id.to_string())),
        moves_only: true,
        ..audit::repo::Filter::default()
    };
    let rows = audit::repo::list(db, &filter, cut.after, cut.limit + 1).await?;
    Ok(cut.page(rows, |row| row.id, audit::dto::HistoryOut::from))
}
