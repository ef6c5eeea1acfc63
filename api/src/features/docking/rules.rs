//! What a docking must keep to: what it is about, who its two sides are, and in which order its days
//! come. Faults are collected, so that a caller learns of all of them at once.

use chrono::Duration;
use techmart_entity::{
    Day, Instant,
    id::{ListingId, OrganisationId},
    listing::{self, ListingKind, status::ListingStatus},
    organisation::{self, OrganisationKind, status::VerificationStatus},
    value::{contact_text::holds_contact, visible},
};

use crate::{
    auth::Context,
    clock::end_of,
    db::Tx,
    error::{Fault, Result},
    features::{
        listing as listings,
        organisation::{repo as organisations, rules::suspended},
    },
    say,
};

/// What a docking is about, as a request names it.
#[derive(Clone, Copy, Debug)]
pub struct About {
    pub achievement: Option<ListingId>,
    pub demand: Option<ListingId>,
}

/// The listing that a docking is about: one that the caller may know of, published and owned. None with
/// faults when there is no such one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn subject(
    tx: &Tx,
    cx: &Context,
    about: About,
    faults: &mut Vec<Fault>,
) -> Result<Option<(listing::Model, OrganisationId)>> {
    let (id, kind, pointer) = match (about.achievement, about.demand) {
        (Some(id), None) => (id, ListingKind::Achievement, "/achievement_id"),
        (None, Some(id)) => (id, ListingKind::Demand, "/demand_id"),
        (Some(_), Some(_)) | (None, None) => {
            faults.push(Fault::at(
                "",
                "one_subject",
                say!(
                    "achievement_id 和 demand_id 须且只能给一个。",
                    "Give either achievement_id or demand_id."
                ),
            ));
            return Ok(None);
        }
    };
    let Some(row) = published(tx, cx, id, kind, pointer, faults).await? else {
        return Ok(None);
    };
    let Some(owner) = row.organisation_id else {
        faults.push(Fault::at(
            pointer,
            "ownerless",
            say!(
                "来源未注明权利人的条目不能对接；请先确认权利人。",
                "What names no owner is not docked; find its owner first."
            ),
        ));
        return Ok(None);
    };
    Ok(Some((row, owner)))
}

/// A published listing that the caller may know of; none with a fault when there is no such one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn published(
    tx: &Tx,
    cx: &Context,
    id: ListingId,
    kind: ListingKind,
    pointer: &str,
    faults: &mut Vec<Fault>,
) -> Result<Option<listing::Model>> {
    let found = listings::repo::by_ids(tx, &[id]).await?.into_iter().find(|row| row.kind == kind);
    let seen = match found {
        Some(row) => {
            let relation = listings::view::relation(tx, cx, &row).await?;
            listings::policy::see(cx, &row, relation).is_ok().then_some(row)
        }
        None => None,
    };
    let Some(row) = seen else {
        faults.push(Fault::at(
            pointer,
            "unknown",
            say!("没有您可查看的这个条目。", "There is no such item that you may see."),
        ));
        return Ok(None);
    };
    let owner = match row.organisation_id {
        Some(owner) => organisations::find(tx, owner).await?,
        None => None,
    };
    if let Some(fault) = owner.and_then(|owner| suspended(&owner, pointer)) {
        faults.push(fault);
        return Ok(None);
    }
    Ok(is_published(&row, pointer, faults).then_some(row))
}

/// Whether a listing stands published; a fault when not.
pub fn is_published(row: &listing::Model, pointer: &str, faults: &mut Vec<Fault>) -> bool {
    let status = row.status;
    if status == ListingStatus::Published {
        return true;
    }
    faults.push(Fault::at(
        pointer,
        "not_published",
        say!(
            "只有已发布的条目可以对接；当前状态 {status}。",
            "Only what is published is docked; it is {status}."
        ),
    ));
    false
}

/// An organisation that a request names; none with a fault when there is no such one.
///
/// # Errors
/// When the database cannot be asked.
pub async fn organisation(
    tx: &Tx,
    id: OrganisationId,
    pointer: &str,
    faults: &mut Vec<Fault>,
) -> Result<Option<organisation::Model>> {
    let found = organisations::find(tx, id).await?;
    match &found {
        None => faults.push(Fault::at(
            pointer,
            "unknown",
            say!("没有这个单位。", "There is no such organisation."),
        )),
        Some(row) => {
            if let Some(into) = row.merged_into {
                faults.push(organisations::merged(pointer, into));
            }
        }
    }
    Ok(found)
}

/// Neither of the two may be suspended while something begins between them.
///
/// # Errors
/// When the database cannot be asked.
pub async fn standing(
    tx: &Tx,
    enterprise: OrganisationId,
    supplier: OrganisationId,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    for side in [enterprise, supplier] {
        let found = organisations::find(tx, side).await?;
        faults.extend(found.and_then(|side| suspended(&side, "")));
    }
    Ok(())
}

