//! Private values are planted, and then looked for in all that somebody else can read.

use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use techmart_api::clock::Moment;
use techmart_entity::{account, audit, idempotency, ledger, outbox};
use techmart_tests::{
    Actors, Client, World,
    actors::{PASSWORD, publish},
    builders::{achievement, demand, provider, uscc},
    client::id_of,
};
use uuid::Uuid;

/// A private value and the addresses, by their beginning, at which it is no secret.
struct Mark {
    what: &'static str,
    value: String,
    open_at: &'static [&'static str],
}

fn mark(what: &'static str, value: impl Into<String>) -> Mark {
    Mark { what, value: value.into(), open_at: &[] }
}

const OFFER_PHONE: &str = "13911110001";
const NEED_PHONE: &str = "13911110002";
const PAGE_PHONE: &str = "13911110003";
const OPEN_PHONE: &str = "13911110004";
const HIDDEN_NAME: &str = "Qzhiddenfirm";
const UNLISTED_TITLE: &str = "Qzunlisted";
const DRAFT_TITLE: &str = "Qzdraftonly";
const NEXT_TITLE: &str = "Qznextversion";
const FILE_NAME: &str = "qzfilename.pdf";
const SUMMARY: &str = "Qzminutes";
const JOIN: &str = "qzjoin";
const THREAD: &str = "Qzbetweenthesides";
const CENTRE: &str = "Qztothecentre";

/// A world in which every kind of private value lies somewhere.
struct Planted {
    world: World,
    admin: Client,
    stranger: Client,
    auditor: Client,
    /// The supplier of the dockings, with an open one on the demand without a name.
    university: Client,
    /// The enterprise that posts without its name.
    hidden: Client,
    /// The enterprise of the docking that went on.
    open: Client,
    agency: Client,
    offer: String,
    page: String,
    anonymous: String,
    unlisted: String,
    draft: String,
    docking: String,
    waiting: String,
    paper: String,
    fair: String,
    /// The secret of a key of the supplier's.
    key: String,
}

/// An API client of an organisation, for all it may have, with a key; the secret of that.
async fn key(owner: &Client, admin: &Client) -> String {
    let asked = json!({ "name": "门户", "purpose": "对接本单位系统。", "organisation_id": owner.acting,
        "scopes": ["listings:read", "dockings:read", "dockings:write"] });
    let client = id_of(&make(owner, "/api-clients", asked).await);
    admin.act(&format!("/api-clients/{client}/approve")).await.ok();
    let made = make(owner, &format!("/api-clients/{client}/keys"), json!({})).await;
    made["key"].as_str().unwrap().rsplit('_').next().unwrap().to_owned()
}

/// Makes something under an idempotency key, so that an answer is kept as well.
async fn make(client: &Client, path: &str, body: Value) -> Value {
    let key = Uuid::new_v4().to_string();
    client.call(Method::POST, path, Some(body), &[("idempotency-key", &key)]).await.created()
}

/// A listing with that contact and those further members.
async fn listing(client: &Client, plural: &str, mut body: Value, phone: &str, more: Value) -> String {
    body["content"]["contact"] = json!({ "name": "联系人", "phone": phone });
    for (name, value) in more.as_object().unwrap() {
        body["content"][name] = value.clone();
    }
    id_of(&make(client, &format!("/{plural}"), body).await)
}

/// The owner of a verified organisation with that name and contact.
async fn verified(
    actors: &Actors<'_>,
    broker: &Client,
    name: &str,
    kind: &str,
    n: u32,
    phone: &str,
) -> Client {
    let organisation = json!({ "name": name, "kind": kind, "uscc": uscc(n), "town": "tanqiao", "demo": true,
        "contacts": [{ "name": "单位联系人", "phone": phone }] });
    let owner = actors.owner(name, organisation).await;
    let id = owner.acting.clone().unwrap();
    owner.act(&format!("/organisations/{id}/submit-verification")).await.ok();
    let evidence = json!({ "method": "licence", "evidence": "核对营业执照原件" });
    broker.post(&format!("/organisations/{id}/verify"), evidence).await.ok();
    owner
}

