//! The organisation that a row names. Sources also write teams, several names at once, and that the
//! name is not told: none of these is an organisation, and none is made one.

use techmart_entity::{listing::ListingKind, organisation::OrganisationKind};

use super::{Named, cells::Cells, clean, column::Column};

const LIMIT: usize = 200;

/// Words that say that the name is not told.
const UNTOLD: [&str; 7] = ["未公开", "不公开", "名称保密", "匿名", "隐名", "不具名", "undisclosed"];
const TEAMS: [&str; 5] = ["团队", "课题组", "教授", "院士", "博士"];

/// The organisation, and the team where the words name one.
pub fn read(cells: &mut Cells, kind: ListingKind) -> (Option<Named>, Option<String>) {
    let Some(said) = cells.said(Column::Organisation) else { return (None, None) };
    let name = clean::line(&said.text);
    if UNTOLD.iter().any(|word| name.to_lowercase().contains(word)) || is_description(&name) {
        cells.not_understood(
            &said,
            "organisation_not_named",
            "来源没有给出单位名称，归属留空",
            "the source does not tell the organisation's name, and the owner stays empty",
        );
        return (None, None);
    }
    if is_several(&name) {
        cells.not_understood(
            &said,
            "several_organisations",
            "涉及多个单位，归属留空，请人工判断",
            "several organisations are named; the owner stays empty for a person to decide",
        );
        return (None, None);
    }
    if TEAMS.iter().any(|word| name.ends_with(word)) {
        let university = university_of(&name);
        cells.not_understood(
            &said,
            "organisation_is_a_team",
            if university.is_some() {
                "是团队，取其所在高校"
            } else {
                "是团队，不是单位，归属留空"
            },
            if university.is_some() {
                "a team; its university is taken"
            } else {
                "a team and no organisation; the owner stays empty"
            },
        );
        return (university.and_then(|name| named(&name, kind)), Some(name));
    }
    let bare = without_reference(&name);
    if bare != name {
        cells.not_understood(
            &said,
            "organisation_reference",
            "括号内为编号，不计入单位名称",
            "the bracket holds a reference number, which is no part of the name",
        );
    }
    (named(bare, kind), None)
}

fn named(name: &str, kind: ListingKind) -> Option<Named> {
    let name: String = name.chars().take(LIMIT).collect();
    (!name.is_empty()).then(|| Named { kind: kind_of(&name, kind), name })
}

/// `西湖管理区农业企业` describes an enterprise; a partnership's own name ends in 合伙企业.
fn is_description(name: &str) -> bool {
    name.ends_with("企业") && !name.ends_with("合伙企业") && !name.ends_with("独资企业")
}

/// Whether names stand beside each other, outside brackets. `A/S` and `c/o` part nothing.
fn is_several(name: &str) -> bool {
    let mut depth = 0_i32;
    let outside: String = name
        .chars()
        .filter(|c| {
            depth += i32::from(matches!(c, '(' | '（')) - i32::from(matches!(c, ')' | '）'));
            depth <= 0
        })
        .collect();
    let parts: Vec<&str> = outside.split(['/', '／', ';', '；', '、', '|']).map(str::trim).collect();
    parts.len() > 1 && parts.iter().all(|part| part.chars().count() >= 3)
}

/// `长江大学许明标团队` belongs to 长江大学. An academy in front of an academician's name (中国科学院…院士) is
/// a title and not where the team works, so universities alone are read.
fn university_of(name: &str) -> Option<String> {
    let end = name.find("大学")? + "大学".len();
    let university = name.get(..end)?;
    (university.chars().count() > 2).then(|| university.to_owned())
}

/// The name without a case number in brackets at its end: `NASA (MFS-33798-1)`.
fn without_reference(name: &str) -> &str {
    let Some(inner) = name.strip_suffix([')', '）']) else { return name };
    let Some((bare, reference)) = inner.rsplit_once(['(', '（']) else { return name };
    let is_reference = reference.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ' '))
        && reference.contains(|c: char| c.is_ascii_digit());
    let bare = bare.trim();
    if is_reference && !bare.is_empty() { bare } else { name }
}

