//! Terms that end are told of thirty days, seven days and no day ahead, once, to those who can act; one click renews what
//! its reader could renew by themselves, or asks the centre for it.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::{
    clock::{day_of, end_of, start_of},
    jobs::schedule,
};
use techmart_tests::{
    Actors, Client, Reply, World,
    actors::{publish, sign_in},
    builders::{achievement, demand, provider, uscc},
    client::id_of,
};
use uuid::Uuid;

/// Everything that time brings, twice: what is told once is not told by the second look.
async fn look(world: &World) {
    for _ in 0..2 {
        schedule::tick(&world.state).await;
        schedule::sweep(&world.state).await;
        world.drain().await;
    }
}

/// Moves the clock to an instant, and looks.
async fn at(world: &World, then: DateTime<Utc>) {
    world.clock.advance(then - world.clock.now());
    look(world).await;
}

/// A minute past midnight of Shanghai, so many days before a day; in UTC that is still the day before.
fn before(day: NaiveDate, days: i64) -> DateTime<Utc> {
    start_of(day - Duration::days(days)) + Duration::minutes(1)
}

/// The same person, signed in anew: tokens end as the clock moves.
async fn again(world: &World, client: &Client) -> Client {
    let mut fresh = sign_in(world, &client.email).await;
    fresh.acting.clone_from(&client.acting);
    fresh
}

/// What somebody was told of terms, newest first.
async fn told(world: &World, client: &Client) -> Vec<Value> {
    let list = again(world, client).await.get("/notifications?kind=expiry").await.ok();
    list["items"].as_array().unwrap().clone()
}

/// The links in the mails to somebody that renew something, one a mail, oldest first, below `/api/v1`.
fn links(world: &World, to: &Client) -> Vec<String> {
    let link = |mail: &String| {
        let line = mail.lines().find(|line| line.contains("/api/v1/renewals?"))?;
        line.split_once("/api/v1").map(|(_, link)| link.trim().to_owned())
    };
    world.mails_to(&to.email).iter().filter_map(link).collect()
}

async fn click(world: &World, link: &str) -> Reply {
    let form = "application/x-www-form-urlencoded";
    world.visitor().send(Method::POST, link, form, Vec::new()).await
}

/// The page that a click leads to.
async fn clicked(world: &World, link: &str) -> String {
    click(world, link).await.ok().as_str().unwrap().to_owned()
}

/// Begins a docking.
async fn dock(client: &Client, body: Value) -> Value {
    let key = Uuid::new_v4().to_string();
    let key = [("idempotency-key", key.as_str())];
    client.call(Method::POST, "/dockings", Some(body), &key).await.created()
}

struct Market {
    broker: Client,
    university: Client,
    offer: String,
    /// The last day of its publication.
    last: NaiveDate,
}

async fn last_day(client: &Client, offer: &str) -> NaiveDate {
    let page = client.get(&format!("/achievements/{offer}")).await.ok();
    let end: DateTime<Utc> = page["expires_at"].as_str().unwrap().parse().unwrap();
    day_of(end - Duration::milliseconds(1))
}

async fn market(actors: &Actors<'_>) -> Market {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let offer = id_of(&university.post("/achievements", achievement("电机 <b>控制器</b>")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let last = last_day(&university, &offer).await;
    Market { broker, university, offer, last }
}

impl Market {
    /// How often it was renewed, and by whom.
    async fn renewals(&self, world: &World) -> Vec<Value> {
        let university = again(world, &self.university).await;
        let history = university.get(&format!("/achievements/{}/history", self.offer)).await.ok();
        let acts = history["items"].as_array().unwrap().clone();
        acts.into_iter().filter(|act| act["action"] == "renew").collect()
    }

