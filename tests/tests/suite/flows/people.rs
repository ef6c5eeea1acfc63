//! People: how they come in, stay in and are kept out, and what their organisations let them do.

use chrono::Duration;
use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{PASSWORD, sign_in},
    builders::{achievement, uscc},
    world::Setting,
};

const ANOTHER_PASSWORD: &str = "another good staple 7";

fn registration(email: &str) -> Value {
    json!({ "email": email, "password": PASSWORD, "name": "李娜" })
}

async fn log_in(client: &Client, email: &str, password: &str) -> techmart_tests::Reply {
    client.post("/auth/login", json!({ "email": email, "password": password })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_person_registers_verifies_the_address_by_mail_and_signs_in() {
    let world = World::start().await;
    let visitor = world.visitor();
    let email = "li.na@people.example";
    visitor.post("/auth/register", registration(email)).await.status(202);
    log_in(&visitor, email, PASSWORD).await.refused(403, "email_unverified");
    let token = world.token_for(email).await;
    visitor.post("/auth/verify-email", json!({ "token": token })).await.status(204);
    visitor.post("/auth/verify-email", json!({ "token": token })).await.refused(422, "invalid_link");
    let person = sign_in(&world, email).await;
    let me = person.get("/me").await.ok();
    assert_eq!((me["email"].as_str(), me["role"].as_str()), (Some(email), Some("member")));
    // The address is the same however it is written.
    log_in(&visitor, "Li.Na@People.Example", PASSWORD).await.ok();
    assert_eq!(visitor.get("/me").await.status.as_u16(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_link_of_a_mail_works_within_its_time_alone() {
    let world = World::start().await;
    let visitor = world.visitor();
    let email = "late@people.example";
    visitor.post("/auth/register", registration(email)).await.status(202);
    let token = world.token_for(email).await;
    world.clock.advance(Duration::hours(24) + Duration::seconds(1));
    visitor.post("/auth/verify-email", json!({ "token": token })).await.refused(422, "invalid_link");
    log_in(&visitor, email, PASSWORD).await.refused(403, "email_unverified");
    let fresh = world.token_for(email).await;
    assert_ne!(fresh, token, "whoever knows the password gets a new link");
    visitor.post("/auth/verify-email", json!({ "token": fresh })).await.status(204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_session() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let other = sign_in(&world, &person.email).await;
    let first = person.refresh_token.clone().unwrap();
    let visitor = world.visitor();
    let tokens = visitor.post("/auth/refresh", json!({ "refresh_token": first })).await.ok();
    let second = tokens["refresh_token"].as_str().unwrap();
    assert_ne!(first, second);
    let mut renewed = world.visitor();
    renewed.token = tokens["access_token"].as_str().map(str::to_owned);
    renewed.get("/me").await.ok();
    let third = visitor.post("/auth/refresh", json!({ "refresh_token": second })).await.ok();
    visitor
        .post("/auth/refresh", json!({ "refresh_token": first }))
        .await
        .refused(401, "invalid_refresh_token");
    let newest = third["refresh_token"].as_str().unwrap();
    visitor
        .post("/auth/refresh", json!({ "refresh_token": newest }))
        .await
        .refused(401, "invalid_refresh_token");
    assert_eq!(renewed.get("/me").await.status.as_u16(), 401, "the access tokens of the session end with it");
    other.get("/me").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_two_refreshes_with_one_token_at_once_at_most_one_succeeds() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let token = person.refresh_token.clone().unwrap();
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let (visitor, body) = (world.visitor(), json!({ "refresh_token": token }));
            tokio::spawn(async move { visitor.post("/auth/refresh", body).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 401)), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn signing_out_everywhere_ends_every_session_and_signing_out_ends_one() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let one = actors.person("人").await;
    let two = sign_in(&world, &one.email).await;
    let three = sign_in(&world, &one.email).await;
    assert_eq!(one.get("/me/sessions").await.ok()["items"].as_array().unwrap().len(), 3);
    one.post("/auth/logout", json!({})).await.status(204);
    assert_eq!(one.get("/me").await.status.as_u16(), 401);
    two.get("/me").await.ok();
    two.post("/auth/logout", json!({ "everywhere": true })).await.status(204);
    for client in [&one, &two, &three] {
        assert_eq!(client.get("/me").await.status.as_u16(), 401);
        client
            .post("/auth/refresh", json!({ "refresh_token": client.refresh_token }))
            .await
            .refused(401, "invalid_refresh_token");
    }
    sign_in(&world, &one.email).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_forgotten_password_is_replaced_by_mail_once_and_the_old_one_and_its_sessions_are_gone() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let visitor = world.visitor();
    visitor.post("/auth/forgot-password", json!({ "email": person.email })).await.status(202);
    let token = world.token_for(&person.email).await;
    let weak = json!({ "token": token, "password": "short" });
    visitor.post("/auth/reset-password", weak).await.refused(422, "rule_broken");
    let body = json!({ "token": token, "password": ANOTHER_PASSWORD });
    visitor.post("/auth/reset-password", body.clone()).await.status(204);
    visitor.post("/auth/reset-password", body).await.refused(422, "invalid_link");
    log_in(&visitor, &person.email, PASSWORD).await.refused(401, "wrong_credentials");
    assert_eq!(person.get("/me").await.status.as_u16(), 401, "the sessions end");
    visitor
        .post("/auth/refresh", json!({ "refresh_token": person.refresh_token }))
        .await
        .refused(401, "invalid_refresh_token");
    log_in(&visitor, &person.email, ANOTHER_PASSWORD).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn changing_the_password_ends_all_other_sessions() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let here = actors.person("人").await;
    let there = sign_in(&world, &here.email).await;
    let wrong = json!({ "current_password": "not the password", "new_password": ANOTHER_PASSWORD });
    let refused = here.post("/me/password", wrong).await;
    assert!(refused.status.is_client_error(), "{}", refused.body);
    let body = json!({ "current_password": PASSWORD, "new_password": ANOTHER_PASSWORD });
    here.post("/me/password", body).await.status(204);
    here.get("/me").await.ok();
    assert_eq!(there.get("/me").await.status.as_u16(), 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn answers_are_alike_for_known_and_unknown_addresses() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let visitor = world.visitor();
    let alike = async |path: &str, known: Value, unknown: Value| {
        let (known, unknown) = (visitor.post(path, known).await, visitor.post(path, unknown).await);
        let told = |reply: &techmart_tests::Reply| {
            let mut body = reply.body.clone();
            if let Some(body) = body.as_object_mut() {
                body.remove("request_id");
                body.remove("instance");
            }
            let mut names: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
            names.sort();
            (reply.status, body, names)
        };
        assert_eq!(told(&known), told(&unknown), "{path}");
    };
    alike("/auth/register", registration(&person.email), registration("new@people.example")).await;
    alike(
        "/auth/forgot-password",
        json!({ "email": person.email }),
        json!({ "email": "nobody@people.example" }),
    )
    .await;
    alike(
        "/auth/login",
        json!({ "email": person.email, "password": "a wrong password 1" }),
        json!({ "email": "nobody@people.example", "password": "a wrong password 1" }),
    )
    .await;
    world.drain().await;
    let mails = world.mails_to(&person.email);
    assert!(mails.iter().any(|mail| mail.contains("registered already") || mail.contains("再次注册")));
    assert!(world.mails_to("nobody@people.example").is_empty());
    sign_in(&world, &person.email).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn guessing_a_password_is_slowed_though_requests_are_not_limited() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let visitor = world.visitor();
    for _ in 0..5 {
        log_in(&visitor, &person.email, "a wrong password 1").await.refused(401, "wrong_credentials");
    }
    let refused = log_in(&visitor, &person.email, PASSWORD).await;
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=900).contains(&wait), "{wait}");
    refused.refused(429, "too_many_requests");
    world.clock.advance(Duration::seconds(2));
    log_in(&visitor, &person.email, "a wrong password 1").await.refused(401, "wrong_credentials");
    let refused = log_in(&visitor, &person.email, "a wrong password 1").await;
    let longer: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(longer >= wait, "each further attempt waits longer: {wait}, {longer}");
    refused.refused(429, "too_many_requests");
    // An address that nobody has is slowed alike.
    for _ in 0..5 {
        log_in(&visitor, "nobody@people.example", "a wrong password 1")
            .await
            .refused(401, "wrong_credentials");
    }
    log_in(&visitor, "nobody@people.example", "a wrong password 1").await.refused(429, "too_many_requests");
    world.clock.advance(Duration::seconds(10));
    log_in(&visitor, &person.email, PASSWORD).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_many_guesses_at_once_no_more_are_looked_at_than_one_after_another() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (visitor, email) = (world.visitor(), person.email.clone());
            tokio::spawn(async move { log_in(&visitor, &email, "a wrong password 1").await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    // Five are free; a slow run may let one more pass each time its wait is over.
    let looked_at = statuses.iter().filter(|status| **status == 401).count();
    assert!((5..=8).contains(&looked_at), "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 401 | 429)), "{statuses:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let world = World::with(Setting { rate_limit: true, ..Setting::default() }).await;
    let visitor = world.visitor();
    let reply = visitor.get("/achievements").await;
    assert!(reply.headers.contains_key("ratelimit"), "{:?}", reply.headers);
    assert!(reply.headers.contains_key("ratelimit-policy"), "{:?}", reply.headers);
    reply.ok();
    let mut refused = None;
    for n in 0..30 {
        // Another address each time: it is the client that is limited here, not the guessing.
        let reply = log_in(&visitor, &format!("nobody{n}@people.example"), "a wrong password 1").await;
        if reply.status.as_u16() == 429 {
            refused = Some(reply);
            break;
        }
    }
    let refused = refused.expect("thirty sign-ins within a minute are too many");
    for name in ["retry-after", "ratelimit", "ratelimit-policy"] {
        assert!(refused.headers.contains_key(name), "{name} of {:?}", refused.headers);
    }
    refused.refused(429, "too_many_requests");
    visitor.get("/health/live").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_viewer_reads_but_does_not_write_and_an_editor_does() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let owner = actors.owner("负责人", json!({ "name": "某大学", "kind": "other" })).await;
    let organisation = owner.acting.clone().unwrap();
    let viewer = actors.person("查看").await;
    let editor = actors.person("编辑").await;
    let members = format!("/organisations/{organisation}/members");
    for (person, role) in [(&viewer, "viewer"), (&editor, "editor")] {
        owner.post(&members, json!({ "email": person.email, "role": role })).await.created();
    }
    let nobody = json!({ "email": "nobody@people.example", "role": "viewer" });
    let refused = owner.post(&members, nobody).await;
    assert_eq!(refused.fault_codes(), ["no_such_account"]);
    refused.refused(422, "rule_broken");
    let viewer = viewer.acting_for(&organisation);
    let editor = editor.acting_for(&organisation);
    let made = owner.post("/achievements", achievement("成果")).await.created();
    let page = format!("/achievements/{}", made["id"].as_str().unwrap());
    viewer.get(&format!("{page}/draft")).await.ok();
    viewer.post("/achievements", achievement("不可")).await.refused(403, "forbidden");
    viewer.act(&format!("{page}/submit")).await.refused(403, "forbidden");
    viewer
        .patch(&format!("{page}/draft"), json!({ "content": { "title": "不可" } }))
        .await
        .refused(403, "forbidden");
    viewer.post(&members, json!({ "email": editor.email, "role": "owner" })).await.refused(403, "forbidden");
    editor.post("/achievements", achievement("可以")).await.created();
    editor.post(&members, json!({ "email": viewer.email, "role": "owner" })).await.refused(403, "forbidden");
    let stranger = actors.person("旁人").await.acting_for(&organisation);
    let refused = stranger.post("/achievements", achievement("不可")).await;
    assert!(matches!(refused.status.as_u16(), 403 | 404), "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_last_owner_cannot_go() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let owner = actors.owner("负责人", json!({ "name": "某单位", "kind": "other" })).await;
    let organisation = owner.acting.clone().unwrap();
    let second = actors.person("第二人").await;
    let members = format!("/organisations/{organisation}/members");
    owner.post(&members, json!({ "email": second.email, "role": "editor" })).await.created();
    let me = format!("{members}/{}", owner.account_id.as_ref().unwrap());
    let leave = async || {
        let tag = owner.get(&me).await.etag();
        owner.call(Method::DELETE, &me, None, &[("if-match", &tag)]).await
    };
    let step_down = async || {
        let tag = owner.get(&me).await.etag();
        owner.call(Method::PUT, &me, Some(json!({ "role": "editor" })), &[("if-match", &tag)]).await
    };
    for refused in [leave().await, step_down().await] {
        assert!(matches!(refused.status.as_u16(), 409 | 422), "{} {}", refused.status, refused.body);
    }
    let other = format!("{members}/{}", second.account_id.as_ref().unwrap());
    let tag = owner.get(&other).await.etag();
    owner.call(Method::PUT, &other, Some(json!({ "role": "owner" })), &[("if-match", &tag)]).await.ok();
    let left = leave().await;
    assert!(left.status.is_success(), "{} {}", left.status, left.body);
    assert_eq!(second.get(&members).await.ok()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn of_two_owners_who_leave_at_once_one_stays() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let one = actors.owner("甲", json!({ "name": "某单位", "kind": "other" })).await;
    let organisation = one.acting.clone().unwrap();
    let members = format!("/organisations/{organisation}/members");
    let two = actors.person("乙").await;
    one.post(&members, json!({ "email": two.email, "role": "owner" })).await.created();
    let leave = |client: &Client| {
        let (client, members) = (client.clone(), members.clone());
        tokio::spawn(async move {
            let me = format!("{members}/{}", client.account_id.as_ref().unwrap());
            client.call(Method::DELETE, &me, None, &[("if-match", "*")]).await.status.as_u16()
        })
    };
    let (first, second) = (leave(&one), leave(&two));
    let statuses = [first.await.unwrap(), second.await.unwrap()];
    let gone = statuses.iter().filter(|status| (200..300).contains(*status)).count();
    assert!(gone <= 1, "{statuses:?}");
    let left = actors.admin.get(&members).await.ok();
    assert!(left["items"].as_array().unwrap().iter().any(|row| row["role"] == "owner"), "{left}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_wrong_credit_code_is_told_with_what_would_be_right_and_a_code_has_one_organisation() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let person = actors.person("人").await;
    let right = uscc(42);
    let check = right.chars().last().unwrap();
    let wrong = format!("{}{}", &right[..17], if check == '0' { '1' } else { '0' });
    let body = |code: &str| json!({ "name": "某企业", "kind": "enterprise", "uscc": code });
    let refused = person.post("/organisations", body(&wrong)).await;
    assert_eq!(refused.fault_codes(), ["uscc"]);
    let told = refused.refused(422, "rule_broken");
    assert!(told["errors"].to_string().contains(check), "{told} does not tell {check}");
    let refused = person.post("/organisations", body("9142")).await.refused(422, "rule_broken");
    assert!(refused["errors"].to_string().contains("18"), "{refused}");
    let none = json!({ "name": "某企业", "kind": "enterprise" });
    person.post("/organisations", none).await.refused(422, "rule_broken");

    person.post("/organisations", body(&right)).await.created();
    let other = actors.person("旁人").await;
    let spaced = format!(" {} ", right.to_lowercase());
    for code in [&right, &spaced] {
        let refused = other.post("/organisations", body(code)).await;
        assert_eq!(refused.fault_codes(), ["taken"]);
        refused.refused(409, "already_exists");
    }
}