/// What sort of organisation it is, by the words of its name, else by what it posts.
fn kind_of(name: &str, kind: ListingKind) -> OrganisationKind {
    let ends = |words: &[&str]| words.iter().any(|word| name.ends_with(word));
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    if kind == ListingKind::Provider {
        return OrganisationKind::Provider;
    }
    if ends(&[
        "研究院",
        "研究所",
        "科学院",
        "实验室",
        "研究中心",
        "Institute",
        "Research Center",
        "Laboratory",
    ]) {
        return OrganisationKind::Institute;
    }
    if ends(&["公司", "集团", "厂", "Inc.", "Ltd.", "LLC", "Corporation"]) {
        return OrganisationKind::Enterprise;
    }
    if has(&["大学", "学院", "University", "Institute of Technology"]) && !has(&["科学院"]) {
        return OrganisationKind::University;
    }
    if has(&["研究院", "研究所", "科学院"]) {
        return OrganisationKind::Institute;
    }
    if has(&["协会", "学会", "基金会", "Institute", "Fund", "Foundation", "Association", "Society"]) {
        return OrganisationKind::Other;
    }
    match kind {
        ListingKind::Demand => OrganisationKind::Enterprise,
        ListingKind::Achievement | ListingKind::Provider => OrganisationKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use techmart_entity::{listing::ListingKind, organisation::OrganisationKind};

    use super::{is_description, is_several, kind_of, university_of, without_reference};

    #[test]
    fn names_beside_each_other_are_several_and_a_bracket_or_a_form_of_company_is_not() {
        assert!(is_several("郑州大学/河南工业大学（报道未区分）"));
        assert!(is_several("暨南大学团队 / 武汉臻治生物科技有限公司"));
        for one in ["长江产业集团（长江创投、长江科服）", "Novo Nordisk A/S", "NASA (KSC-14075)", "）"]
        {
            assert!(!is_several(one), "{one}");
        }
    }

    #[test]
    fn a_case_number_is_no_part_of_a_name_and_a_place_is() {
        assert_eq!(without_reference("NASA (MFS-33798-1)"), "NASA");
        for whole in ["某科技城（葛店）", "长江产业集团（长江创投、长江科服）", "(A-1)", "甲公司"]
        {
            assert_eq!(without_reference(whole), whole);
        }
    }

    #[test]
    fn a_description_is_no_name() {
        assert!(is_description("西湖管理区农业企业"));
        assert!(!is_description("荆州甲乙合伙企业") && !is_description("宝武"));
    }

    #[test]
    fn a_team_belongs_to_the_university_in_front_of_it() {
        assert_eq!(university_of("长江大学许明标团队").as_deref(), Some("长江大学"));
        assert_eq!(university_of("裴以建团队"), None);
        assert_eq!(university_of("中国科学院谢华安院士团队"), None);
    }

    #[test]
    fn words_of_the_name_go_before_what_is_posted() {
        let kind = |name| kind_of(name, ListingKind::Demand);
        assert_eq!(kind("淮南联合大学"), OrganisationKind::University);
        assert_eq!(kind("襄阳华中科技大学先进制造工程研究院"), OrganisationKind::Institute);
        assert_eq!(kind("中国科学院海西研究院"), OrganisationKind::Institute);
        assert_eq!(kind("Rochester Institute of Technology"), OrganisationKind::University);
        assert_eq!(kind("Oil Spill Recovery Institute"), OrganisationKind::Institute);
        assert_eq!(kind("Environmental Defense Fund"), OrganisationKind::Other);
        assert_eq!(kind("方太厨具"), OrganisationKind::Enterprise);
        assert_eq!(kind_of("NASA", ListingKind::Achievement), OrganisationKind::Other);
        assert_eq!(kind_of("武汉大学技术转移中心", ListingKind::Provider), OrganisationKind::Provider);
    }
}
