//! Fragments that show why a listing was found.

use techmart_search::{Highlight, Query};

use crate::{catalogue::listings, engine::Engine, laws};

laws!(fragments_mark_what_was_found_and_escape_the_rest, no_fragments_come_unasked);

async fn fragments_mark_what_was_found_and_escape_the_rest(engine: &Engine) {
    let mut all = listings(&["<b>電機</b>控制器 & \"泵\""]);
    all[0].title_en = Some("Motor Controllers".to_owned());
    all[0].keywords = vec!["电机".to_owned(), "液压".to_owned()];
    all[0].body = vec!["无关".to_owned(), format!("{}控制器", "长".repeat(400))];
    engine.fill(&all).await;
    let answer =
        engine.ask(Query { text: Some("电机控制器".to_owned()), highlight: true, ..Query::default() }).await;
    let found: Vec<_> =
        answer.hits[0].highlights.iter().map(|h| (h.field.as_str(), h.fragment.as_str())).collect();
    let title = "&lt;b&gt;<em>電機</em>&lt;/b&gt;<em>控制器</em> &amp; &quot;泵&quot;";
    assert_eq!(found[..2], [("title", title), ("keywords", "<em>电机</em>")]);
    assert_eq!((found.len(), found[2].0), (3, "body"));
    assert!(found[2].1.starts_with("…长") && found[2].1.ends_with("长<em>控制器</em>"), "{}", found[2].1);

    let answer =
        engine.ask(Query { text: Some("controller".to_owned()), highlight: true, ..Query::default() }).await;
    let expected =
        Highlight { field: "title_en".to_owned(), fragment: "Motor <em>Controllers</em>".to_owned() };
    assert_eq!(answer.hits[0].highlights, [expected]);
}

async fn no_fragments_come_unasked(engine: &Engine) {
    engine.fill(&listings(&["电机"])).await;
    let answer = engine.ask(Query { text: Some("电机".to_owned()), ..Query::default() }).await;
    assert!(answer.hits[0].highlights.is_empty());
    let answer = engine.ask(Query { highlight: true, ..Query::default() }).await;
    assert!(answer.hits[0].highlights.is_empty(), "nothing was searched for");
}
