//! The mapping as a whole, on rows as sources write them and on real ones.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use serde_json::{Value, json};
use techmart_entity::{
    listing::{Content, ListingKind},
    value::{
        cooperation::{CooperationMode, SaleMethod},
        maturity::TrlBasis,
        money::PriceKind,
    },
};

use super::{MappedRow, map};

fn mapped(row: Value) -> MappedRow {
    map(&row).unwrap()
}

fn codes(row: &MappedRow) -> Vec<(&str, &str)> {
    row.warnings.iter().map(|note| (note.column.as_deref().unwrap_or_default(), note.code.as_str())).collect()
}

fn refusal(row: Value) -> String {
    map(&row).unwrap_err().code
}

#[test]
fn only_a_missing_title_an_unknown_kind_and_no_object_are_refused() {
    assert_eq!(refusal(json!({ "title": "a" })), "unknown_kind");
    assert_eq!(refusal(json!({ "kind": "patent", "title": "a" })), "unknown_kind");
    assert_eq!(refusal(json!({ "kind": "demand" })), "no_title");
    assert_eq!(refusal(json!({ "kind": "demand", "title": " \u{3000}。" })), "no_title");
    assert_eq!(refusal(json!({ "kind": "demand", "title": ["a", {}] })), "no_title");
    assert_eq!(refusal(json!([1])), "not_an_object");
    for broken in ["", "{", "nul", "{\"a\":1e999}", "{\"a\":\"\\ud800\"}"] {
        assert_eq!(super::parse(broken.as_bytes()).unwrap_err().code, "broken_json", "{broken}");
    }
    assert!(super::parse(b"\xff").is_err());
    assert!(super::parse("[".repeat(100_000).as_bytes()).is_err());
}

#[test]
fn a_row_of_nothing_but_kind_and_title_holds_nothing_else() {
    let row = mapped(json!({ "kind": "achievement", "title": "换热器", "budget": null, "field": "  " }));
    assert_eq!(row.content, bare(ListingKind::Achievement, "换热器"));
    assert_eq!((row.organisation, row.source_url, row.warnings.len()), (None, None, 0));
}

fn bare(kind: ListingKind, title: &str) -> Content {
    let mut document = Content::empty(kind).document();
    document["title"] = title.into();
    Content::parse(kind, document).unwrap()
}

#[test]
fn columns_have_several_names() {
    let row = mapped(json!({
        "类别": "技术需求", "名称": "。 焊接自动化\u{0000}", "单位": "荆州某某机械有限公司", "预算": "100.0万元-200.0万元",
        "关键词": "焊接；机器人", "合作方式": "合作开发", "截止日期": "2026年12月31日", "佣金": "5%",
    }));
    let Content::Demand(content) = &row.content else { panic!("no demand") };
    assert_eq!(content.title.as_deref(), Some("焊接自动化"));
    assert_eq!(content.keywords, ["焊接", "机器人"]);
    let budget = content.budget.as_ref().unwrap();
    assert_eq!(
        (budget.kind, budget.min, budget.max),
        (PriceKind::Range, Some(100_000_000), Some(200_000_000))
    );
    assert_eq!(content.deadline_on.unwrap().to_string(), "2026-12-31");
    assert_eq!(row.organisation.as_ref().unwrap().name, "荆州某某机械有限公司");
    assert_eq!(row.unknown_columns, ["佣金"]);
    assert_eq!(codes(&row), [("", "nul")]);
}

#[test]
fn what_is_not_understood_is_null_with_its_words_and_a_warning() {
    let row = mapped(json!({
        "kind": "achievement", "title": "t", "budget": "三项合计成交90万元", "maturity": "工艺成熟",
        "cooperation": "技术转让;随缘", "field": "减振", "source_url": "javascript:alert(1)", "language": "??",
        "patent": "ZL201720001285.1",
    }));
    let Content::Achievement(content) = &row.content else { panic!("no achievement") };
    assert_eq!((&content.price, content.price_raw.as_deref()), (&None, Some("三项合计成交90万元")));
    assert_eq!(
        (content.trl, content.trl_basis, content.maturity_raw.as_deref()),
        (None, None, Some("工艺成熟"))
    );
    assert_eq!(content.cooperation_modes, [CooperationMode::Transfer]);
    assert_eq!(content.cooperation_raw.as_deref(), Some("技术转让;随缘"));
    assert_eq!((content.field, content.field_raw.as_deref()), (None, Some("减振")));
    assert_eq!((content.ip.len(), &content.language, &row.source_url), (0, &None, &None));
    let mut told = codes(&row);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("budget", "price"),
            ("cooperation", "cooperation"),
            ("field", "field"),
            ("language", "language"),
            ("maturity", "maturity"),
            ("patent", "patent_number"),
            ("source_url", "source_url"),
        ]
    );
}

#[test]
fn an_auction_is_a_way_of_selling_and_a_call_for_solvers_a_bounty() {
    let row = mapped(json!({
        "kind": "achievement", "title": "t", "cooperation": "拍卖转让", "budget": "起拍240万元，成交320万元",
        "maturity": "通过中试",
    }));
    let Content::Achievement(content) = &row.content else { panic!("no achievement") };
    assert_eq!(content.sale_method, Some(SaleMethod::Auction));
    let price = content.price.as_ref().unwrap();
    assert_eq!(
        (price.kind, price.min, price.max, price.starting),
        (PriceKind::Concluded, Some(320_000_000), Some(320_000_000), Some(240_000_000))
    );
    assert_eq!((content.trl, content.trl_basis), (Some(7), Some(TrlBasis::Mapped)));
    let row = mapped(json!({ "kind": "demand", "title": "t", "cooperation": "揭榜挂帅" }));
    let Content::Demand(content) = &row.content else { panic!("no demand") };
    assert_eq!((content.bounty, content.cooperation_modes.len()), (Some(true), 0));
}

