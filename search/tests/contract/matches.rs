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
    what_fits_is_about_the_thing_that_is_asked_for,
    words_of_the_same_field_do_not_add_up_to_a_fit,
    a_component_is_told_as_one,
    a_word_is_told_in_both_languages_where_it_stands_in_both,
    what_is_mentioned_in_passing_is_no_reason,
    the_same_thing_for_another_use_comes_near,
    a_class_of_many_kinds_alone_comes_near,
    what_is_told_to_be_replaced_is_no_reason,
    how_far_an_achievement_is_makes_nothing_fit,
    what_is_asked_for_itself_is_a_reason_though_many_offer_it,
    the_demand_says_what_is_asked_for_whichever_of_the_two_asks,
    a_listing_in_the_other_language_fits_where_one_word_of_it_names_two_that_are_asked_for,
    a_thing_named_in_two_words_fits,
    what_has_to_do_with_a_word_that_is_there_itself_is_told_and_adds_nothing,
    a_section_of_industry_goes_together_with_its_field,
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

/// The titles of what is said to fit.
async fn fitting(engine: &Engine, all: &[Document], asked: Document) -> Vec<String> {
    let found = matches(engine, &ask(asked)).await;
    let title = |found: &Match| all.iter().find(|document| document.id == found.id).unwrap().title.clone();
    found.iter().filter(|found| found.fits).map(title).collect()
}

/// What is told of the first answer: asked, found, how.
async fn told(engine: &Engine, asked: Document) -> Vec<(String, String, How)> {
    let found = matches(engine, &ask(asked)).await;
    let pairings = found[0].parts.iter().flat_map(|part| &part.pairings).filter(|pairing| pairing.tells);
    pairings.map(|pairing| (pairing.asked.clone(), pairing.found.clone(), pairing.how)).collect()
}

async fn what_fits_is_about_the_thing_that_is_asked_for(engine: &Engine) {
    let all = listings(&["模块化设计的有级组合变速箱", "变速箱啮合噪声预测软件", "除草机器人"]);
    engine.fill(&all).await;
    assert_eq!(fitting(engine, &all, demand("割草机变速箱研发")).await, ["模块化设计的有级组合变速箱"]);
}

async fn words_of_the_same_field_do_not_add_up_to_a_fit(engine: &Engine) {
    let all = listings(&["用于锂离子电池的聚烯烃纳米纤维复合膜", "电动汽车驱动稳定性控制"]);
    engine.fill(&all).await;
    let none: [&str; 0] = [];
    assert_eq!(fitting(engine, &all, demand("锂离子电池热失控研究")).await, none);
    assert_eq!(fitting(engine, &all, demand("电动汽车转向系统开发")).await, none);
}

async fn a_component_is_told_as_one(engine: &Engine) {
    engine.fill(&listings(&["商用车循环球式转向器", "水稻育秧基质"])).await;
    let told = told(engine, demand("商用车转向系统开发")).await;
    assert!(told.contains(&("转向系统".to_owned(), "转向器".to_owned(), How::Component)), "{told:?}");
    assert!(told.iter().all(|(_, found, how)| found != "转向器" || *how == How::Component), "{told:?}");
}

async fn a_word_is_told_in_both_languages_where_it_stands_in_both(engine: &Engine) {
    let keywords = vec!["steer-by-wire".to_owned()];
    engine.fill(&[Document { keywords, ..listing(1, "线控转向执行器") }]).await;
    let found = matches(engine, &ask(demand("转向系统开发"))).await;
    let mut pairings = found[0].parts.iter().flat_map(|part| &part.pairings);
    let kind = pairings.find(|pairing| pairing.how == How::Narrower).unwrap();
    assert_eq!((kind.found.as_str(), kind.also.as_deref()), ("线控转向", Some("steer-by-wire")));
}

