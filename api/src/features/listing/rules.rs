//! What a content must keep to: the rules that a schema cannot say, and what a submission needs.
//! All that is broken is told at once.

use serde_json::Value;
use techmart_entity::{
    achievement::AchievementContent,
    demand::DemandContent,
    listing::{Audience, Contact, Content, Model},
    provider::ProviderContent,
    value::{
        field::IndustryCode,
        ip::{IpRight, IpType},
        money::Price,
        patent::PatentNumber,
    },
};

use super::policy;
use crate::{
    error::{Fault, Place, Wording},
    features::code_list::is_town,
    say,
};

/// The rules that every version keeps to, complete or not.
#[must_use]
pub fn faults(content: &Content) -> Vec<Fault> {
    let mut faults = Vec::new();
    match content {
        Content::Achievement(content) => achievement(content, &mut faults),
        Content::Demand(content) => demand(content, &mut faults),
        Content::Provider(content) => provider(content, &mut faults),
    }
    faults
}

/// What a version still lacks before it can be submitted.
#[must_use]
pub fn lacking(content: &Content) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut need = |present: bool, member: &str, zh: &str, en: &str| {
        if !present {
            faults.push(Fault::at(
                format!("/content/{member}"),
                "required",
                Wording::new(format!("提交前请填写：{zh}。"), format!("Needed before submission: {en}.")),
            ));
        }
    };
    match content {
        Content::Achievement(content) => {
            need(is_filled(content.title.as_deref()), "title", "成果名称", "title");
            need(is_filled(content.summary.as_deref()), "summary", "成果简介", "summary");
            need(
                content.field.is_some() || is_filled(content.field_raw.as_deref()),
                "field",
                "技术领域",
                "field",
            );
            need(
                content.trl.is_some() || is_filled(content.maturity_raw.as_deref()),
                "trl",
                "成熟度",
                "maturity",
            );
            need(
                !content.cooperation_modes.is_empty(),
                "cooperation_modes",
                "合作方式",
                "modes of cooperation",
            );
            need(
                is_reachable(content.contact.as_ref()),
                "contact",
                "联系人及电话或邮箱（不公开）",
                "a contact with telephone or e-mail (kept private)",
            );
        }
        Content::Demand(content) => {
            need(is_filled(content.title.as_deref()), "title", "需求名称", "title");
            need(content.demand_type.is_some(), "demand_type", "需求类型", "type of demand");
            need(is_filled(content.problem.as_deref()), "problem", "主要技术难题", "the technical problem");
            need(
                is_reachable(content.contact.as_ref()),
                "contact",
                "联系人及电话或邮箱（不公开）",
                "a contact with telephone or e-mail (kept private)",
            );
        }
        Content::Provider(content) => {
            need(is_filled(content.title.as_deref()), "title", "名称", "title");
            need(is_filled(content.summary.as_deref()), "summary", "简介", "summary");
            need(!content.types.is_empty(), "types", "服务类型", "types of service");
            need(
                is_reachable(content.contact.as_ref()),
                "contact",
                "联系人及电话或邮箱（不公开）",
                "a contact with telephone or e-mail (kept private)",
            );
        }
    }
    faults
}

/// What a version of a listing still lacks before it can be submitted: of what was collected, the source may say
/// less than an owner would.
#[must_use]
pub fn lacking_of(row: &Model, content: &Content) -> Vec<Fault> {
    let mut faults = lacking(content);
    if policy::is_collected(row) {
        faults.retain(|fault| matches!(&fault.place, Place::Pointer(place) if place == "/content/title"));
    }
    faults
}

/// Applies a JSON Merge Patch (RFC 7396) to a content: absent leaves alone, null clears.
///
/// # Errors
/// When the result is not a content of that kind.
pub fn merge(content: &Content, patch: &Value) -> Result<Content, serde_json::Error> {
    let mut document = content.document();
    json_patch::merge(&mut document, patch);
    Content::parse(content.kind(), document)
}

