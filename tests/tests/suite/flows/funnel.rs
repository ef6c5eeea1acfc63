//! How many listings came how far.

use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    binary,
    builders::{achievement, demand},
    client::id_of,
};

/// How many reached each step, in the order of the steps.
fn reached(steps: &Value) -> Vec<i64> {
    steps.as_array().unwrap().iter().map(|step| step["reached"].as_i64().unwrap()).collect()
}

/// A division of the demo funnel, by its value.
async fn division(client: &Client, by: &str, value: Option<&str>) -> Vec<i64> {
    let funnel = client.get(&format!("/funnel?plan=demo&by={by}")).await.ok();
    let divisions = funnel["divisions"].as_array().unwrap();
    let found = divisions.iter().find(|division| division["value"].as_str() == value);
    reached(&found.unwrap_or_else(|| panic!("no {value:?} in {funnel}"))["steps"])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_listing_reaches_each_step_once_and_every_figure_opens_to_its_listings() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let other = actors.verified(&broker, "另一家", "enterprise", 3, true).await;
    let offer = id_of(&university.post("/achievements", achievement("低温密封件")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let mut need = demand("耐低温的密封件");
    need["content"]["town"] = json!("cenhe");
    let need = id_of(&enterprise.post("/demands", need).await.created());
    let draft = json!({ "content": { "title": "只是草稿" } });
    university.post("/achievements", draft).await.created();
    enterprise.act(&format!("/demands/{need}/submit")).await.ok();

    assert_eq!(division(&broker, "kind", Some("demand")).await, [1, 0, 0, 0, 0, 0, 0, 0]);
    enterprise.act(&format!("/demands/{need}/recall")).await.ok();
    publish(&enterprise, &broker, "demands", &need).await;
    assert_eq!(
        division(&broker, "kind", Some("demand")).await,
        [1, 1, 0, 0, 0, 0, 0, 0],
        "submitted again, counted once"
    );
    // Two interests in one achievement: it came to the step once.
    for asking in [&enterprise, &other] {
        let body = json!({ "achievement_id": offer });
        let own = uuid::Uuid::new_v4().to_string();
        let key = [("idempotency-key", own.as_str())];
        let docking =
            id_of(&asking.call(reqwest::Method::POST, "/dockings", Some(body), &key).await.created());
        university.act(&format!("/dockings/{docking}/accept")).await.ok();
    }
    assert_eq!(division(&broker, "kind", Some("achievement")).await, [1, 1, 1, 1, 0, 0, 0, 0]);
    assert_eq!(division(&broker, "town", Some("cenhe")).await, [1, 1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(division(&broker, "source", Some("own")).await, [2, 2, 1, 1, 0, 0, 0, 0]);
    assert_eq!(
        division(&broker, "organisation", university.acting.as_deref()).await,
        [1, 1, 1, 1, 0, 0, 0, 0]
    );
    let month = techmart_api::clock::day_of(world.clock.now()).format("%Y-%m").to_string();
    assert_eq!(division(&world.visitor(), "month", Some(&month)).await, [2, 2, 1, 1, 0, 0, 0, 0]);
    let funnel = world.visitor().get("/funnel?plan=demo").await.ok();
    assert_eq!(funnel["total"][2]["of_previous"], 50.0, "{funnel}");
    assert!(funnel["divisions"].as_array().unwrap().iter().all(|division| division["zh"] != ""));
    assert_eq!(
        reached(&world.visitor().get("/funnel").await.ok()["total"]),
        [0; 8],
        "demo listings are in the demo plan alone"
    );

    // Whose they are is not for everybody.
    world.visitor().get("/funnel?by=organisation").await.refused(401, "not_signed_in");
    enterprise.get("/funnel?by=organisation").await.refused(403, "forbidden");
    enterprise.get("/funnel/listings?step=submitted").await.refused(403, "forbidden");
    // Each figure opens.
    let at = format!("/funnel/listings?plan=demo&step=published&by=month&value={month}&limit=1");
    let first = broker.get(&at).await.ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 1);
    let next = first["next_cursor"].as_str().expect("two listings, one a page");
    let second = broker.get(&format!("{at}&cursor={next}")).await.ok();
    let mut titles: Vec<&str> =
        [&first, &second].iter().map(|page| page["items"][0]["title"].as_str().unwrap()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["低温密封件", "耐低温的密封件"]);
    let interested = broker.get("/funnel/listings?plan=demo&step=interest").await.ok();
    assert_eq!(interested["items"].as_array().unwrap().len(), 1);
    assert_eq!(interested["items"][0]["href"], format!("/api/v1/achievements/{offer}"));

    for (query, status) in [
        ("plan=nowhere", 404),
        ("by=colour", 400),
        ("plan=demo&from=2026-05-01&to=2026-04-30", 400),
        ("plan=demo&limit=0", 400),
    ] {
        broker.get(&format!("/funnel?{query}")).await.status(status);
    }
    let unasked = broker.get("/funnel/listings").await;
    assert_eq!(unasked.fault_codes(), ["required"], "{}", unasked.body);
    assert_eq!(unasked.refused(400, "invalid_parameter")["errors"][0]["parameter"], "step");
    broker.get("/funnel/listings?step=published&by=month&value=13").await.refused(400, "invalid_parameter");
    broker
        .get("/funnel/listings?step=published&by=organisation&value=x")
        .await
        .refused(400, "invalid_parameter");

    // And the sums are what the steps add up to.
    let verified = binary::run_json(world.data(), &world.environment(), &["verify"]);
    assert!(verified["checked"]["funnel_sums"].as_u64().unwrap() > 0, "{verified}");
}
