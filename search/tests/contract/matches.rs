//! Who is found to answer whom, and what is never among the answers.

use techmart_search::{
    Ask, Audience, DemoFilter, Document, Kind, Match,
    matching::{How, PartName, Weights},
};

use uuid::Uuid;

use crate::{
    catalogue::{id, listing, listings, price},
    engine::Engine,
    laws,
};

laws!(
    what_is_asked_for_is_found_by_word_meaning_and_part,
    a_paragraph_is_as_good_a_question_as_a_word,
    the_rarer_word_decides,
    figures_that_meet_and_codes_that_are_shared_add_to_the_score,
    only_what_may_be_seen_answers_and_nothing_answers_itself,
    where_nothing_is_shared_nothing_answers,
    what_was_taken_out_or_changed_answers_no_more,
    the_score_is_the_sum_of_its_parts,
);

fn demand(title: &str) -> Document {
    Document { kind: Kind::Demand, ..listing(900, title) }
}

fn ask(asked: Document) -> Ask {
    Ask {
        asked,
        kind: Kind::Achievement,
        audiences: vec![Audience::Public],
        demo: DemoFilter::Include,
        limit: 10,
        now: 1_700_000_000_000,
        weights: Weights::standard().clone(),
    }
}

async fn matches(engine: &Engine, ask: &Ask) -> Vec<Match> {
    engine.index.matches(ask).await.unwrap()
}

/// The titles of the answers, best first.
async fn titles(engine: &Engine, all: &[Document], asked: Document) -> Vec<String> {
    let title = |found: &Match| all.iter().find(|document| document.id == found.id).unwrap().title.clone();
    matches(engine, &ask(asked)).await.iter().map(title).collect()
}

async fn what_is_asked_for_is_found_by_word_meaning_and_part(engine: &Engine) {
    let all = listings(&["制冷剂检漏仪", "Refrigerant recovery unit", "水稻育秧基质", "冷媒充注机"]);
    engine.fill(&all).await;
    let found = titles(engine, &all, demand("制冷剂检漏")).await;
    assert_eq!(found[0], "制冷剂检漏仪");
    assert_eq!(found.len(), 3, "{found:?}");
    let found = matches(engine, &ask(demand("制冷剂检漏"))).await;
    let translated = found.iter().find(|found| found.id == id(2)).unwrap();
    let part = translated.parts.iter().find(|part| part.name == PartName::Meanings).unwrap();
    assert_eq!((part.pairings[0].asked.as_str(), part.pairings[0].how), ("制冷剂", How::Synonym));
    assert_eq!(part.pairings[0].found, "refrigerant");
}

async fn a_paragraph_is_as_good_a_question_as_a_word(engine: &Engine) {
    let all = listings(&["线控转向执行机构", "焊缝跟踪传感器", "水稻育秧基质"]);
    engine.fill(&all).await;
    let long = "我公司是一家商用车底盘企业，近年来客户反映驾驶时方向盘沉重、回正不良，现有液压助力系统能耗高，\
        希望与高校合作开发适用于轻卡的线控转向系统，要求冗余可靠，可在现有产线上装配，并在一年之内完成样车验证。";
    let asked = Document { body: vec![long.to_owned()], ..demand("底盘升级") };
    assert_eq!(titles(engine, &all, asked).await[0], "线控转向执行机构");
}

async fn the_rarer_word_decides(engine: &Engine) {
    let mut titles_of: Vec<String> = (0..30).map(|n| format!("第{n}号水泵叶轮")).collect();
    titles_of.push("陶瓷阀芯".to_owned());
    let all = listings(&titles_of.iter().map(String::as_str).collect::<Vec<_>>());
    engine.fill(&all).await;
    assert_eq!(titles(engine, &all, demand("水泵的陶瓷阀芯")).await[0], "陶瓷阀芯");
}

