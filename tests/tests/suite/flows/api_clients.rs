//! A platform asks for a key and lives with it.

use chrono::Duration;
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use techmart_api::features::api_client::schedule;
use techmart_entity::{
    api_client::{self, key, usage},
    audit, idempotency, outbox,
};
use techmart_tests::{Actors, Client, Reply, World, builders::achievement, client::id_of, world::Setting};
use uuid::Uuid;

const ORIGIN: &str = "https://portal.example";

/// A client that an organisation's owner asked for and an admin approved.
async fn approved(owner: &Client, admin: &Client, scopes: &[&str], grant: Value) -> String {
    let asked = json!({ "name": "市科创门户", "purpose": "在门户首页展示。", "organisation_id": owner.acting,
        "scopes": scopes, "origins": [ORIGIN] });
    let client = id_of(&owner.post("/api-clients", asked).await.created());
    admin.post(&format!("/api-clients/{client}/approve"), grant).await.ok();
    client
}

async fn make_key(owner: &Client, client: &str, body: Value) -> Reply {
    let key = Uuid::new_v4().to_string();
    let path = format!("/api-clients/{client}/keys");
    owner.call(Method::POST, &path, Some(body), &[("idempotency-key", &key)]).await
}

async fn key_of(owner: &Client, client: &str) -> String {
    make_key(owner, client, json!({})).await.created()["key"].as_str().unwrap().to_owned()
}

/// Whoever calls with that key.
fn with_key(world: &World, key: &str) -> Client {
    let mut client = world.visitor();
    client.token = Some(key.to_owned());
    client
}

/// The sum of a figure of a client's usage.
async fn used(world: &World, reader: &Client, client: &str, figure: &str) -> i64 {
    schedule::write(&world.state).await.unwrap();
    let usage = reader.get(&format!("/api-clients/{client}/usage")).await.ok();
    usage["items"].as_array().unwrap().iter().map(|row| row[figure].as_i64().unwrap()).sum()
}

