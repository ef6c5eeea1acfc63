//! What a text finds, and in which order.

use techmart_search::{MAX_TEXT_CHARS, Query, SearchError, Sort};

use crate::{
    catalogue::{listing, listings},
    engine::{Engine, titles_of},
    laws,
};

laws!(
    a_word_is_found_inside_a_longer_word,
    two_words_are_found_in_any_order,
    words_that_stand_together_rank_higher,
    part_numbers_are_found_whole_and_in_part,
    english_words_are_found_in_any_case_and_form,
    the_last_word_is_found_by_its_beginning,
    traditional_and_simplified_characters_are_the_same,
    full_and_half_width_are_the_same,
    homophones_are_not_found,
    a_single_character_finds_what_contains_it,
    the_title_weighs_more_than_keywords_than_summary_than_body,
    every_word_must_be_found_while_any_listing_has_them_all,
    words_are_left_out_only_when_nothing_has_them_all,
    a_word_does_not_reach_across_punctuation_or_two_texts,
    no_text_finds_everything_newest_first,
    a_text_without_words_finds_nothing,
    no_other_character_of_a_text_is_syntax,
    a_word_of_the_glossary_finds_all_words_of_its_meaning,
    what_is_quoted_is_found_as_it_is_written,
    what_a_minus_stands_before_is_not_there,
    what_comes_near_is_named_apart,
    a_text_over_the_limit_is_rejected,
);

async fn a_word_is_found_inside_a_longer_word(engine: &Engine) {
    let all = listings(&["车用氢气循环泵", "安装简单的支架", "果园除草机器人"]);
    engine.fill(&all).await;
    for text in ["氢气循环泵", "氢气循环", "循环泵", "循环", "氢气", "气循环"] {
        assert_eq!(engine.titles(&all, text).await, ["车用氢气循环泵"], "{text}");
    }
    assert_eq!(engine.titles(&all, "简单").await, ["安装简单的支架"]);
    assert_eq!(engine.titles(&all, "机器").await, ["果园除草机器人"]);
}

async fn two_words_are_found_in_any_order(engine: &Engine) {
    let all = listings(&["电机与控制器", "液压阀"]);
    engine.fill(&all).await;
    for text in ["电机 控制器", "控制器 电机", "控制器，电机", "控制器的电机", "电机控制器"]
    {
        assert_eq!(engine.titles(&all, text).await, ["电机与控制器"], "{text}");
    }
}

async fn words_that_stand_together_rank_higher(engine: &Engine) {
    let all = listings(&["燃料电池用超高速电机支架", "电机用的新型支架", "液压阀支架"]);
    engine.fill(&all).await;
    assert_eq!(engine.titles(&all, "电机支架").await, ["燃料电池用超高速电机支架", "电机用的新型支架"]);
    // A compound of the glossary is one word, and its parts apart where nobody has it.
    let all = listings(&["燃料电池用超高速电机控制器", "电机用的新型控制器", "液压阀控制器"]);
    engine.fill(&all).await;
    assert_eq!(engine.titles(&all, "电机控制器").await, ["燃料电池用超高速电机控制器"]);
    engine.index.remove(&[all[0].id]).await.unwrap();
    assert_eq!(engine.titles(&all, "电机控制器").await, ["电机用的新型控制器"]);
}

async fn part_numbers_are_found_whole_and_in_part(engine: &Engine) {
    let all = listings(&["QZ-100型轴承", "QZ-200型轴承", "42CrMo齿轮钢", "1.5MPa压力阀", "15MPa压力阀"]);
    engine.fill(&all).await;
    for (text, expected) in [
        ("QZ-100", "QZ-100型轴承"),
        ("qz100", "QZ-100型轴承"),
        ("QZ 100", "QZ-100型轴承"),
        ("QZ－２００", "QZ-200型轴承"),
        ("42CrMo", "42CrMo齿轮钢"),
        ("42crmo 齿轮", "42CrMo齿轮钢"),
        ("CrMo", "42CrMo齿轮钢"),
        ("1.5MPa", "1.5MPa压力阀"),
        ("15MPa", "15MPa压力阀"),
    ] {
        assert_eq!(engine.titles(&all, text).await, [expected], "{text}");
    }
}

