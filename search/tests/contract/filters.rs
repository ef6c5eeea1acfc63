//! What filters keep.

use techmart_search::{Audience, DemoFilter, Document, Kind, PriceFacet, PriceRange, Query};

use crate::{
    catalogue::{listing, listings, price},
    engine::{Engine, titles_of},
    laws,
};

laws!(
    a_filter_keeps_the_listings_with_one_of_its_values,
    different_filters_must_all_hold,
    a_branch_is_found_by_the_beginning_of_its_code,
    a_readiness_range_includes_its_ends,
    price_ranges_overlap_within_one_currency,
    values_are_data_whatever_is_in_them,
    nothing_is_found_for_an_audience_that_was_not_named,
    demonstration_listings_are_kept_or_left_as_asked,
);

async fn sorted(engine: &Engine, all: &[Document], query: Query) -> Vec<String> {
    let answer = engine.ask(query).await;
    let mut titles: Vec<_> = titles_of(all, &answer).into_iter().map(str::to_owned).collect();
    titles.sort_unstable();
    titles
}

async fn a_filter_keeps_the_listings_with_one_of_its_values(engine: &Engine) {
    let mut all = listings(&["a", "b", "c"]);
    all[0].kind = Kind::Demand;
    all[0].field = Some("energy".to_owned());
    all[0].zone_industry = Some("food".to_owned());
    all[0].cooperation_modes = vec!["license".to_owned(), "transfer".to_owned()];
    all[0].ip_types = vec!["invention".to_owned()];
    all[0].town = Some("城关".to_owned());
    all[0].organisation_kind = Some("university".to_owned());
    all[0].language = Some("zh".to_owned());
    all[1].kind = Kind::Provider;
    all[1].field = Some("materials".to_owned());
    all[1].cooperation_modes = vec!["equity".to_owned()];
    engine.fill(&all).await;
    let codes = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    let any = Query::default;
    for (query, expected) in [
        (Query { kinds: vec![Kind::Demand], ..any() }, &["a"][..]),
        (Query { kinds: vec![Kind::Demand, Kind::Provider], ..any() }, &["a", "b"]),
        (Query { fields: codes(&["energy", "materials"]), ..any() }, &["a", "b"]),
        (Query { fields: codes(&["ener"]), ..any() }, &[]),
        (Query { zone_industries: codes(&["food"]), ..any() }, &["a"]),
        (Query { cooperation_modes: codes(&["transfer", "equity"]), ..any() }, &["a", "b"]),
        (Query { cooperation_modes: codes(&["license"]), ..any() }, &["a"]),
        (Query { ip_types: codes(&["invention"]), ..any() }, &["a"]),
        (Query { towns: codes(&["城关"]), ..any() }, &["a"]),
        (Query { towns: codes(&["城"]), ..any() }, &[]),
        (Query { organisation_kinds: codes(&["university"]), ..any() }, &["a"]),
        (Query { languages: codes(&["zh"]), ..any() }, &["a"]),
        (any(), &["a", "b", "c"]),
    ] {
        let shown = format!("{query:?}");
        assert_eq!(sorted(engine, &all, query).await, expected, "{shown}");
    }
}

async fn different_filters_must_all_hold(engine: &Engine) {
    let mut all = listings(&["电机一", "电机二", "水泵"]);
    for (document, (field, town)) in
        all.iter_mut().zip([("energy", "east"), ("energy", "west"), ("energy", "east")])
    {
        document.field = Some(field.to_owned());
        document.town = Some(town.to_owned());
    }
    engine.fill(&all).await;
    let query = Query {
        text: Some("电机".to_owned()),
        fields: vec!["energy".to_owned()],
        towns: vec!["east".to_owned()],
        ..Query::default()
    };
    assert_eq!(sorted(engine, &all, query).await, ["电机一"]);
}

async fn a_branch_is_found_by_the_beginning_of_its_code(engine: &Engine) {
    let mut all = listings(&["vehicles", "parts", "crops"]);
    all[0].industry_codes = vec!["C3610".to_owned()];
    all[1].industry_codes = vec!["C3670".to_owned(), "C3484".to_owned()];
    all[2].industry_codes = vec!["A0111".to_owned()];
    engine.fill(&all).await;
    for (codes, expected) in [
        (&["C36"][..], &["parts", "vehicles"][..]),
        (&["c3670"], &["parts"]),
        (&["C3670", "A"], &["crops", "parts"]),
        (&["C36701"], &[]),
        (&["3670"], &[]),
    ] {
        let query =
            Query { industry_codes: codes.iter().map(ToString::to_string).collect(), ..Query::default() };
        assert_eq!(sorted(engine, &all, query).await, expected, "{codes:?}");
    }
}

async fn a_readiness_range_includes_its_ends(engine: &Engine) {
    let mut all = listings(&["3", "6", "9", "unknown"]);
    for (document, trl) in all.iter_mut().zip([3, 6, 9]) {
        document.trl = Some(trl);
    }
    engine.fill(&all).await;
    for (trl_min, trl_max, expected) in [
        (Some(6), None, &["6", "9"][..]),
        (None, Some(6), &["3", "6"]),
        (Some(4), Some(6), &["6"]),
        (Some(1), Some(9), &["3", "6", "9"]),
        (Some(7), Some(6), &[]),
        (None, Some(0), &[]),
        (None, Some(u8::MAX), &["3", "6", "9"]),
        (None, None, &["3", "6", "9", "unknown"]),
    ] {
        let query = Query { trl_min, trl_max, ..Query::default() };
        assert_eq!(sorted(engine, &all, query).await, expected, "{trl_min:?} to {trl_max:?}");
    }
}

