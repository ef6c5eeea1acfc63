//! Auditors look at everything that is recorded, change nothing, and each look is recorded as well. And
//! what else is kept in bounds: the files of an organisation; and told: a meeting that waits.

use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::features::attachment::{policy::QUOTA, repo};
use techmart_entity::{
    attachment::{AttachmentPurpose, Model},
    id::AttachmentId,
};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    builders::{achievement, demand},
    client::id_of,
};
use uuid::Uuid;

struct Scene {
    broker: Client,
    auditor: Client,
    university: Client,
    enterprise: Client,
    offer: String,
    draft: String,
    docking: String,
}

async fn scene(actors: &Actors<'_>) -> Scene {
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let offer = id_of(&university.post("/achievements", achievement("氢燃料电池循环泵")).await.created());
    publish(&university, &broker, "achievements", &offer).await;
    let draft = id_of(&university.post("/achievements", achievement("未发布的成果")).await.created());
    let key = Uuid::new_v4().to_string();
    let interest = json!({ "achievement_id": offer });
    let key = [("idempotency-key", key.as_str())];
    let docking = id_of(&enterprise.call(Method::POST, "/dockings", Some(interest), &key).await.created());
    university.act(&format!("/dockings/{docking}/accept")).await.ok();
    let auditor = actors.with_role("auditor", "auditor").await;
    Scene { broker, auditor, university, enterprise, offer, draft, docking }
}