async fn english_words_are_found_in_any_case_and_form(engine: &Engine) {
    let all =
        listings(&["Pericyclic Gearbox for Rovers", "Cryogenic Flux Capacitor", "Cooling of Batteries"]);
    engine.fill(&all).await;
    for (text, expected) in [
        ("gearbox", 0),
        ("GEARBOXES", 0),
        ("rover gearbox", 0),
        ("Cryogenic", 1),
        ("capacitors cryogenic", 1),
        ("cooled battery", 2),
        ("battery cooling", 2),
    ] {
        assert_eq!(engine.titles(&all, text).await, [all[expected].title.as_str()], "{text}");
    }
    for text in ["box", "flux box", "gearboxflux", "fluxcapacitor"] {
        let answer = engine.ask(Query { text: Some(text.to_owned()), ..Query::default() }).await;
        assert!(
            answer.hits.is_empty() || !answer.all_words,
            "{text}: neither the end of a word nor two words as one"
        );
    }
}

async fn the_last_word_is_found_by_its_beginning(engine: &Engine) {
    let all = listings(&["Cryogenic Flux Capacitor", "Gearbox"]);
    engine.fill(&all).await;
    assert_eq!(engine.titles(&all, "cryo").await, ["Cryogenic Flux Capacitor"]);
    assert_eq!(engine.titles(&all, "flux capa").await, ["Cryogenic Flux Capacitor"]);
    assert!(engine.titles(&all, "capa 泵").await.is_empty(), "only the last word may be a beginning");
}

async fn traditional_and_simplified_characters_are_the_same(engine: &Engine) {
    let all = listings(&["氫氣循環泵", "电机控制器", "製冷劑回收"]);
    engine.fill(&all).await;
    for (text, expected) in [("氢气循环泵", 0), ("氫氣", 0), ("電機控制器", 1), ("制冷剂", 2), ("製冷劑", 2)]
    {
        assert_eq!(engine.titles(&all, text).await, [all[expected].title.as_str()], "{text}");
    }
}

async fn full_and_half_width_are_the_same(engine: &Engine) {
    let all = listings(&["ＡＢＣ　１２３号电机", "ｹﾞｰﾄ valve"]);
    engine.fill(&all).await;
    for (text, expected) in [("abc", 0), ("123", 0), ("ＡＢＣ", 0), ("ゲート", 1), ("ｖａｌｖｅ", 1)]
    {
        assert_eq!(engine.titles(&all, text).await, [all[expected].title.as_str()], "{text}");
    }
}

async fn homophones_are_not_found(engine: &Engine) {
    let all = listings(&["景点导览系统", "经典控制理论"]);
    engine.fill(&all).await;
    assert_eq!(engine.titles(&all, "经典").await, ["经典控制理论"]);
    assert_eq!(engine.titles(&all, "景点").await, ["景点导览系统"]);
    assert!(engine.titles(&all, "jingdian").await.is_empty());
}

async fn a_single_character_finds_what_contains_it(engine: &Engine) {
    let all = listings(&["氢气循环泵", "泵站监测", "液压阀"]);
    engine.fill(&all).await;
    let mut found = engine.titles(&all, "泵").await;
    found.sort_unstable();
    assert_eq!(found, ["氢气循环泵", "泵站监测"]);
    assert_eq!(engine.titles(&all, "阀").await, ["液压阀"]);
}

async fn the_title_weighs_more_than_keywords_than_summary_than_body(engine: &Engine) {
    let mut all = listings(&["在正文里", "在摘要里", "在单位里", "在关键词里", "石墨烯散热膜", "无关"]);
    all[0].body = vec!["石墨烯".repeat(5)];
    all[1].summary = Some("用石墨烯制成".to_owned());
    all[2].organisation = Some("石墨烯研究院".to_owned());
    all[3].keywords = vec!["石墨烯".to_owned(), "导热".to_owned()];
    engine.fill(&all).await;
    let expected = ["石墨烯散热膜", "在关键词里", "在单位里", "在摘要里", "在正文里"];
    assert_eq!(engine.titles(&all, "石墨烯").await, expected);
}

async fn every_word_must_be_found_while_any_listing_has_them_all(engine: &Engine) {
    let mut all = listings(&["焊接自动化产线", "焊接机器人", "自动化仓库", "机器人"]);
    all[3].keywords = vec!["焊接".to_owned()];
    all[3].summary = Some("自动化".to_owned());
    engine.fill(&all).await;
    let answer = engine.ask(Query { text: Some("焊接自动化".to_owned()), ..Query::default() }).await;
    assert_eq!(titles_of(&all, &answer), ["焊接自动化产线", "机器人"]);
    assert!(answer.all_words);
}

