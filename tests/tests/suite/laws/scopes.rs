//! What a key opens: every operation of the document, with a key of each scope, passes or is refused as the one table
//! says, and as the document tells.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use techmart_api::features::api_client::scopes::{TABLE, of};
use techmart_entity::api_client::scope::ApiScope;
use techmart_tests::{Actors, Client, World, client::id_of};
use uuid::Uuid;

const NOBODYS: &str = "019ab1c2-0000-7000-8000-000000000000";

/// Id, method and address of every operation, and the operation.
fn operations() -> Vec<(String, Method, String, Value)> {
    let document = techmart_api::openapi::document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            all.push((id, method.to_uppercase().parse().unwrap(), path.clone(), operation.clone()));
        }
    }
    all
}

/// A client of the organisation with that scope, and a key of it.
async fn key_with(owner: &Client, admin: &Client, scope: ApiScope) -> String {
    let asked = json!({ "name": format!("客户端 {scope}"), "purpose": "测试范围。", "organisation_id": owner.acting,
        "scopes": [scope] });
    let client = id_of(&owner.post("/api-clients", asked).await.created());
    admin.act(&format!("/api-clients/{client}/approve")).await.ok();
    let key = Uuid::new_v4().to_string();
    let path = format!("/api-clients/{client}/keys");
    let made = owner.call(Method::POST, &path, None, &[("idempotency-key", &key)]).await.created();
    made["key"].as_str().unwrap().to_owned()
}

#[test]
fn the_table_names_operations_of_the_document_and_the_document_tells_the_table() {
    let names: BTreeSet<&str> = TABLE.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), TABLE.len(), "an operation has two rows");
    let operations = operations();
    let there: BTreeSet<&str> = operations.iter().map(|(id, ..)| id.as_str()).collect();
    let unknown: Vec<_> = names.difference(&there).collect();
    assert!(unknown.is_empty(), "rows without an operation: {unknown:?}");
    for (id, _, _, operation) in &operations {
        let told: Vec<Value> = operation["security"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|way| way.get("apiKey").cloned())
            .collect();
        let right: Vec<Value> = match of(id) {
            None => Vec::new(),
            Some([]) => vec![json!([])],
            Some(scopes) => scopes.iter().map(|scope| json!([scope])).collect(),
        };
        assert_eq!(told, right, "{id}");
        assert_eq!(operation.get("x-scopes"), of(id).map(|scopes| json!(scopes)).as_ref(), "{id}");
    }
}

#[test]
fn what_looks_after_people_clients_and_the_centre_is_closed_to_keys() {
    for (id, _, path, _) in operations() {
        let closed =
            ["/api-clients", "/auth", "/me", "/accounts", "/audit", "/desk", "/ledger", "/assessments"];
        if closed.iter().any(|part| path.starts_with(&format!("/api/v1{part}"))) {
            assert_eq!(of(&id), None, "{id}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_key_of_each_scope_passes_exactly_where_the_table_says() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let owner = actors.verified(&broker, "高校", "university", 1, true).await;
    let mut found = Vec::new();
    for scope in ApiScope::ALL {
        let mut client = world.visitor();
        client.token = Some(key_with(&owner, &actors.admin, *scope).await);
        for (id, method, path, _) in operations() {
            let path = path
                .replace("{list}", "field")
                .replace("{indicator}", "T1")
                .replace("{code}", "T1")
                .replace("{kind}", "docking")
                .replace("{day}", "2026-10-01")
                .replace("{queue}", "review")
                .replace("{position}", "1");
            let path: String = path
                .split('/')
                .map(|part| if part.starts_with('{') { NOBODYS } else { part })
                .collect::<Vec<_>>()
                .join("/");
            // A stream ends by itself.
            let path = if id == "stream_changes" { format!("{path}?seconds=1") } else { path };
            let reply = client.call(method, &path, None, &[]).await;
            let code = reply.body["code"].as_str().unwrap_or_default().to_owned();
            let wanted = match of(&id) {
                None => "closed_to_api_keys",
                Some(scopes) if scopes.is_empty() || scopes.contains(scope) => "",
                Some(_) => "missing_scope",
            };
            let told =
                matches!(code.as_str(), "closed_to_api_keys" | "missing_scope").then_some(code.as_str());
            if told.unwrap_or_default() != wanted {
                found.push(format!("{id} under {scope}: {wanted:?} is right, but {} {code}", reply.status));
            }
        }
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}
