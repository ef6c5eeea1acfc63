//! Merging an organisation into another, and undoing it.
//!
//! What the merged one has goes to the canonical one: listings, dockings, contracts, entries, cases. Its
//! people belong to both since: of the merged one they can do nothing any more, but what is on record of
//! it is still none of theirs to decide. Who comes from an organisation that the centre has not verified
//! comes as a viewer, for anybody can register any name; an owner of the canonical one raises them.

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, Set};
use techmart_entity::{
    audit::SubjectKind,
    contract,
    docking::{self, landing},
    duplicate::Model,
    enclave_entry, finance_case,
    id::{AccountId, ListingId, OrganisationId},
    listing::{self, Content, status::ListingStatus},
    organisation::{
        self,
        invitation::{self, InvitationStatus},
        membership::{self, MemberRole},
        status::VerificationStatus,
    },
    provider::entry,
};

use super::{
    counts,
    effects::{Counts, Moved, OrganisationMerge, Recounted, Side, SideMoved},
    listings::{changed, rests, reversed_since},
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result, Wording},
    features::{
        audit,
        audit::Record,
        contract::repo as contracts,
        docking::repo as dockings,
        listing::{repo as listings, service::show_anew},
        organisation::repo,
    },
    say,
};

/// The two of a pair, held in the order of their ids: (merged, canonical).
///
/// # Errors
/// 404 when one of them is not there.
pub async fn hold(
    tx: &Tx,
    pair: &Model,
    canonical: OrganisationId,
) -> Result<(organisation::Model, organisation::Model)> {
    let left = repo::hold(tx, OrganisationId(pair.left_id)).await?;
    let right = repo::hold(tx, OrganisationId(pair.right_id)).await?;
    if left.id == canonical { Ok((right, left)) } else { Ok((left, right)) }
}

/// What is merged is not merged again, and nothing is merged into it.
///
/// # Errors
/// 409 when one of the two is merged.
pub fn standing(rows: [&organisation::Model; 2]) -> Result<()> {
    for row in rows {
        if let Some(into) = row.merged_into {
            let id = row.id;
            return Err(AppError::new(
                Code::IllegalMove,
                say!(
                    "{id} 已并入 {into}；请先撤销那次合并，或对 {into} 判定。",
                    "{id} was merged into {into}; undo that first, or decide about {into}."
                ),
            ));
        }
    }
    Ok(())
}

/// Dockings of which an organisation is a side.
///
/// # Errors
/// When the database cannot be asked.
pub async fn dockings_of(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<docking::Model>> {
    use docking::Column as C;
    Ok(docking::Entity::find()
        .filter(Condition::any().add(C::EnterpriseId.eq(id)).add(C::SupplierId.eq(id)))
        .order_by_asc(C::Id)
        .all(db)
        .await?)
}

/// Contracts of which an organisation is a side.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contracts_of(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<contract::Model>> {
    use contract::Column as C;
    Ok(contract::Entity::find()
        .filter(Condition::any().add(C::BuyerId.eq(id)).add(C::SellerId.eq(id)))
        .order_by_asc(C::Id)
        .all(db)
        .await?)
}