#[tokio::test]
async fn an_owner_asks_an_admin_approves_and_the_key_acts_for_the_organisation_alone() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let other = actors.verified(&broker, "别校", "university", 2, true).await;
    let organisation = owner.acting.clone().unwrap();

    // Who does not act for it asks for nothing; nobody decides before an admin.
    let asked = json!({ "name": "门户", "purpose": "展示与填报。", "organisation_id": organisation,
        "scopes": ["listings:write", "catalogue:read"], "origins": [ORIGIN] });
    other.post("/api-clients", asked.clone()).await.refused(403, "forbidden");
    owner.acting_for_nobody().post("/api-clients", asked.clone()).await.refused(403, "forbidden");
    let made = owner.post("/api-clients", asked).await.created();
    assert_eq!(
        (&made["status"], &made["scopes"], &made["waits"]),
        (&json!("requested"), &json!([]), &json!(true))
    );
    let client = id_of(&made);
    let at = format!("/api-clients/{client}");
    make_key(&owner, &client, json!({})).await.refused(409, "illegal_move");
    world.drain().await;
    let told = actors.admin.get("/notifications").await.ok();
    assert_eq!(told["items"][0]["kind"], "api_client", "{told}");

    // Only what was asked for is granted.
    let beyond = json!({ "scopes": ["dockings:write"] });
    let refused = actors.admin.post(&format!("{at}/approve"), beyond).await;
    assert_eq!(refused.fault_codes(), ["not_asked_for"]);
    let grant = json!({ "scopes": ["listings:write"], "per_minute": 60, "daily_quota": 500 });
    let granted = actors.admin.post(&format!("{at}/approve"), grant).await.ok();
    assert_eq!((&granted["scopes"], &granted["daily_quota"]), (&json!(["listings:write"]), &json!(500)));
    world.drain().await;
    assert_eq!(owner.get("/notifications").await.ok()["items"][0]["kind"], "api_client");

    // The key is shown once; what is kept of the answer does not have it.
    let path = format!("{at}/keys");
    owner.act(&path).await.refused(400, "invalid_header");
    let idempotency_key = Uuid::new_v4().to_string();
    let again = [("idempotency-key", idempotency_key.as_str())];
    let label = json!({ "label": "生产环境" });
    let first = owner.call(Method::POST, &path, Some(label.clone()), &again).await;
    assert_eq!(first.headers["cache-control"], "no-store");
    let first = first.created();
    let key = first["key"].as_str().unwrap().to_owned();
    let second = owner.call(Method::POST, &path, Some(label), &again).await;
    assert_eq!(second.headers["idempotent-replayed"], "true");
    let second = second.created();
    assert_eq!((&second["id"], &second["key"]), (&first["id"], &Value::Null));

    // It acts as the person who answers for it, for that organisation, without naming it.
    let caller = with_key(&world, &key);
    let offer = caller.post("/achievements", achievement("检漏机器人")).await.created();
    let named = caller.acting_for(&organisation);
    named.post("/achievements", achievement("检漏小车")).await.created();
    let elsewhere = caller.acting_for(other.acting.as_deref().unwrap());
    elsewhere.post("/achievements", achievement("检漏飞艇")).await.refused(403, "forbidden");
    let mut header = world.visitor();
    header.token = None;
    let body = Some(achievement("检漏潜艇"));
    header.call(Method::POST, "/achievements", body, &[("x-api-key", &key)]).await.created();
    // What it was not granted it may not, and what is for people it never may.
    let missing = caller.get("/achievements").await.refused(403, "missing_scope");
    assert!(missing["detail"].as_str().unwrap().contains("catalogue:read"), "{missing}");
    caller.get("/me").await.refused(403, "closed_to_api_keys");
    caller.act(&path).await.refused(403, "closed_to_api_keys");
    caller.get("/nowhere").await.refused(404, "not_found");
    caller.call(Method::PUT, "/achievements", None, &[]).await.refused(405, "method_not_allowed");

    // The log names the client beside the person.
    let act = actors.admin.get(&format!("/audit?subject_id={}", id_of(&offer))).await.ok();
    assert_eq!(act["items"][0]["acting_organisation_id"], json!(organisation));
    assert_eq!(act["items"][0]["api_client_id"], json!(client));
    assert_eq!(act["items"][0]["actor_id"], json!(owner.account_id));

    // Nothing that is kept has the secret.
    let secret = key.rsplit('_').next().unwrap();
    let db = world.state.db.read();
    let kept = format!(
        "{:?} {:?} {:?} {:?} {:?}",
        key::Entity::find().all(db).await.unwrap(),
        idempotency::Entity::find().all(db).await.unwrap(),
        audit::Entity::find().all(db).await.unwrap(),
        outbox::Entity::find().all(db).await.unwrap(),
        api_client::Entity::find().all(db).await.unwrap(),
    );
    assert!(kept.contains(&first["prefix"].as_str().unwrap()[3..]) && !kept.contains(secret));
}

#[tokio::test]
async fn a_wrong_a_mistyped_an_expired_and_a_revoked_key_open_nothing() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let client = approved(&owner, &actors.admin, &["catalogue:read"], json!({})).await;
    let made = make_key(&owner, &client, json!({ "days": 2 })).await.created();
    let key = made["key"].as_str().unwrap().to_owned();
    with_key(&world, &key).get("/achievements").await.ok();

    let mut typo = key.clone();
    typo.replace_range(20..21, if key.as_bytes()[20] == b'x' { "y" } else { "x" });
    let reply = with_key(&world, &typo).get("/achievements").await;
    assert!(reply.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    let mistyped = reply.refused(401, "invalid_api_key");
    let unknown = techmart_api::auth::key::Key::random().unwrap();
    let unknown =
        with_key(&world, unknown.reveal()).get("/achievements").await.refused(401, "invalid_api_key");
    assert_ne!(mistyped["detail"], unknown["detail"], "a mistyped key is told from an unknown one");
    // A key and a token at once is no identity.
    let both = owner.call(Method::GET, "/achievements", None, &[("x-api-key", &key)]).await;
    both.refused(400, "invalid_header");
    // In an address it is no key.
    world.visitor().get(&format!("/achievements?key={key}")).await.refused(400, "invalid_parameter");

    let at = format!("/api-clients/{client}/keys/{}", id_of(&made));
    owner.call(Method::DELETE, &at, None, &[]).await.refused(428, "version_required");
    let tag = owner.get(&at).await.etag();
    owner.call(Method::DELETE, &at, None, &[("if-match", &tag)]).await.status(204);
    with_key(&world, &key).get("/achievements").await.refused(401, "invalid_api_key");
    assert_eq!(owner.get(&at).await.ok()["live"], json!(false));

    let short = make_key(&owner, &client, json!({ "days": 2 })).await.created();
    let short = with_key(&world, short["key"].as_str().unwrap());
    short.get("/code-lists").await.ok();
    world.clock.advance(Duration::hours(49));
    let ended = short.get("/code-lists").await.refused(401, "invalid_api_key");
    assert!(ended["detail"].as_str().unwrap().contains("失效"), "{ended}");
}