/// What speaks against these two over that listing.
pub fn pair(
    enterprise: &organisation::Model,
    supplier: &organisation::Model,
    listing: &listing::Model,
    faults: &mut Vec<Fault>,
) {
    faults.extend(suspended(enterprise, ""));
    faults.extend(suspended(supplier, ""));
    if is_same(enterprise, supplier) {
        faults.push(Fault::at(
            "",
            "same_organisation",
            say!(
                "需求方和供给方不能是同一单位。",
                "Enterprise and supplier have to be different organisations."
            ),
        ));
    }
    if enterprise.demo != supplier.demo || listing.demo != supplier.demo {
        faults.push(Fault::at(
            "",
            "demo_and_real",
            say!(
                "演示数据和真实数据不能对接。",
                "Demo and real organisations are not docked with each other."
            ),
        ));
    }
    // Who owns a demand is its enterprise, whatever a source says of its kind.
    if listing.kind == ListingKind::Achievement && enterprise.kind != OrganisationKind::Enterprise {
        let kind = enterprise.kind;
        faults.push(Fault::at(
            "",
            "not_an_enterprise",
            say!(
                "成果由企业对接；该单位类型是 {kind}。",
                "Achievements are docked for enterprises; that organisation is of the kind {kind}."
            ),
        ));
    }
}

/// Whether two rows are one organisation: by id, or by credit code.
#[must_use]
pub fn is_same(one: &organisation::Model, other: &organisation::Model) -> bool {
    one.id == other.id || (one.uscc.is_some() && one.uscc == other.uscc)
}

/// The organisation that speaks has to be one that the centre knows.
pub fn verified(verification: VerificationStatus, faults: &mut Vec<Fault>) {
    // A suspension is told with the sides.
    if !matches!(verification, VerificationStatus::Verified | VerificationStatus::Suspended) {
        faults.push(Fault::at(
            "",
            "organisation_not_verified",
            say!(
                "您代表的单位尚未认证（{verification}），请先完成单位认证。",
                "The organisation for which you act is {verification}; have it verified first."
            ),
        ));
    }
}

/// The page of a provider that helps.
///
/// # Errors
/// When the database cannot be asked.
pub async fn provider(
    tx: &Tx,
    cx: &Context,
    id: Option<ListingId>,
    demo: bool,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let Some(id) = id else {
        return Ok(());
    };
    let row = published(tx, cx, id, ListingKind::Provider, "/provider_id", faults).await?;
    if row.is_some_and(|row| row.demo != demo) {
        faults.push(Fault::at(
            "/provider_id",
            "demo_and_real",
            say!(
                "演示数据和真实数据不能对接。",
                "Demo and real organisations are not docked with each other."
            ),
        ));
    }
    Ok(())
}

/// A day that cannot be in the future and not before what it rests on.
pub fn day(cx: &Context, day: Day, not_before: Option<Day>, pointer: &str, faults: &mut Vec<Fault>) {
    if chrono::Datelike::year(&day) < 1990 {
        faults.push(Fault::at(pointer, "too_early", say!("{day} 早于 1990 年。", "{day} is before 1990.")));
    }
    if day > cx.today {
        faults.push(Fault::at(pointer, "future", say!("{day} 在将来。", "{day} is in the future.")));
    }
    if let Some(first) = not_before.filter(|first| day < *first) {
        faults.push(Fault::at(
            pointer,
            "too_early",
            say!("{day} 早于它所依据的 {first}。", "{day} is before {first}, on which it rests."),
        ));
    }
}

/// A text that has to say something.
pub fn said(text: &str, pointer: &str, faults: &mut Vec<Fault>) {
    if visible(text).trim().is_empty() {
        faults.push(Fault::at(pointer, "blank", say!("不能只有空白。", "It must not be blank.")));
    }
}

/// An instant of a day: now, when the day is today; else its noon in Shanghai.
#[must_use]
pub fn instant_on(day: Day, cx: &Context) -> Instant {
    if day == cx.today { cx.now } else { end_of(day) - Duration::hours(12) }
}

/// A side that an interest does not name. Not even the right one: else a supplier could find out by
/// guessing who posts without a name.
pub fn not_named(given: Option<OrganisationId>, pointer: &str, faults: &mut Vec<Fault>) {
    if given.is_some() {
        faults.push(Fault::at(
            pointer,
            "not_applicable",
            say!(
                "表达意向时由系统确定；只有技术经理人推荐时给出。",
                "An interest follows from the listing and the acting organisation; only recommendations name it."
            ),
        ));
    }
}

/// The side that a request may name as long as it is the one that follows from the listing.
pub fn follows(given: Option<OrganisationId>, owner: OrganisationId, pointer: &str, faults: &mut Vec<Fault>) {
    if given.is_some_and(|given| given != owner) {
        faults.push(Fault::at(
            pointer,
            "not_the_owner",
            say!("该单位不是条目的权利人。", "That organisation does not own the listing."),
        ));
    }
}

/// A member that this kind of request cannot do without.
#[must_use]
pub fn required(pointer: &str) -> Fault {
    Fault::at(pointer, "required", say!("缺少必填字段。", "This member is required."))
}

/// What the two sides tell each other before both have consented holds no contact.
pub fn without_contact(text: Option<&String>, pointer: &str, faults: &mut Vec<Fault>) {
    if text.is_some_and(|text| holds_contact(text)) {
        faults.push(Fault::at(
            pointer,
            "contact_before_consent",
            say!(
                "双方同意对接之前不能写电话、邮箱、微信等联系方式；接受后可在 contacts 中查看。",
                "Before both sides have consented no telephone number, address or messenger is told; once accepted, contacts are seen."
            ),
        ));
    }
}