async fn words_are_left_out_only_when_nothing_has_them_all(engine: &Engine) {
    let all = listings(&["焊接机器人", "焊接夹具", "焊接电源", "喷涂机器人"]);
    engine.fill(&all).await;
    let ask = |text: &str| engine.ask(Query { text: Some(text.to_owned()), ..Query::default() });
    let answer = ask("焊接 喷涂").await;
    assert_eq!(titles_of(&all, &answer), ["喷涂机器人"], "the rarer word stays");
    assert!(!answer.all_words);
    let answer = ask("焊接机器人 超导").await;
    assert_eq!(titles_of(&all, &answer), ["焊接机器人"], "a word nobody has goes first");
    let answer = ask("焊接 超导 量子 激光").await;
    assert!(answer.hits.is_empty(), "a small part of a question is no answer to it");
    assert!(ask("超导").await.hits.is_empty());
}

async fn a_word_does_not_reach_across_punctuation_or_two_texts(engine: &Engine) {
    let mut all = listings(&["电机、机控", "零件"]);
    all[1].keywords = vec!["转".to_owned(), "向".to_owned(), "转动".to_owned(), "动向".to_owned()];
    engine.fill(&all).await;
    assert!(engine.titles(&all, "电机控").await.is_empty());
    assert!(engine.titles(&all, "转向").await.is_empty());
    assert!(engine.titles(&all, "转动向").await.is_empty());
}

async fn no_text_finds_everything_newest_first(engine: &Engine) {
    let all = listings(&["一号", "二号", "三号"]);
    engine.fill(&all).await;
    for text in [None, Some(String::new()), Some(" \u{3000}".to_owned())] {
        let answer = engine.ask(Query { text, ..Query::default() }).await;
        assert_eq!(titles_of(&all, &answer), ["三号", "二号", "一号"]);
        assert_eq!((answer.estimated_total, answer.more), (3, false));
    }
}

async fn a_text_without_words_finds_nothing(engine: &Engine) {
    engine.fill(&listings(&["一号"])).await;
    for text in ["?!", "。，", "\u{0}", "🚀", "\"", "--"] {
        let answer =
            engine.ask(Query { text: Some(text.to_owned()), facets: true, ..Query::default() }).await;
        assert!(answer.hits.is_empty() && answer.estimated_total == 0, "{text}");
        assert_eq!(answer.facets.len(), 9, "{text}");
    }
}

async fn no_other_character_of_a_text_is_syntax(engine: &Engine) {
    let all = listings(&["水泵 AND 电机", "title"]);
    engine.fill(&all).await;
    for text in [
        "水泵\"",
        "\"水泵",
        "水泵*",
        "(水泵",
        "水泵~2^3",
        "+水泵",
        "水泵\\",
        "水泵 [",
        "水泵\u{0}\n",
        "{水泵:}",
    ] {
        assert_eq!(engine.titles(&all, text).await, ["水泵 AND 电机"], "{text}");
    }
    for text in [
        "terms_title:水泵",
        "title:水泵 OR 1",
        "a AND",
        "IN [",
        "* TO *",
        "e\u{301}\u{301}\u{301}",
        "\u{10FFFF}",
    ] {
        engine
            .ask(Query { text: Some(text.to_owned()), highlight: true, facets: true, ..Query::default() })
            .await;
    }
    engine.ask(Query { text: Some("机".repeat(MAX_TEXT_CHARS)), ..Query::default() }).await;
    engine.ask(Query { text: Some("a b1 c ".repeat(28)), ..Query::default() }).await;
}

async fn a_word_of_the_glossary_finds_all_words_of_its_meaning(engine: &Engine) {
    let all =
        listings(&["新型制冷剂回收", "冷媒充注方法", "A low-GWP refrigerant", "制冷机房", "变速箱壳体"]);
    engine.fill(&all).await;
    for text in ["制冷剂", "冷媒", "refrigerants", "Refrigerant", "製冷劑"] {
        let mut found = engine.titles(&all, text).await;
        found.sort_unstable();
        assert_eq!(found, ["A low-GWP refrigerant", "冷媒充注方法", "新型制冷剂回收"], "{text}");
    }
    assert_eq!(engine.titles(&all, "refrigerant 回收").await, ["新型制冷剂回收"]);
    let query = Query { text: Some("refrigerant".to_owned()), highlight: true, ..Query::default() };
    let answer = engine.ask(query).await;
    let shown: Vec<&str> =
        answer.hits.iter().flat_map(|hit| &hit.highlights).map(|shown| shown.fragment.as_str()).collect();
    assert!(shown.contains(&"<em>冷媒</em>充注方法"), "{shown:?}");
}

