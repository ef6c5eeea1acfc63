//! Invitations: who is let in by mail, with which token, and what nobody learns on the way.

use chrono::Duration;
use reqwest::Method;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use techmart_entity::{audit, idempotency, organisation::OrganisationKind, outbox};
use techmart_tests::{
    Actors, Client, Reply, World,
    actors::{PASSWORD, sign_in},
    client::id_of,
};

/// An organisation, its owner, and where it invites.
struct House {
    owner: Client,
    organisation: String,
    at: String,
}

async fn house(actors: &Actors<'_>) -> House {
    let owner = actors.owner("负责人", json!({ "name": "某研究所", "kind": "other" })).await;
    let organisation = owner.acting.clone().unwrap();
    let at = format!("/organisations/{organisation}/invitations");
    House { owner, organisation, at }
}

async fn invite(client: &Client, at: &str, email: &str, role: &str) -> Reply {
    client.post(at, json!({ "email": email, "role": role })).await
}

async fn accept(client: &Client, token: &str) -> Reply {
    client.post("/invitations/accept", json!({ "token": token })).await
}

/// Registers an address and signs it in.
async fn newcomer(world: &World, email: &str) -> Client {
    let visitor = world.visitor();
    let body = json!({ "email": email, "password": PASSWORD, "name": "新人" });
    visitor.post("/auth/register", body).await.status(202);
    let token = world.token_for(email).await;
    visitor.post("/auth/verify-email", json!({ "token": token })).await.status(204);
    sign_in(world, email).await
}