#[tokio::test]
async fn two_keys_overlap_while_clients_change_over() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let client = approved(&owner, &actors.admin, &["catalogue:read"], json!({})).await;
    let first = with_key(&world, &key_of(&owner, &client).await);
    let second = make_key(&owner, &client, json!({ "overlap_hours": 48 })).await.created();
    let second = with_key(&world, second["key"].as_str().unwrap());
    first.get("/demands").await.ok();
    second.get("/demands").await.ok();
    let third = make_key(&owner, &client, json!({})).await;
    assert_eq!(third.fault_codes(), ["too_many"]);

    // Its use is noted, though no request waits for that.
    schedule::write(&world.state).await.unwrap();
    let keys = owner.get(&format!("/api-clients/{client}/keys")).await.ok();
    for key in keys["items"].as_array().unwrap() {
        assert!(key["live"] == true && !key["last_used_at"].is_null() && key.get("key").is_none(), "{key}");
    }
    world.clock.advance(Duration::hours(47));
    first.get("/demands").await.ok();
    world.clock.advance(Duration::hours(2));
    first.get("/demands").await.refused(401, "invalid_api_key");
    second.get("/demands").await.ok();
    // Of two that are made at once one has its place.
    let (a, b) = tokio::join!(make_key(&owner, &client, json!({})), make_key(&owner, &client, json!({})));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422]);
}

#[tokio::test]
async fn public_reading_sees_what_a_visitor_sees_and_nothing_of_an_organisation() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let person = actors.person("开发者").await;
    let asked = |scopes: Value| json!({ "name": "小程序", "purpose": "公开浏览。", "scopes": scopes });
    let refused = person.post("/api-clients", asked(json!(["dockings:read"]))).await;
    assert_eq!(refused.fault_codes(), ["needs_organisation"]);
    let origins = json!({ "name": "小程序", "purpose": "公开浏览。", "scopes": ["catalogue:read"],
        "origins": ["null", "https://a.example/", "https://b.example"] });
    let refused = person.post("/api-clients", origins).await;
    assert_eq!(refused.fault_codes(), ["origin", "origin"]);
    let client = id_of(&person.post("/api-clients", asked(json!(["catalogue:read"]))).await.created());
    // A stranger does not know of it; nobody approves their own.
    owner.get(&format!("/api-clients/{client}")).await.refused(404, "not_found");
    let own = id_of(&actors.admin.post("/api-clients", asked(json!(["catalogue:read"]))).await.created());
    actors.admin.act(&format!("/api-clients/{own}/approve")).await.refused(403, "conflict_of_interest");
    actors.admin.act(&format!("/api-clients/{client}/approve")).await.ok();
    let caller = with_key(&world, &key_of(&person, &client).await);

    let draft = id_of(&owner.post("/achievements", achievement("未发布")).await.created());
    caller.get(&format!("/achievements/{draft}")).await.refused(404, "not_found");
    caller.get("/achievements").await.ok();
    caller.get("/dockings").await.refused(403, "missing_scope");
    // An organisation's client that only reads the catalogue sees no more of its own than everybody does.
    let of_owner = approved(&owner, &actors.admin, &["catalogue:read"], json!({})).await;
    let reader = with_key(&world, &key_of(&owner, &of_owner).await);
    reader.get(&format!("/achievements/{draft}")).await.refused(404, "not_found");
    let of_owner = approved(&owner, &actors.admin, &["listings:read"], json!({})).await;
    let reader = with_key(&world, &key_of(&owner, &of_owner).await);
    reader.get(&format!("/achievements/{draft}")).await.ok();

    // Suspended it does nothing, resumed again; revoked never again.
    let at = format!("/api-clients/{client}");
    let why = json!({ "reason": "异常流量。" });
    actors.admin.post(&format!("{at}/suspend"), why.clone()).await.ok();
    caller.get("/achievements").await.refused(403, "api_client_inactive");
    actors.admin.act(&format!("{at}/resume")).await.ok();
    caller.get("/achievements").await.ok();
    // More scopes wait, fewer are taken away at once.
    person.patch(&at, json!({ "purpose": "公开浏览与订阅。" })).await.ok();
    person.post(&format!("{at}/revoke"), why).await.ok();
    caller.get("/achievements").await.refused(403, "api_client_inactive");
    actors.admin.act(&format!("{at}/resume")).await.refused(409, "illegal_move");
}

