//! The people of a story: made through the front door.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use techmart_api::{auth::Context, features::account::service::create_verified};
use techmart_entity::account::Role;

use crate::{World, builders::uscc, client::Client};

/// The password of everybody in the tests.
pub const PASSWORD: &str = "correct horse battery 9";

/// Makes people and organisations in a world.
pub struct Actors<'a> {
    pub world: &'a World,
    pub admin: Client,
}

impl<'a> Actors<'a> {
    /// Begins with the admin, whom only the command line makes.
    pub async fn of(world: &'a World) -> Self {
        let email = "admin@centre.example";
        techmart_api::features::account::service::create_admin(
            &world.state,
            email,
            "管理员",
            PASSWORD.to_owned(),
        )
        .await
        .unwrap();
        let admin = sign_in(world, email).await;
        Self { world, admin }
    }

    /// A person who registered, verified their address and signed in.
    pub async fn person(&self, name: &str) -> Client {
        static PEOPLE: AtomicU32 = AtomicU32::new(1);
        let email = format!("person{}@people.example", PEOPLE.fetch_add(1, Ordering::Relaxed));
        let visitor = self.world.visitor();
        let body = json!({ "email": email, "password": PASSWORD, "name": name });
        visitor.post("/auth/register", body).await.status(202);
        let token = self.world.token_for(&email).await;
        let reply = visitor.post("/auth/verify-email", json!({ "token": token })).await;
        assert!(reply.status.is_success(), "{}", reply.body);
        sign_in(self.world, &email).await
    }

    /// Many people, made without a letter to each of them, signed in.
    pub async fn crowd(&self, n: usize) -> Vec<Client> {
        static CROWD: AtomicU32 = AtomicU32::new(1);
        let hash = self.world.state.passwords.hash(PASSWORD.to_owned()).await.unwrap();
        let first = CROWD.fetch_add(u32::try_from(n).unwrap(), Ordering::Relaxed);
        let emails: Vec<String> =
            (0..n).map(|i| format!("crowd{}@people.example", first as usize + i)).collect();
        let cx = Context::system(self.world.clock.now());
        self.world
            .state
            .db
            .write(async |tx| {
                for email in &emails {
                    create_verified(tx, &cx, email, email, &hash, Role::Member).await?;
                }
                Ok(())
            })
            .await
            .unwrap();
        let mut people = Vec::new();
        for email in &emails {
            people.push(sign_in(self.world, email).await);
        }
        people
    }

    /// A person with a role at the centre.
    pub async fn with_role(&self, name: &str, role: &str) -> Client {
        let person = self.person(name).await;
        let id = person.account_id.clone().unwrap();
        let reply = self.admin.post(&format!("/accounts/{id}/role"), json!({ "role": role })).await;
        assert!(reply.status.is_success(), "{}", reply.body);
        person
    }

    /// A broker.
    pub async fn broker(&self, name: &str) -> Client {
        self.with_role(name, "broker").await
    }

    /// The owner of a new organisation, acting for it.
    pub async fn owner(&self, name: &str, organisation: Value) -> Client {
        let person = self.person(name).await;
        let made = person.post("/organisations", organisation).await.created();
        person.acting_for(made["id"].as_str().unwrap())
    }

    /// The owner of a verified organisation of that kind, acting for it. `n` makes its credit code.
    pub async fn verified(&self, broker: &Client, name: &str, kind: &str, n: u32, demo: bool) -> Client {
        let organisation = json!({
            "name": format!("{name}单位"), "kind": kind, "uscc": uscc(n), "town": "tanqiao", "demo": demo,
            "contacts": [{ "name": format!("{name}联系人"), "phone": format!("1390000{n:04}") }],
        });
        let owner = self.owner(name, organisation).await;
        let id = owner.acting.clone().unwrap();
        let reply = owner.act(&format!("/organisations/{id}/submit-verification")).await;
        assert!(reply.status.is_success(), "{}", reply.body);
        let evidence = json!({ "method": "licence", "evidence": "核对营业执照原件" });
        let reply = broker.post(&format!("/organisations/{id}/verify"), evidence).await;
        assert!(reply.status.is_success(), "{}", reply.body);
        owner
    }
}

/// Signs in.
pub async fn sign_in(world: &World, email: &str) -> Client {
    let mut client = world.visitor();
    let tokens = client.post("/auth/login", json!({ "email": email, "password": PASSWORD })).await.ok();
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    client.refresh_token = Some(tokens["refresh_token"].as_str().unwrap().to_owned());
    client.email = email.to_owned();
    let me = client.get("/me").await.ok();
    client.account_id = Some(me["id"].as_str().unwrap().to_owned());
    client
}

/// Submits, claims, judges if it is a demand, and publishes.
pub async fn publish(author: &Client, broker: &Client, plural: &str, id: &str) -> Value {
    author.act(&format!("/{plural}/{id}/submit")).await.ok();
    approve(broker, plural, id).await
}

/// Claims, judges if it is a demand, and publishes what was submitted.
pub async fn approve(broker: &Client, plural: &str, id: &str) -> Value {
    broker.act(&format!("/{plural}/{id}/claim")).await.ok();
    if plural == "demands" {
        broker.post(&format!("/demands/{id}/diagnose"), json!({ "outcome": "ready" })).await.ok();
    }
    broker.act(&format!("/{plural}/{id}/publish")).await.ok()
}

/// The figures of an indicator of the demo plan: (confirmed, candidate).
pub async fn figures(client: &Client, indicator: &str, more: &str) -> (i64, i64) {
    let board = client.get(&format!("/progress?plan=demo{more}")).await.ok();
    let row =
        board["indicators"].as_array().unwrap().iter().find(|row| row["code"] == indicator).unwrap().clone();
    (row["confirmed"].as_i64().unwrap(), row["candidate"].as_i64().unwrap())
}