    /// A further person who writes for the university.
    async fn colleague(&self, actors: &Actors<'_>, name: &str) -> Client {
        let person = actors.person(name).await;
        let organisation = self.university.acting.as_deref().unwrap();
        let body = json!({ "email": person.email, "role": "editor" });
        self.university.post(&format!("/organisations/{organisation}/members"), body).await.created();
        person.acting_for(organisation)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_publication_is_told_of_thirty_seven_and_no_days_ahead_and_renewed_by_one_click() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let viewer = actors.person("viewer").await;
    let organisation = m.university.acting.clone().unwrap();
    let body = json!({ "email": viewer.email, "role": "viewer" });
    m.university.post(&format!("/organisations/{organisation}/members"), body).await.created();

    at(&world, end_of(m.last - Duration::days(31)) - Duration::minutes(5)).await;
    assert!(told(&world, &m.university).await.is_empty(), "thirty-one days are left in Shanghai");
    for (n, days) in [30, 7, 0].into_iter().enumerate() {
        at(&world, before(m.last, days)).await;
        assert_ne!(world.clock.now().date_naive(), day_of(world.clock.now()), "UTC is a day behind");
        let list = told(&world, &m.university).await;
        assert_eq!(list.len(), n + 1, "{days} days ahead: {list:?}");
        assert_eq!(links(&world, &m.university).len(), n + 1, "a mail with a link for each");
    }
    let list = told(&world, &m.university).await;
    assert!(list[0]["zh"]["subject"].as_str().unwrap().contains("今天到期"), "{}", list[0]);
    assert!(list[1]["en"]["lines"][0].as_str().unwrap().contains(&m.last.to_string()), "{}", list[1]);
    assert_eq!(list[2]["href"], format!("/api/v1/achievements/{}", m.offer));
    // Only those who can act.
    for other in [&viewer, &m.broker, &actors.admin] {
        assert!(told(&world, other).await.is_empty());
    }

    // Programs open every link in a mail: that changes nothing.
    let links = links(&world, &m.university);
    let visitor = world.visitor();
    for link in &links {
        let page = visitor.get(link).await;
        let headers = format!("{:?}", page.headers);
        assert!(headers.contains("default-src 'none'") && headers.contains("no-referrer"), "{headers}");
        let page = page.ok().as_str().unwrap().to_owned();
        assert!(page.contains("<form method=\"post\">") && page.contains("续期一年"), "{page}");
        assert!(!page.contains("<b>"), "a title is no markup: {page}");
    }
    assert!(m.renewals(&world).await.is_empty());
    assert_eq!(last_day(&again(&world, &m.university).await, &m.offer).await, m.last);

    let page = clicked(&world, &links[2]).await;
    let renewed = last_day(&again(&world, &m.university).await, &m.offer).await;
    assert!(renewed > m.last + Duration::days(300), "{renewed}");
    assert!(
        page.contains("已续期") && page.contains(&renewed.to_string()) && !page.contains("此前"),
        "{page}"
    );
    // It is the person's own act, in the organisation's name.
    let acts = m.renewals(&world).await;
    assert_eq!(acts.len(), 1, "{acts:?}");
    let admin = sign_in(&world, &actors.admin.email).await;
    let log = admin.get("/audit?action=renew").await.ok();
    let act = &log["items"][0];
    assert_eq!(act["actor_id"], json!(m.university.account_id));
    assert_eq!(act["acting_organisation_id"], json!(organisation));
    // The second click, and the links of the earlier reminders, find it done.
    for link in &links {
        let page = clicked(&world, link).await;
        assert!(page.contains("此前已续期") && page.contains("renewed already"), "{page}");
        assert!(!visitor.get(link).await.ok().as_str().unwrap().contains("<form"));
    }
    assert_eq!(m.renewals(&world).await.len(), 1);
    assert_eq!(last_day(&again(&world, &m.university).await, &m.offer).await, renewed);
    // The next term has its own reminders; what was told a year ago is not kept.
    at(&world, before(renewed, 30)).await;
    let list = told(&world, &m.university).await;
    let of_this_term = list.iter().filter(|line| line["en"].to_string().contains(&renewed.to_string()));
    assert_eq!(of_this_term.count(), 1, "{list:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn many_clicks_at_once_renew_once() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    at(&world, before(m.last, 30)).await;
    let link = links(&world, &m.university).remove(0);
    let mut clicks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (visitor, link) = (world.visitor(), link.clone());
        let form = "application/x-www-form-urlencoded";
        clicks.spawn(async move { visitor.send(Method::POST, &link, form, Vec::new()).await.ok() });
    }
    let pages: Vec<String> = clicks.join_all().await.iter().map(ToString::to_string).collect();
    assert_eq!(pages.iter().filter(|page| !page.contains("此前")).count(), 1, "{pages:?}");
    assert_eq!(m.renewals(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_service_that_was_down_tells_of_the_nearest_end_alone_and_of_nothing_that_was_renewed() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let colleague = m.colleague(&actors, "colleague").await;
    let daily = json!({ "mail": "daily" });
    colleague.post("/notification-preferences/expiry", daily).await.ok();

    // Nobody looked for a month: one reminder, not two.
    at(&world, before(m.last, 5) + Duration::hours(10)).await;
    let list = told(&world, &m.university).await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert_eq!(links(&world, &m.university).len(), 1);
    // A digest brings the link as well.
    assert_eq!(told(&world, &colleague).await[0]["mail"], "digest");
    at(&world, before(m.last, 4) + Duration::hours(10)).await;
    world.until("the digest is there", async || !links(&world, &colleague).is_empty()).await;
    assert_eq!(told(&world, &colleague).await[0]["mail"], "sent");
    assert_ne!(links(&world, &colleague), links(&world, &m.university), "each has their own");

    // Told on the last day, renewed before the next morning's mail: nobody is mailed of it.
    at(&world, before(m.last, 0)).await;
    let sent = links(&world, &colleague).len();
    assert_eq!(told(&world, &colleague).await[0]["mail"], "digest");
    let university = again(&world, &m.university).await;
    university.act(&format!("/achievements/{}/renew", m.offer)).await.ok();
    at(&world, before(m.last, -1) + Duration::hours(10)).await;
    let gone = async || told(&world, &colleague).await[0]["mail"] == "dropped";
    world.until("the digest was let go", gone).await;
    assert_eq!(links(&world, &colleague).len(), sent);
    // Renewed before anybody was told, nothing is said at all.
    let renewed = last_day(&university_now(&world, &m).await, &m.offer).await;
    university_now(&world, &m).await.act(&format!("/achievements/{}/renew", m.offer)).await.ok();
    assert!(renewed <= last_day(&university_now(&world, &m).await, &m.offer).await);
    assert_eq!(told(&world, &m.university).await.len(), 2);
}

async fn university_now(world: &World, m: &Market) -> Client {
    again(world, &m.university).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_link_is_judged_by_what_its_reader_may_when_they_click() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let (leaver, viewer, disabled) = (
        m.colleague(&actors, "leaver").await,
        m.colleague(&actors, "viewer").await,
        m.colleague(&actors, "disabled").await,
    );
    at(&world, before(m.last, 7)).await;
    let link = |client: &Client| links(&world, client).remove(0);
    let (own, of_leaver, of_viewer, of_disabled) =
        (link(&m.university), link(&leaver), link(&viewer), link(&disabled));
    let university = again(&world, &m.university).await;
    let member = |client: &Client| {
        let organisation = m.university.acting.as_deref().unwrap();
        format!("/organisations/{organisation}/members/{}", client.account_id.as_deref().unwrap())
    };
    let tag = university.get(&member(&leaver)).await.etag();
    university.call(Method::DELETE, &member(&leaver), None, &[("if-match", &tag)]).await.status(204);
    let tag = university.get(&member(&viewer)).await.etag();
    let role = Some(json!({ "role": "viewer" }));
    university.call(Method::PUT, &member(&viewer), role, &[("if-match", &tag)]).await.ok();
    let admin = sign_in(&world, &actors.admin.email).await;
    let account = format!("/accounts/{}/disable", disabled.account_id.as_deref().unwrap());
    admin.post(&account, json!({ "reason": "离职" })).await.ok();

    click(&world, &of_leaver).await.refused(403, "forbidden");
    world.visitor().get(&of_leaver).await.refused(403, "forbidden");
    click(&world, &of_viewer).await.refused(403, "forbidden");
    click(&world, &of_disabled).await.refused(404, "not_found");
    // A link is of one person, one thing and one term: another word in it, and it is nobody's.
    let (head, signature) = own.rsplit_once('.').unwrap();
    for forged in [format!("{head}x.{signature}"), format!("{head}."), "/renewals?token=x".to_owned()] {
        click(&world, &forged).await.refused(404, "not_found");
    }
    // Nor does a link that ends mails renew anything.
    let mail = world.mails_to(&m.university.email).pop().unwrap();
    let (_, unsubscribe) = mail.split_once("/api/v1/unsubscribe?token=").unwrap();
    let token = unsubscribe.split_whitespace().next().unwrap().trim_end_matches('>');
    click(&world, &format!("/renewals?token={token}")).await.refused(404, "not_found");
    assert!(m.renewals(&world).await.is_empty());

    // Some days after the end it still works, and brings the publication back.
    at(&world, before(m.last, -6)).await;
    let page = format!("/achievements/{}", m.offer);
    assert_eq!(university_now(&world, &m).await.get(&page).await.ok()["status"], "expired");
    assert!(clicked(&world, &own).await.contains("已续期"));
    assert_eq!(university_now(&world, &m).await.get(&page).await.ok()["status"], "published");
    // Then its time is over, whatever it was for.
    at(&world, before(m.last, -9)).await;
    click(&world, &own).await.refused(404, "not_found");
    assert_eq!(m.renewals(&world).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_withdrawn_meanwhile_is_not_renewed() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    at(&world, before(m.last, 7)).await;
    let link = links(&world, &m.university).remove(0);
    let gone = json!({ "reason": "已转让" });
    let university = university_now(&world, &m).await;
    university.post(&format!("/achievements/{}/withdraw", m.offer), gone).await.ok();
    assert!(world.visitor().get(&link).await.ok().as_str().unwrap().contains("不能续期"));
    click(&world, &link).await.refused(409, "illegal_move");
}

/// What is on the desk of a subject, as queues.
async fn desk(world: &World, broker: &Client, subject: &str) -> Vec<String> {
    let broker = again(world, broker).await;
    let list = broker.get(&format!("/desk/items?subject_id={subject}")).await.ok();
    list["items"].as_array().unwrap().iter().map(|item| item["queue"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_click_asks_for_another_agreement_and_a_broker_answers_with_a_new_paper() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let agency = actors.verified(&broker, "机构", "provider", 1, true).await;
    let page = id_of(&agency.post("/providers", provider("检测中心")).await.created());
    publish(&agency, &broker, "providers", &page).await;
    let entry = format!("/providers/{page}/entry");
    agency.act(&entry).await.created();
    broker.act(&format!("{entry}/review")).await.ok();
    actors.admin.act(&format!("{entry}/approve")).await.ok();
    let today = day_of(world.clock.now());
    let last = today + Duration::days(100);
    let agreement = async |number: &str, valid_to: NaiveDate, broker: &Client| {
        json!({ "agreement_number": number, "signed_on": day_of(world.clock.now()), "valid_to": valid_to,
            "attachment_id": broker.paper("agreement").await })
    };
    broker.post(&format!("{entry}/enter"), agreement("RZ-1", last, &broker).await).await.ok();
    let asks = format!("{entry}/ask-renewal");
    assert_eq!(agency.act(&asks).await.fault_codes(), ["too_early"]);

    at(&world, before(last, 30)).await;
    assert_eq!(told(&world, &agency).await.len(), 1);
    let id = again(&world, &agency).await.get(&entry).await.ok()["id"].as_str().unwrap().to_owned();
    assert_eq!(desk(&world, &broker, &id).await, ["expiring"]);
    let link = links(&world, &agency).remove(0);
    world.visitor().get(&link).await.ok();
    assert_eq!(desk(&world, &broker, &id).await, ["expiring"], "a look asks for nothing");
    assert!(clicked(&world, &link).await.contains("已提交服务中心"));
    assert!(clicked(&world, &link).await.contains("此前已提交"));
    let shown = again(&world, &agency).await.get(&entry).await.ok();
    assert!(shown["renewal_asked_at"].is_string() && shown["valid_to"] == json!(last), "{shown}");
    let mut waits = desk(&world, &broker, &id).await;
    waits.sort();
    assert_eq!(waits, ["entry", "expiring"], "with the clock of an answer");

    let expert = again(&world, &broker).await;
    let next = agreement("RZ-2", last + Duration::days(365), &expert).await;
    expert.post(&format!("{entry}/renew"), next).await.ok();
    assert!(desk(&world, &broker, &id).await.is_empty());
    let shown = again(&world, &agency).await.get(&entry).await.ok();
    assert!(shown["renewal_asked_at"].is_null(), "{shown}");
    assert!(clicked(&world, &link).await.contains("此前已续期"), "of that term everything is done");
    at(&world, before(last, 7)).await;
    assert_eq!(told(&world, &agency).await.len(), 1, "the other term is far from its end");
}

/// The owner of an organisation that a broker verified until a day.
async fn verified_until(actors: &Actors<'_>, broker: &Client, n: u32, last: NaiveDate) -> Client {
    let row = json!({ "name": format!("单位{n}"), "kind": "enterprise", "uscc": uscc(n), "town": "tanqiao",
        "demo": true });
    let owner = actors.owner(&format!("owner{n}"), row).await;
    let organisation = format!("/organisations/{}", owner.acting.as_deref().unwrap());
    owner.act(&format!("{organisation}/submit-verification")).await.ok();
    let evidence = json!({ "method": "licence", "evidence": "核对营业执照原件", "valid_until": last });
    let shown = broker.post(&format!("{organisation}/verify"), evidence).await.ok();
    assert_eq!(shown["valid_until"], json!(last));
    owner
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_verification_has_a_term_that_is_renewed_in_one_act_or_ends() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    // The usual one is three years.
    let usual = actors.verified(&broker, "高校", "university", 1, true).await;
    let of = |client: &Client| format!("/organisations/{}", client.acting.as_deref().unwrap());
    let today = day_of(world.clock.now());
    assert_eq!(usual.get(&of(&usual)).await.ok()["valid_until"], json!(today + chrono::Months::new(36)));
    assert!(world.visitor().get(&of(&usual)).await.ok()["valid_until"].is_null(), "for insiders");
    assert_eq!(usual.act(&format!("{}/ask-renewal", of(&usual))).await.fault_codes(), ["too_early"]);
    let last = today + Duration::days(40);
    let keeps = verified_until(&actors, &broker, 2, last).await;
    let lapses = verified_until(&actors, &broker, 3, last).await;
    let past = json!({ "method": "visit", "evidence": "实地走访", "valid_until": today - Duration::days(1) });
    let renews = |client: &Client| format!("{}/renew-verification", of(client));
    assert_eq!(broker.post(&renews(&keeps), past).await.fault_codes(), ["past"]);
    let shorter = json!({ "method": "visit", "evidence": "实地走访", "valid_until": last });
    assert_eq!(broker.post(&renews(&keeps), shorter).await.fault_codes(), ["no_extension"]);

    at(&world, before(last, 7)).await;
    for owner in [&keeps, &lapses] {
        assert_eq!(told(&world, owner).await.len(), 1);
    }
    let link = links(&world, &keeps).remove(0);
    assert!(clicked(&world, &link).await.contains("已提交服务中心"));
    let subject = keeps.acting.clone().unwrap();
    assert_eq!(desk(&world, &broker, &subject).await, ["verification"]);
    // Until somebody answers it stays verified.
    assert_eq!(again(&world, &keeps).await.get(&of(&keeps)).await.ok()["verification"], "verified");
    let evidence = json!({ "method": "registry", "evidence": "公示系统核查一致" });
    let expert = again(&world, &broker).await;
    again(&world, &keeps).await.post(&renews(&keeps), evidence.clone()).await.refused(403, "forbidden");
    let renewed = expert.post(&renews(&keeps), evidence.clone()).await.ok();
    assert!(renewed["valid_until"].as_str().unwrap() > last.to_string().as_str(), "{renewed}");
    assert!(renewed["renewal_asked_at"].is_null());
    assert!(desk(&world, &broker, &subject).await.is_empty());
    assert!(clicked(&world, &link).await.contains("此前已续期"));

    // Its last day is whole; then it ends, its owner hears of it, and it can be asked for anew.
    at(&world, end_of(last) - Duration::minutes(5)).await;
    assert_eq!(again(&world, &lapses).await.get(&of(&lapses)).await.ok()["verification"], "verified");
    at(&world, end_of(last) + Duration::seconds(1)).await;
    let ended = again(&world, &lapses).await;
    assert_eq!(ended.get(&of(&lapses)).await.ok()["verification"], "expired");
    assert_eq!(again(&world, &keeps).await.get(&of(&keeps)).await.ok()["verification"], "verified");
    let heard = ended.get("/notifications?kind=organisation").await.ok();
    assert!(heard["items"][0]["zh"]["subject"].as_str().unwrap().contains("认证过期"), "{heard}");
    ended.act(&format!("{}/submit-verification", of(&lapses))).await.ok();
    let expert = again(&world, &broker).await;
    let shown = expert.post(&format!("{}/verify", of(&lapses)), evidence).await.ok();
    assert_eq!(shown["verification"], "verified");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whoever_is_to_answer_an_interest_is_reminded_a_week_ahead_and_on_its_last_day() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let hidden = actors.verified(&m.broker, "隐名", "enterprise", 2, true).await;
    let mut need = demand("低温启动");
    need["content"]["publicity"] = json!("anonymous");
    let need = id_of(&hidden.post("/demands", need).await.created());
    publish(&hidden, &m.broker, "demands", &need).await;
    let made = dock(&m.university, json!({ "demand_id": need })).await;
    let last: NaiveDate = made["expires_on"].as_str().unwrap().parse().unwrap();
    let offered = json!({ "achievement_id": m.offer });
    let answered = id_of(&dock(&hidden, offered).await);

    at(&world, before(last, 8)).await;
    assert!(told(&world, &hidden).await.is_empty());
    m.university_accepts(&world, &answered).await;
    at(&world, before(last, 7)).await;
    let list = told(&world, &hidden).await;
    assert_eq!(list.len(), 1, "{list:?}");
    assert!(
        list[0]["zh"]["subject"].as_str().unwrap().contains(&format!("请于 {last}（含）前答复")),
        "{}",
        list[0]
    );
    assert_eq!(list[0]["href"], format!("/api/v1/dockings/{}", id_of(&made)));
    at(&world, before(last, 0)).await;
    assert_eq!(told(&world, &hidden).await.len(), 2);
    // The side that waits is not reminded, nor is anybody of what was answered; and it has no link that renews.
    assert!(told(&world, &m.university).await.is_empty());
    assert!(links(&world, &hidden).is_empty());
    let mails = world.mails();
    let others = mails.iter().filter(|mail| !mail.contains(&format!("To: {}", hidden.email)));
    for mail in others {
        assert!(!mail.contains("隐名单位"), "{mail}");
    }
    at(&world, before(last, -1)).await;
    let ended = again(&world, &hidden).await.get(&format!("/dockings/{}", id_of(&made))).await.ok();
    assert_eq!(ended["stage"], "expired");
}

impl Market {
    async fn university_accepts(&self, world: &World, docking: &str) {
        let university = again(world, &self.university).await;
        university.act(&format!("/dockings/{docking}/accept")).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_ends_and_nobody_has_an_account_of_is_on_the_desk_of_the_centre() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let m = market(&actors).await;
    let collected = async |title: &str, organisation: Option<&String>| {
        let mut body = achievement(title);
        body["collected"] =
            json!({ "source_url": "https://source.example/1", "organisation_id": organisation });
        let id = id_of(&m.broker.post("/achievements", body).await.created());
        m.broker.act(&format!("/achievements/{id}/submit")).await.ok();
        let other = actors.broker(title).await;
        other.act(&format!("/achievements/{id}/claim")).await.ok();
        other.act(&format!("/achievements/{id}/publish")).await.ok();
        id
    };
    let nobodys = collected("无主的成果", None).await;
    let last = last_day(&m.broker, &nobodys).await;
    at(&world, before(last, 31)).await;
    assert_eq!(desk(&world, &m.broker, &nobodys).await, ["owner"]);
    at(&world, before(last, 30)).await;
    let mut waits = desk(&world, &m.broker, &nobodys).await;
    waits.sort();
    assert_eq!(waits, ["expiring", "owner"]);
    let broker = again(&world, &m.broker).await;
    let item = broker.get(&format!("/desk/items?queue=expiring&subject_id={nobodys}")).await.ok();
    let due: DateTime<Utc> = item["items"][0]["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(day_of(due), last, "{item}");
    // Whose people are reminded is not the centre's to look after.
    assert!(desk(&world, &m.broker, &m.offer).await.is_empty());
    assert_eq!(told(&world, &m.university).await.len(), 1);
    broker.act(&format!("/achievements/{nobodys}/renew")).await.ok();
    assert_eq!(desk(&world, &m.broker, &nobodys).await, ["owner"]);
}
