//! Errors: problem documents, in the reader's language, whatever went wrong. That each is one is checked
//! by the client with every answer of every test; here are the doors that no story opens.

use reqwest::Method;
use serde_json::json;
use techmart_tests::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_frameworks_own_refusals_are_problem_documents_too() {
    let world = World::start().await;
    let visitor = world.visitor();
    visitor.get("/nowhere").await.refused(404, "not_found");
    visitor.get("/achievements/not-a-uuid").await.refused(404, "not_found");
    let reply = visitor.call(Method::PUT, "/search", None, &[]).await;
    assert_eq!(reply.headers["allow"], "GET");
    reply.refused(405, "method_not_allowed");
    visitor
        .send(Method::POST, "/auth/login", "text/plain", b"{}".to_vec())
        .await
        .refused(415, "unsupported_media_type");
    visitor
        .send(Method::POST, "/auth/login", "application/json", b"{".to_vec())
        .await
        .refused(400, "invalid_body");
    let large = vec![b' '; 2 * 1024 * 1024];
    visitor.send(Method::POST, "/auth/login", "application/json", large).await.refused(413, "too_large");
    let nul = json!({ "email": "a\u{0}@b.example", "password": "x" });
    let reply = visitor.post("/auth/login", nul).await;
    assert!(reply.fault_codes().contains(&"nul".to_owned()), "{}", reply.body);
    visitor
        .call(Method::GET, "/me", None, &[("authorization", "Bearer nonsense")])
        .await
        .refused(401, "invalid_token");
    let reply = visitor.get("/me").await;
    assert!(reply.headers.contains_key("www-authenticate"));
    reply.refused(401, "not_signed_in");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn all_faults_of_a_query_are_told_in_the_readers_language() {
    let world = World::start().await;
    let path = "/search?limit=0&limit=5&trl_min=12&kind=x&what=1";
    let english = world.visitor().call(Method::GET, path, None, &[("accept-language", "en;q=0.9, fr")]).await;
    let codes = english.fault_codes();
    for code in ["unknown", "repeated", "too_large", "unknown_code"] {
        assert!(codes.iter().any(|found| found == code), "{code} of {codes:?}");
    }
    assert_eq!(english.body["title"], "A parameter does not fit the document");
    assert_eq!(english.headers["content-language"], "en");
    let chinese = world.visitor().get(path).await;
    assert_eq!(chinese.refused(400, "invalid_parameter")["title"], "参数不符合接口文档");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_cursor_belongs_to_the_list_it_came_from() {
    let world = World::start().await;
    let visitor = world.visitor();
    visitor.get("/achievements?cursor=abc").await.refused(400, "invalid_cursor");
    visitor.get("/search?cursor=eyJsIjoiYSIsImsiOjF9").await.refused(400, "invalid_cursor");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_answer_names_its_request_and_carries_the_safe_headers() {
    let world = World::start().await;
    let reply = world.visitor().call(Method::GET, "/plans", None, &[("x-request-id", "my-own.id_1")]).await;
    assert_eq!(reply.headers["x-request-id"], "my-own.id_1");
    assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    assert_eq!(reply.headers["referrer-policy"], "no-referrer");
    assert!(!reply.headers.contains_key("server"));
    let reply = world.visitor().call(Method::GET, "/plans", None, &[("x-request-id", "a b<script>")]).await;
    assert_ne!(reply.headers["x-request-id"], "a b<script>");
    let docs = world.visitor().get("/docs/").await;
    let policy = docs.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("script-src 'self'") && !policy.contains("http"), "{policy}");
}