async fn what_is_mentioned_in_passing_is_no_reason(engine: &Engine) {
    let said = "单级爪式转子，压差三十千帕。".to_owned();
    engine.fill(&[Document { summary: Some(said), ..listing(1, "爪式氢气循环泵") }]).await;
    let asked = Document { keywords: vec!["电机".to_owned()], ..demand("氢气循环泵") };
    let told = told(engine, asked).await;
    assert!(told.iter().any(|(asked, _, _)| asked == "循环泵"), "{told:?}");
    assert!(told.iter().all(|(_, found, _)| found != "转子"), "{told:?}");
}

async fn the_same_thing_for_another_use_comes_near(engine: &Engine) {
    let titles = ["静液压变速箱", "拖拉机变速箱", "电动物流车变速箱", "Gearbox for planetary rovers"];
    let all = listings(&titles);
    engine.fill(&all).await;
    let mut found = fitting(engine, &all, demand("割草机变速箱研发")).await;
    found.sort();
    assert_eq!(found, ["拖拉机变速箱", "静液压变速箱"]);
    assert!(matches(engine, &ask(demand("割草机变速箱研发"))).await.iter().any(|found| found.id == id(3)));
    // The same thing done to another substance.
    let all = listings(&["高氨氮废水脱氮", "高硝酸盐废水脱氮"]);
    engine.fill(&all).await;
    assert_eq!(fitting(engine, &all, demand("高硝态氮废水脱氮治理")).await, ["高硝酸盐废水脱氮"]);
}

async fn a_class_of_many_kinds_alone_comes_near(engine: &Engine) {
    let all = listings(&["农药废水的处理", "三氯蔗糖废水的处理"]);
    engine.fill(&all).await;
    assert_eq!(fitting(engine, &all, demand("三氯蔗糖废水治理")).await, ["三氯蔗糖废水的处理"]);
}

async fn what_is_told_to_be_replaced_is_no_reason(engine: &Engine) {
    let said =
        |text: &str| Document { summary: Some(text.to_owned()), ..listing(1, "燃料电池氢气引射器") };
    engine.fill(&[said("没有运动件，可替代或减小循环泵。")]).await;
    let replaced = told(engine, demand("氢气循环泵")).await;
    assert!(replaced.iter().any(|(asked, _, _)| asked == "氢气"), "{replaced:?}");
    assert!(replaced.iter().all(|(asked, _, _)| asked != "循环泵"), "{replaced:?}");
    engine.fill(&[said("可与循环泵并联。")]).await;
    let beside = told(engine, demand("氢气循环泵")).await;
    assert!(beside.iter().any(|(asked, _, _)| asked == "循环泵"), "{beside:?}");
}

async fn how_far_an_achievement_is_makes_nothing_fit(engine: &Engine) {
    let ready = |number, title: &str, trl| Document { trl: Some(trl), ..listing(number, title) };
    engine.fill(&[ready(1, "陶瓷阀芯", 3), ready(2, "陶瓷阀芯", 9), ready(3, "水稻育秧基质", 9)]).await;
    let found = matches(engine, &ask(demand("陶瓷阀芯"))).await;
    let ids: Vec<Uuid> = found.iter().map(|found| found.id).collect();
    assert_eq!(ids, [id(2), id(1)], "what is ready before what is not, and nothing for that alone");
    let level = |found: &Match| {
        let part = found.parts.iter().find(|part| part.name == PartName::Maturity)?;
        Some(part.pairings.first()?.found.clone())
    };
    assert_eq!(found.iter().map(level).collect::<Vec<_>>(), [Some("9".to_owned()), None]);
}

async fn what_is_asked_for_itself_is_a_reason_though_many_offer_it(engine: &Engine) {
    let all: Vec<String> = (1..=30).map(|n| format!("制冷剂检漏设备{n}型")).collect();
    engine.fill(&listings(&all.iter().map(String::as_str).collect::<Vec<_>>())).await;
    for found in matches(engine, &ask(demand("空调制冷剂检漏"))).await {
        let pairings = || found.parts.iter().flat_map(|part| &part.pairings);
        assert!(pairings().any(|one| one.subject && one.tells && one.asked == "检漏"), "{found:?}");
        assert!(pairings().all(|one| !one.tells || one.asked != "制冷剂"), "met everywhere: {found:?}");
    }
}