async fn price_ranges_overlap_within_one_currency(engine: &Engine) {
    let mut all =
        listings(&["fixed 50", "100 to 200", "from 150", "to 80", "negotiable", "unknown", "dollars"]);
    all[0].price = price(Some(50), Some(50));
    all[1].price = price(Some(100), Some(200));
    all[2].price = price(Some(150), None);
    all[3].price = price(None, Some(80));
    all[4].price = Some(PriceFacet { negotiable: true, min: None, max: None, currency: "CNY".to_owned() });
    all[6].price = Some(PriceFacet {
        negotiable: false,
        min: Some(5_000),
        max: Some(5_000),
        currency: "USD".to_owned(),
    });
    engine.fill(&all).await;
    let range = |min: Option<i64>, max: Option<i64>, currency: &str| Query {
        price: Some(PriceRange {
            min: min.map(|y| y * 100),
            max: max.map(|y| y * 100),
            currency: currency.to_owned(),
        }),
        ..Query::default()
    };
    for (query, expected) in [
        (range(Some(50), Some(50), "CNY"), &["fixed 50", "to 80"][..]),
        (range(Some(81), Some(120), "CNY"), &["100 to 200"]),
        (range(Some(200), None, "cny"), &["100 to 200", "from 150"]),
        (range(None, Some(60), "CNY"), &["fixed 50", "to 80"]),
        (range(Some(90), Some(90), "CNY"), &[]),
        (range(Some(1_000_000_000), None, "CNY"), &["from 150"]),
        (range(None, None, "CNY"), &["100 to 200", "fixed 50", "from 150", "to 80"]),
        (range(Some(50), Some(50), "USD"), &["dollars"]),
        (range(Some(i64::MIN / 100), Some(i64::MAX / 100), "USD"), &["dollars"]),
        (Query { negotiable: Some(true), ..Query::default() }, &["negotiable"]),
    ] {
        let shown = format!("{:?}", query.price);
        assert_eq!(sorted(engine, &all, query).await, expected, "{shown}");
    }
    let fixed = Query { negotiable: Some(false), ..Query::default() };
    assert_eq!(sorted(engine, &all, fixed).await.len(), 6);
}

async fn values_are_data_whatever_is_in_them(engine: &Engine) {
    let odd = [
        "a\"b",
        "ends in \\",
        "\\\"",
        "O'Neil",
        "x] OR demo IN [\"true\"",
        "A",
        "a",
        "漯河 市",
        "漯河市",
        "%41",
        "ü",
    ];
    let all: Vec<Document> = (1..)
        .zip(odd)
        .map(|(number, town)| Document {
            town: Some(town.to_owned()),
            ..listing(number, &format!("{number:02}"))
        })
        .collect();
    engine.fill(&all).await;
    for (document, town) in all.iter().zip(odd) {
        let query = Query { towns: vec![town.to_owned()], ..Query::default() };
        assert_eq!(sorted(engine, &all, query).await, [document.title.as_str()], "{town:?}");
    }
    engine.index.put(&[Document { town: Some(String::new()), ..listing(99, "empty") }]).await.unwrap();
    let empty = Query { towns: vec![String::new()], ..Query::default() };
    assert!(engine.ask(empty).await.hits.is_empty(), "an empty code is no code");
    let answer = engine.ask(Query { facets: true, ..Query::default() }).await;
    let mut counted: Vec<_> = answer.facets["town"].iter().map(|count| count.value.as_str()).collect();
    let mut expected = odd.to_vec();
    counted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(counted, expected);
}

async fn nothing_is_found_for_an_audience_that_was_not_named(engine: &Engine) {
    let mut all = listings(&["public", "signed in"]);
    all[1].audience = Audience::SignedIn;
    engine.fill(&all).await;
    let seen =
        |audiences: &[Audience]| Query { audiences: audiences.to_vec(), facets: true, ..Query::default() };
    assert_eq!(sorted(engine, &all, Query::default()).await, ["public"]);
    assert_eq!(sorted(engine, &all, seen(&[Audience::SignedIn])).await, ["signed in"]);
    assert_eq!(
        sorted(engine, &all, seen(&[Audience::Public, Audience::SignedIn])).await,
        ["public", "signed in"]
    );
    let nobody = engine.ask(seen(&[])).await;
    assert!(nobody.hits.is_empty() && nobody.facets.values().all(Vec::is_empty), "{nobody:?}");
    let counted = engine.ask(seen(&[Audience::Public])).await;
    assert_eq!(counted.facets["kind"][0].count, 1, "facets count what may be seen");
}

async fn demonstration_listings_are_kept_or_left_as_asked(engine: &Engine) {
    let mut all = listings(&["demo", "real"]);
    all[0].demo = true;
    engine.fill(&all).await;
    let demo = |demo| Query { demo, ..Query::default() };
    assert_eq!(sorted(engine, &all, demo(DemoFilter::Include)).await, ["demo", "real"]);
    assert_eq!(sorted(engine, &all, demo(DemoFilter::Exclude)).await, ["real"]);
    assert_eq!(sorted(engine, &all, demo(DemoFilter::Only)).await, ["demo"]);
}
