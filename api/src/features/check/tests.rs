//! Whole texts, and real ones.

use serde_json::{Value, json};
use techmart_entity::listing::{Content, HintCode, HintSeverity, ListingKind};

use super::{Found, check};
use crate::features::{import::mapping, listing::rules};

fn found(content: &Content) -> Found {
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day");
    check(content, [rules::faults(content), rules::lacking(content)].concat(), today)
}

fn of(kind: ListingKind, document: Value) -> Found {
    found(&Content::parse(kind, document).expect("a content"))
}

#[test]
fn nothing_scores_nothing_and_a_whole_text_a_hundred() {
    for kind in ListingKind::ALL {
        assert_eq!(found(&Content::empty(*kind)).score.points, 0, "{kind}");
    }
    let contact = json!({ "name": "李工", "phone": "13800000001" });
    let whole = [
        (
            ListingKind::Demand,
            json!({
            "title": "-30 ℃ 下电机控制器可靠启动", "demand_type": "key_technology", "contact": contact,
            "background": "主机厂将冬季标定下限由 -20 ℃ 调整为 -30 ℃。",
            "problem": "现用电解电容在 -20 ℃ 以下等效电阻升高，启动失败率约 12%；换用薄膜电容后体积超限，希望在现有壳体内解决。",
            "target": "样机在 -30 ℃ 连续启动 500 次无失败。",
            "indicators": [{ "name": "启动时间", "op": "le", "value": "2", "unit": "s" }],
            "budget": { "kind": "negotiable", "currency": "CNY" }, "deadline_on": "2027-06-30",
            "cooperation_modes": ["commissioned_development"], "field": "advanced_manufacturing",
            "industry_code": "C36", "keywords": ["电机控制器", "低温启动"] }),
        ),
        (
            ListingKind::Achievement,
            json!({
            "title": "低温永磁电机控制器", "title_en": "Cold-start motor controller", "contact": contact,
            "summary": "用自适应预热把 -30 ℃ 启动时间由 8 s 降到 1.5 s，已装车 200 台。",
            "problem_solved": "低温启动失败", "advantage": "失败率由 12% 降到 0.1%", "economics": "单台成本增加 30 元",
            "scenarios": "新能源汽车、工程机械", "field": "advanced_manufacturing", "industry_codes": ["C36"],
            "trl": 7, "trl_basis": "self", "ip": [{ "ip_type": "none" }], "cooperation_modes": ["licence"],
            "price": { "kind": "negotiable", "currency": "CNY" }, "keywords": ["电机控制器"] }),
        ),
        (
            ListingKind::Provider,
            json!({
            "title": "汽车电子可靠性检测", "summary": "高低温、振动和盐雾试验。", "types": ["testing"], "contact": contact,
            "services": [{ "name": "盐雾试验", "description": "按 GB/T 10125" }], "performance": "三年 600 份报告",
            "qualifications": [{ "name": "CNAS 认可" }], "field": "high_tech_services", "keywords": ["盐雾试验"] }),
        ),
    ];
    for (kind, document) in whole {
        let found = of(kind, document);
        assert!(found.hints.is_empty(), "{kind}: {:?}", found.hints);
        assert_eq!(found.score.points, 100, "{kind}");
    }
}

#[test]
fn what_refuses_comes_first_and_each_hint_costs_something() {
    let kinds = [
        (
            ListingKind::Demand,
            json!({ "title": "关于技术需求", "background": "市场很大", "deadline_on": "2026-01-01",
            "indicators": [{ "name": "效率", "op": "ge", "value": "高" }], "problem": "致电13800000001" }),
        ),
        (
            ListingKind::Achievement,
            json!({ "title": "循环泵", "summary": "循环泵", "trl": 5,
            "ip": [{ "ip_type": "invention" }, { "ip_type": "design", "number": "ZL201720001285.1" }] }),
        ),
    ];
    for (kind, document) in kinds {
        let content = Content::parse(kind, document).expect("a content");
        let dirty = found(&content);
        let severities: Vec<HintSeverity> = dirty.hints.iter().map(|hint| hint.severity).collect();
        assert!(
            severities.is_sorted() && severities.first() == Some(&HintSeverity::Missing),
            "{severities:?}"
        );
        for hint in &dirty.hints {
            let without: Vec<_> =
                dirty.hints.iter().filter(|other| other.code != hint.code).cloned().collect();
            let score = |hints: &[super::Hint]| super::score::of(&content, hints).points;
            assert!(score(std::slice::from_ref(hint)) < score(&[]), "{} costs nothing", hint.code);
            assert!(score(&dirty.hints) <= score(&without));
        }
    }
}

#[test]
fn every_real_listing_is_checked_in_both_languages() {
    let Ok(file) = std::env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file of real listings");
        return;
    };
    let rows = std::fs::read_to_string(file).expect("the file");
    let mut demands = 0_u32;
    let mut without = 0_u32;
    let mut scores = Vec::new();
    for line in rows.lines() {
        let raw = mapping::parse(line.as_bytes()).expect("JSON");
        let row = mapping::map(&raw).expect("a listing");
        let found = found(&row.content);
        for hint in &found.hints {
            for text in [&hint.says.zh, &hint.says.en, &hint.example.zh, &hint.example.en] {
                assert!(!text.trim().is_empty(), "{hint:?}");
            }
            assert!(hint.says.en.is_ascii() || !hint.says.en.contains('，'), "{}", hint.says.en);
            assert_ne!(hint.code, HintCode::Blank, "{line}");
        }
        assert!(found.score.points < 100, "no real listing says everything: {line}");
        if row.content.kind() == ListingKind::Demand {
            demands += 1;
            without += u32::from(found.hints.iter().any(|hint| hint.code == HintCode::NoIndicator));
            scores.push(found.score.points);
        }
    }
    scores.sort_unstable();
    println!("{without} of {demands} demands without a measurable indicator; scores {scores:?}");
    assert!(demands > 0 && without * 2 > demands, "{without} of {demands} without a measurable indicator");
}