#[test]
fn a_level_under_its_own_heading_may_be_a_bare_figure() {
    let row = mapped(json!({ "kind": "achievement", "title": "t", "trl": 5, "maturity": "已应用" }));
    let Content::Achievement(content) = &row.content else { panic!("no achievement") };
    assert_eq!((content.trl, content.trl_basis), (Some(5), Some(TrlBasis::SelfDeclared)));
    assert_eq!(codes(&row), [("maturity", "maturity")]);
}

#[test]
fn an_industry_is_told_from_a_field() {
    let row = mapped(json!({ "kind": "demand", "title": "t", "field": "制造业——汽车制造业" }));
    let Content::Demand(content) = &row.content else { panic!("no demand") };
    assert_eq!((content.field, content.industry_code.as_deref()), (None, Some("C36")));
    assert!(row.warnings.is_empty());
}

#[test]
fn a_team_several_names_and_an_untold_name_make_no_organisation() {
    let organisation = |name: &str| {
        let row = mapped(json!({ "kind": "achievement", "title": "t", "organisation": name }));
        assert_eq!(row.warnings.len(), 1, "{name}");
        row.organisation.map(|named| named.name)
    };
    assert_eq!(organisation("长江大学许明标团队").as_deref(), Some("长江大学"));
    assert_eq!(organisation("NASA (MFS-33798-1)").as_deref(), Some("NASA"));
    for name in [
        "裴以建团队",
        "郑州大学/河南工业大学（报道未区分）",
        "黄石市企业（名称未公开）",
        "西湖管理区农业企业",
    ] {
        assert_eq!(organisation(name), None, "{name}");
    }
}

#[test]
fn a_providers_field_is_its_types_of_service() {
    let types = |field: &str| {
        let row = mapped(json!({ "kind": "provider", "title": "t", "field": field }));
        let Content::Provider(content) = &row.content else { panic!("no provider") };
        let types: Vec<String> = content.types.iter().map(ToString::to_string).collect();
        (types.join(","), row.warnings.len())
    };
    assert_eq!(types("成果（技术）交易"), ("achievement_trading".to_owned(), 0));
    assert_eq!(types("创业孵化/知识产权"), ("incubation,intellectual_property".to_owned(), 0));
    assert_eq!(types("成果（技术）交易/拍卖"), ("achievement_trading".to_owned(), 1));
}

#[test]
fn a_private_contact_is_kept_and_never_quoted() {
    let row = mapped(json!({ "kind": "demand", "title": "t", "联系人": "张三", "电话": "1".repeat(60) }));
    let Content::Demand(content) = &row.content else { panic!("no demand") };
    assert_eq!(content.contact.as_ref().unwrap().name.as_deref(), Some("张三"));
    assert_eq!(row.warnings.len(), 1);
    assert!(row.warnings.iter().all(|note| !note.zh.contains("11") && !note.en.contains("11")));
}

#[test]
fn what_is_longer_than_it_may_be_is_cut_and_told() {
    let row = mapped(json!({ "kind": "demand", "title": "长".repeat(300) }));
    assert_eq!(row.content.title().chars().count(), 200);
    assert_eq!(codes(&row), [("title", "cut")]);
}

/// What may stand in a content though the row does not say it in these words: codes and figures that
/// were read, whose own words stand beside them, and how the row came here.
const READ: [&str; 13] = [
    "field",
    "industry_codes",
    "industry_code",
    "zone_industry",
    "trl",
    "trl_basis",
    "cooperation_modes",
    "sale_method",
    "price",
    "budget",
    "bounty",
    "types",
    "collected_by",
];

#[test]
fn no_field_of_a_real_listing_holds_what_the_file_does_not_say() {
    let Ok(path) = std::env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file");
        return;
    };
    let file = std::fs::read_to_string(path).unwrap();
    for line in file.lines() {
        let raw = super::parse(line.as_bytes()).unwrap();
        let row = map(&raw).unwrap();
        let said: Vec<&str> = raw.as_object().unwrap().values().flat_map(texts).collect();
        let document = row.content.document();
        for (member, value) in document.as_object().unwrap() {
            if READ.contains(&member.as_str()) {
                continue;
            }
            for text in texts(value) {
                assert!(said.iter().any(|word| word.contains(text)), "{member} {text:?} of {line}");
            }
            assert!(!value.is_number() && !value.is_boolean(), "{member} of {line}");
        }
        // A reading stands only where the source said something.
        for (member, source) in [
            ("field", "field"),
            ("zone_industry", "field"),
            ("trl", "maturity"),
            ("trl_basis", "maturity"),
            ("sale_method", "cooperation"),
            ("bounty", "cooperation"),
            ("price", "budget"),
            ("budget", "budget"),
        ] {
            let is_absent = document.get(member).is_none_or(Value::is_null);
            assert!(is_absent || raw[source].is_string(), "{member} of {line}");
        }
        assert!(row.organisation.is_none() || raw["organisation"].is_string(), "{line}");
        if let Some(named) = &row.organisation {
            assert!(raw["organisation"].as_str().unwrap().contains(&named.name), "{line}");
        }
        assert_eq!(row.source_url.as_deref(), raw["source_url"].as_str());
        assert!(row.unknown_columns.is_empty());
        for note in &row.warnings {
            println!("{} [{}] {}", note.column.as_deref().unwrap_or("-"), note.code, note.zh);
        }
    }
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text.as_str()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