async fn the_demand_says_what_is_asked_for_whichever_of_the_two_asks(engine: &Engine) {
    let wanted = |number, title: &str| Document { kind: Kind::Demand, ..listing(number, title) };
    engine.fill(&[wanted(1, "空调制冷剂检漏"), wanted(2, "制冷剂合成催化剂")]).await;
    let offered = Ask { kind: Kind::Demand, ..ask(listing(900, "制冷剂检漏机器人")) };
    let found = matches(engine, &offered).await;
    let fitting: Vec<Uuid> = found.iter().filter(|found| found.fits).map(|found| found.id).collect();
    assert_eq!(fitting, [id(1)], "{found:?}");
}

async fn a_listing_in_the_other_language_fits_where_one_word_of_it_names_two_that_are_asked_for(
    engine: &Engine,
) {
    let all = listings(&["Laser detection of refrigerant leakage", "Refrigerant recovery unit"]);
    engine.fill(&all).await;
    let body = vec!["生产线上制冷剂泄漏难以发现。".to_owned()];
    let asked = Document { body, ..demand("空调制冷剂检漏") };
    assert_eq!(fitting(engine, &all, asked).await, ["Laser detection of refrigerant leakage"]);
}

async fn what_has_to_do_with_a_word_that_is_there_itself_is_told_and_adds_nothing(engine: &Engine) {
    let score = async |title: &str| {
        engine.fill(&listings(&[title, "水稻育秧基质"])).await;
        matches(engine, &ask(demand("车用氢气循环泵"))).await[0].score
    };
    let (with, without) = (score("燃料电池氢气循环泵").await, score("天然大豆氢气循环泵").await);
    assert!((with - without).abs() < 1e-9, "{with} {without}");
    engine.fill(&listings(&["燃料电池氢气循环泵", "水稻育秧基质"])).await;
    let told = told(engine, demand("车用氢气循环泵")).await;
    assert!(told.contains(&("氢气".to_owned(), "燃料电池".to_owned(), How::Related)), "{told:?}");
}

async fn a_section_of_industry_goes_together_with_its_field(engine: &Engine) {
    let of = |field: &str| Document { field: Some(field.to_owned()), ..listing(1, "废气净化装置") };
    let asked = Document { industry_codes: vec!["N77".to_owned()], ..demand("废气净化") };
    for (field, goes) in [("resources_environment", true), ("new_energy", false)] {
        engine.fill(&[of(field)]).await;
        let found = matches(engine, &ask(asked.clone())).await;
        let part = found[0].parts.iter().find(|part| part.name == PartName::Field);
        assert_eq!(part.is_some(), goes, "{field}: {found:?}");
        if let Some(part) = part {
            assert_eq!(part.pairings[0].how, How::Related);
            assert_eq!((part.pairings[0].asked.as_str(), part.pairings[0].found.as_str()), ("N", field));
        }
    }
}

async fn a_thing_named_in_two_words_fits(engine: &Engine) {
    let all = listings(&["电动汽车热泵空调系统", "油烟净化及空调两用机", "温度自补偿液位传感器"]);
    engine.fill(&all).await;
    assert_eq!(fitting(engine, &all, demand("汽车空调节能装置")).await, ["电动汽车热泵空调系统"]);
    let none: [&str; 0] = [];
    assert_eq!(fitting(engine, &all, demand("炒锅温度传感器")).await, none, "of a class there are too many");
    let all = listings(&["机器视觉尺寸测量系统", "水稻育秧基质"]);
    engine.fill(&all).await;
    let asked =
        Document { keywords: vec!["尺寸检测".to_owned()], ..demand("五金件尺寸的快速检测") };
    assert_eq!(fitting(engine, &all, asked).await, ["机器视觉尺寸测量系统"]);
}
