//! What is kept about people: their copy of it, the erasure of an account, what time takes away, and who was shown whose
//! contacts.

use std::collections::BTreeSet;

use chrono::Duration;
use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, Statement};
use serde_json::{Value, json};
use techmart_api::{
    clock::Clock,
    features::personal_data::{
        categories::{CATEGORIES, NOT_PERSONAL, is_classified},
        schedule::sweep,
    },
    jobs::schedule,
};
use techmart_entity::{
    account::session, audit, audit::SubjectKind, id::AuditId, idempotency, notification, outbox,
};
use techmart_tests::{
    Actors, Client, World,
    actors::{PASSWORD, publish, sign_in},
    binary,
    builders::{achievement, demand},
    client::id_of,
};
use uuid::Uuid;

const NAME: &str = "Qzleaver";
const SEARCH: &str = "Qzkeptsearch";
const WORDS: &str = "Qzwroteinthethread";

async fn make(client: &Client, path: &str, body: Value) -> Value {
    let key = Uuid::new_v4().to_string();
    client.call(Method::POST, path, Some(body), &[("idempotency-key", &key)]).await.created()
}

async fn ask(client: &Client, password: &str) -> techmart_tests::Reply {
    client.post("/me/erasure", json!({ "password": password })).await
}

/// The schedule's looks.
async fn tick(world: &World) {
    world.drain().await;
    schedule::tick(&world.state).await;
    world.drain().await;
}

/// A docking that both accepted, in which somebody of the enterprise did and wrote something.
struct Case<'a> {
    actors: Actors<'a>,
    broker: Client,
    university: Client,
    enterprise: Client,
    leaver: Client,
    docking: String,
}

impl<'a> Case<'a> {
    async fn of(world: &'a World) -> Self {
        let actors = Actors::of(world).await;
        let broker = actors.broker("broker").await;
        let university = actors.verified(&broker, "高校", "university", 1, true).await;
        let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
        let leaver = actors.person(NAME).await;
        let at = enterprise.acting.clone().unwrap();
        let member = json!({ "email": leaver.email, "role": "editor" });
        enterprise.post(&format!("/organisations/{at}/members"), member).await.created();
        let leaver = leaver.acting_for(&at);
        let offer = id_of(&university.post("/achievements", achievement("循环泵")).await.created());
        publish(&university, &broker, "achievements", &offer).await;
        let mut need = demand("低温循环泵");
        need["content"]["contact"] = json!({ "name": NAME, "phone": "13800000002", "email": leaver.email });
        let need = id_of(&leaver.post("/demands", need).await.created());
        publish(&leaver, &broker, "demands", &need).await;
        let docking = id_of(&make(&leaver, "/dockings", json!({ "achievement_id": offer })).await);
        university.act(&format!("/dockings/{docking}/accept")).await.ok();
        let thread = format!("/dockings/{docking}/messages");
        make(&leaver, &thread, json!({ "body": format!("{WORDS} 低温数据？") })).await;
        let kept = json!({ "name": SEARCH, "query": "q=循环泵", "pace": "daily" });
        make(&leaver, "/saved-searches", kept).await;
        world.drain().await;
        Self { actors, broker, university, enterprise, leaver, docking }
    }
}

/// All that lies in the database, as text.
async fn everything(world: &World) -> Vec<(String, String)> {
    let db = world.state.db.read();
    let postgres = db.get_database_backend() == DbBackend::Postgres;
    let mut rows = Vec::new();
    for (table, columns) in tables(world).await {
        let each = |column: &String| {
            if postgres {
                format!("coalesce(\"{column}\"::text, '')")
            } else {
                format!(
                    "coalesce(CASE typeof(\"{column}\") WHEN 'blob' THEN hex(\"{column}\") ELSE \"{column}\" END, '')"
                )
            }
        };
        let columns: Vec<String> = columns.iter().map(each).collect();
        let sql = format!("SELECT {} AS said FROM \"{table}\"", columns.join(" || ' ' || "));
        let statement = Statement::from_string(db.get_database_backend(), sql);
        for row in db.query_all_raw(statement).await.unwrap() {
            rows.push((table.clone(), row.try_get("", "said").unwrap()));
        }
    }
    rows
}

