//! What an organisation's row must keep to, beyond what a schema can say. All that is broken is told
//! at once.

use techmart_entity::{
    Day,
    organisation::{Model, OrganisationKind, status::VerificationStatus},
    value::{field::IndustryCode, uscc::Uscc},
};

use super::dto::VerifyIn;
use crate::{error::Fault, features::code_list::is_town, say};

/// Whether an organisation of that kind registers with its credit code.
#[must_use]
pub fn needs_uscc(kind: OrganisationKind) -> bool {
    match kind {
        OrganisationKind::University
        | OrganisationKind::Institute
        | OrganisationKind::Enterprise
        | OrganisationKind::Provider => true,
        OrganisationKind::Government | OrganisationKind::Other => false,
    }
}

/// Puts what was given into the form in which it is stored: trimmed, blank as absent, the credit code
/// in its 18 characters.
#[must_use]
pub fn tidy(mut row: Model) -> Model {
    row.name = row.name.trim().to_owned();
    for text in [
        &mut row.name_en,
        &mut row.short_name,
        &mut row.uscc,
        &mut row.legal_rep,
        &mut row.region_code,
        &mut row.town,
        &mut row.industry_code,
    ] {
        *text = text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    }
    if let Some(code) = row.uscc.as_deref().and_then(|code| code.parse::<Uscc>().ok()) {
        row.uscc = Some(code.as_str().to_owned());
    }
    row.tags.0.sort_unstable();
    row.tags.0.dedup();
    row.name_key = super::repo::name_key(&row.name);
    row
}

/// What a suspended organisation may not do, nor anybody with it.
#[must_use]
pub fn suspended(row: &Model, pointer: &str) -> Option<Fault> {
    // Without its name: it may be one that posts without it.
    (row.verification == VerificationStatus::Suspended).then(|| {
        Fault::at(
            pointer,
            "organisation_suspended",
            say!(
                "相关单位已被停用，恢复前不能提交、表达意向或对接；其成员可在单位页面看到原因。",
                "The organisation is suspended: until that is over it submits nothing and is not docked. Its page tells its members why."
            ),
        )
    })
}

/// What is wrong with the term of a verification: it ends today at the earliest, and a renewal later than what it renews.
#[must_use]
pub fn term(today: Day, before: Option<Day>, given: &VerifyIn) -> Option<Fault> {
    let last = given.valid_until?;
    if last < today {
        let detail = say!("{last} 已过去；今天是 {today}。", "{last} is past; today is {today}.");
        return Some(Fault::at("/valid_until", "past", detail));
    }
    let before = before.filter(|before| last <= *before)?;
    let detail =
        say!("续期应晚于原有效期 {before}。", "A renewal lasts longer than what it renews ({before}).");
    Some(Fault::at("/valid_until", "no_extension", detail))
}

/// What is wrong with a row. `named_by_source`: nobody registered it, so it may lack its credit code.
#[must_use]
pub fn faults(row: &Model, named_by_source: bool) -> Vec<Fault> {
    let mut faults = Vec::new();
    if row.name.chars().count() < 2 {
        faults.push(Fault::at(
            "/name",
            "blank",
            say!("单位名称至少 2 个字。", "The name has at least 2 characters."),
        ));
    }
    match row.uscc.as_deref() {
        None if needs_uscc(row.kind) && !named_by_source => {
            let kind = row.kind;
            faults.push(Fault::at(
                "/uscc",
                "required",
                say!(
                    "单位类型 {kind} 需要 18 位统一社会信用代码，例如 91350100M000100Y43。",
                    "An organisation of the kind {kind} needs its credit code of 18 characters, such as 91350100M000100Y43."
                ),
            ));
        }
        None => {}
        Some(code) => {
            if let Err(fault) = code.parse::<Uscc>() {
                faults.push(Fault::at(
                    "/uscc",
                    "uscc",
                    say!("统一社会信用代码不正确：{fault}。", "This is no credit code: {fault}."),
                ));
            }
        }
    }
    if let Some(town) = row.town.as_deref().filter(|town| !is_town(town)) {
        faults.push(Fault::at(
            "/town",
            "unknown_code",
            say!(
                "“{town}” 不在 town 代码表中（GET /code-lists/town）。",
                "“{town}” is not in the code list town (GET /code-lists/town)."
            ),
        ));
    }
    if let Some(code) = row.industry_code.as_deref().filter(|code| code.parse::<IndustryCode>().is_err()) {
        faults.push(Fault::at(
            "/industry_code",
            "industry_code",
            say!("“{code}” 不是 GB/T 4754 代码，例如 C36。", "“{code}” is no GB/T 4754 code, such as C36."),
        ));
    }
    faults
}