async fn figures_that_meet_and_codes_that_are_shared_add_to_the_score(engine: &Engine) {
    let said = |number, text: &str| Document {
        summary: Some(text.to_owned()),
        ..listing(number, "空气压缩机")
    };
    let all = [
        said(1, "功率 45 kW。"),
        Document { field: Some("new_energy".to_owned()), ..said(2, "功率 11 kW。") },
        Document { price: price(Some(10), Some(20)), ..said(3, "静音。") },
    ];
    engine.fill(&all).await;
    let asked = Document {
        summary: Some("需要 8-12 kW。".to_owned()),
        field: Some("new_energy".to_owned()),
        price: price(Some(15), Some(100)),
        ..demand("空气压缩机")
    };
    let found = matches(engine, &ask(asked)).await;
    assert_eq!(found[0].id, id(2), "{found:?}");
    let names = |at: u32| -> Vec<PartName> {
        let of = found.iter().find(|found| found.id == id(at)).unwrap();
        of.parts.iter().map(|part| part.name).collect()
    };
    assert!(names(2).contains(&PartName::Indicators) && names(2).contains(&PartName::Field));
    assert!(!names(1).contains(&PartName::Indicators), "45 kW is not 8-12 kW");
    assert!(names(3).contains(&PartName::Price));
}

async fn only_what_may_be_seen_answers_and_nothing_answers_itself(engine: &Engine) {
    let all = [
        listing(1, "陶瓷阀芯"),
        Document { audience: Audience::SignedIn, ..listing(2, "陶瓷阀芯二") },
        Document { demo: true, ..listing(3, "陶瓷阀芯三") },
        Document { kind: Kind::Provider, ..listing(4, "陶瓷阀芯检测") },
    ];
    engine.fill(&all).await;
    let ids = async |ask: Ask| -> Vec<Uuid> {
        let mut ids: Vec<_> = matches(engine, &ask).await.iter().map(|found| found.id).collect();
        ids.sort();
        ids
    };
    let asked = || ask(demand("陶瓷阀芯"));
    assert_eq!(ids(asked()).await, [id(1), id(3)]);
    assert_eq!(ids(Ask { demo: DemoFilter::Exclude, ..asked() }).await, [id(1)]);
    let both = vec![Audience::Public, Audience::SignedIn];
    assert_eq!(ids(Ask { audiences: both, ..asked() }).await, [id(1), id(2), id(3)]);
    assert_eq!(ids(Ask { audiences: Vec::new(), ..asked() }).await, Vec::<Uuid>::new());
    assert_eq!(ids(Ask { kind: Kind::Provider, ..asked() }).await, [id(4)]);
    assert_eq!(ids(ask(listing(1, "陶瓷阀芯"))).await, [id(3)]);
    assert_eq!(matches(engine, &Ask { limit: 1, ..asked() }).await.len(), 1);
    assert!(engine.index.matches(&Ask { limit: 1_000, ..asked() }).await.is_err());
}

async fn where_nothing_is_shared_nothing_answers(engine: &Engine) {
    engine.fill(&listings(&["水稻育秧基质", "古籍修复"])).await;
    for title in ["空气压缩机", "?!", "", "的"] {
        assert_eq!(matches(engine, &ask(demand(title))).await, [], "{title}");
    }
}

async fn what_was_taken_out_or_changed_answers_no_more(engine: &Engine) {
    let all = listings(&["陶瓷阀芯", "陶瓷刀具"]);
    engine.fill(&all).await;
    assert_eq!(matches(engine, &ask(demand("陶瓷"))).await.len(), 2);
    engine.index.remove(&[id(1)]).await.unwrap();
    engine.index.put(&[listing(2, "不锈钢刀具")]).await.unwrap();
    assert_eq!(matches(engine, &ask(demand("陶瓷"))).await, []);
}

async fn the_score_is_the_sum_of_its_parts(engine: &Engine) {
    engine.fill(&listings(&["制冷剂检漏仪", "Refrigerant pump"])).await;
    for found in matches(engine, &ask(demand("制冷剂检漏"))).await {
        let sum: f64 = found.parts.iter().map(|part| part.value * part.weight).sum();
        assert!((sum - found.score).abs() < 1e-9, "{found:?}");
        assert!(found.parts.iter().all(|part| (0.0..=1.0).contains(&part.value)), "{found:?}");
    }
}