/// The looks in the log, oldest first: the kind and the id of what was looked at, and the path.
async fn looks(admin: &Client) -> Vec<(String, String, String)> {
    let log = admin.get("/audit?action=look&limit=100").await.ok();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = log["items"].as_array().unwrap().iter().rev();
    rows.map(|row| (text(&row["subject_kind"]), text(&row["subject_id"]), text(&row["facts"]["path"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn each_look_of_an_auditor_is_in_the_log_and_in_no_history() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let s = scene(&actors).await;
    let paper = s.university.paper("evidence").await;
    let ledger = s.broker.get("/ledger?indicator=T1").await.ok();
    let unit = ledger["items"][0]["entry_id"].as_str().unwrap().to_owned();
    let asked = [
        ("achievement", s.draft.as_str(), format!("/achievements/{}/draft", s.draft)),
        ("achievement", s.offer.as_str(), format!("/achievements/{}/history", s.offer)),
        ("ledger_entry", unit.as_str(), format!("/ledger/{unit}")),
        ("attachment", paper.as_str(), format!("/attachments/{paper}")),
        ("attachment", paper.as_str(), format!("/attachments/{paper}/content")),
        ("docking", s.docking.as_str(), format!("/dockings/{}", s.docking)),
        ("docking", "*", "/dockings".to_owned()),
        ("achievement", "*", "/achievements".to_owned()),
        ("indicator", "T1", "/progress/T1/units".to_owned()),
    ];
    assert!(looks(&actors.admin).await.is_empty());
    for (_, _, path) in &asked {
        let reply = s.auditor.get(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    }
    let wanted: Vec<_> =
        asked.iter().map(|(kind, id, path)| ((*kind).to_owned(), (*id).to_owned(), path.clone())).collect();
    assert_eq!(looks(&actors.admin).await, wanted);
    let log = actors.admin.get("/audit?action=look&limit=100").await.ok();
    let rows = log["items"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["actor_id"] == s.auditor.account_id.as_deref().unwrap()));
    for private in ["1380000", "1390000", "@people.example", "联系人", "循环泵", "未发布"] {
        assert!(!log.to_string().contains(private), "{private}: {log}");
    }
    for (reader, path) in [
        (&s.university, format!("/achievements/{}/history", s.draft)),
        (&s.university, format!("/achievements/{}/history", s.offer)),
        (&s.enterprise, format!("/dockings/{}/history", s.docking)),
        (&s.broker, format!("/dockings/{}/history", s.docking)),
    ] {
        let history = reader.get(&path).await.ok();
        let steps = history["items"].as_array().unwrap();
        assert!(steps.iter().all(|step| step["action"] != "look"), "{path}: {history}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_everybody_may_read_is_not_logged_and_neither_is_who_is_no_auditor() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let s = scene(&actors).await;
    world.drain().await;
    for path in [
        format!("/achievements/{}", s.offer),
        "/progress?plan=demo".to_owned(),
        "/funnel?plan=demo".to_owned(),
        "/indicators".to_owned(),
        "/code-lists".to_owned(),
        "/search?q=循环泵".to_owned(),
        "/me".to_owned(),
    ] {
        s.auditor.get(&path).await.ok();
    }
    for reader in [&s.broker, &actors.admin, &s.university] {
        reader.get(&format!("/achievements/{}/draft", s.draft)).await.ok();
        reader.get(&format!("/dockings/{}", s.docking)).await.ok();
    }
    // What is refused shows nothing.
    s.auditor.get("/accounts").await.refused(403, "forbidden");
    s.auditor.get(&format!("/dockings/{}", Uuid::nil())).await.refused(404, "not_found");
    assert_eq!(looks(&actors.admin).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_page_that_tells_an_auditor_more_than_others_is_logged() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let s = scene(&actors).await;
    let mut need = demand("隐名的需求");
    need["content"]["publicity"] = json!("anonymous");
    let need = id_of(&s.enterprise.post("/demands", need).await.created());
    publish(&s.enterprise, &s.broker, "demands", &need).await;
    let pages = [format!("/demands/{need}"), format!("/achievements/{}", s.draft)];
    for page in &pages {
        s.auditor.get(page).await.ok();
    }
    let hidden = format!("/achievements/{}", s.offer);
    s.auditor.get(&hidden).await.ok();
    let reason = json!({ "reason": "资质存疑，正在核查。" });
    let organisation = format!("/organisations/{}", s.university.acting.as_deref().unwrap());
    s.broker.post(&format!("{organisation}/suspend"), reason).await.ok();
    s.auditor.get(&hidden).await.ok();
    s.auditor.get("/funnel?plan=demo&by=organisation").await.ok();
    let paths: Vec<String> = looks(&actors.admin).await.into_iter().map(|(_, _, path)| path).collect();
    assert_eq!(paths, [&*pages[0], &*pages[1], &*hidden, "/funnel"]);
}

/// What a page says, but for the moves, which follow from its status.
async fn said(reader: &Client, path: &str) -> Value {
    let mut body = reader.get(path).await.ok();
    let body_of = body.as_object_mut().unwrap();
    body_of.remove("legal_moves");
    body_of.retain(|name, value| name != "duplicates" || *value != json!([]));
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_page_that_is_not_logged_says_to_an_auditor_what_it_says_to_everybody_who_signed_in() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let s = scene(&actors).await;
    let stranger = actors.verified(&s.broker, "外人", "enterprise", 3, true).await;
    let page = format!("/achievements/{}", s.offer);
    assert_eq!(said(&s.auditor, &page).await, said(&stranger, &page).await);
    assert_eq!(looks(&actors.admin).await.len(), 0);

    // A draft of the same is named to insiders alone; so is what is prepared next.
    let twin = id_of(&s.university.post("/achievements", achievement("氢燃料电池循环泵")).await.created());
    let seen = said(&s.auditor, &page).await;
    assert_eq!(seen["duplicates"][0]["id"], twin.as_str(), "{seen}");
    assert_eq!(looks(&actors.admin).await.len(), 1);
    let other = id_of(&s.university.post("/achievements", achievement("另一成果")).await.created());
    publish(&s.university, &s.broker, "achievements", &other).await;
    let other = format!("/achievements/{other}");
    let next = json!({ "content": { "title": "下一版" } });
    s.university.patch(&format!("{other}/draft"), next).await.ok();
    assert_ne!(said(&s.auditor, &other).await, said(&stranger, &other).await);
    assert_eq!(looks(&actors.admin).await.len(), 2);
    // Of a demand, how the centre judged it.
    let need = id_of(&s.enterprise.post("/demands", demand("低温启动")).await.created());
    publish(&s.enterprise, &s.broker, "demands", &need).await;
    let need = format!("/demands/{need}");
    assert_ne!(said(&s.auditor, &need).await, said(&stranger, &need).await);
    assert_eq!(looks(&actors.admin).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn that_nothing_has_changed_is_a_look_too() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let s = scene(&actors).await;
    let paper = s.university.paper("evidence").await;
    let paths = [format!("/achievements/{}/draft", s.draft), format!("/attachments/{paper}/content")];
    for path in &paths {
        let tag = s.auditor.get(path).await.etag();
        let again = s.auditor.call(Method::GET, path, None, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304, "{path}");
    }
    let seen: Vec<String> = looks(&actors.admin).await.into_iter().map(|(_, _, path)| path).collect();
    assert_eq!(seen, [&*paths[0], &*paths[0], &*paths[1], &*paths[1]]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn auditors_upload_nothing() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let bytes = b"%PDF-1.4\n%%EOF\n".to_vec();
    auditor.upload("evidence", "paper.pdf", bytes).await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_organisation_keeps_so_many_bytes_of_files_and_no_more() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let owner = actors.owner("负责人", json!({ "name": "某单位", "kind": "other" })).await;
    let other = actors.owner("另一", json!({ "name": "另一单位", "kind": "other" })).await;
    let bytes = |n: usize| format!("%PDF-1.4\n%{}\n%%EOF\n", "x".repeat(n)).into_bytes();
    let first = owner.upload("evidence", "first.pdf", bytes(10)).await.created();
    let size = |body: &Value| body["size"].as_i64().unwrap();
    // Half a gigabyte takes long to upload: a row says that it is there.
    let row = Model {
        id: AttachmentId::new(),
        sha256: "0".repeat(64),
        size: QUOTA - size(&first) - 100,
        media_type: "application/pdf".to_owned(),
        file_name: "large.pdf".to_owned(),
        purpose: AttachmentPurpose::Evidence,
        uploaded_by: owner.account_id.as_deref().unwrap().parse().unwrap(),
        organisation_id: Some(owner.acting.as_deref().unwrap().parse().unwrap()),
        used_by: None,
        created_at: world.clock.now(),
    };
    world.state.db.write(async |tx| repo::insert(tx, row.clone()).await).await.unwrap();
    owner.upload("evidence", "more.pdf", bytes(200)).await.refused(413, "too_large");
    let fits = bytes(100 - bytes(0).len());
    owner.upload("evidence", "last.pdf", fits).await.created();
    owner.upload("evidence", "none.pdf", bytes(1)).await.refused(413, "too_large");
    other.upload("evidence", "theirs.pdf", bytes(200)).await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_recorded_meeting_is_told_to_the_side_that_is_to_confirm_it() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let s = scene(&actors).await;
    world.drain().await;
    let count = |client: &Client| {
        world.mails_to(&client.email).iter().filter(|mail| mail.contains("有一次会面待对方确认")).count()
    };
    assert_eq!((count(&s.university), count(&s.enterprise)), (0, 0));
    let meeting = json!({ "held_on": world.today(), "mode": "online", "attendees": ["李工"],
        "summary": "样机指标保密内容。" });
    s.enterprise.post(&format!("/dockings/{}/meetings", s.docking), meeting).await.created();
    world.drain().await;
    assert_eq!((count(&s.university), count(&s.enterprise)), (1, 0));
    let mails = world.mails_to(&s.university.email);
    assert!(!mails.iter().any(|mail| mail.contains("保密内容")), "what was said stays in the service");
}