/// The role of an account in the organisation, if it belongs to it.
async fn role_of(house: &House, account: &Client) -> Option<String> {
    let members = house.owner.get(&format!("/organisations/{}/members", house.organisation)).await.ok();
    let row = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["account_id"] == account.account_id.as_deref().unwrap())?;
    Some(row["role"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_is_invited_accepts_by_the_token_of_the_mail_and_belongs_to_it_in_that_role() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let person = actors.person("同事").await;
    // However the address is written.
    let made = invite(&house.owner, &house.at, &format!(" {} ", person.email.to_uppercase()), "editor").await;
    let location = made.headers["location"].to_str().unwrap().to_owned();
    let made = made.created();
    assert_eq!((made["status"].as_str(), made["email"].as_str()), (Some("sent"), Some(&*person.email)));
    assert_eq!(location, format!("/api/v1{}/{}", house.at, id_of(&made)));
    assert_eq!(role_of(&house, &person).await, None, "nobody belongs to anything before they accept");
    let token = world.token_for(&person.email).await;
    let mails = world.mails_to(&person.email);
    assert!(mails.last().unwrap().contains("某研究所"), "{mails:?}");

    let accepted = accept(&person, &token).await.ok();
    assert_eq!(
        (accepted["organisation"]["id"].as_str(), accepted["role"].as_str()),
        (Some(&*house.organisation), Some("editor"))
    );
    assert_eq!(role_of(&house, &person).await.as_deref(), Some("editor"));
    let now = house.owner.get(&location).await.ok();
    assert_eq!(
        (now["status"].as_str(), now["accepted_by"].as_str()),
        (Some("accepted"), person.account_id.as_deref())
    );
    assert_eq!(now["legal_moves"], json!([]));
    let acting = person.acting_for(&house.organisation);
    acting.post("/achievements", techmart_tests::builders::achievement("成果")).await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_has_no_account_registers_the_invited_address_first() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let email = "new.colleague@people.example";
    invite(&house.owner, &house.at, email, "viewer").await.created();
    let token = world.token_for(email).await;
    accept(&world.visitor(), &token).await.refused(401, "not_signed_in");
    let person = newcomer(&world, email).await;
    accept(&person, &token).await.ok();
    assert_eq!(role_of(&house, &person).await.as_deref(), Some("viewer"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_token_is_for_the_invited_address_and_works_once() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let (person, other) = (actors.person("同事").await, actors.person("旁人").await);
    invite(&house.owner, &house.at, &person.email, "owner").await.created();
    let token = world.token_for(&person.email).await;
    let refused = accept(&other, &token).await.refused(403, "forbidden");
    assert!(!refused.to_string().contains(&person.email), "it is not told for whom it is: {refused}");
    let auditor = actors.with_role("审计", "auditor").await;
    accept(&auditor, &token).await.refused(403, "forbidden");
    assert_eq!(role_of(&house, &other).await, None);

    // Of many at once, one is let in.
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let (person, token) = (person.clone(), token.clone());
            tokio::spawn(async move { accept(&person, &token).await.status.as_u16() })
        })
        .collect();
    let mut statuses = Vec::new();
    for attempt in tries {
        statuses.push(attempt.await.unwrap());
    }
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 200 | 409 | 412 | 422)), "{statuses:?}");
    accept(&person, &token).await.refused(422, "invalid_link");
    accept(&person, "no-such-token").await.refused(422, "invalid_link");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_invitation_ends_after_seven_days_and_the_address_may_be_invited_again() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let person = actors.person("同事").await;
    let first = id_of(&invite(&house.owner, &house.at, &person.email, "editor").await.created());
    let token = world.token_for(&person.email).await;
    world.clock.advance(Duration::days(7) + Duration::seconds(1));
    let owner = sign_in(&world, &house.owner.email).await.acting_for(&house.organisation);
    let person = sign_in(&world, &person.email).await;
    accept(&person, &token).await.refused(422, "invalid_link");
    let again = id_of(&invite(&owner, &house.at, &person.email, "viewer").await.created());
    let ended = owner.get(&format!("{}/{first}", house.at)).await.ok();
    assert_eq!(ended["status"], "expired", "the one before gives way");
    let fresh = world.token_for(&person.email).await;
    assert_ne!(fresh, token);
    accept(&person, &token).await.refused(422, "invalid_link");
    assert_eq!(accept(&person, &fresh).await.ok()["role"], "viewer");

    // Nobody has to ask: time alone ends the others.
    let left = invite(&owner, &house.at, "nobody@people.example", "viewer").await.created();
    world.clock.advance(Duration::days(7));
    techmart_api::features::invitation::schedule::expire(&world.state).await.unwrap();
    let owner = sign_in(&world, &owner.email).await.acting_for(&house.organisation);
    let expired = owner.get(&format!("{}?status=expired", house.at)).await.ok();
    let ids: Vec<String> = expired["items"].as_array().unwrap().iter().map(id_of).collect();
    assert_eq!(ids, [id_of(&left), first], "newest first");
    assert_ne!(ids[0], again);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_revoked_lets_nobody_in_and_another_one_may_follow() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let (person, viewer) = (actors.person("同事").await, actors.person("查看").await);
    let members = format!("/organisations/{}/members", house.organisation);
    house.owner.post(&members, json!({ "email": viewer.email, "role": "viewer" })).await.created();
    let viewer = viewer.acting_for(&house.organisation);
    let id = id_of(&invite(&house.owner, &house.at, &person.email, "owner").await.created());
    let token = world.token_for(&person.email).await;
    let open = invite(&house.owner, &house.at, &person.email, "viewer").await;
    open.refused(409, "already_exists");
    let page = format!("{}/{id}", house.at);
    invite(&viewer, &house.at, "x@people.example", "viewer").await.refused(403, "forbidden");
    viewer.act(&format!("{page}/revoke")).await.refused(403, "forbidden");
    person.act(&format!("{page}/revoke")).await.refused(403, "forbidden");
    person.get(&page).await.refused(403, "forbidden");
    assert_eq!(viewer.get(&page).await.ok()["email"], person.email, "members see the address");
    let stale = [("if-match", "\"of-another-time\"")];
    let refused = house.owner.call(Method::POST, &format!("{page}/revoke"), None, &stale).await;
    refused.refused(412, "version_changed");
    let revoked = house.owner.act(&format!("{page}/revoke")).await.ok();
    assert_eq!(revoked["status"], "revoked");
    house.owner.act(&format!("{page}/revoke")).await.refused(409, "illegal_move");
    accept(&person, &token).await.refused(422, "invalid_link");

    invite(&house.owner, &house.at, &person.email, "viewer").await.created();
    let fresh = world.token_for(&person.email).await;
    accept(&person, &token).await.refused(422, "invalid_link");
    accept(&person, &fresh).await.ok();
    assert_eq!(role_of(&house, &person).await.as_deref(), Some("viewer"), "the later one counts");

    // The address of another organisation does not open this one's.
    let other = actors.owner("另一", json!({ "name": "另一单位", "kind": "other" })).await;
    let elsewhere = format!("/organisations/{}/invitations/{id}", other.acting.as_deref().unwrap());
    other.get(&elsewhere).await.refused(404, "not_found");
    other.act(&format!("{elsewhere}/revoke")).await.refused(404, "not_found");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn who_is_a_member_already_is_neither_invited_nor_let_in_twice() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let person = actors.person("同事").await;
    invite(&house.owner, &house.at, &house.owner.email, "viewer").await.refused(409, "already_exists");
    invite(&house.owner, &house.at, &person.email, "editor").await.created();
    let token = world.token_for(&person.email).await;
    let members = format!("/organisations/{}/members", house.organisation);
    house.owner.post(&members, json!({ "email": person.email, "role": "viewer" })).await.created();
    accept(&person, &token).await.refused(409, "already_exists");
    assert_eq!(role_of(&house, &person).await.as_deref(), Some("viewer"));
    invite(&house.owner, &house.at, "no address", "viewer").await.refused(400, "invalid_body");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nothing_that_is_kept_holds_the_token_and_no_answer_is_kept_under_a_key() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let person = actors.person("同事").await;
    let key = [("idempotency-key", "invite-colleague-1")];
    let body = json!({ "email": person.email, "role": "viewer" });
    let made = house.owner.call(Method::POST, &house.at, Some(body.clone()), &key).await;
    let again = house.owner.call(Method::POST, &house.at, Some(body), &key).await;
    assert_eq!(made.created(), again.created(), "an invitation itself may be repeated");
    let token = world.token_for(&person.email).await;
    let key = [("idempotency-key", "accept-invitation-1")];
    let body = json!({ "token": token });
    let first = person.call(Method::POST, "/invitations/accept", Some(body.clone()), &key).await;
    assert_eq!(first.headers["cache-control"], "no-store");
    first.ok();
    let second = person.call(Method::POST, "/invitations/accept", Some(body), &key).await;
    assert!(!second.headers.contains_key("idempotent-replayed"));
    second.refused(422, "invalid_link");
    world.drain().await;

    let db = world.state.db.read();
    let kept = idempotency::Entity::find().all(db).await.unwrap();
    let log = audit::Entity::find().all(db).await.unwrap();
    let jobs = outbox::Entity::find().all(db).await.unwrap();
    let everything = format!("{kept:?} {log:?} {jobs:?}");
    assert!(!everything.contains(&token));
    assert!(!kept.iter().any(|row| row.body.as_ref().is_some_and(|body| body["since"].is_string())));
    for private in [format!("{log:?}"), format!("{jobs:?}")] {
        assert!(!private.contains(&person.email), "{private}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_learns_from_an_invitation_whether_an_address_is_registered() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let person = actors.person("有账号").await;
    let told = |reply: Reply, email: &str| {
        let mut names: Vec<String> = reply.headers.keys().map(ToString::to_string).collect();
        names.sort();
        let mut body = reply.body.clone();
        assert_eq!(body["email"], email);
        for name in ["id", "email", "created_at", "expires_at"] {
            assert!(body.as_object_mut().unwrap().remove(name).is_some(), "{name}");
        }
        (reply.status, names, body)
    };
    let unknown = "nobody@people.example";
    let known_one = told(invite(&house.owner, &house.at, &person.email, "editor").await, &person.email);
    let unknown_one = told(invite(&house.owner, &house.at, unknown, "editor").await, unknown);
    assert_eq!(known_one, unknown_one);
    let tokens = (world.token_for(&person.email).await, world.token_for(unknown).await);
    let text = |email: &str, token: &str| {
        let mail = world.mails_to(email).pop().unwrap();
        mail.split_once("\n\n").unwrap().1.replace(token, "TOKEN")
    };
    assert_eq!(text(&person.email, &tokens.0), text(unknown, &tokens.1), "not the mail either");
    let again = |email: &'static str| async { invite(&house.owner, &house.at, email, "editor").await };
    let refused = again(unknown).await.refused(409, "already_exists");
    let body = json!({ "email": person.email, "role": "editor" });
    let also = house.owner.post(&house.at, body).await.refused(409, "already_exists");
    assert_eq!(refused["detail"], also["detail"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn auditors_see_that_somebody_is_invited_but_not_the_address() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let id = id_of(&invite(&house.owner, &house.at, "secret@people.example", "editor").await.created());
    let auditor = actors.with_role("审计", "auditor").await;
    for path in [house.at.clone(), format!("{}/{id}", house.at)] {
        let seen = auditor.get(&path).await.ok();
        assert!(seen.to_string().contains(&id), "{seen}");
        assert!(!seen.to_string().contains("secret@"), "{seen}");
        assert!(actors.admin.get(&path).await.ok().to_string().contains("secret@people.example"));
    }
    let log = auditor.get("/audit?action=invite_member").await.ok();
    assert_eq!(log["items"][0]["facts"]["invitation_id"], id.as_str());
    assert!(!log.to_string().contains("secret@"), "{log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nobody_floods_an_address_or_many_with_invitations() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let house = house(&actors).await;
    let email = "flooded@people.example";
    for _ in 0..3 {
        let id = id_of(&invite(&house.owner, &house.at, email, "viewer").await.created());
        house.owner.act(&format!("{}/{id}/revoke", house.at)).await.ok();
    }
    let refused = invite(&house.owner, &house.at, email, "viewer").await;
    let wait: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=86_400).contains(&wait), "{wait}");
    refused.refused(429, "too_many_requests");
    for n in 3..30 {
        invite(&house.owner, &house.at, &format!("many{n}@people.example"), "viewer").await.created();
    }
    invite(&house.owner, &house.at, "many30@people.example", "viewer")
        .await
        .refused(429, "too_many_requests");
    world.clock.advance(Duration::hours(24) + Duration::seconds(1));
    let owner = sign_in(&world, &house.owner.email).await.acting_for(&house.organisation);
    invite(&owner, &house.at, email, "viewer").await.created();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_broker_invites_the_first_owner_of_an_organisation_that_only_a_source_names() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let cx = techmart_api::auth::Context::system(world.clock.now());
    let named = world
        .state
        .db
        .write(async |tx| {
            techmart_api::features::organisation::repo::find_or_name(
                tx,
                &cx,
                "无账号研究所",
                OrganisationKind::Institute,
            )
            .await
        })
        .await
        .unwrap();
    let at = format!("/organisations/{}/invitations", named.id);
    let email = "director@people.example";
    invite(&broker, &at, email, "owner").await.created();
    let token = world.token_for(email).await;
    let director = newcomer(&world, email).await;
    accept(&director, &token).await.ok();
    let members = director.get(&format!("/organisations/{}/members", named.id)).await.ok();
    let roles: Vec<&Value> =
        members["items"].as_array().unwrap().iter().map(|member| &member["role"]).collect();
    assert_eq!(roles, ["owner"]);
    // From now on it speaks for itself.
    invite(&broker, &at, "other@people.example", "owner").await.refused(403, "forbidden");
}
