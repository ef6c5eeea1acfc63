//! Suspension hides and stops, and takes nothing back: of an organisation, of one listing. And the renewal
//! of a provider's agreement, which keeps it without counting it again.

use chrono::{Duration, NaiveDate};
use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, Reply, World,
    actors::{approve, figures, publish, sign_in},
    builders::{achievement, demand, provider},
    client::id_of,
};
use uuid::Uuid;

/// POST /dockings with a key of its own.
async fn dock(client: &Client, body: Value) -> Reply {
    let key = Uuid::new_v4().to_string();
    client.call(Method::POST, "/dockings", Some(body), &[("idempotency-key", &key)]).await
}

/// Whether the answer refuses because somebody is suspended.
#[track_caller]
fn told_of(reply: Reply, code: &str) {
    assert!(
        reply.fault_codes().contains(&code.to_owned()),
        "{} {}: {}",
        reply.asked,
        reply.status,
        reply.body
    );
    reply.refused(422, "rule_broken");
}

struct Market {
    broker: Client,
    university: Client,
    enterprise: Client,
    /// The address of the university.
    at: String,
    offer: String,
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let offer = id_of(&university.post("/achievements", achievement("氢燃料电池循环泵")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let at = format!("/organisations/{}", university.acting.as_deref().unwrap());
    Market { broker, university, enterprise, at, offer }
}

fn because() -> Value {
    json!({ "reason": "资质存疑，正在核查。" })
}

/// Whether a list holds a listing.
async fn listed(reader: &Client, path: &str, id: &str) -> bool {
    let page = reader.get(path).await.ok();
    page["items"].as_array().unwrap().iter().any(|row| row["id"] == id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_a_suspended_organisation_published_is_hidden_from_outside_until_it_is_resumed() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let page = format!("/achievements/{}", m.offer);
    let of_owner = format!("/achievements?organisation_id={}", m.university.acting.as_deref().unwrap());
    let search = "/search?q=循环泵&facets=true";
    world.drain().await;
    let outside = [world.visitor(), m.enterprise.clone()];
    let inside = [m.university.clone(), m.broker.clone(), actors.admin.clone(), auditor];
    let counted = (figures(&m.broker, "T1", "").await, figures(&m.broker, "T5", "").await);
    assert_eq!(counted, ((0, 1), (0, 1)));
    let open = async || {
        for reader in outside.iter().chain(&inside) {
            reader.get(&page).await.ok();
            assert!(listed(reader, "/achievements", &m.offer).await);
            assert!(listed(reader, search, &m.offer).await);
        }
        let found = world.visitor().get(search).await.ok();
        assert_eq!(found["estimated_total"], 1, "{found}");
    };
    open().await;

    m.broker.post(&format!("{}/suspend", m.at), because()).await.ok();
    assert!(!listed(&world.visitor(), search, &m.offer).await, "not even before the index knows");
    world.drain().await;
    for reader in &outside {
        for path in [page.clone(), format!("{page}/versions"), format!("{page}/draft")] {
            reader.get(&path).await.refused(404, "not_found");
        }
        for path in ["/achievements", &of_owner, search] {
            assert!(!listed(reader, path, &m.offer).await, "{path}");
        }
        let found = reader.get(search).await.ok();
        assert_eq!(found["estimated_total"], 0, "{found}");
        assert!(!found["facets"].to_string().contains("advanced_manufacturing"), "{found}");
    }
    for reader in &inside {
        reader.get(&page).await.ok();
        assert!(listed(reader, "/achievements", &m.offer).await);
    }
    assert_eq!(world.visitor().get(&m.at).await.ok()["verified"], false);
    let own = m.university.get(&m.at).await.ok();
    assert_eq!(
        (&own["verification"], &own["verification_reason"]),
        (&json!("suspended"), &because()["reason"])
    );
    assert_eq!(
        counted,
        (figures(&m.broker, "T1", "").await, figures(&m.broker, "T5", "").await),
        "what was counted stays counted"
    );
    let history = m.university.get(&format!("{}/history", m.at)).await.ok();
    assert_eq!(history["items"][0]["reason"], because()["reason"]);
    let mails = world.mails_to(&m.university.email);
    assert!(mails.iter().any(|mail| mail.contains("正在核查")), "its owner is told why: {mails:?}");

    actors.admin.act(&format!("{}/resume", m.at)).await.ok();
    world.drain().await;
    open().await;
    assert_eq!(counted, (figures(&m.broker, "T1", "").await, figures(&m.broker, "T5", "").await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn brokers_and_admins_suspend_but_nobody_their_own() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let own = actors.broker("own").await;
    let invitation = json!({ "email": own.email, "role": "viewer" });
    m.university.post(&format!("{}/invitations", m.at), invitation).await.created();
    let token = world.token_for(&own.email).await;
    own.post("/invitations/accept", json!({ "token": token })).await.ok();
    let (suspend, resume) = (format!("{}/suspend", m.at), format!("{}/resume", m.at));
    for client in [&m.university, &m.enterprise] {
        client.post(&suspend, because()).await.refused(403, "forbidden");
    }
    own.post(&suspend, because()).await.refused(403, "conflict_of_interest");
    m.broker.post(&suspend, json!({})).await.refused(400, "invalid_body");
    m.broker.act(&resume).await.refused(409, "illegal_move");
    actors.admin.post(&suspend, because()).await.ok();
    actors.admin.post(&suspend, because()).await.refused(409, "illegal_move");
    own.act(&resume).await.refused(403, "conflict_of_interest");
    m.university.act(&resume).await.refused(403, "forbidden");
    m.broker.act(&resume).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_suspended_organisation_submits_publishes_expresses_and_accepts_nothing() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let need = id_of(&m.enterprise.post("/demands", demand("低温启动的循环泵")).await.created());
    publish(&m.enterprise, &m.broker, "demands", &need).await;
    let other = id_of(&m.university.post("/achievements", achievement("另一成果")).await.created());
    publish(&m.university, &m.broker, "achievements", &other).await;
    let waiting = id_of(&dock(&m.enterprise, json!({ "achievement_id": m.offer })).await.created());
    let partner = actors.verified(&m.broker, "伙伴", "enterprise", 3, true).await;
    let agreed = id_of(&dock(&partner, json!({ "achievement_id": other })).await.created());
    m.university.act(&format!("/dockings/{agreed}/accept")).await.ok();
    let recommended = json!({ "recommend": true, "demand_id": need, "enterprise_id": m.enterprise.acting,
        "supplier_id": m.university.acting, "match_reasons": { "reasons": ["同一领域"] } });
    let draft = id_of(&m.university.post("/achievements", achievement("草稿")).await.created());
    let claimed = id_of(&m.university.post("/achievements", achievement("在审")).await.created());
    m.university.act(&format!("/achievements/{claimed}/submit")).await.ok();
    m.broker.act(&format!("/achievements/{claimed}/claim")).await.ok();

    m.broker.post(&format!("{}/suspend", m.at), because()).await.ok();
    let code = "organisation_suspended";
    told_of(m.university.act(&format!("/achievements/{draft}/submit")).await, code);
    told_of(m.broker.act(&format!("/achievements/{claimed}/publish")).await, code);
    told_of(dock(&m.university, json!({ "demand_id": need })).await, code);
    // To those outside, it is not there.
    told_of(dock(&m.enterprise, json!({ "achievement_id": other })).await, "unknown");
    told_of(m.university.act(&format!("/dockings/{waiting}/accept")).await, code);
    told_of(dock(&m.broker, recommended).await, code);
    let offered = json!({ "recommend": true, "achievement_id": other, "enterprise_id": m.enterprise.acting,
        "match_reasons": { "reasons": ["同一领域"] } });
    told_of(dock(&m.broker, offered).await, code);
    let invitation = json!({ "email": "new@people.example", "role": "viewer" });
    told_of(m.university.post(&format!("{}/invitations", m.at), invitation).await, code);
    let seen = m.university.get(&format!("/dockings/{waiting}")).await.ok();
    assert_eq!(seen["stage"], "interest_expressed", "nothing is half done");
    // Whoever has come to terms with it before still sees what about.
    partner.get(&format!("/achievements/{other}")).await.ok();
    m.enterprise.get(&format!("/achievements/{other}")).await.refused(404, "not_found");

    m.broker.act(&format!("{}/resume", m.at)).await.ok();
    m.university.act(&format!("/achievements/{draft}/submit")).await.ok();
    m.broker.act(&format!("/achievements/{claimed}/publish")).await.ok();
    m.university.act(&format!("/dockings/{waiting}/accept")).await.ok();
    dock(&m.university, json!({ "demand_id": need })).await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recommendation_is_not_taken_up_while_a_side_is_suspended() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let body = json!({ "recommend": true, "achievement_id": m.offer, "enterprise_id": m.enterprise.acting,
        "match_reasons": { "reasons": ["同一领域"] } });
    let at = format!("/dockings/{}/express-interest", id_of(&dock(&m.broker, body).await.created()));
    let enterprise = format!("/organisations/{}", m.enterprise.acting.as_deref().unwrap());
    for side in [&m.at, &enterprise] {
        m.broker.post(&format!("{side}/suspend"), because()).await.ok();
        let refused = m.enterprise.act(&at).await;
        assert_eq!(refused.fault_codes(), ["organisation_suspended"], "{}", refused.body);
        m.broker.act(&format!("{side}/resume")).await.ok();
    }
    m.enterprise.act(&at).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_suspended_listing_is_hidden_and_not_docked_while_the_others_stay() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let other = id_of(&m.university.post("/achievements", achievement("循环泵叶轮")).await.created());
    publish(&m.university, &m.broker, "achievements", &other).await;
    let waiting = id_of(&dock(&m.enterprise, json!({ "achievement_id": m.offer })).await.created());
    let stranger = actors.verified(&m.broker, "外人", "enterprise", 3, true).await;
    let page = format!("/achievements/{}", m.offer);
    m.university.post(&format!("{page}/suspend"), because()).await.refused(403, "forbidden");
    m.broker.post(&format!("{page}/suspend"), because()).await.ok();
    world.drain().await;
    for reader in [&world.visitor(), &stranger] {
        reader.get(&page).await.refused(404, "not_found");
        for path in ["/achievements", "/search?q=循环泵"] {
            assert!(!listed(reader, path, &m.offer).await, "{path}");
            assert!(listed(reader, path, &other).await, "{path}");
        }
    }
    assert_eq!(m.university.get(&page).await.ok()["status"], "suspended");
    let history = m.university.get(&format!("{page}/history")).await.ok();
    assert_eq!(history["items"][0]["reason"], because()["reason"]);
    told_of(m.university.act(&format!("/dockings/{waiting}/accept")).await, "listing_suspended");
    assert_eq!(dock(&stranger, json!({ "achievement_id": m.offer })).await.status, 422);
    assert_eq!(figures(&m.broker, "T1", "").await, (0, 2));

    m.broker.act(&format!("{page}/resume")).await.ok();
    world.drain().await;
    world.visitor().get(&page).await.ok();
    assert!(listed(&world.visitor(), "/search?q=循环泵", &m.offer).await);
    m.university.act(&format!("/dockings/{waiting}/accept")).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_pages_of_demands_and_providers_are_hidden_alike() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 1, true).await;
    let agency = actors.verified(&broker, "机构", "provider", 2, true).await;
    let need = id_of(&enterprise.post("/demands", demand("低温启动")).await.created());
    publish(&enterprise, &broker, "demands", &need).await;
    let (page, _) = entered(&actors, &world, &broker, &agency).await;
    let visitor = world.visitor();
    let hidden =
        [format!("/demands/{need}"), format!("/providers/{page}"), format!("/providers/{page}/entry")];
    for path in &hidden {
        visitor.get(path).await.ok();
    }
    for owner in [&enterprise, &agency] {
        let at = format!("/organisations/{}", owner.acting.as_deref().unwrap());
        broker.post(&format!("{at}/suspend"), because()).await.ok();
    }
    for path in &hidden {
        visitor.get(path).await.refused(404, "not_found");
        broker.get(path).await.ok();
    }
    for list in ["/demands", "/providers"] {
        assert_eq!(visitor.get(list).await.ok()["items"], json!([]), "{list}");
    }
    assert_eq!(figures(&broker, "T2", "").await, (0, 1), "the entry stays counted");
    let renewal = agreement(&broker, "RZ-2", &world.today(), "2099-12-31").await;
    let refused = broker.post(&format!("/providers/{page}/entry/renew"), renewal).await;
    told_of(refused, "owner_not_verified");
    for owner in [&enterprise, &agency] {
        let at = format!("/organisations/{}", owner.acting.as_deref().unwrap());
        broker.act(&format!("{at}/resume")).await.ok();
    }
    for path in &hidden {
        visitor.get(path).await.ok();
    }
}

async fn agreement(broker: &Client, number: &str, signed_on: &str, valid_to: &str) -> Value {
    json!({ "agreement_number": number, "signed_on": signed_on, "valid_to": valid_to,
        "attachment_id": broker.paper("agreement").await })
}

/// A provider that entered today, by an agreement of thirty days: its page and that agreement.
async fn entered(actors: &Actors<'_>, world: &World, broker: &Client, agency: &Client) -> (String, Value) {
    let page = id_of(&agency.post("/providers", provider("检测中心")).await.created());
    agency.act(&format!("/providers/{page}/submit")).await.ok();
    approve(broker, "providers", &page).await;
    let entry = format!("/providers/{page}/entry");
    agency.act(&entry).await.created();
    broker.act(&format!("{entry}/review")).await.ok();
    actors.admin.act(&format!("{entry}/approve")).await.ok();
    let first = agreement(broker, "RZ-1", &world.today(), &day(world, 30)).await;
    broker.post(&format!("{entry}/enter"), first.clone()).await.ok();
    (page, first)
}

/// So many days from the world's today.
fn day(world: &World, from_today: i64) -> String {
    let today: NaiveDate = world.today().parse().unwrap();
    (today + Duration::days(from_today)).to_string()
}

/// How many units the ledger has of entered providers.
async fn units(reader: &Client) -> usize {
    reader.get("/ledger?indicator=T2&limit=100").await.ok()["items"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_renewed_agreement_is_longer_has_its_own_paper_and_is_not_counted_again() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let agency = actors.verified(&broker, "机构", "provider", 1, true).await;
    let (page, first) = entered(&actors, &world, &broker, &agency).await;
    let entry = format!("/providers/{page}/entry");
    let renew = format!("{entry}/renew");
    let (signed, ends) = (day(&world, 0), day(&world, 30));
    assert_eq!((figures(&broker, "T2", "").await, units(&broker).await), ((0, 1), 1));
    world.clock.advance(Duration::days(10));
    let broker = sign_in(&world, &broker.email).await;
    let agency = sign_in(&world, &agency.email).await.acting_for(agency.acting.as_deref().unwrap());

    let mut next = agreement(&broker, "RZ-2", &day(&world, 0), &day(&world, 365)).await;
    agency.post(&renew, next.clone()).await.refused(403, "forbidden");
    let refusal = async |change: Value| {
        let mut body = next.clone();
        for (name, value) in change.as_object().unwrap() {
            body[name] = value.clone();
        }
        let refused = broker.post(&renew, body).await;
        let codes = refused.fault_codes();
        refused.refused(422, "rule_broken");
        codes
    };
    assert_eq!(refusal(json!({ "attachment_id": first["attachment_id"] })).await, ["attachment_in_use"]);
    assert_eq!(refusal(json!({ "valid_to": ends })).await, ["no_extension"]);
    assert_eq!(refusal(json!({ "signed_on": day(&world, -11) })).await, ["before_agreement"]);
    assert_eq!(refusal(json!({ "signed_on": day(&world, 1) })).await, ["future"]);
    assert_eq!(refusal(json!({ "agreement_number": " " })).await, ["blank"]);
    let wrong = broker.paper("evidence").await;
    assert_eq!(refusal(json!({ "attachment_id": wrong })).await, ["wrong_purpose"]);
    let all =
        json!({ "attachment_id": first["attachment_id"], "valid_to": ends, "signed_on": day(&world, -11) });
    assert_eq!(
        refusal(all).await,
        ["attachment_in_use", "before_agreement", "no_extension"],
        "all that is wrong is told at once"
    );
    let unchanged = broker.get(&entry).await.ok();
    assert_eq!(
        (
            unchanged["agreement_number"].as_str(),
            unchanged["signed_on"].as_str(),
            unchanged["valid_to"].as_str()
        ),
        (Some("RZ-1"), Some(&*signed), Some(&*ends)),
        "a refusal changes nothing"
    );

    // The paper of the refused tries was not used up by them.
    let renewed = broker.post(&renew, next.clone()).await.ok();
    assert_eq!(
        (renewed["status"].as_str(), renewed["valid_to"].as_str(), renewed["agreement_number"].as_str()),
        (Some("entered"), next["valid_to"].as_str(), Some("RZ-2"))
    );
    assert_eq!((figures(&broker, "T2", "").await, units(&broker).await), ((0, 1), 1));
    let history = agency.get(&format!("{entry}/history")).await.ok();
    assert_eq!(history["items"][0]["action"], "renew");
    // The old paper is of this entry still: neither of the two renews it again.
    next["valid_to"] = json!(day(&world, 900));
    assert_eq!(broker.post(&renew, next).await.fault_codes(), ["attachment_in_use"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_provider_whose_agreement_is_over_comes_back_by_another_one() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let agency = actors.verified(&broker, "机构", "provider", 1, true).await;
    let (page, _) = entered(&actors, &world, &broker, &agency).await;
    let entry = format!("/providers/{page}/entry");
    world.clock.advance(Duration::days(60));
    techmart_api::features::provider::service::expire_entries(&world.state).await.unwrap();
    let broker = sign_in(&world, &broker.email).await;
    assert_eq!(broker.get(&entry).await.ok()["status"], "expired");
    world.visitor().get(&entry).await.refused(404, "not_found");
    let over = agreement(&broker, "RZ-2", &day(&world, -20), &day(&world, -1)).await;
    assert_eq!(broker.post(&format!("{entry}/renew"), over).await.fault_codes(), ["no_extension"]);
    let next = agreement(&broker, "RZ-3", &day(&world, 0), &day(&world, 365)).await;
    assert_eq!(broker.post(&format!("{entry}/renew"), next).await.ok()["status"], "entered");
    world.visitor().get(&entry).await.ok();
    assert_eq!(units(&broker).await, 1, "it entered once");
}