async fn what_is_quoted_is_found_as_it_is_written(engine: &Engine) {
    let all = listings(&[
        "余热回收装置",
        "余热的回收",
        "Wind turbine blades",
        "A turbine in the wind",
        "R290 热泵机组",
    ]);
    engine.fill(&all).await;
    for (text, expected) in [
        ("\"余热回收\"", 0),
        ("“余热回收” 装置", 0),
        ("\"的回收\"", 1),
        ("\"wind turbine\"", 2),
        ("\"WIND-TURBINE\" blade", 2),
        ("\"turbine in the wind\"", 3),
        ("\"R290 热泵\"", 4),
    ] {
        assert_eq!(engine.titles(&all, text).await, [all[expected].title.as_str()], "{text}");
    }
    assert!(engine.titles(&all, "\"热泵 R290\"").await.is_empty());
    assert!(engine.titles(&all, "\"冷媒\"").await.is_empty());
}

async fn what_a_minus_stands_before_is_not_there(engine: &Engine) {
    let all = listings(&["热泵烘干", "热泵空调", "Heat pump dryer", "液压阀", "风力发电齿轮箱"]);
    engine.fill(&all).await;
    for (text, expected) in [
        ("热泵 -烘干", vec!["热泵空调", "Heat pump dryer"]),
        ("热泵 -空调 -dryer", vec!["热泵烘干"]),
        ("热泵 －\"热泵空调\"", vec!["热泵烘干", "Heat pump dryer"]),
        ("-热泵", vec!["液压阀", "风力发电齿轮箱"]),
        ("gearbox -热泵", vec!["风力发电齿轮箱"]),
    ] {
        let mut found = engine.titles(&all, text).await;
        found.sort_unstable();
        let mut expected = expected;
        expected.sort_unstable();
        assert_eq!(found, expected, "{text}");
    }
}

async fn what_comes_near_is_named_apart(engine: &Engine) {
    let mut all = listings(&["废水脱氮装置", "废水的处理", "废水处理装置", "液压阀装置", "废水监测"]);
    all[4].language = Some("en".to_owned());
    all[3].organisation = Some("格致大学".to_owned());
    engine.fill(&all).await;
    let ask = async |text: &str, more: Query| {
        let query = Query { text: Some(text.to_owned()), near: 10, ..more };
        let answer = engine.ask(query).await;
        let near = |id| all.iter().find(|document| document.id == id).unwrap().title.as_str();
        let mut near: Vec<&str> = answer.near.iter().map(|hit| near(hit.id)).collect();
        near.sort_unstable();
        (titles_of(&all, &answer), near, answer.estimated_total)
    };
    let (hits, near, total) = ask("废水 脱氮", Query::default()).await;
    assert_eq!((hits, total), (vec!["废水脱氮装置"], 1));
    assert_eq!(near, ["废水处理装置", "废水的处理", "废水监测"], "none of the hits");
    // The nearest first: both parts of a compound, then one of them.
    let asked = Query { text: Some("废水处理".to_owned()), near: 10, ..Query::default() };
    let answer = engine.ask(asked).await;
    assert_eq!(titles_of(&all, &answer), ["废水处理装置"]);
    assert_eq!((answer.near[0].id, answer.near.len()), (all[1].id, 3), "{:?}", answer.near);
    // What is not wanted is not near either, and the owner's name is a word like others.
    let (_, near, _) = ask("废水 脱氮 -监测", Query::default()).await;
    assert_eq!(near, ["废水处理装置", "废水的处理"]);
    let (hits, near, _) = ask("格致大学 脱硫", Query::default()).await;
    assert_eq!((hits, near), (vec!["液压阀装置"], Vec::new()), "not named again");
    // Filters hold, and a page that is full, later or in another order names nothing near.
    let english = Query { languages: vec!["en".to_owned()], ..Query::default() };
    let (hits, near, _) = ask("废水 脱氮", english).await;
    assert_eq!(
        (hits, near),
        (vec!["废水监测"], Vec::new()),
        "what was found with fewer words is not named again"
    );
    for full in [
        Query { limit: 1, ..Query::default() },
        Query { offset: 1, ..Query::default() },
        Query { sort: Sort::Newest, ..Query::default() },
    ] {
        assert_eq!(ask("废水 脱氮", full).await.1, Vec::<&str>::new());
    }
}

async fn a_text_over_the_limit_is_rejected(engine: &Engine) {
    engine.fill(&[listing(1, "一号")]).await;
    let query = Query { text: Some("电".repeat(MAX_TEXT_CHARS + 1)), ..Query::default() };
    assert!(matches!(engine.index.search(&query).await, Err(SearchError::Rejected { .. })));
}
