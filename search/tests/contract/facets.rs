//! Facets and their counts.

use techmart_search::{Answer, Facet, Kind, Query};

use crate::{catalogue::listings, engine::Engine, laws};

laws!(facets_count_the_listings_that_match, a_facet_is_counted_without_its_own_filter);

fn counts(answer: &Answer, facet: Facet) -> Vec<(&str, u64)> {
    answer.facets[facet.as_str()].iter().map(|count| (count.value.as_str(), count.count)).collect()
}

async fn facets_count_the_listings_that_match(engine: &Engine) {
    let mut all = listings(&["电机一", "电机二", "电机三", "水泵"]);
    for document in &mut all[..2] {
        document.field = Some("energy".to_owned());
        document.cooperation_modes = vec!["license".to_owned(), "transfer".to_owned(), "license".to_owned()];
    }
    all[2].field = Some("materials".to_owned());
    all[2].kind = Kind::Demand;
    all[2].trl = Some(9);
    all[2].cooperation_modes = vec!["transfer".to_owned()];
    all[3].field = Some("water".to_owned());
    engine.fill(&all).await;
    let query = Query { text: Some("电机".to_owned()), facets: true, limit: 1, ..Query::default() };
    let answer = engine.ask(query.clone()).await;
    assert_eq!((answer.hits.len(), answer.estimated_total), (1, 3));
    assert_eq!(counts(&answer, Facet::Field), [("energy", 2), ("materials", 1)]);
    assert_eq!(counts(&answer, Facet::Kind), [("achievement", 2), ("demand", 1)]);
    assert_eq!(counts(&answer, Facet::Trl), [("9", 1)]);
    assert_eq!(
        counts(&answer, Facet::CooperationModes),
        [("transfer", 3), ("license", 2)],
        "each listing once"
    );
    assert_eq!(counts(&answer, Facet::Town), []);
    assert_eq!(answer.facets.len(), Facet::ALL.len());
    let answer = engine.ask(Query { facets: false, ..query }).await;
    assert!(answer.facets.is_empty());
}

async fn a_facet_is_counted_without_its_own_filter(engine: &Engine) {
    let mut all = listings(&["一", "二", "三", "四"]);
    for (document, (field, town)) in
        all.iter_mut().zip([("energy", "east"), ("energy", "west"), ("water", "east"), ("water", "north")])
    {
        document.field = Some(field.to_owned());
        document.town = Some(town.to_owned());
    }
    engine.fill(&all).await;
    let query = Query { fields: vec!["energy".to_owned()], facets: true, ..Query::default() };
    let answer = engine.ask(query.clone()).await;
    assert_eq!(answer.estimated_total, 2);
    assert_eq!(
        counts(&answer, Facet::Field),
        [("energy", 2), ("water", 2)],
        "the other choices stay visible"
    );
    assert_eq!(counts(&answer, Facet::Town), [("east", 1), ("west", 1)], "under the chosen field");
    let answer = engine.ask(Query { towns: vec!["east".to_owned()], ..query }).await;
    assert_eq!(answer.estimated_total, 1);
    assert_eq!(counts(&answer, Facet::Field), [("energy", 1), ("water", 1)]);
    assert_eq!(counts(&answer, Facet::Town), [("east", 1), ("west", 1)]);
}