fn achievement(content: &AchievementContent, faults: &mut Vec<Fault>) {
    title(content.title.as_deref(), faults);
    for (i, right) in content.ip.iter().enumerate() {
        ip_right(right, &format!("/content/ip/{i}"), faults);
    }
    if content.trl_basis.is_some() && content.trl.is_none() {
        faults.push(Fault::at(
            "/content/trl_basis",
            "without_trl",
            say!("没有 trl 时不能给出依据。", "There is a basis but no trl."),
        ));
    }
    if let Some(price) = &content.price {
        amounts(price, "/content/price", faults);
    }
    if matches!(content.visibility, Some(Audience::Anonymous | Audience::Unlisted)) {
        faults.push(Fault::at(
            "/content/visibility",
            "unknown_code",
            say!(
                "成果的可见范围为 public、signed_in 或 parties。",
                "An achievement is public, signed_in or parties."
            ),
        ));
    }
    for (i, code) in content.industry_codes.iter().enumerate() {
        industry(code, &format!("/content/industry_codes/{i}"), faults);
    }
}

fn demand(content: &DemandContent, faults: &mut Vec<Fault>) {
    title(content.title.as_deref(), faults);
    if let Some(budget) = &content.budget {
        amounts(budget, "/content/budget", faults);
    }
    if let (Some(start), Some(deadline)) = (content.start_on, content.deadline_on)
        && deadline < start
    {
        faults.push(Fault::at(
            "/content/deadline_on",
            "before_start",
            say!("截止日不能早于开始日。", "The deadline is before the start."),
        ));
    }
    if matches!(content.publicity, Some(Audience::SignedIn | Audience::Parties)) {
        faults.push(Fault::at(
            "/content/publicity",
            "unknown_code",
            say!(
                "需求的公开方式为 public、anonymous 或 unlisted。",
                "A demand is public, anonymous or unlisted."
            ),
        ));
    }
    if let Some(code) = &content.industry_code {
        industry(code, "/content/industry_code", faults);
    }
    if let Some(town) = content.town.as_deref().filter(|town| !is_town(town)) {
        faults.push(Fault::at(
            "/content/town",
            "unknown_code",
            say!("“{town}” 不在 town 代码表中。", "“{town}” is not in the code list town."),
        ));
    }
}

fn provider(content: &ProviderContent, faults: &mut Vec<Fault>) {
    title(content.title.as_deref(), faults);
    for (i, service) in content.services.iter().enumerate() {
        if let Some(price) = &service.price {
            amounts(price, &format!("/content/services/{i}/price"), faults);
        }
    }
}

fn title(title: Option<&str>, faults: &mut Vec<Fault>) {
    if title.is_some_and(|title| title.trim().is_empty()) {
        faults.push(Fault::at(
            "/content/title",
            "blank",
            say!("名称不能是空白。", "The title must not be blank."),
        ));
    }
}

fn ip_right(right: &IpRight, place: &str, faults: &mut Vec<Fault>) {
    let is_patent = matches!(right.ip_type, IpType::Invention | IpType::UtilityModel | IpType::Design);
    if let (true, Some(number)) = (is_patent, right.number.as_deref())
        && let Err(fault) = number.parse::<PatentNumber>()
    {
        faults.push(Fault::at(
            format!("{place}/number"),
            "patent_number",
            say!(
                "专利号“{number}”不正确：{fault}。示例 ZL201720001285.X。",
                "“{number}” is no patent number: {fault}. Such as ZL201720001285.X."
            ),
        ));
    }
}

fn amounts(price: &Price, place: &str, faults: &mut Vec<Fault>) {
    if let (Some(min), Some(max)) = (price.min, price.max)
        && min > max
    {
        faults.push(Fault::at(
            format!("{place}/max"),
            "below_min",
            say!("max 不能小于 min。", "max is below min."),
        ));
    }
}

fn industry(code: &str, place: &str, faults: &mut Vec<Fault>) {
    if code.parse::<IndustryCode>().is_err() {
        faults.push(Fault::at(
            place,
            "industry_code",
            say!("“{code}” 不是 GB/T 4754 代码，例如 C36。", "“{code}” is no GB/T 4754 code, such as C36."),
        ));
    }
}

fn is_filled(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn is_reachable(contact: Option<&Contact>) -> bool {
    contact.is_some_and(|contact| {
        is_filled(contact.name.as_deref())
            && (is_filled(contact.phone.as_deref()) || is_filled(contact.email.as_deref()))
    })
}
