//! Harvesting and pages of the web: libraries, search engines and feed readers of other people read the public catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    builders::{achievement, demand, provider},
    client::id_of,
    world::ask,
};

use super::changes::stock;

/// What a client of other people reads; none where the suite was given no Python to run it.
async fn client(arguments: &[&str]) -> Option<Value> {
    let Ok(python) = std::env::var("TECHMART_TEST_PYTHON") else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "TECHMART_TEST_PYTHON is not set");
        println!("left out: TECHMART_TEST_PYTHON names no Python with tests/clients/requirements.txt");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/harvest.py");
    let mut command = std::process::Command::new(python);
    command.arg(script).args(arguments);
    let done = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let (out, error) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{arguments:?}: {out}{error}");
    Some(serde_json::from_str(&out).unwrap())
}

fn by_identifier(records: &Value) -> BTreeMap<String, Value> {
    let records = records.as_array().unwrap();
    let found: BTreeMap<String, Value> = records
        .iter()
        .map(|record| {
            let id = record["identifier"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap();
            (id.to_owned(), record.clone())
        })
        .collect();
    assert_eq!(found.len(), records.len(), "a record came twice");
    found
}

async fn made(author: &Client, broker: &Client, plural: &str, body: Value) -> String {
    let id = id_of(&author.post(&format!("/{plural}"), body).await.created());
    publish(author, broker, plural, &id).await;
    id
}

async fn oai(world: &World, query: &str) -> String {
    let reply = ask(&format!("{}/oai?{query}", world.base)).await.unwrap();
    assert_eq!(reply.status(), 200, "{query}");
    assert_eq!(reply.headers()["content-type"], "text/xml; charset=utf-8");
    reply.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_does_not_fit_the_protocol_is_told_in_its_own_words() {
    let world = World::start().await;
    stock(&world, 1).await;
    let list = "verb=ListRecords&metadataPrefix=oai_dc";
    for (query, code) in [
        ("", "badVerb"),
        ("verb=Harvest", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&from=2026-01-01", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        (format!("{list}&metadataPrefix=oai_dc").as_str(), "badArgument"),
        (format!("{list}&from=yesterday").as_str(), "badArgument"),
        (format!("{list}&from=2026-13-01").as_str(), "badArgument"),
        (format!("{list}&from=2026-01-01T00:00:00%2B08:00").as_str(), "badArgument"),
        (format!("{list}&from=2026-01-01&until=2026-01-02T00:00:00Z").as_str(), "badArgument"),
        (format!("{list}&from=2026-01-02&until=2026-01-01").as_str(), "badArgument"),
        (format!("{list}&resumptionToken=x").as_str(), "badArgument"),
        ("verb=ListRecords&resumptionToken=x", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        (format!("{list}&until=2020-01-01").as_str(), "noRecordsMatch"),
        (format!("{list}&set=field.alchemy").as_str(), "noRecordsMatch"),
        (format!("{list}&set=demand").as_str(), "noRecordsMatch"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:1", "idDoesNotExist"),
        (
            "verb=ListMetadataFormats&identifier=urn:uuid:019346c2-0000-7000-8000-000000000000",
            "idDoesNotExist",
        ),
    ] {
        let said = oai(&world, query).await;
        assert!(said.contains(&format!("<error code=\"{code}\">")), "{query}: {said}");
        let repeated = said.contains("<request verb=");
        assert_eq!(repeated, !matches!(code, "badVerb" | "badArgument"), "{query}: {said}");
    }
    assert!(oai(&world, list).await.contains("<oai_dc:dc"));
    // A form says the same as an address.
    let form = world.visitor().http.post(format!("{}/oai", world.base)).body(list);
    let form = form.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert!(form.text().await.unwrap().contains("<oai_dc:dc"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_harvester_takes_everything_then_only_what_changed_then_sees_what_is_gone() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let firm = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let url = format!("{}/oai", world.base);
    // More than two answers hold.
    stock(&world, 230).await;
    let offer = made(&university, &broker, "achievements", achievement("<循环泵> & \"管\"")).await;
    let mut nameless = demand("低温启动");
    nameless["content"]["publicity"] = json!("anonymous");
    let nameless = made(&firm, &broker, "demands", nameless).await;

    let Some(about) = client(&["identify", &url]).await else { return };
    assert_eq!((&about["version"], &about["deleted"]), (&json!("2.0"), &json!("persistent")));
    assert_eq!(about["formats"], json!(["oai_dc", "techmart"]));
    assert_eq!(about["sets"].as_array().unwrap().len(), 11);

    let all = by_identifier(&client(&["records", &url, "oai_dc"]).await.unwrap());
    assert_eq!(all.len(), 232);
    let dc = &all[&offer]["metadata"];
    assert_eq!(dc["title"], json!(["<循环泵> & \"管\""]));
    assert_eq!(dc["creator"], json!(["高校单位"]));
    assert!(dc["subject"].as_array().unwrap().contains(&json!("先进制造与自动化")), "{dc}");
    assert_eq!(all[&offer]["sets"], json!(["achievement", "field.advanced_manufacturing"]));
    assert!(all[&nameless]["metadata"]["creator"].is_null());
    let own = by_identifier(&client(&["records", &url, "techmart"]).await.unwrap());
    let whole: Value = serde_json::from_str(own[&offer]["metadata"]["json"][0].as_str().unwrap()).unwrap();
    assert_eq!(whole, world.visitor().get(&format!("/achievements/{offer}")).await.ok());
    let headers = client(&["identifiers", &url]).await.unwrap();
    let names = |records: &BTreeMap<String, Value>| records.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&by_identifier(&headers)), names(&all));
    let demands = client(&["records", &url, "oai_dc", "", "demand"]).await.unwrap();
    assert_eq!(names(&by_identifier(&demands)), BTreeSet::from([nameless.clone()]));

    // A day later.
    world.clock.advance(chrono::Duration::days(1));
    let since = techmart_api::clock::Moment(world.clock.now()).to_string();
    let since = format!("{}Z", &since[..19]);
    let none = client(&["records", &url, "techmart", &since]).await.unwrap();
    assert_eq!(none, json!([]));
    let next = json!({ "content": { "summary": "已完成中试。" } });
    let university = techmart_tests::actors::sign_in(&world, &university.email)
        .await
        .acting_for(university.acting.as_deref().unwrap());
    let broker = techmart_tests::actors::sign_in(&world, &broker.email).await;
    university.patch(&format!("/achievements/{offer}/draft"), next).await.ok();
    publish(&university, &broker, "achievements", &offer).await;
    let because = json!({ "reason": "信息有误，请核实。" });
    broker.post(&format!("/demands/{nameless}/suspend"), because).await.ok();
    let some = by_identifier(&client(&["records", &url, "techmart", &since]).await.unwrap());
    assert_eq!(names(&some), BTreeSet::from([offer.clone(), nameless.clone()]));
    assert_eq!(some[&offer]["metadata"]["summary"], json!(["已完成中试。"]));
    assert_eq!((&some[&nameless]["deleted"], &some[&nameless]["sets"]), (&json!(true), &json!(["demand"])));
    let gone = client(&["record", &url, "oai_dc", &format!("urn:uuid:{nameless}")]).await.unwrap();
    assert_eq!((&gone["deleted"], &gone["metadata"]), (&json!(true), &Value::Null));
    // Whoever begins now is told as well.
    let all = by_identifier(&client(&["records", &url, "oai_dc"]).await.unwrap());
    assert_eq!((all.len(), &all[&nameless]["deleted"]), (232, &json!(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_feed_reader_follows_a_search() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let mut ids = Vec::new();
    for title in ["氢气循环泵", "热水循环泵", "换热器"] {
        ids.push(made(&university, &broker, "achievements", achievement(title)).await);
    }
    world.drain().await;
    let address = |query: &str| format!("{}/api/v1/search.atom?{query}", world.base);
    let Some(feed) = client(&["feed", &address("q=%E5%BE%AA%E7%8E%AF%E6%B3%B5&limit=1")]).await else {
        return;
    };
    assert_eq!((&feed["version"], &feed["title"]), (&json!("atom10"), &json!("techmart：循环泵")));
    let newest = &feed["entries"][0];
    assert_eq!(newest["id"], format!("urn:uuid:{}", ids[1]));
    assert_eq!(newest["updated"], feed["updated"]);
    assert!(newest["terms"].as_array().unwrap().contains(&json!("achievement")));
    assert!(newest["link"].as_str().unwrap().ends_with(&format!("/api/v1/achievements/{}", ids[1])));
    let (_, next) = feed["links"]["next"].as_str().unwrap().split_once("/api/v1/search.atom?").unwrap();
    let older = client(&["feed", &address(next)]).await.unwrap();
    assert_eq!(older["entries"][0]["id"], format!("urn:uuid:{}", ids[0]));
    assert!(older["links"]["next"].is_null());
    assert_eq!(older["id"], feed["id"], "the pages are of one feed");
    let all = client(&["feed", &address("")]).await.unwrap();
    assert_eq!(all["entries"].as_array().unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn pages_speak_in_the_words_of_schema_org_and_name_nobody_who_posts_without_a_name() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let firm = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let agency = actors.verified(&broker, "机构", "provider", 3, true).await;
    let offer = made(&university, &broker, "achievements", achievement("循环泵")).await;
    let open = made(&firm, &broker, "demands", demand("降噪")).await;
    let mut nameless = demand("低温启动");
    nameless["content"]["publicity"] = json!("anonymous");
    let nameless = made(&firm, &broker, "demands", nameless).await;
    let mut pages = Vec::new();
    for title in ["检测中心", "专利代理"] {
        pages.push(made(&agency, &broker, "providers", provider(title)).await);
    }
    let visitor = world.visitor();
    let work = visitor.get(&format!("/achievements/{offer}/jsonld")).await;
    assert_eq!(work.headers["content-type"], "application/ld+json");
    let tag = work.etag();
    let work = work.ok();
    assert_eq!((&work["@context"], &work["@type"]), (&json!("https://schema.org"), &json!("CreativeWork")));
    assert_eq!((&work["name"], &work["creator"]["name"]), (&json!("循环泵"), &json!("高校单位")));
    let again = [("if-none-match", tag.as_str())];
    let path = format!("/achievements/{offer}/jsonld");
    visitor.call(reqwest::Method::GET, &path, None, &again).await.status(304);
    let seeks = visitor.get(&format!("/demands/{open}/jsonld")).await.ok();
    assert_eq!(
        (&seeks["@type"], &seeks["@reverse"]["seeks"]["name"]),
        (&json!("Demand"), &json!("企业单位"))
    );
    // Its owner reads the same as everybody.
    let hidden = firm.get(&format!("/demands/{nameless}/jsonld")).await.ok();
    assert!(!hidden.to_string().contains("企业单位") && hidden["@reverse"].is_null(), "{hidden}");
    visitor.get(&format!("/demands/{offer}/jsonld")).await.refused(404, "not_found");
    let first = visitor.get("/providers/directory.jsonld?limit=1").await;
    let link = first.headers["link"].to_str().unwrap().to_owned();
    let first = first.ok();
    assert_eq!(
        (&first["@type"], &first["itemListElement"][0]["item"]["name"]),
        (&json!("ItemList"), &json!("专利代理"))
    );
    assert_eq!(first["itemListElement"][0]["item"]["provider"]["@type"], "Organization");
    let next = link.trim_start_matches('<').split('>').next().unwrap();
    let second = visitor.get(next).await;
    assert!(second.headers.get("link").is_none());
    assert_eq!(second.ok()["itemListElement"][0]["item"]["name"], "检测中心");
    let because = json!({ "reason": "信息有误，请核实。" });
    broker.post(&format!("/providers/{}/suspend", pages[0]), because).await.ok();
    visitor.get(&format!("/providers/{}/jsonld", pages[0])).await.refused(404, "not_found");
}
