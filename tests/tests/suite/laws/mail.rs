//! Ten thousand notifications wait for a mail server that is away; each arrives once, in its order, whatever dies.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{SubsecRound, Utc};
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Set};
use serde_json::{Value, json};
use techmart_api::{db::Db, mail::SIDE_BY_SIDE};
use techmart_entity::{
    account::{self, MailPace, Role},
    id::{AccountId, OrganisationId},
    notification::{self, MailState},
    organisation::membership::{self, MemberRole},
    outbox,
};
use techmart_tests::{
    binary::Service,
    world::{Setting, database, until},
};
use tokio::net::TcpListener;

use super::parts::{Office, Post, environment, forget};

/// Owners of the organisation, who are all told of everything.
const PEOPLE: usize = 200;
/// What they are told.
const ACTS: usize = 50;

/// People who have an account and belong to the organisation. What is shown here is not how they came.
async fn owners(db: &Db, organisation: &str) {
    let now = Utc::now().trunc_subsecs(3);
    for n in 0..PEOPLE {
        let id = AccountId::new();
        account::ActiveModel {
            id: Set(id),
            email: Set(format!("owner{n}@people.example")),
            email_verified_at: Set(Some(now)),
            password_hash: Set("none".to_owned()),
            name: Set(format!("负责人{n}")),
            role: Set(Role::Member),
            locale: Set("zh".to_owned()),
            match_digest: Set(MailPace::Never),
            disabled_at: Set(None),
            erased_at: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
            version: Set(1),
        }
        .insert(db.read())
        .await
        .unwrap();
        membership::ActiveModel {
            organisation_id: Set(organisation.parse::<OrganisationId>().unwrap()),
            account_id: Set(id),
            role: Set(MemberRole::Owner),
            created_at: Set(now),
        }
        .insert(db.read())
        .await
        .unwrap();
    }
}

async fn count(db: &Db, mail: MailState) -> usize {
    let rows = notification::Entity::find().filter(notification::Column::Mail.eq(mail));
    usize::try_from(rows.count(db.read()).await.unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_notifications_outlive_a_mail_server_that_is_away_and_a_killed_worker() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let setting = Setting { mail_url: Some(format!("smtp://{address}")), ..Setting::default() };
    let environment = environment(data.path(), &url, &setting);
    let mut service = Service::start(data.path(), &environment).await;
    let office = Office::of(&service, data.path(), &environment).await;
    let offer = office.publish("电机控制器").await;
    let db = Db::connect(&url).await.unwrap();
    // What happened before they belonged to it they are not told.
    until("what happened so far was told", async || {
        let open = outbox::Entity::find()
            .filter(outbox::Column::Kind.eq("notify"))
            .filter(outbox::Column::DoneAt.is_null());
        open.count(db.read()).await.unwrap() == 0
    })
    .await;
    owners(&db, office.author.acting.as_deref().unwrap()).await;
    for n in 0..ACTS {
        let (mv, body) = if n % 2 == 0 {
            ("suspend", json!({ "reason": format!("第 {n} 次") }))
        } else {
            ("resume", Value::Null)
        };
        office.reviewer.post(&format!("/achievements/{offer}/{mv}"), body).await.ok();
    }
    let all = PEOPLE * ACTS;
    until("everybody was told", async || count(&db, MailState::Waiting).await >= all).await;

    let post = Post::open(TcpListener::bind(address).await.unwrap());
    until("the first have gone out", async || post.taken.lock().unwrap().len() > 20).await;
    let begun = std::time::Instant::now();
    until("a part has gone out", async || post.taken.lock().unwrap().len() > all / 10).await;
    println!("a tenth in {:?}", begun.elapsed());
    service.kill();
    let at_the_kill = post.taken.lock().unwrap().len();
    assert!(at_the_kill < all, "the worker was killed in the middle");
    let started = std::time::Instant::now();
    let mut service = Service::start(data.path(), &environment).await;
    // A bound, not a measure: mails are sent one after another.
    let mut sent = at_the_kill;
    while count(&db, MailState::Waiting).await > 0 {
        until("more goes out", async || {
            let taken = post.taken.lock().unwrap().len();
            taken > sent || count(&db, MailState::Waiting).await == 0
        })
        .await;
        sent = post.taken.lock().unwrap().len();
    }
    println!("{} mails in {:?} after the kill", sent - at_the_kill, started.elapsed());
    assert!(service.terminate().success());

    let mut ids: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut twice = 0;
    for mail in post.taken.lock().unwrap().iter() {
        // What a crash sends again has the same Message-ID: readers show it once.
        if !seen.insert(mail.id()) {
            twice += 1;
            continue;
        }
        if mail.to[0].starts_with("owner") {
            ids.entry(mail.to[0].clone()).or_default().push((mail.id(), mail.body()));
        }
    }
    let on_their_way = usize::try_from(SIDE_BY_SIDE).unwrap();
    assert!(twice <= on_their_way, "only what was on its way when the worker died goes out again: {twice}");
    assert_eq!(ids.len(), PEOPLE);
    for (person, mails) in &ids {
        assert_eq!(mails.len(), ACTS, "{person}");
        for (n, (_, body)) in mails.iter().enumerate() {
            let is =
                if n % 2 == 0 { format!("说明：第 {n} 次") } else { "现为：已发布".to_owned() };
            assert!(body.contains(&is), "{person} is told in order; mail {n} has no “{is}”: {body}");
        }
    }
    assert_eq!(count(&db, MailState::Failed).await + count(&db, MailState::Dropped).await, 0);
    db.close().await;
    forget(dropped).await;
}