/// An event at which who posts without a name shows a demand, comes, and meets the supplier.
async fn fair(world: &World, broker: &Client, hidden: &Client, offer: &str, anonymous: &str) -> String {
    let at = |hours: i64| Moment(world.clock.now() + chrono::Duration::hours(hours)).to_string();
    let event = json!({ "kind": "matching_fair", "title": "专场对接", "summary": "专场对接。", "demo": true,
        "starts_at": at(24), "ends_at": at(30), "online_url": format!("https://meet.example/{JOIN}"),
        "call": { "kinds": ["demand"] } });
    let id = id_of(&make(broker, "/events", event).await);
    broker.act(&format!("/events/{id}/open")).await.ok();
    make(hidden, &format!("/events/{id}/items"), json!({ "listing_id": anonymous })).await;
    let items = broker.get(&format!("/events/{id}/items")).await.ok();
    let item = id_of(&items["items"][0]);
    broker.act(&format!("/events/{id}/items/{item}/approve")).await.ok();
    make(broker, &format!("/events/{id}/items"), json!({ "listing_id": offer })).await;
    hidden.act(&format!("/events/{id}/sign-ups")).await.created();
    let pair = json!({ "achievement_id": offer, "demand_id": anonymous });
    let pair = id_of(&make(broker, &format!("/events/{id}/pairs"), pair).await);
    let slot = json!({ "slot_at": at(25), "table_number": 3 });
    broker.post(&format!("/events/{id}/pairs/{pair}/accept"), slot).await.ok();
    id
}

impl Planted {
    async fn set() -> Self {
        let world = World::start().await;
        let actors = Actors::of(&world).await;
        let broker = actors.broker("broker").await;
        let university = verified(&actors, &broker, "高校", "university", 1, "13922220001").await;
        let hidden = verified(&actors, &broker, HIDDEN_NAME, "enterprise", 2, "13922220002").await;
        let open = verified(&actors, &broker, "公开企业", "enterprise", 3, OPEN_PHONE).await;
        let agency = verified(&actors, &broker, "机构", "provider", 4, "13922220003").await;
        let stranger = actors.verified(&broker, "外人", "enterprise", 5, true).await;

        let offer = achievement("Qzpublic 循环泵");
        let offer = listing(&university, "achievements", offer, OFFER_PHONE, json!({})).await;
        let page = listing(&agency, "providers", provider("检测中心"), PAGE_PHONE, json!({})).await;
        let (nameless, apart) = (json!({ "publicity": "anonymous" }), json!({ "publicity": "unlisted" }));
        let anonymous = listing(&hidden, "demands", demand("隐名的需求"), NEED_PHONE, nameless).await;
        let unlisted = demand(&format!("{UNLISTED_TITLE} 需求"));
        let unlisted = listing(&hidden, "demands", unlisted, NEED_PHONE, apart).await;
        let draft = achievement(&format!("{DRAFT_TITLE} 成果"));
        let draft = listing(&university, "achievements", draft, OFFER_PHONE, json!({})).await;
        publish(&university, &broker, "achievements", &offer).await;
        publish(&agency, &broker, "providers", &page).await;
        publish(&hidden, &broker, "demands", &anonymous).await;
        publish(&hidden, &broker, "demands", &unlisted).await;

        // The next version of what is published, which nobody has approved yet.
        let next = json!({ "content": { "title": format!("{NEXT_TITLE} 循环泵") } });
        university.patch(&format!("/achievements/{offer}/draft"), next).await.ok();

        // An interest that nobody has accepted yet, and a docking that went on to a meeting.
        let waiting = id_of(&make(&university, "/dockings", json!({ "demand_id": anonymous })).await);
        let docking = id_of(&make(&open, "/dockings", json!({ "achievement_id": offer })).await);
        university.act(&format!("/dockings/{docking}/accept")).await.ok();
        let bytes = b"%PDF-1.4\n% minutes\n%%EOF\n".to_vec();
        let paper = id_of(&open.upload("minutes", FILE_NAME, bytes).await.created());
        let day = techmart_api::clock::day_of(world.clock.now()).to_string();
        let meeting = json!({ "held_on": day, "mode": "online", "attendees": ["李工"],
            "summary": format!("{SUMMARY} 样机指标"), "minutes_attachment_id": paper });
        let met = make(&open, &format!("/dockings/{docking}/meetings"), meeting).await;
        let met = id_of(&met["meetings"][0]);
        university.act(&format!("/dockings/{docking}/meetings/{met}/confirm")).await.ok();
        university.get(&format!("/dockings/{docking}/contacts")).await.ok();
        // What is written in both, the contacts among it.
        for (client, docking, body) in [
            (&hidden, &waiting, json!({ "body": "启动指标如何？" })),
            (
                &hidden,
                &waiting,
                json!({ "channel": "enterprise", "body": format!("{CENTRE} 请打 {NEED_PHONE}") }),
            ),
            (&open, &docking, json!({ "body": format!("{THREAD} 请打 {OPEN_PHONE}") })),
            (&open, &docking, json!({ "channel": "enterprise", "body": format!("{CENTRE} 底价") })),
        ] {
            make(client, &format!("/dockings/{docking}/messages"), body).await;
        }
        let times = json!({ "times": [Moment(world.clock.now() + chrono::Duration::days(2))], "minutes": 60,
            "mode": "online", "join_url": format!("https://meet.example/{JOIN}"), "agenda": THREAD });
        make(&open, &format!("/dockings/{docking}/appointments"), times).await;
        let terms = json!({ "cooperation_mode": "licence", "terms": format!("{THREAD} 两期") });
        make(&open, &format!("/dockings/{docking}/offers"), terms).await;
        let fair = fair(&world, &broker, &hidden, &offer, &anonymous).await;
        let key = key(&university, &actors.admin).await;
        let auditor = actors.with_role("auditor", "auditor").await;
        world.drain().await;
        let admin = actors.admin.clone();
        Self {
            world,
            admin,
            stranger,
            auditor,
            university,
            hidden,
            open,
            agency,
            offer,
            page,
            anonymous,
            unlisted,
            draft,
            docking,
            waiting,
            paper,
            fair,
            key,
        }
    }

