//! Suggestions as one types.

use techmart_search::{
    Audience, Document, Kind, MAX_TEXT_CHARS, SearchError, SuggestQuery, Suggested, Suggestion,
};

use crate::{
    catalogue::{id, listing, listings},
    engine::Engine,
    laws,
};

laws!(
    titles_keywords_organisations_and_terms_complete_what_was_typed,
    the_last_word_is_completed_after_the_others,
    what_begins_so_comes_before_what_has_it_inside,
    form_makes_no_difference,
    only_what_may_be_seen_is_suggested,
    what_nothing_has_is_not_suggested,
    no_text_suggests_nothing_and_no_sign_is_syntax,
);

fn asked(text: &str) -> SuggestQuery {
    SuggestQuery { text: text.to_owned(), kinds: Vec::new(), audiences: vec![Audience::Public], limit: 10 }
}

async fn suggest(engine: &Engine, query: &SuggestQuery) -> Vec<Suggestion> {
    engine.index.suggest(query).await.unwrap()
}

/// The suggestions of one sort, in their order.
async fn of(engine: &Engine, what: Suggested, text: &str) -> Vec<String> {
    let all = suggest(engine, &asked(text)).await;
    all.into_iter().filter(|one| one.what == what).map(|one| one.text).collect()
}

async fn titles_keywords_organisations_and_terms_complete_what_was_typed(engine: &Engine) {
    let mut all = listings(&["车用氢气循环泵", "冷却液", "Pericyclic Gearbox"]);
    all[0].keywords = vec!["循环风机".to_owned(), "氢能".to_owned()];
    all[1].keywords = vec!["循环风机".to_owned(), "循环冷却水".to_owned()];
    all[1].organisation = Some("漯河循环经济研究院".to_owned());
    all[2].title_en = Some("Gearbox without teeth".to_owned());
    engine.fill(&all).await;
    assert_eq!(of(engine, Suggested::Title, "循环").await, ["车用氢气循环泵"]);
    assert_eq!(
        of(engine, Suggested::Keyword, "循环").await,
        ["循环风机", "循环冷却水"],
        "the most frequent first"
    );
    assert_eq!(of(engine, Suggested::Organisation, "循环").await, ["漯河循环经济研究院"]);
    assert_eq!(of(engine, Suggested::Title, "gear").await, ["Gearbox without teeth"]);
    assert_eq!(of(engine, Suggested::Term, "gearb").await, ["gearbox"]);
    let found = suggest(engine, &asked("氢气循")).await;
    let title = found.iter().find(|one| one.what == Suggested::Title).unwrap();
    assert_eq!(title.listing, Some((id(1), Kind::Achievement)));
    let demands = SuggestQuery { kinds: vec![Kind::Demand], ..asked("循环") };
    assert_eq!(suggest(engine, &demands).await, []);
    let two = suggest(engine, &SuggestQuery { limit: 2, ..asked("循环") }).await;
    assert_eq!(two.len(), 2);
}

async fn the_last_word_is_completed_after_the_others(engine: &Engine) {
    let mut all = listings(&["车用装置", "船用装置", "Compact heat pump dryer"]);
    all[0].keywords = vec!["氢气循环泵".to_owned()];
    all[1].keywords = vec!["循环风机".to_owned()];
    engine.fill(&all).await;
    assert_eq!(of(engine, Suggested::Keyword, "车用 循环").await, ["车用 氢气循环泵"], "found together");
    assert_eq!(of(engine, Suggested::Title, "compact he").await, ["Compact heat pump dryer"]);
    assert_eq!(of(engine, Suggested::Title, "dryer he").await, ["Compact heat pump dryer"], "in any order");
    assert!(of(engine, Suggested::Term, "compact hea").await.contains(&"compact heat pump".to_owned()));
    assert!(of(engine, Suggested::Term, "heat pu").await.contains(&"heat pump".to_owned()));
}

async fn what_begins_so_comes_before_what_has_it_inside(engine: &Engine) {
    engine.fill(&listings(&["展台甲乙", "新型展台", "展台"])).await;
    assert_eq!(of(engine, Suggested::Title, "展台").await, ["展台", "展台甲乙", "新型展台"]);
}

async fn form_makes_no_difference(engine: &Engine) {
    let all = listings(&["氫氣循環泵", "ＱＺ－１００ Widgets"]);
    engine.fill(&all).await;
    for text in ["氢气循", "氫氣", "循环泵", "循環", "環"] {
        assert_eq!(of(engine, Suggested::Title, text).await, ["氫氣循環泵"], "{text}");
    }
    for text in ["qz-100", "QZ 1", "widg", "Ｗｉｄｇ"] {
        assert_eq!(of(engine, Suggested::Title, text).await, ["ＱＺ－１００ Widgets"], "{text}");
    }
    assert_eq!(suggest(engine, &asked("idgets")).await, [], "no word begins so");
}

async fn only_what_may_be_seen_is_suggested(engine: &Engine) {
    let hidden = Document {
        audience: Audience::SignedIn,
        keywords: vec!["展台钥匙".to_owned()],
        organisation: Some("展台公司".to_owned()),
        summary: Some("refrigerant".to_owned()),
        ..listing(1, "展台密件")
    };
    engine.fill(&[hidden, listing(2, "展台公开")]).await;
    let texts = |found: Vec<Suggestion>| found.into_iter().map(|one| one.text).collect::<Vec<_>>();
    assert_eq!(texts(suggest(engine, &asked("展台")).await), ["展台公开"]);
    assert_eq!(suggest(engine, &asked("refrig")).await, []);
    let both =
        |text: &str| SuggestQuery { audiences: vec![Audience::Public, Audience::SignedIn], ..asked(text) };
    assert_eq!(suggest(engine, &both("展台")).await.len(), 4);
    assert_eq!(texts(suggest(engine, &both("refrig")).await), ["refrigerant"]);
    let nobody = SuggestQuery { audiences: Vec::new(), ..asked("展台") };
    assert_eq!(suggest(engine, &nobody).await, []);
}

async fn what_nothing_has_is_not_suggested(engine: &Engine) {
    engine.fill(&listings(&["冷媒充注", "展台"])).await;
    assert!(
        of(engine, Suggested::Term, "refrig").await.contains(&"refrigerant".to_owned()),
        "in another word"
    );
    assert_eq!(suggest(engine, &asked("gearb")).await, []);
    engine.index.remove(&[id(1)]).await.unwrap();
    assert_eq!(suggest(engine, &asked("refrig")).await, []);
    assert_eq!(suggest(engine, &asked("冷媒")).await, []);
}

async fn no_text_suggests_nothing_and_no_sign_is_syntax(engine: &Engine) {
    engine.fill(&listings(&["展台", "a b"])).await;
    for text in ["", "  ", "a", "?!", "\"", "-", "\u{0}", "🚀"] {
        assert_eq!(suggest(engine, &asked(text)).await, [], "{text}");
    }
    for text in ["\"展台", "展台*", "(展台", "-展台", "terms_title:展台", "展台 AND", ".*", "ab.*", "\\展台"]
    {
        engine.index.suggest(&asked(text)).await.unwrap();
    }
    let long = asked(&"展".repeat(MAX_TEXT_CHARS + 1));
    assert!(matches!(engine.index.suggest(&long).await, Err(SearchError::Rejected { .. })));
}