#[tokio::test]
async fn a_key_does_nothing_once_the_person_behind_it_has_left_until_another_owner_answers_for_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let organisation = owner.acting.clone().unwrap();
    let successor = actors.person("接任者").await;
    let members = format!("/organisations/{organisation}/members");
    let member = json!({ "email": successor.email, "role": "owner" });
    owner.post(&members, member).await.created();
    let successor = successor.acting_for(&organisation);
    let client = approved(&owner, &actors.admin, &["listings:read"], json!({})).await;
    let caller = with_key(&world, &key_of(&owner, &client).await);
    caller.get("/achievements").await.ok();

    let at = format!("{members}/{}", owner.account_id.as_deref().unwrap());
    let tag = successor.get(&at).await.etag();
    successor.call(Method::DELETE, &at, None, &[("if-match", &tag)]).await.status(204);
    let left = caller.get("/achievements").await.refused(403, "api_client_inactive");
    assert!(left["detail"].as_str().unwrap().contains("不是该单位成员"), "{left}");
    let to = json!({ "account_id": owner.account_id });
    let refused = successor.post(&format!("/api-clients/{client}/hand-over"), to).await;
    assert_eq!(refused.fault_codes(), ["no_owner"]);
    let to = json!({ "account_id": successor.account_id });
    successor.post(&format!("/api-clients/{client}/hand-over"), to).await.ok();
    caller.get("/achievements").await.ok();

    // A suspended organisation has no keys that open anything.
    let why = json!({ "reason": "资料不实。" });
    broker.post(&format!("/organisations/{organisation}/suspend"), why).await.ok();
    caller.get("/achievements").await.refused(403, "api_client_inactive");
    broker.act(&format!("/organisations/{organisation}/resume")).await.ok();
    caller.get("/achievements").await.ok();
    let disabled = json!({ "reason": "离职。" });
    let account = successor.account_id.as_deref().unwrap();
    actors.admin.post(&format!("/accounts/{account}/disable"), disabled).await.ok();
    caller.get("/achievements").await.refused(403, "api_client_inactive");
}

#[tokio::test]
async fn rate_and_quota_are_told_in_headers_and_the_quota_comes_back_at_midnight_in_shanghai() {
    let world = World::with(Setting { rate_limit: true, ..Setting::default() }).await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let grant = json!({ "per_minute": 50, "daily_quota": 4 });
    let client = approved(&owner, &actors.admin, &["catalogue:read"], grant).await;
    let caller = with_key(&world, &key_of(&owner, &client).await);

    let reply = caller.get("/achievements").await;
    let header = |reply: &Reply, name: &str| reply.headers[name].to_str().unwrap().to_owned();
    assert_eq!(header(&reply, "ratelimit-policy"), "\"client\";q=50;w=60, \"day\";q=4;w=86400");
    assert!(header(&reply, "ratelimit").starts_with("\"client\";r=49;t=60, \"day\";r=3;t="), "{reply:?}");
    reply.ok();
    // A refusal counts as well, and what was written does not count twice.
    caller.get("/dockings").await.refused(403, "missing_scope");
    schedule::write(&world.state).await.unwrap();
    caller.get("/code-lists").await.ok();
    // Another process has counted one meanwhile.
    let db = &world.state.db;
    db.write(async |tx| {
        let row = usage::Entity::find().one(tx).await?.unwrap();
        let more = techmart_api::features::api_client::meter::Count { requests: 1, ..Default::default() };
        let key = (row.client_id, row.day, row.scope.parse().ok());
        techmart_api::features::api_client::repo::add_usage(tx, &[(key, more)].into()).await
    })
    .await
    .unwrap();
    schedule::write(&world.state).await.unwrap();
    let over = caller.get("/achievements").await;
    let wait: i64 = header(&over, "retry-after").parse().unwrap();
    assert!(header(&over, "ratelimit").contains(&format!("\"day\";r=0;t={wait}")), "{over:?}");
    over.refused(429, "quota_used_up");
    let midnight = techmart_api::clock::end_of(techmart_api::clock::day_of(world.clock.now()));
    assert!((midnight - world.clock.now()).num_seconds().abs_diff(wait) <= 5, "{wait}");

    assert_eq!(used(&world, &owner, &client, "requests").await, 4);
    assert_eq!(used(&world, &owner, &client, "refused").await, 1);
    assert_eq!(used(&world, &actors.admin, &client, "limited").await, 1);
    let usage = owner.get(&format!("/api-clients/{client}/usage")).await.ok();
    let scopes: Vec<&Value> = usage["items"].as_array().unwrap().iter().map(|row| &row["scope"]).collect();
    assert_eq!(scopes, [&Value::Null, &json!("catalogue:read"), &json!("dockings:read")], "{usage}");
    let wrong = format!("/api-clients/{client}/usage?from=2026-01-01&to=2026-12-31");
    owner.get(&wrong).await.refused(400, "invalid_parameter");

    world.clock.advance(Duration::seconds(wait));
    caller.get("/achievements").await.ok();
    // Beyond the minute's rate it is 429 as well, for a moment.
    let grant = json!({ "per_minute": 1, "daily_quota": 100 });
    actors.admin.post(&format!("/api-clients/{client}/approve"), grant).await.ok();
    caller.get("/achievements").await.ok();
    let fast = caller.get("/achievements").await;
    assert!(header(&fast, "retry-after").parse::<u64>().unwrap() <= 60);
    fast.refused(429, "too_many_requests");
}