    fn contacts() -> Vec<Mark> {
        [OFFER_PHONE, NEED_PHONE, PAGE_PHONE, OPEN_PHONE, "13922220001", "13922220002", "13922220003"]
            .into_iter()
            .map(|phone| mark("a private contact", phone))
            .collect()
    }

    /// What nobody is ever shown again.
    fn secrets(&self) -> Vec<Mark> {
        let token = |client: &Client| mark("a refresh token", client.refresh_token.clone().unwrap());
        let key = mark("the secret of an API key", self.key.clone());
        vec![
            key,
            mark("a password", PASSWORD),
            token(&self.university),
            token(&self.hidden),
            token(&self.admin),
        ]
    }

    /// Who posts without a name. That the organisation exists is no secret.
    fn hidden_enterprise(&self) -> Vec<Mark> {
        let id = self.hidden.acting.clone().unwrap();
        let open_at = &["/organisations"] as &[_];
        vec![
            Mark { open_at, ..mark("the name of who posts without one", HIDDEN_NAME) },
            Mark { open_at, ..mark("the organisation of who posts without a name", id) },
        ]
    }

    /// What the people of dockings and the authors keep to themselves.
    fn inner() -> Vec<Mark> {
        vec![
            mark("an unlisted demand", UNLISTED_TITLE),
            mark("a draft", DRAFT_TITLE),
            mark("the next version of what is published", NEXT_TITLE),
            mark("the name of a file", FILE_NAME),
            mark("the minutes of a meeting", SUMMARY),
            mark("where to join online", JOIN),
            mark("what the sides write to each other", THREAD),
            mark("what a side writes to the centre", CENTRE),
        ]
    }

