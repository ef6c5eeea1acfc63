//! Fragments that show why a listing was found.

use techmart_search::{Highlight, Query};

use crate::{catalogue::listings, engine::Engine, laws};

laws!(
    fragments_mark_what_was_found_and_escape_the_rest,
    fragments_mark_other_words_of_the_same_meaning,
    no_fragments_come_unasked,
);

async fn fragments_mark_what_was_found_and_escape_the_rest(engine: &Engine) {
    let mut all = listings(&["<b>電機</b>控制器 & \"泵\""]);
    all[0].title_en = Some("Motor Controllers".to_owned());
    all[0].keywords = vec!["电机".to_owned(), "液压".to_owned()];
    all[0].body = vec!["无关".to_owned(), format!("{}控制器", "长".repeat(400))];
    engine.fill(&all).await;
    let answer =
        engine.ask(Query { text: Some("电机 控制器".to_owned()), highlight: true, ..Query::default() }).await;
    let found: Vec<_> =
        answer.hits[0].highlights.iter().map(|h| (h.field.as_str(), h.fragment.as_str())).collect();
    let title = "&lt;b&gt;<em>電機</em>&lt;/b&gt;<em>控制器</em> &amp; &quot;泵&quot;";
    let expected =
        [("title", title), ("title_en", "<em>Motor</em> Controllers"), ("keywords", "<em>电机</em>")];
    assert_eq!(found[..3], expected);
    assert_eq!((found.len(), found[3].0), (4, "body"));
    assert!(found[3].1.starts_with("…长") && found[3].1.ends_with("长<em>控制器</em>"), "{}", found[3].1);

    let answer =
        engine.ask(Query { text: Some("controller".to_owned()), highlight: true, ..Query::default() }).await;
    let expected =
        Highlight { field: "title_en".to_owned(), fragment: "Motor <em>Controllers</em>".to_owned() };
    assert_eq!(answer.hits[0].highlights, [expected]);
}

async fn fragments_mark_other_words_of_the_same_meaning(engine: &Engine) {
    let mut all = listings(&["家用空调", "Dryer"]);
    all[0].body = vec![format!("{}Filled with refrigerants & oil", "长".repeat(400))];
    all[1].summary = Some("用製冷劑的干燥机".to_owned());
    engine.fill(&all).await;
    let answer =
        engine.ask(Query { text: Some("冷媒".to_owned()), highlight: true, ..Query::default() }).await;
    let mut found: Vec<_> = answer
        .hits
        .iter()
        .flat_map(|hit| &hit.highlights)
        .map(|h| (h.field.as_str(), h.fragment.as_str()))
        .collect();
    found.sort_unstable();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].0 == "body" && found[0].1.ends_with("<em>refrigerants</em> &amp; oil"), "{found:?}");
    assert_eq!(found[1], ("summary", "用<em>製冷劑</em>的干燥机"));
}

async fn no_fragments_come_unasked(engine: &Engine) {
    engine.fill(&listings(&["电机"])).await;
    let answer = engine.ask(Query { text: Some("电机".to_owned()), ..Query::default() }).await;
    assert!(answer.hits[0].highlights.is_empty());
    let answer = engine.ask(Query { highlight: true, ..Query::default() }).await;
    assert!(answer.hits[0].highlights.is_empty(), "nothing was searched for");
}