#[tokio::test]
async fn browsers_may_call_from_the_origins_that_the_client_names_and_from_no_others() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let asked = json!({ "name": "别家", "purpose": "别家的页面。", "organisation_id": owner.acting,
        "scopes": ["catalogue:read"], "origins": ["https://other.example"] });
    let waiting = id_of(&owner.post("/api-clients", asked).await.created());
    let client = approved(&owner, &actors.admin, &["catalogue:read"], json!({})).await;
    let caller = with_key(&world, &key_of(&owner, &client).await);
    let preflight = async |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "GET")];
        let reply = world.visitor().call(Method::OPTIONS, "/achievements", None, &headers).await;
        assert!(reply.headers.get_all("vary").iter().any(|value| value.to_str().unwrap().contains("Origin")));
        let allowed =
            reply.headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned());
        if allowed.is_some() {
            let headers = reply.headers["access-control-allow-headers"].to_str().unwrap();
            assert!(headers.contains("X-Api-Key") && headers.contains("Authorization"));
        }
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
        reply.status(204);
        allowed
    };
    let real = async |caller: &Client, origin: &str| {
        let reply = caller.call(Method::GET, "/achievements", None, &[("origin", origin)]).await;
        let allowed =
            reply.headers.get("access-control-allow-origin").map(|value| value.to_str().unwrap().to_owned());
        if allowed.is_some() {
            let exposed = reply.headers["access-control-expose-headers"].to_str().unwrap();
            for name in ["ETag", "Link", "Location", "RateLimit", "Retry-After"] {
                assert!(exposed.contains(name), "{name}");
            }
        }
        allowed
    };
    assert_eq!(preflight(ORIGIN).await.as_deref(), Some(ORIGIN));
    for unknown in
        ["https://other.example", "https://evil.example", "null", "https://portal.example.evil.example"]
    {
        assert_eq!(preflight(unknown).await, None, "{unknown}");
        assert_eq!(real(&caller, unknown).await, None, "{unknown}");
    }
    assert_eq!(real(&caller, ORIGIN).await.as_deref(), Some(ORIGIN));
    // Without the client's key its origin is none; and one client's origin is not another's.
    assert_eq!(real(&world.visitor(), ORIGIN).await, None);
    actors.admin.act(&format!("/api-clients/{waiting}/approve")).await.ok();
    world.clock.advance(Duration::seconds(6));
    assert_eq!(preflight("https://other.example").await.as_deref(), Some("https://other.example"));
    assert_eq!(real(&caller, "https://other.example").await, None);
    // A page reads why it is refused, too.
    let refused = caller.call(Method::GET, "/dockings", None, &[("origin", ORIGIN)]).await;
    assert_eq!(refused.headers["access-control-allow-origin"], ORIGIN);
    refused.refused(403, "missing_scope");
}
