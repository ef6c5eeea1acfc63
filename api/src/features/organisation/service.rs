//! What is done to an organisation: made and changed. Each act runs in the caller's transaction, with its audit.

use sea_orm::Set;
use techmart_entity::{
    audit::SubjectKind,
    id::OrganisationId,
    organisation::{ActiveModel, Contacts, Model, Tags, membership, membership::MemberRole},
};

use super::{
    dto::{OrganisationIn, OrganisationPatch},
    policy, repo, rules, view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{audit, audit::Record, duplicate, listing},
    say,
    web::etag::Precondition,
};

/// Makes an organisation; whoever makes it owns it.
///
/// # Errors
/// 401, 403, 409 when its credit code is taken, 422 when a rule is broken.
pub async fn create(tx: &Tx, cx: &Context, given: OrganisationIn) -> Result<Model> {
    policy::create(cx)?;
    let by = cx.person()?.account_id;
    let row = rules::tidy(Model {
        name_en: given.name_en,
        short_name: given.short_name,
        uscc: given.uscc,
        legal_rep: given.legal_rep,
        region_code: given.region_code,
        town: given.town,
        industry_code: given.industry_code,
        scale: given.scale,
        tags: Tags(given.tags),
        contacts: Contacts(given.contacts),
        demo: given.demo,
        created_by: Some(by),
        ..repo::blank(cx, &given.name, given.kind)
    });
    let faults = rules::faults(&row, false);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = repo::insert(tx, row).await?;
    let owner = membership::Model {
        organisation_id: row.id,
        account_id: by,
        role: MemberRole::Owner,
        created_at: cx.now,
    };
    repo::insert_member(tx, owner).await?;
    let facts = serde_json::json!({ "kind": row.kind, "demo": row.demo });
    audit::record(tx, cx, Record::act("create", SubjectKind::Organisation, row.id).with(facts)).await?;
    duplicate::service::ask(tx, cx, Vec::new(), vec![row.id], Vec::new()).await?;
    Ok(row)
}

/// Changes what an organisation says of itself.
///
/// # Errors
/// 401, 403, 404, 409 when the credit code is taken, 412 and 428 on versions, 422 when a rule is broken.
pub async fn patch(
    tx: &Tx,
    cx: &Context,
    id: OrganisationId,
    precondition: &Precondition,
    patch: OrganisationPatch,
) -> Result<Model> {
    let row = repo::hold_standing(tx, id).await?;
    policy::edit(cx, policy::relation(cx, &row))?;
    precondition.require(&view::tag(&row))?;
    let changed = rules::tidy(patched(row.clone(), patch));
    let mut faults = rules::faults(&changed, policy::is_named_by_source(&row));
    if !policy::may_change_identity(cx, &row) {
        let fixed = [
            ("/name", row.name != changed.name),
            ("/kind", row.kind != changed.kind),
            ("/uscc", row.uscc != changed.uscc),
            // Whether it is of the zone decides what counts.
            ("/town", row.town != changed.town && !policy::may_change_place(cx, &row)),
            ("/region_code", row.region_code != changed.region_code && !policy::may_change_place(cx, &row)),
        ];
        let status = row.verification;
        faults.extend(fixed.into_iter().filter(|(_, differs)| *differs).map(|(pointer, _)| {
            Fault::at(
                pointer,
                "verified",
                say!(
                    "认证状态 {status} 时不能修改名称、类型、信用代码和所在地；请联系服务中心。",
                    "While the verification is {status}, name, kind, credit code and place stay; ask the centre."
                ),
            )
        }));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let members = differences(&row, &changed);
    let set = ActiveModel {
        name: Set(changed.name),
        name_key: Set(changed.name_key),
        name_en: Set(changed.name_en),
        short_name: Set(changed.short_name),
        kind: Set(changed.kind),
        uscc: Set(changed.uscc),
        legal_rep: Set(changed.legal_rep),
        region_code: Set(changed.region_code),
        town: Set(changed.town),
        industry_code: Set(changed.industry_code),
        scale: Set(changed.scale),
        tags: Set(changed.tags),
        contacts: Set(changed.contacts),
        ..Default::default()
    };
    let saved = repo::save(tx, &row, cx.now, set).await?;
    let facts = serde_json::json!({ "members": members });
    audit::record(tx, cx, Record::act("patch", SubjectKind::Organisation, id).with(facts)).await?;
    duplicate::service::ask(tx, cx, Vec::new(), vec![id], Vec::new()).await?;
    // What the index knows of a listing's owner.
    if members.iter().any(|member| matches!(*member, "name" | "name_en" | "kind" | "town")) {
        listing::service::show_owned_anew(tx, cx, id).await?;
    }
    Ok(saved)
}

fn patched(row: Model, patch: OrganisationPatch) -> Model {
    Model {
        name: patch.name.unwrap_or(row.name),
        name_en: patch.name_en.unwrap_or(row.name_en),
        short_name: patch.short_name.unwrap_or(row.short_name),
        kind: patch.kind.unwrap_or(row.kind),
        uscc: patch.uscc.unwrap_or(row.uscc),
        legal_rep: patch.legal_rep.unwrap_or(row.legal_rep),
        region_code: patch.region_code.unwrap_or(row.region_code),
        town: patch.town.unwrap_or(row.town),
        industry_code: patch.industry_code.unwrap_or(row.industry_code),
        scale: patch.scale.unwrap_or(row.scale),
        tags: patch.tags.map_or(row.tags, |tags| Tags(tags.unwrap_or_default())),
        contacts: patch.contacts.map_or(row.contacts, |contacts| Contacts(contacts.unwrap_or_default())),
        ..row
    }
}

/// The names of the members that differ, for the log: which, never what they say.
fn differences(before: &Model, after: &Model) -> Vec<&'static str> {
    [
        ("name", before.name != after.name),
        ("name_en", before.name_en != after.name_en),
        ("short_name", before.short_name != after.short_name),
        ("kind", before.kind != after.kind),
        ("uscc", before.uscc != after.uscc),
        ("legal_rep", before.legal_rep != after.legal_rep),
        ("region_code", before.region_code != after.region_code),
        ("town", before.town != after.town),
        ("industry_code", before.industry_code != after.industry_code),
        ("scale", before.scale != after.scale),
        ("tags", before.tags != after.tags),
        ("contacts", before.contacts != after.contacts),
    ]
    .into_iter()
    .filter_map(|(member, differs)| differs.then_some(member))
    .collect()
}