/// The tables of the schema with their columns.
async fn tables(world: &World) -> Vec<(String, Vec<String>)> {
    let db = world.state.db.read();
    let backend = db.get_database_backend();
    let sql = if backend == DbBackend::Postgres {
        "SELECT table_name AS t, column_name AS c FROM information_schema.columns \
         WHERE table_schema = current_schema() ORDER BY 1, ordinal_position"
    } else {
        "SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p \
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, p.cid"
    };
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for row in db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap() {
        let (table, column): (String, String) =
            (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        match found.last_mut() {
            Some((last, columns)) if *last == table => columns.push(column),
            Some(_) | None => found.push((table, vec![column])),
        }
    }
    found.retain(|(table, _)| table != "seaql_migrations");
    found
}

fn where_it_stands<'a>(rows: &'a [(String, String)], what: &str) -> BTreeSet<&'a str> {
    rows.iter().filter(|(_, said)| said.contains(what)).map(|(table, _)| table.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_column_that_may_hold_something_about_people_is_in_the_table_of_categories() {
    let world = World::start().await;
    let words = [
        "email",
        "name",
        "phone",
        "contact",
        "address",
        "wechat",
        "client",
        "legal_rep",
        "body",
        "message",
        "note",
        "notes",
        "words",
        "query",
        "attendees",
        "raw",
        "facts",
        "reason",
        "reasons",
        "summary",
        "content",
        "place",
        "brief",
        "terms",
        "agenda",
        "join_url",
        "file_name",
        "signature",
        "opinion",
        "password",
        "payload",
        "by",
        "performers",
    ];
    let sounds_personal = |column: &str| {
        let accounts = ["account_id", "actor_id", "author_id", "assignee_id", "broker_id"];
        accounts.contains(&column)
            || words.iter().any(|word| {
                column == *word
                    || column.starts_with(&format!("{word}_"))
                    || column.ends_with(&format!("_{word}"))
                    || column == format!("{word}s")
            })
    };
    let tables = tables(&world).await;
    assert!(tables.len() > 50, "the schema was walked: {}", tables.len());
    let missing: Vec<String> = tables
        .iter()
        .flat_map(|(table, columns)| columns.iter().map(move |column| (table, column)))
        .filter(|(table, column)| sounds_personal(column) && !is_classified(table, column))
        .map(|(table, column)| format!("{table}.{column}"))
        .collect();
    assert!(missing.is_empty(), "say what these hold, in categories.rs: {missing:#?}");
    // And what the table names is there.
    let there = |named: &str| {
        let (table, column) = named.split_once('.').unwrap();
        tables.iter().any(|(name, columns)| {
            (table == "*" || table == name) && columns.iter().any(|found| found == column)
        })
    };
    let gone: Vec<&str> = CATEGORIES
        .iter()
        .flat_map(|category| category.columns.iter().copied())
        .chain(NOT_PERSONAL.iter().map(|(named, _)| *named))
        .filter(|named| !there(named))
        .collect();
    assert!(gone.is_empty(), "no such columns: {gone:?}");
    let shown = world.visitor().get("/personal-data/categories").await.ok();
    assert_eq!(shown["items"].as_array().unwrap().len(), CATEGORIES.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_gets_a_copy_of_everything_and_nothing_secret_is_in_it() {
    let world = World::start().await;
    let case = Case::of(&world).await;
    case.university.get(&format!("/dockings/{}/contacts", case.docking)).await.ok();
    let copy = case.leaver.get("/me/personal-data").await.ok();
    assert_eq!(copy["account"]["email"], case.leaver.email.as_str());
    assert_eq!(copy["saved_searches"][0]["name"], SEARCH);
    assert!(copy["messages"][0]["body"].as_str().unwrap().starts_with(WORDS));
    assert_eq!(copy["memberships"][0]["role"], "editor");
    assert_eq!(copy["sessions"].as_array().unwrap().len(), 1);
    assert!(!copy["notifications"].as_array().unwrap().is_empty(), "they were told of the acceptance");
    let acts: Vec<&str> =
        copy["acts"].as_array().unwrap().iter().map(|act| act["action"].as_str().unwrap()).collect();
    assert!(acts.contains(&"submit"), "{acts:?}");
    assert_eq!(copy["reveals"][0]["seen_by"]["name"], "高校单位");
    assert_eq!(copy["categories"].as_array().unwrap().len(), CATEGORIES.len());
    let said = copy.to_string();
    for secret in ["argon2", PASSWORD, case.leaver.refresh_token.as_deref().unwrap()] {
        assert!(!said.contains(secret), "{secret}");
    }
    assert!(!said.contains(&case.university.email), "another's address is not theirs to have");
    // Somebody who did more than one batch of things gets all of them, once.
    let person = case.actors.person("busy").await;
    let id = person.account_id.clone().unwrap().parse().unwrap();
    world
        .state
        .db
        .write(async |tx| {
            for n in 0..1203 {
                let row = look(world.clock.now(), "act", Some(id), n);
                audit::Entity::insert(row.into_active_model()).exec_without_returning(tx).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    let copy = person.get("/me/personal-data").await.ok();
    let acts = copy["acts"].as_array().unwrap().iter();
    let planted: BTreeSet<&str> =
        acts.filter(|act| act["action"] == "act").map(|act| act["subject_id"].as_str().unwrap()).collect();
    assert_eq!(planted.len(), 1203);
}

fn look(
    at: techmart_entity::Instant,
    action: &str,
    actor_id: Option<techmart_entity::id::AccountId>,
    n: i64,
) -> audit::Model {
    audit::Model {
        id: AuditId::new(),
        at,
        actor_id,
        acting_organisation_id: None,
        api_client_id: None,
        action: action.to_owned(),
        subject_kind: SubjectKind::System,
        subject_id: format!("test-{n}"),
        from_status: None,
        to_status: None,
        reason_code: None,
        reason: None,
        facts: json!({}),
        request_id: None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_erased_account_keeps_its_id_and_what_others_rest_on_and_nothing_else() {
    let world = World::start().await;
    let case = Case::of(&world).await;
    let email = case.leaver.email.clone();
    let id = case.leaver.account_id.clone().unwrap();
    let invited = json!({ "email": email, "role": "viewer" });
    let home = case.university.acting.clone().unwrap();
    case.university.post(&format!("/organisations/{home}/invitations"), invited).await.created();

    let wrong = ask(&case.leaver, "not the password").await;
    assert_eq!((wrong.status.as_u16(), wrong.fault_codes()), (422, vec!["wrong_password".to_owned()]));
    case.leaver.get("/me/erasure").await.status(404);
    let asked = ask(&case.leaver, PASSWORD).await.status(202);
    world.clock.advance(Duration::seconds(5));
    assert_eq!(ask(&case.leaver, PASSWORD).await.status(202), asked, "asking again changes nothing");
    case.leaver.act("/me/erasure/withdraw").await.status(204);
    case.leaver.act("/me/erasure/withdraw").await.status(404);
    let asked = ask(&case.leaver, PASSWORD).await.status(202);
    assert_eq!(case.leaver.get("/me/erasure").await.ok(), asked);
    world.drain().await;
    let letter = world.mails_to(&email).into_iter().find(|mail| mail.contains("/me/erasure/withdraw"));
    assert!(letter.is_some(), "a letter says how to keep it");
    tick(&world).await;
    case.leaver.get("/me").await.ok();

    let before = everything(&world).await;
    assert!(where_it_stands(&before, &email).contains("account"), "the walk finds what is there");
    assert!(where_it_stands(&before, SEARCH).contains("saved_search"));
    world.clock.advance(Duration::days(7));
    tick(&world).await;
    case.leaver.get("/me").await.status(401);
    let body = json!({ "email": email, "password": PASSWORD });
    world.visitor().post("/auth/login", body).await.refused(401, "wrong_credentials");

    let after = everything(&world).await;
    // An answer to a repeated request is kept for a day.
    sweep(&world.state).await.unwrap();
    let swept = everything(&world).await;
    for what in [email.as_str(), NAME, SEARCH] {
        let there = where_it_stands(&after, what);
        assert!(there.is_subset(&BTreeSet::from(["idempotency"])), "{what} still stands in {there:?}");
        assert!(where_it_stands(&swept, what).is_empty(), "{what}");
    }
    let admin = sign_in(&world, "admin@centre.example").await;
    let account = admin.get(&format!("/accounts/{id}")).await.ok();
    assert_eq!(account["name"], "已注销用户 (erased user)");
    assert!(account["email"].as_str().unwrap().ends_with(".invalid"));
    admin
        .post(&format!("/accounts/{id}/enable"), json!({ "reason": "误操作" }))
        .await
        .refused(409, "illegal_move");
    admin
        .post(&format!("/accounts/{id}/role"), json!({ "role": "broker" }))
        .await
        .refused(409, "illegal_move");
    assert!(admin.get(&format!("/accounts/{id}/erasure")).await.ok()["done_at"].is_string());
    let university = sign_in(&world, &case.university.email).await.acting_for(&home);
    let thread = university.get(&format!("/dockings/{}/messages", case.docking)).await.ok();
    assert!(thread.to_string().contains(WORDS), "the other side's record stays");
    let acts = admin.get(&format!("/audit?actor_id={id}&action=submit")).await.ok();
    assert_eq!(acts["items"].as_array().unwrap().len(), 1, "who did it keeps its id");
    let verified = binary::run_json(world.data(), &world.environment(), &["verify"]);
    assert_eq!(verified["ok"], true, "{verified}");

    // The address is free for another account.
    let visitor = world.visitor();
    let body = json!({ "email": email, "password": PASSWORD, "name": "新人" });
    visitor.post("/auth/register", body).await.status(202);
    let token = world.token_for(&email).await;
    visitor.post("/auth/verify-email", json!({ "token": token })).await.status(204);
    let anew = sign_in(&world, &email).await;
    assert_ne!(anew.account_id.unwrap(), id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_still_answers_for_something_hands_it_over_before_being_erased() {
    let world = World::start().await;
    let case = Case::of(&world).await;
    let last = ask(&case.enterprise, PASSWORD).await;
    assert_eq!((last.status.as_u16(), last.fault_codes()), (409, vec!["last_owner".to_owned()]));
    let member = format!(
        "/organisations/{}/members/{}",
        case.enterprise.acting.as_deref().unwrap(),
        case.leaver.account_id.as_deref().unwrap()
    );
    let tag = case.enterprise.get(&member).await.etag();
    let owner = Some(json!({ "role": "owner" }));
    case.enterprise.call(Method::PUT, &member, owner, &[("if-match", &tag)]).await.ok();
    ask(&case.enterprise, PASSWORD).await.status(202);

    // A broker's is an admin's to ask for, once nothing waits for them.
    ask(&case.broker, PASSWORD).await.refused(403, "forbidden");
    let reason = json!({ "reason": "已离职。" });
    let at = format!("/accounts/{}/erasure", case.broker.account_id.as_deref().unwrap());
    case.broker.post(&at, reason.clone()).await.refused(403, "forbidden");
    let own = format!("/accounts/{}/erasure", case.actors.admin.account_id.as_deref().unwrap());
    case.actors.admin.post(&own, reason.clone()).await.refused(403, "conflict_of_interest");
    let lead = format!("/dockings/{}/broker", case.docking);
    case.broker.post(&lead, json!({})).await.ok();
    let busy = case.actors.admin.post(&at, reason.clone()).await;
    assert_eq!((busy.status.as_u16(), busy.fault_codes()), (409, vec!["open_dockings".to_owned()]));
    let second = case.actors.broker("second").await;
    let to = json!({ "account_id": second.account_id });
    case.broker.post(&lead, to).await.ok();
    let asked = case.actors.admin.post(&at, reason.clone()).await.status(202);
    assert_eq!(asked["obstacles"], json!([]));
    assert_eq!(case.actors.admin.get(&at).await.ok(), asked);
    case.actors.admin.act(&format!("{at}/withdraw")).await.status(204);
    case.actors.admin.post(&at, reason).await.status(202);
    world.clock.advance(Duration::days(7));
    tick(&world).await;
    let admin = sign_in(&world, "admin@centre.example").await;
    assert!(admin.get(&at).await.ok()["done_at"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_organisation_reads_to_whom_its_contacts_were_shown() {
    let world = World::start().await;
    let case = Case::of(&world).await;
    let at = format!("/dockings/{}/contacts", case.docking);
    case.university.get(&at).await.ok();
    case.leaver.get(&at).await.ok();
    case.broker.get(&at).await.ok();
    let seen = |list: &Value| -> Vec<(String, Value)> {
        let rows = list["items"].as_array().unwrap().iter();
        rows.map(|row| {
            (row["organisation"]["name"].as_str().unwrap().to_owned(), row["seen_by"]["name"].clone())
        })
        .collect()
    };
    let own = case.enterprise.get("/me/reveals").await.ok();
    let (theirs, nobody) = ("企业单位".to_owned(), Value::Null);
    assert_eq!(seen(&own), [(theirs.clone(), nobody.clone()), (theirs, json!("高校单位"))]);
    assert_eq!(own["items"][0]["docking_id"], case.docking.as_str());
    let other = case.university.get("/me/reveals?limit=1").await.ok();
    assert_eq!(seen(&other), [("高校单位".to_owned(), nobody)]);
    let cursor = other["next_cursor"].as_str().unwrap();
    let other = case.university.get(&format!("/me/reveals?limit=1&cursor={cursor}")).await.ok();
    assert_eq!(seen(&other), [("高校单位".to_owned(), json!("企业单位"))]);
    let stranger = case.actors.person("stranger").await;
    assert_eq!(stranger.get("/me/reveals").await.ok()["items"], json!([]));

    let all = case.actors.admin.get("/reveals").await.ok();
    assert_eq!(all["items"].as_array().unwrap().len(), 3);
    let leaver = case.leaver.account_id.as_deref().unwrap();
    let by = case.actors.admin.get(&format!("/reveals?actor_id={leaver}")).await.ok();
    assert_eq!(by["items"][0]["sides"], json!(["supplier"]));
    let home = case.enterprise.acting.as_deref().unwrap();
    let of = case.actors.admin.get(&format!("/reveals?organisation_id={home}")).await.ok();
    assert_eq!(
        of["items"].as_array().unwrap().len(),
        2,
        "its own look at the others is none at its contacts"
    );
    case.actors.with_role("auditor", "auditor").await.get("/reveals").await.ok();
    case.broker.get("/reveals").await.refused(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_kept_long_enough_goes_and_the_rest_of_the_log_cannot_be_deleted() {
    let world = World::start().await;
    let case = Case::of(&world).await;
    let visitor = world.visitor();
    let body = json!({ "email": "never@people.example", "password": PASSWORD, "name": "Qznever" });
    visitor.post("/auth/register", body).await.status(202);
    world.drain().await;
    let now = Clock::of_the_machine();
    let (old, fresh) = (look(now - Duration::days(4 * 366), "look", None, 1), look(now, "look", None, 2));
    let moved = look(now - Duration::days(4 * 366), "publish", None, 3);
    let db = world.state.db.read();
    world
        .state
        .db
        .write(async |tx| {
            for row in [&old, &fresh, &moved] {
                audit::Entity::insert(row.clone().into_active_model()).exec_without_returning(tx).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    // The database itself refuses, whoever asks.
    for row in [&fresh, &moved] {
        assert!(audit::Entity::delete_by_id(row.id).exec(db).await.is_err(), "{}", row.action);
    }
    let (told, jobs) = (
        notification::Entity::find().count(db).await.unwrap(),
        outbox::Entity::find().count(db).await.unwrap(),
    );
    assert!(told > 0 && jobs > 0);
    sweep(&world.state).await.unwrap();
    assert!(
        audit::Entity::find_by_id(old.id).one(db).await.unwrap().is_none(),
        "a look of four years ago goes"
    );
    for row in [&fresh, &moved] {
        assert!(audit::Entity::find_by_id(row.id).one(db).await.unwrap().is_some(), "{}", row.action);
    }
    assert_eq!(notification::Entity::find().count(db).await.unwrap(), told, "nothing is old yet");
    assert_eq!(outbox::Entity::find().count(db).await.unwrap(), jobs);
    case.leaver.get("/me").await.ok();

    world.clock.advance(Duration::days(400));
    sweep(&world.state).await.unwrap();
    assert_eq!(notification::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(outbox::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(session::Entity::find().count(db).await.unwrap(), 0);
    assert_eq!(idempotency::Entity::find().count(db).await.unwrap(), 0);
    let rows = everything(&world).await;
    assert!(where_it_stands(&rows, "Qznever").is_empty(), "who never verified is forgotten");
    sign_in(&world, &case.leaver.email).await.get("/me").await.ok();
}
