//! Orders and pages.

use techmart_search::{Document, PriceFacet, Query, Sort, WINDOW};

use crate::{
    catalogue::{id, listing, listings, price},
    engine::{Engine, titles_of},
    laws,
};

laws!(
    an_order_that_is_asked_for_is_kept,
    listings_without_a_price_come_last_either_way,
    equals_come_newest_first_and_then_by_id,
    of_equals_the_fuller_listing_comes_first,
    pages_lie_side_by_side,
    the_window_ends_all_paging,
);

async fn an_order_that_is_asked_for_is_kept(engine: &Engine) {
    let mut all = listings(&["电机电机电机", "新型电机", "阀"]);
    all[2].keywords = vec!["电机".to_owned()];
    engine.fill(&all).await;
    for (sort, expected) in [
        (Sort::Newest, ["阀", "新型电机", "电机电机电机"]),
        (Sort::Oldest, ["电机电机电机", "新型电机", "阀"]),
    ] {
        let query = Query { text: Some("电机".to_owned()), sort, ..Query::default() };
        assert_eq!(titles_of(&all, &engine.ask(query).await), expected, "{sort:?}");
    }
}

async fn listings_without_a_price_come_last_either_way(engine: &Engine) {
    let mut all = listings(&["200", "unknown", "100", "negotiable", "from 300", "dollars"]);
    all[0].price = price(Some(200), Some(900));
    all[2].price = price(Some(100), Some(100));
    all[3].price = Some(PriceFacet { negotiable: true, min: None, max: None, currency: "CNY".to_owned() });
    all[4].price = price(Some(300), None);
    all[5].price =
        Some(PriceFacet { negotiable: false, min: Some(1), max: Some(1), currency: "USD".to_owned() });
    engine.fill(&all).await;
    let sorted = |sort| engine.ask(Query { sort, ..Query::default() });
    let rest = ["dollars", "negotiable", "unknown"];
    assert_eq!(
        titles_of(&all, &sorted(Sort::PriceAsc).await),
        [&["100", "200", "from 300"][..], &rest].concat()
    );
    assert_eq!(
        titles_of(&all, &sorted(Sort::PriceDesc).await),
        [&["from 300", "200", "100"][..], &rest].concat()
    );
}

async fn equals_come_newest_first_and_then_by_id(engine: &Engine) {
    let at = |number, published_at| Document { published_at, ..listing(number, "电机") };
    let all = [at(3, 20), at(1, 20), at(4, 30), at(2, 20)];
    engine.fill(&all).await;
    let expected = [4, 1, 2, 3].map(id);
    for text in [None, Some("电机".to_owned())] {
        let answer = engine.ask(Query { text, ..Query::default() }).await;
        assert_eq!(answer.hits.iter().map(|hit| hit.id).collect::<Vec<_>>(), expected);
    }
}

async fn of_equals_the_fuller_listing_comes_first(engine: &Engine) {
    let mut all = listings(&["电机", "电机", "电机", "电机"]);
    all[0].summary = Some("转速每分钟 12000 转".to_owned());
    all[0].body = vec!["铁损低".to_owned()];
    all[1].body = vec!["铁损低".to_owned()];
    engine.fill(&all).await;
    let ids = |answer: techmart_search::Answer| answer.hits.iter().map(|hit| hit.id).collect::<Vec<_>>();
    let query = Query { text: Some("电机".to_owned()), ..Query::default() };
    assert_eq!(ids(engine.ask(query.clone()).await), [1, 2, 4, 3].map(id));
    // An order that is asked for knows nothing of it.
    let newest = Query { sort: Sort::Newest, ..query };
    assert_eq!(ids(engine.ask(newest).await), [4, 3, 2, 1].map(id));
}

async fn pages_lie_side_by_side(engine: &Engine) {
    let all: Vec<Document> = (1..=57).map(|number| listing(number, "电机")).collect();
    engine.fill(&all).await;
    for sort in [Sort::Relevance, Sort::Newest, Sort::PriceAsc] {
        let mut seen = Vec::new();
        for offset in (0..).step_by(20) {
            let query =
                Query { text: Some("电机".to_owned()), sort, offset, limit: 20, ..Query::default() };
            let answer = engine.ask(query).await;
            assert_eq!(answer.estimated_total, 57);
            seen.extend(answer.hits.iter().map(|hit| hit.id));
            assert_eq!(answer.more, seen.len() < 57);
            if !answer.more {
                break;
            }
        }
        let expected: Vec<_> = (1..=57).rev().map(id).collect();
        assert_eq!(seen, expected, "{sort:?}");
    }
    let answer = engine.ask(Query { limit: 0, ..Query::default() }).await;
    assert_eq!((answer.hits.len(), answer.estimated_total, answer.more), (0, 57, false));
    let answer = engine.ask(Query { offset: 57, ..Query::default() }).await;
    assert_eq!((answer.hits.len(), answer.more), (0, false));
}

async fn the_window_ends_all_paging(engine: &Engine) {
    let all: Vec<Document> = (1..=1_050).map(|number| listing(number, "电机")).collect();
    engine.fill(&all).await;
    let page = |offset, limit| {
        engine.ask(Query { text: Some("电机".to_owned()), offset, limit, ..Query::default() })
    };
    let answer = page(WINDOW - 10, 100).await;
    assert_eq!((answer.hits.len(), answer.estimated_total, answer.more), (10, WINDOW, false));
    let answer = page(WINDOW - 100, 50).await;
    assert_eq!((answer.hits.len(), answer.more), (50, true));
    for offset in [WINDOW, usize::MAX] {
        let answer = page(offset, 100).await;
        assert_eq!((answer.hits.len(), answer.more), (0, false));
    }
    let answer = page(0, usize::MAX).await;
    assert_eq!(answer.hits.len(), WINDOW);
}