    /// Everything that a GET can name: each operation with each id there is, and the lists with what
    /// opens them widest.
    async fn addresses(&self) -> Vec<String> {
        let mut ids = vec![&self.offer, &self.page, &self.anonymous, &self.unlisted, &self.draft];
        ids.extend([&self.docking, &self.waiting, &self.paper, &self.fair]);
        let owners = [&self.university, &self.hidden, &self.open, &self.agency];
        ids.extend(owners.iter().filter_map(|client| client.acting.as_ref()));
        let ledger = self.admin.get("/ledger?limit=100").await.ok();
        let entries: Vec<String> = ledger["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["entry_id"].as_str().unwrap().to_owned())
            .collect();
        let mut ids: Vec<String> = ids.into_iter().cloned().collect();
        ids.extend(entries);
        let account = self.hidden.account_id.clone().unwrap();

        let mut all = Vec::new();
        for (path, item) in self.world.document["paths"].as_object().unwrap() {
            let Some(operation) = item.get("get") else { continue };
            let path = path.strip_prefix("/api/v1").unwrap_or(path);
            let path = path.replace("{account_id}", &account).replace("{list}", "field");
            let takes = |name: &str| {
                operation["parameters"].as_array().unwrap().iter().any(|parameter| parameter["name"] == name)
            };
            let mut query: Vec<&str> = Vec::new();
            if takes("limit") {
                query.push("limit=100");
            }
            if takes("plan") {
                query.push("plan=demo");
            }
            // A stream ends by itself.
            if takes("seconds") {
                query.push("seconds=1");
            }
            let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
            if path.contains("{indicator}") {
                all.extend(["T1", "T3", "T4", "T5"].map(|code| path.replace("{indicator}", code) + &query));
            } else if path.contains("{id}") {
                all.extend(ids.iter().map(|id| path.replace("{id}", id) + &query));
            } else {
                all.push(format!("{path}{query}"));
            }
        }
        let statuses = "status=draft&status=submitted&status=in_review&status=published&limit=100";
        all.extend(["achievements", "demands", "providers"].map(|plural| format!("/{plural}?{statuses}")));
        for owner in owners {
            let id = owner.acting.as_deref().unwrap();
            all.push(format!("/demands?organisation_id={id}&limit=100"));
            all.push(format!("/achievements?organisation_id={id}&limit=100"));
            all.push(format!("/dockings?enterprise_id={id}&limit=100"));
        }
        let more = ["/health/live", "/health/ready", "/metrics", "/search?facets=true&demo=true&limit=100"];
        all.extend(more.map(str::to_owned));
        // A harvester's way, outside the document.
        let formats = ["oai_dc", "techmart"];
        all.extend(formats.map(|format| format!("/oai?verb=ListRecords&metadataPrefix={format}")));
        all
    }
}

/// Looks for the marks in whatever the reader is answered, headers and errors too.
async fn found_by(reader: &Client, name: &str, addresses: &[String], marks: &[Mark]) -> Vec<String> {
    let mut found = Vec::new();
    for address in addresses {
        let reply = reader.get(address).await;
        let said = format!("{:?} {}", reply.headers, reply.body);
        found.extend(
            marks
                .iter()
                .filter(|mark| said.contains(&mark.value))
                .filter(|mark| !mark.open_at.iter().any(|open| address.starts_with(open)))
                .map(|mark| format!("{name}: {} ({}) at {address}", mark.what, mark.value)),
        );
    }
    found
}

fn nothing(found: &[String]) {
    assert!(found.is_empty(), "{} leaks:\n{}", found.len(), found.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_private_is_in_nothing_that_a_visitor_a_stranger_or_an_auditor_can_read() {
    let planted = Planted::set().await;
    let addresses = planted.addresses().await;
    let (visitor, nobody) = (planted.world.visitor(), planted.stranger.acting_for_nobody());
    let mut all = Planted::contacts();
    all.extend(planted.secrets());
    all.extend(planted.hidden_enterprise());
    all.extend(Planted::inner());
    let mut found = found_by(&visitor, "visitor", &addresses, &all).await;
    found.extend(found_by(&planted.stranger, "stranger", &addresses, &all).await);
    found.extend(found_by(&nobody, "stranger acting for nobody", &addresses, &all).await);
    let mut kept_from_auditors = Planted::contacts();
    kept_from_auditors.extend(planted.secrets());
    found.extend(found_by(&planted.auditor, "auditor", &addresses, &kept_from_auditors).await);
    // The other side of a docking that is not accepted yet does not know whom it deals with.
    let mut kept_from_supplier = planted.hidden_enterprise();
    kept_from_supplier.push(mark("a private contact", NEED_PHONE));
    kept_from_supplier.push(mark("an unlisted demand", UNLISTED_TITLE));
    // It sees the timetable of the event, without having signed up.
    let join = [mark("where to join an event online", JOIN)];
    let events: Vec<String> =
        addresses.iter().filter(|address| address.starts_with("/events")).cloned().collect();
    found.extend(found_by(&planted.auditor, "auditor", &events, &join).await);
    found.extend(found_by(&planted.university, "supplier", &events, &join).await);
    kept_from_supplier.push(mark("what the other side writes to the centre", CENTRE));
    found.extend(found_by(&planted.university, "supplier", &addresses, &kept_from_supplier).await);
    // Nor does the side that is in a docking know what the other side has not published.
    let mut kept_from_enterprise = planted.hidden_enterprise();
    kept_from_enterprise.push(mark("a draft", DRAFT_TITLE));
    kept_from_enterprise.push(mark("the next version of what is published", NEXT_TITLE));
    found.extend(found_by(&planted.open, "enterprise", &addresses, &kept_from_enterprise).await);
    nothing(&found);
    // The same look by somebody of the centre meets all of it: it would have been seen.
    let mut there = Planted::contacts();
    there.extend(planted.hidden_enterprise());
    there.extend(Planted::inner());
    let met = found_by(&planted.admin, "admin", &addresses, &there).await;
    for mark in there {
        assert!(met.iter().any(|line| line.contains(&mark.value)), "{} is nowhere", mark.what);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_private_is_shown_to_those_whom_it_belongs_to() {
    let planted = Planted::set().await;
    let shown = async |client: &Client, path: String, value: &str| {
        let reply = client.get(&path).await;
        assert!(reply.body.to_string().contains(value), "{path} lacks {value}: {}", reply.body);
    };
    let Planted { university, hidden, open, agency, admin, auditor, .. } = &planted;
    shown(university, format!("/achievements/{}/draft", planted.offer), OFFER_PHONE).await;
    shown(university, format!("/achievements/{}", planted.offer), OFFER_PHONE).await;
    shown(university, format!("/achievements/{}/versions", planted.offer), OFFER_PHONE).await;
    shown(university, format!("/achievements/{}", planted.draft), DRAFT_TITLE).await;
    shown(agency, format!("/providers/{}", planted.page), PAGE_PHONE).await;
    shown(hidden, format!("/demands/{}", planted.anonymous), NEED_PHONE).await;
    shown(hidden, format!("/demands/{}", planted.anonymous), HIDDEN_NAME).await;
    shown(auditor, format!("/demands/{}", planted.anonymous), HIDDEN_NAME).await;
    shown(hidden, format!("/demands/{}", planted.unlisted), UNLISTED_TITLE).await;
    shown(admin, format!("/demands/{}", planted.unlisted), UNLISTED_TITLE).await;
    shown(hidden, format!("/dockings/{}", planted.waiting), HIDDEN_NAME).await;
    shown(university, format!("/dockings/{}/contacts", planted.docking), OPEN_PHONE).await;
    shown(open, format!("/dockings/{}/contacts", planted.docking), OFFER_PHONE).await;
    shown(university, format!("/dockings/{}", planted.docking), SUMMARY).await;
    shown(open, format!("/attachments/{}", planted.paper), FILE_NAME).await;
    shown(open, format!("/organisations/{}", open.acting.as_deref().unwrap()), OPEN_PHONE).await;
    let token = json!({ "refresh_token": university.refresh_token });
    planted.world.visitor().post("/auth/refresh", token).await.ok();
    // Once the interest is accepted, the supplier learns whom it deals with, and how to reach them.
    hidden.act(&format!("/dockings/{}/accept", planted.waiting)).await.ok();
    shown(university, format!("/dockings/{}", planted.waiting), HIDDEN_NAME).await;
    shown(university, format!("/dockings/{}/contacts", planted.waiting), NEED_PHONE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_search_for_what_is_private_finds_nothing_and_shows_nothing() {
    let planted = Planted::set().await;
    let id = planted.hidden.acting.clone().unwrap();
    let uscc = uscc(2);
    let private = [
        OFFER_PHONE,
        NEED_PHONE,
        PAGE_PHONE,
        OPEN_PHONE,
        HIDDEN_NAME,
        UNLISTED_TITLE,
        DRAFT_TITLE,
        NEXT_TITLE,
        FILE_NAME,
        SUMMARY,
        PASSWORD,
        &id,
        &uscc,
    ];
    let mut found = Vec::new();
    for reader in [planted.world.visitor(), planted.stranger.clone()] {
        let seen = reader.get("/search?q=Qzpublic").await.ok();
        assert_eq!(seen["items"][0]["id"], planted.offer.as_str(), "what is public is found");
        let seen = reader.get("/search?q=隐名的需求").await.ok();
        assert_eq!(seen["items"][0]["id"], planted.anonymous.as_str(), "without its name it is found");
        for value in private {
            let reply = reader.get(&format!("/search?q={value}&limit=100&facets=true")).await.ok();
            let hits = reply["items"].as_array().unwrap();
            if !hits.is_empty() || reply.to_string().contains(value) {
                found.push(format!("{value}: {reply}"));
            }
            let typed: String = value.chars().take(value.chars().count() - 1).collect();
            let reply = reader.get(&format!("/search/suggest?q={typed}&limit=50")).await.ok();
            if reply.to_string().contains(value) {
                found.push(format!("{typed}: {reply}"));
            }
        }
    }
    nothing(&found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn errors_do_not_name_what_the_caller_may_not_know_of() {
    let planted = Planted::set().await;
    let mut marks = Planted::contacts();
    marks.extend(planted.hidden_enterprise());
    marks.extend(Planted::inner());
    let tried = [
        ("/dockings", json!({ "demand_id": planted.unlisted })),
        ("/dockings", json!({ "achievement_id": planted.draft })),
        ("/dockings", json!({ "demand_id": planted.anonymous, "enterprise_id": planted.stranger.acting })),
        ("/dockings", json!({ "demand_id": planted.anonymous, "provider_id": planted.unlisted })),
    ];
    let mut found = Vec::new();
    let mut look = |asked: String, said: String| {
        let leaks = marks.iter().filter(|mark| said.contains(&mark.value));
        found.extend(leaks.map(|mark| format!("{} ({}) by {asked}", mark.what, mark.value)));
    };
    for (path, body) in tried {
        let key = Uuid::new_v4().to_string();
        let headers = [("idempotency-key", key.as_str())];
        let reply = planted.stranger.call(Method::POST, path, Some(body), &headers).await;
        assert!(reply.status.is_client_error(), "{}", reply.body);
        look(reply.asked.clone(), reply.body.to_string());
    }
    for id in [&planted.unlisted, &planted.anonymous] {
        for mv in ["submit", "claim", "publish"] {
            let reply = planted.stranger.act(&format!("/demands/{id}/{mv}")).await;
            look(reply.asked.clone(), reply.body.to_string());
        }
    }
    // A sign-in, a registration and a change that fail do not repeat the password.
    let visitor = planted.world.visitor();
    let password = "Qz-a-secret-that-was-typed";
    for (path, body) in [
        ("/auth/login", json!({ "email": planted.hidden.email, "password": password })),
        ("/auth/register", json!({ "email": "x", "password": password, "name": "" })),
        ("/auth/reset-password", json!({ "token": password, "password": password, "more": password })),
    ] {
        let reply = visitor.post(path, body).await;
        assert!(reply.status.is_client_error(), "{}", reply.body);
        if reply.body.to_string().contains(password) {
            found.push(format!("a password in {}", reply.body));
        }
    }
    nothing(&found);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn mails_tell_their_reader_nothing_that_the_reader_may_not_see() {
    let planted = Planted::set().await;
    let mails = planted.world.mails();
    assert!(!mails.is_empty());
    let mut found = Vec::new();
    for mail in &mails {
        let to = |client: &Client| mail.contains(&format!("To: {}", client.email));
        let mut marks = Planted::contacts();
        marks.extend(planted.secrets());
        if !to(&planted.hidden) {
            marks.extend(planted.hidden_enterprise());
            marks.push(mark("an unlisted demand", UNLISTED_TITLE));
        }
        if !to(&planted.university) && !to(&planted.open) {
            marks.push(mark("the minutes of a meeting", SUMMARY));
            marks.push(mark("the name of a file", FILE_NAME));
            marks.push(mark("what the sides write to each other", THREAD));
        }
        if to(&planted.university) {
            marks.push(mark("what the other side writes to the centre", CENTRE));
        }
        let leaks = marks.iter().filter(|mark| mail.contains(&mark.value));
        found.extend(leaks.map(|mark| format!("{} ({}) in {mail}", mark.what, mark.value)));
    }
    nothing(&found);
    // The allowed twin: the owner of the demand is told of the interest in it.
    assert!(!planted.world.mails_to(&planted.hidden.email).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_rows_that_are_kept_for_the_service_itself_hold_no_contact_and_no_secret() {
    let planted = Planted::set().await;
    let db = planted.world.state.db.read();
    let visitor = planted.world.visitor();
    visitor.post("/auth/forgot-password", json!({ "email": planted.open.email })).await.status(202);
    let tables = async || {
        let audit = audit::Entity::find().all(db).await.unwrap();
        let outbox = outbox::Entity::find().all(db).await.unwrap();
        let ledger = ledger::Entity::find().all(db).await.unwrap();
        let events = ledger::event::Entity::find().all(db).await.unwrap();
        assert!(!audit.is_empty() && !ledger.is_empty() && !events.is_empty());
        [
            ("audit", format!("{audit:?}")),
            ("outbox", format!("{outbox:?}")),
            ("ledger", format!("{ledger:?} {events:?}")),
        ]
    };
    let mut rows = tables().await.to_vec();
    // The token of the mail must not lie in the queue, neither before nor after it went out.
    let token = planted.world.token_for(&planted.open.email).await;
    rows.extend(tables().await);
    let mut marks = Planted::contacts();
    marks.extend(planted.secrets());
    marks.push(mark("the token of a mail", token.clone()));
    let mut found = Vec::new();
    let mut look = |table: &str, text: &str, marks: &[Mark]| {
        let leaks = marks.iter().filter(|mark| text.contains(&mark.value));
        found.extend(leaks.map(|mark| format!("{} ({}) in {table}", mark.what, mark.value)));
    };
    for (table, text) in &rows {
        look(table, text, &marks);
    }
    // An answer that is kept for a repetition may show its own caller their own contact, but no secret;
    // accounts and sessions keep hashes alone.
    let answers = idempotency::Entity::find().all(db).await.unwrap();
    assert!(!answers.is_empty());
    let mut secrets = planted.secrets();
    secrets.push(mark("the token of a mail", token));
    look("idempotency", &format!("{answers:?}"), &secrets);
    for (table, text) in [
        ("account", format!("{:?}", account::Entity::find().all(db).await.unwrap())),
        ("session", format!("{:?}", account::session::Entity::find().all(db).await.unwrap())),
        ("refresh_token", format!("{:?}", account::refresh_token::Entity::find().all(db).await.unwrap())),
        ("one_time_token", format!("{:?}", account::one_time_token::Entity::find().all(db).await.unwrap())),
    ] {
        look(table, &text, &secrets);
    }
    nothing(&found);
}