/// Entries of an organisation as a provider.
///
/// # Errors
/// When the database cannot be asked.
pub async fn entries_of(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<entry::Model>> {
    Ok(entry::Entity::find()
        .filter(entry::Column::OrganisationId.eq(id))
        .order_by_asc(entry::Column::Id)
        .all(db)
        .await?)
}

fn side_of(row: &docking::Model, id: OrganisationId) -> Side {
    if row.enterprise_id == id { Side::First } else { Side::Second }
}

/// A docking with another organisation in the place of one.
fn moved(row: &docking::Model, side: Side, to: OrganisationId) -> docking::Model {
    match side {
        Side::First => docking::Model { enterprise_id: to, ..row.clone() },
        Side::Second => docking::Model { supplier_id: to, ..row.clone() },
    }
}

/// Whether a docking would be one of an organisation with itself.
fn is_between(row: &docking::Model, one: OrganisationId, other: OrganisationId) -> bool {
    let sides = (row.enterprise_id, row.supplier_id);
    sides == (one, other) || sides == (other, one)
}

/// Whether a docking counts under some indicator.
async fn counts_now(db: &impl ConnectionTrait, row: &docking::Model) -> Result<bool> {
    Ok(!counts::standing(db, &[], &[row.id], &[], &[]).await?.is_empty())
}

/// All that speaks against merging one into the other.
///
/// # Errors
/// When the database cannot be asked.
pub async fn obstacles(
    db: &impl ConnectionTrait,
    merged: &organisation::Model,
    canonical: &organisation::Model,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    let mut fault = |code: &str, detail: Wording| faults.push(Fault::at("/canonical_id", code, detail));
    if merged.uscc.is_some() && canonical.uscc.is_some() {
        fault(
            "two_credit_codes",
            say!(
                "两个单位各有统一社会信用代码，是两个主体，不能合并。",
                "Each has a credit code of its own: they are two bodies and are not merged."
            ),
        );
    }
    let rank =
        |row: &organisation::Model| (row.verification == VerificationStatus::Verified, row.uscc.is_some());
    if rank(merged) > rank(canonical) {
        fault(
            "canonical_less_known",
            say!(
                "另一个单位已认证或有信用代码，而所选保留单位没有；请保留前者。",
                "The other one is verified or has a credit code and this one is not; keep that one."
            ),
        );
    }
    for row in dockings_of(db, merged.id).await? {
        let id = row.id;
        if is_between(&row, merged.id, canonical.id) {
            if row.stage.is_open() || counts_now(db, &row).await? {
                fault(
                    "docked_with_each_other",
                    say!(
                        "对接 {id} 的双方就是这两个单位；请先关闭该对接并冲销其计数，或判为不同。",
                        "Docking {id} is between these two; close it and reverse its count first, or keep them apart."
                    ),
                );
            }
            continue;
        }
        if !row.stage.is_open() {
            continue;
        }
        let after = moved(&row, side_of(&row, merged.id), canonical.id);
        if let Some(open) = dockings::open_one(db, &after.pair_key()).await?.filter(|open| open.id != id) {
            let other = open.id;
            fault(
                "both_docked",
                say!(
                    "对接 {id} 与 {other} 同属一对且都未结束；请先结束其一。",
                    "Dockings {id} and {other} are of the same pair and both open; close one first."
                ),
            );
        }
    }
    for row in contracts_of(db, merged.id).await? {
        if [row.buyer_id, row.seller_id].contains(&canonical.id) {
            let id = row.id;
            fault(
                "contract_with_each_other",
                say!("合同 {id} 的双方就是这两个单位。", "Contract {id} is between these two."),
            );
        }
    }
    let open = |rows: Vec<entry::Model>| rows.into_iter().find(|row| row.open_key.is_some());
    if let (Some(one), Some(other)) =
        (open(entries_of(db, merged.id).await?), open(entries_of(db, canonical.id).await?))
    {
        let (one, other) = (one.id, other.id);
        fault(
            "both_entered",
            say!(
                "两个单位都有未结束的入驻（{one}、{other}）；请先让其一退出，已计的家数在合并时冲销。",
                "Both have an open entry ({one}, {other}); let one exit first, its count is taken back by the merge."
            ),
        );
    }
    Ok(faults)
}

/// Merges one organisation into the other.
///
/// # Errors
/// 409 when one of the two is merged, 422 with all that stands in the way.
pub async fn merge(
    tx: &Tx,
    cx: &Context,
    merged: organisation::Model,
    canonical: organisation::Model,
    note: &str,
) -> Result<OrganisationMerge> {
    standing([&merged, &canonical])?;
    let faults = obstacles(tx, &merged, &canonical).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let reason = format!("与 {} 合并 / merged into {}", canonical.id, canonical.id);
    let set = organisation::ActiveModel { merged_into: Set(Some(canonical.id)), ..Default::default() };
    repo::save(tx, &merged, cx.now, set).await?;
    // Whoever reads the canonical one's version knows that something came to it.
    repo::save(tx, &canonical, cx.now, organisation::ActiveModel::default()).await?;
    record(tx, cx, "merge", merged.id, note, serde_json::json!({ "merged_into": canonical.id })).await?;
    record(tx, cx, "take_in", canonical.id, note, serde_json::json!({ "merged": merged.id })).await?;
    let mut done = OrganisationMerge {
        merged: merged.id,
        canonical: canonical.id,
        members: join(tx, cx, &merged, &canonical).await?,
        listings: Vec::new(),
        dockings: Vec::new(),
        contracts: Vec::new(),
        landings: Vec::new(),
        provider_entries: Vec::new(),
        enclave_entries: Vec::new(),
        finance_cases: Vec::new(),
        invitations: revoke_invitations(tx, cx, merged.id).await?,
        counts: Counts::default(),
    };
    done.listings = owned(tx, merged.id).await?;
    for id in &done.listings {
        place_listing(tx, cx, *id, canonical.id).await?;
    }
    move_dockings(tx, cx, &merged, &canonical, &reason, &mut done).await?;
    move_papers(tx, cx, merged.id, canonical.id, &mut done).await?;
    counts::of_provider(tx, cx, &merged, &canonical, &reason, &mut done.counts).await?;
    Ok(done)
}

async fn record(
    tx: &Tx,
    cx: &Context,
    action: &str,
    id: OrganisationId,
    note: &str,
    facts: serde_json::Value,
) -> Result<()> {
    let record = Record::act(action, SubjectKind::Organisation, id)
        .because(None::<&str>, Some(note.to_owned()))
        .with(facts);
    audit::record(tx, cx, record).await?;
    Ok(())
}

async fn members(db: &impl ConnectionTrait, id: OrganisationId) -> Result<Vec<membership::Model>> {
    Ok(membership::Entity::find()
        .filter(membership::Column::OrganisationId.eq(id))
        .order_by_asc(membership::Column::AccountId)
        .all(db)
        .await?)
}

/// The role in which a member of the merged one comes to the canonical one.
#[must_use]
pub fn role_of(member: MemberRole, merged: &organisation::Model, canonical_has_owner: bool) -> MemberRole {
    if merged.verification == VerificationStatus::Verified || !canonical_has_owner {
        member
    } else {
        MemberRole::Viewer
    }
}

/// Lets the members of the merged one belong to the canonical one too; says who does since.
async fn join(
    tx: &Tx,
    cx: &Context,
    merged: &organisation::Model,
    canonical: &organisation::Model,
) -> Result<Vec<AccountId>> {
    let there = members(tx, canonical.id).await?;
    let has_owner = there.iter().any(|member| member.role == MemberRole::Owner);
    let mut joined = Vec::new();
    for member in members(tx, merged.id).await? {
        if there.iter().any(|other| other.account_id == member.account_id) {
            continue;
        }
        let row = membership::Model {
            organisation_id: canonical.id,
            account_id: member.account_id,
            role: role_of(member.role, merged, has_owner),
            created_at: cx.now,
        };
        repo::insert_member(tx, row).await?;
        joined.push(member.account_id);
    }
    Ok(joined)
}

async fn revoke_invitations(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
) -> Result<Vec<techmart_entity::id::InvitationId>> {
    let open = invitation::Entity::find()
        .filter(invitation::Column::OrganisationId.eq(id))
        .filter(invitation::Column::Status.eq(InvitationStatus::Sent))
        .all(tx)
        .await?;
    let ids: Vec<_> = open.iter().map(|row| row.id).collect();
    let set = invitation::ActiveModel {
        status: Set(InvitationStatus::Revoked),
        open_key: Set(None),
        ended_at: Set(Some(cx.now)),
        ..Default::default()
    };
    invitation::Entity::update_many()
        .set(set)
        .filter(invitation::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(ids)
}

/// Everything that an organisation owns, merged listings too.
async fn owned(tx: &Tx, id: OrganisationId) -> Result<Vec<ListingId>> {
    Ok(listing::Entity::find()
        .filter(listing::Column::OrganisationId.eq(id))
        .order_by_asc(listing::Column::Id)
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect())
}

/// Gives a listing another owner.
async fn place_listing(tx: &Tx, cx: &Context, id: ListingId, owner: OrganisationId) -> Result<()> {
    let rows = listings::by_ids(tx, &[id]).await?;
    let Some(found) = rows.first() else { return Ok(()) };
    let row = listings::hold(tx, found.kind, id).await?;
    let set = listing::ActiveModel { organisation_id: Set(Some(owner)), ..Default::default() };
    let saved = listings::save(tx, &row, cx.now, set).await?;
    let version = listings::find_version(tx, row.published_version_id.or(row.working_version_id)).await?;
    let content = Content::parse(row.kind, version.content).map_err(AppError::internal)?;
    // One of its keys names the owner.
    listings::set_duplicate_keys(tx, &saved, &content).await?;
    if saved.status == ListingStatus::Published {
        show_anew(tx, cx, id).await?;
    }
    Ok(())
}

async fn move_dockings(
    tx: &Tx,
    cx: &Context,
    merged: &organisation::Model,
    canonical: &organisation::Model,
    reason: &str,
    done: &mut OrganisationMerge,
) -> Result<()> {
    for row in dockings_of(tx, merged.id).await? {
        if is_between(&row, merged.id, canonical.id) {
            continue;
        }
        let row = dockings::hold(tx, row.id).await?;
        let side = side_of(&row, merged.id);
        let after = place_docking(tx, cx, &row, side, canonical.id).await?;
        done.dockings.push(SideMoved { id: row.id, side, version: after.version });
        counts::of_docking(tx, cx, &after, reason, &mut done.counts).await?;
    }
    Ok(())
}

async fn place_docking(
    tx: &Tx,
    cx: &Context,
    row: &docking::Model,
    side: Side,
    to: OrganisationId,
) -> Result<docking::Model> {
    let after = moved(row, side, to);
    let set = docking::ActiveModel {
        enterprise_id: Set(after.enterprise_id),
        supplier_id: Set(after.supplier_id),
        open_key: Set(row.open_key.as_ref().map(|_| after.pair_key())),
        ..Default::default()
    };
    dockings::save(tx, row, cx.now, set).await
}

/// Contracts, landings, entries and cases.
async fn move_papers(
    tx: &Tx,
    cx: &Context,
    from: OrganisationId,
    to: OrganisationId,
    done: &mut OrganisationMerge,
) -> Result<()> {
    for row in contracts_of(tx, from).await? {
        let side = if row.buyer_id == from { Side::First } else { Side::Second };
        let saved = place_contract(tx, &row, side, to).await?;
        done.contracts.push(SideMoved { id: row.id, side, version: saved.version });
    }
    let landed = landing::Entity::find().filter(landing::Column::EnterpriseId.eq(from)).all(tx).await?;
    done.landings = landed.iter().map(|row| row.id).collect();
    place_landings(tx, &done.landings, to).await?;
    for row in entries_of(tx, from).await? {
        place_entry(tx, cx, &row, to).await?;
        done.provider_entries.push(Moved { id: row.id, version: row.version + 1 });
    }
    let entered =
        enclave_entry::Entity::find().filter(enclave_entry::Column::OrganisationId.eq(from)).all(tx).await?;
    for row in entered {
        place_enclave(tx, &row, to).await?;
        done.enclave_entries.push(Moved { id: row.id, version: row.version + 1 });
    }
    let cases =
        finance_case::Entity::find().filter(finance_case::Column::EnterpriseId.eq(from)).all(tx).await?;
    done.finance_cases = cases.iter().map(|row| row.id).collect();
    place_cases(tx, &done.finance_cases, to).await
}

async fn place_contract(
    tx: &Tx,
    row: &contract::Model,
    side: Side,
    to: OrganisationId,
) -> Result<contract::Model> {
    let set = match side {
        Side::First => contract::ActiveModel { buyer_id: Set(to), ..Default::default() },
        Side::Second => contract::ActiveModel { seller_id: Set(to), ..Default::default() },
    };
    contracts::save(tx, row, set).await
}

async fn place_landings(tx: &Tx, ids: &[techmart_entity::id::LandingId], to: OrganisationId) -> Result<()> {
    landing::Entity::update_many()
        .set(landing::ActiveModel { enterprise_id: Set(to), ..Default::default() })
        .filter(landing::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

async fn place_entry(tx: &Tx, cx: &Context, row: &entry::Model, to: OrganisationId) -> Result<()> {
    let set = entry::ActiveModel {
        organisation_id: Set(to),
        open_key: Set(row.open_key.as_ref().map(|_| to.to_string())),
        updated_at: Set(cx.now),
        version: Set(row.version + 1),
        ..Default::default()
    };
    entry::Entity::update_many().set(set).filter(entry::Column::Id.eq(row.id)).exec(tx).await?;
    Ok(())
}

async fn place_enclave(tx: &Tx, row: &enclave_entry::Model, to: OrganisationId) -> Result<()> {
    let set = enclave_entry::ActiveModel {
        organisation_id: Set(Some(to)),
        version: Set(row.version + 1),
        ..Default::default()
    };
    enclave_entry::Entity::update_many()
        .set(set)
        .filter(enclave_entry::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

async fn place_cases(tx: &Tx, ids: &[techmart_entity::id::FinanceCaseId], to: OrganisationId) -> Result<()> {
    finance_case::Entity::update_many()
        .set(finance_case::ActiveModel { enterprise_id: Set(to), ..Default::default() })
        .filter(finance_case::Column::Id.is_in(ids.iter().copied()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Undoes a merge: everything goes back to the merged one, the counts by reversal and a new count.
///
/// # Errors
/// 422 naming the later acts that rest on it.
pub async fn unmerge(
    tx: &Tx,
    cx: &Context,
    pair: &Model,
    done: &OrganisationMerge,
    reason: &str,
) -> Result<Recounted> {
    let (merged, canonical) = hold(tx, pair, done.canonical).await?;
    let faults = later_acts(tx, pair, &canonical, done).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = organisation::ActiveModel { merged_into: Set(None), ..Default::default() };
    repo::save(tx, &merged, cx.now, set).await?;
    repo::save(tx, &canonical, cx.now, organisation::ActiveModel::default()).await?;
    record(tx, cx, "unmerge", merged.id, reason, serde_json::json!({ "was_merged_into": canonical.id }))
        .await?;
    record(tx, cx, "give_back", canonical.id, reason, serde_json::json!({ "merged": merged.id })).await?;
    membership::Entity::delete_many()
        .filter(membership::Column::OrganisationId.eq(canonical.id))
        .filter(membership::Column::AccountId.is_in(done.members.iter().copied()))
        .exec(tx)
        .await?;
    for id in &done.listings {
        place_listing(tx, cx, *id, merged.id).await?;
    }
    for moved in &done.dockings {
        let row = dockings::hold(tx, moved.id).await?;
        place_docking(tx, cx, &row, moved.side, merged.id).await?;
    }
    for moved in &done.contracts {
        if let Some(row) = contract::Entity::find_by_id(moved.id).one(tx).await? {
            place_contract(tx, &row, moved.side, merged.id).await?;
        }
    }
    place_landings(tx, &done.landings, merged.id).await?;
    for moved in &done.provider_entries {
        if let Some(row) = entry::Entity::find_by_id(moved.id).one(tx).await? {
            place_entry(tx, cx, &row, merged.id).await?;
        }
    }
    for moved in &done.enclave_entries {
        if let Some(row) = enclave_entry::Entity::find_by_id(moved.id).one(tx).await? {
            place_enclave(tx, &row, merged.id).await?;
        }
    }
    place_cases(tx, &done.finance_cases, merged.id).await?;
    counts::undo(tx, cx, &done.counts, reason).await
}

/// The later acts that rest on a merge: what went over and was changed there.
async fn later_acts(
    tx: &Tx,
    pair: &Model,
    canonical: &organisation::Model,
    done: &OrganisationMerge,
) -> Result<Vec<Fault>> {
    let mut faults = Vec::new();
    if let Some(into) = canonical.merged_into {
        let id = canonical.id;
        faults.push(rests(
            "canonical_merged",
            say!(
                "{id} 此后又并入 {into}；请先撤销那次合并。",
                "{id} was merged into {into} since; undo that first."
            ),
        ));
    }
    for moved in &done.dockings {
        if dockings::hold(tx, moved.id).await?.version != moved.version {
            faults.push(changed(("对接", "docking"), moved.id));
        }
    }
    for moved in &done.contracts {
        let row = contract::Entity::find_by_id(moved.id).one(tx).await?;
        if row.is_none_or(|row| row.version != moved.version) {
            faults.push(changed(("合同", "contract"), moved.id));
        }
    }
    for moved in &done.provider_entries {
        let row = entry::Entity::find_by_id(moved.id).one(tx).await?;
        if row.is_none_or(|row| row.version != moved.version) {
            faults.push(changed(("入驻", "entry"), moved.id));
        }
    }
    for moved in &done.enclave_entries {
        let row = enclave_entry::Entity::find_by_id(moved.id).one(tx).await?;
        if row.is_none_or(|row| row.version != moved.version) {
            faults.push(changed(("飞地登记", "enclave entry"), moved.id));
        }
    }
    // A listing that was published in the canonical one's name, or has gone somewhere else, is that one's.
    for row in listings::by_ids(tx, &done.listings).await? {
        let published = row.first_published_at.zip(pair.decided_at).is_some_and(|(at, then)| at > then);
        if row.organisation_id != Some(canonical.id) || published {
            faults.push(changed(("条目", "listing"), row.id));
        }
    }
    let remains = members(tx, canonical.id)
        .await?
        .into_iter()
        .filter(|member| !done.members.contains(&member.account_id))
        .any(|member| member.role == MemberRole::Owner);
    let had_owner = members(tx, canonical.id).await?.iter().any(|member| member.role == MemberRole::Owner);
    let took_over = had_owner && !remains && canonical.created_by.is_some();
    if took_over {
        faults.push(rests(
            "last_owner",
            say!(
                "撤销后保留单位将没有负责人；请先为其指定负责人。",
                "Without those who came the canonical organisation has no owner; make somebody one first."
            ),
        ));
    }
    faults.extend(reversed_since(tx, &done.counts).await?);
    Ok(faults)
}

/// The unit of an organisation that entered as a provider, as the ledger keeps it.
#[must_use]
pub fn provider_unit(row: &organisation::Model) -> String {
    let key = crate::features::ledger::rules::provider::key(row);
    crate::features::ledger::service::unit_key(row.demo, &key)
}
