//! Typing mistakes in words of letters.

use techmart_search::{Audience, Kind, Query};

use crate::{
    catalogue::{listing, listings},
    engine::{Engine, titles_of},
    laws,
};

laws!(
    a_mistyped_word_is_taken_for_the_nearest_that_a_listing_has,
    a_mistyped_word_of_the_glossary_finds_all_words_of_its_meaning,
    of_the_nearest_words_the_most_frequent_is_taken,
    what_finds_something_is_never_corrected,
    what_is_quoted_excluded_or_a_part_number_is_never_corrected,
    nothing_is_corrected_by_what_the_asker_may_not_see,
    searching_itself_forgives_nothing,
);

async fn ask(engine: &Engine, text: &str) -> techmart_search::Answer {
    engine.ask(Query { text: Some(text.to_owned()), highlight: true, ..Query::default() }).await
}

async fn a_mistyped_word_is_taken_for_the_nearest_that_a_listing_has(engine: &Engine) {
    let all = listings(&["Pericyclic widgets", "Spherical Imaginarium 装置", "液压阀"]);
    engine.fill(&all).await;
    for (text, corrected, expected) in [
        ("pericylic", "pericyclic", 0),
        ("perciyclic wigdets", "pericyclic widgets", 0),
        ("Imaginariun", "imaginarium", 1),
        ("imagenariun　裝置", "imaginarium　裝置", 1),
    ] {
        let answer = ask(engine, text).await;
        assert_eq!(answer.corrected.as_deref(), Some(corrected), "{text}");
        assert_eq!(titles_of(&all, &answer), [all[expected].title.as_str()], "{text}");
        assert!(answer.all_words && answer.hits[0].highlights[0].fragment.contains("<em>"), "{text}");
    }
    for text in ["magimarium", "emaginarium", "imxginxxium", "wig", "perixyxlxc"] {
        let answer = ask(engine, text).await;
        assert_eq!((answer.corrected, answer.hits.len()), (None, 0), "{text}");
    }
}

async fn a_mistyped_word_of_the_glossary_finds_all_words_of_its_meaning(engine: &Engine) {
    let all = listings(&["冷媒充注方法", "余热回收热泵"]);
    engine.fill(&all).await;
    let answer = ask(engine, "refridgerant").await;
    assert_eq!(answer.corrected.as_deref(), Some("refrigerant"));
    assert_eq!(titles_of(&all, &answer), ["冷媒充注方法"]);
    assert_eq!(answer.hits[0].highlights[0].fragment, "<em>冷媒</em>充注方法");
    // Filters do not make a word unknown, and a correction is asked under them.
    let query =
        Query { text: Some("refridgerant".to_owned()), kinds: vec![Kind::Demand], ..Query::default() };
    let answer = engine.ask(query).await;
    assert_eq!((answer.corrected.as_deref(), answer.hits.len()), (Some("refrigerant"), 0));
}

async fn of_the_nearest_words_the_most_frequent_is_taken(engine: &Engine) {
    let all = listings(&["zarbal one", "zarbol two", "zarbol three", "zarb"]);
    engine.fill(&all).await;
    assert_eq!(ask(engine, "zarbel").await.corrected.as_deref(), Some("zarbol"));
    engine.index.remove(&[all[1].id]).await.unwrap();
    assert_eq!(ask(engine, "zarbel").await.corrected.as_deref(), Some("zarbal"), "by the alphabet");
    engine.index.remove(&[all[0].id, all[2].id]).await.unwrap();
    assert_eq!(ask(engine, "zarbel").await.corrected, None, "what was removed is no word any more");
}

async fn what_finds_something_is_never_corrected(engine: &Engine) {
    let all = listings(&["zarbol two", "zarbol three", "zarbel"]);
    engine.fill(&all).await;
    let answer = ask(engine, "zarbel").await;
    assert_eq!((titles_of(&all, &answer), answer.corrected), (vec!["zarbel"], None));
    // Each word is judged alone: together they find nothing, and yet each is there.
    assert_eq!(ask(engine, "zarbel two").await.corrected, None);
    let water =
        Query { text: Some("zarbel".to_owned()), fields: vec!["water".to_owned()], ..Query::default() };
    assert_eq!(engine.ask(water).await.corrected, None, "it is there, only not in this field");
    // A word of the glossary is none that was mistyped, though nothing has it.
    engine.index.put(&[listing(9, "pumpe")]).await.unwrap();
    assert_eq!(ask(engine, "pump").await.corrected, None);
}

async fn what_is_quoted_excluded_or_a_part_number_is_never_corrected(engine: &Engine) {
    let all = listings(&["zarbol two", "xqz42 three"]);
    engine.fill(&all).await;
    for text in ["\"zarbel\"", "xqy42", "zarbel42", "three \"zarbel\""] {
        assert_eq!(ask(engine, text).await.corrected, None, "{text}");
    }
    let answer = ask(engine, "zarbel -zarbul").await;
    assert_eq!(answer.corrected.as_deref(), Some("zarbol -zarbul"));
    assert_eq!(titles_of(&all, &answer), ["zarbol two"]);
}

async fn nothing_is_corrected_by_what_the_asker_may_not_see(engine: &Engine) {
    let mut all = listings(&["zarbol two", "other"]);
    all[0].audience = Audience::SignedIn;
    engine.fill(&all).await;
    assert_eq!(ask(engine, "zarbel").await.corrected, None);
    let both = vec![Audience::Public, Audience::SignedIn];
    let answer =
        engine.ask(Query { text: Some("zarbel".to_owned()), audiences: both, ..Query::default() }).await;
    assert_eq!(answer.corrected.as_deref(), Some("zarbol"));
}

async fn searching_itself_forgives_nothing(engine: &Engine) {
    let all = listings(&["imaginarium wigdet", "imaginarian widget"]);
    engine.fill(&all).await;
    for (text, expected) in [
        ("imaginarium", "imaginarium wigdet"),
        ("imaginarian", "imaginarian widget"),
        ("widget", "imaginarian widget"),
        ("widget imaginarian", "imaginarian widget"),
    ] {
        assert_eq!(engine.titles(&all, text).await, [expected], "{text}");
    }
    assert_eq!(ask(engine, "widget imaginarium").await.corrected, None);
}
