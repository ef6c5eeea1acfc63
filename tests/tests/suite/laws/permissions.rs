//! Who may do what: every operation of the document for every kind of actor.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{PASSWORD, publish, sign_in},
    builders::{achievement, demand, provider},
};
use uuid::Uuid;

/// The kinds of actor, in the order of the columns: from the least to the most that is owed to them.
const KINDS: [&str; 7] = ["visitor", "stranger", "viewer", "editor", "broker", "admin", "auditor"];

/// An operation and, for each kind of actor: `A` allowed, `S` sign in first (401), `F` forbidden (403),
/// `H` hidden (404), `N` name your organisation (400: who has none can go no further).
///
/// The stranger belongs to another verified organisation. Viewer and editor (an owner) act for the
/// organisation that the thing belongs to. What is acted on is published, entered, verified or accepted.
#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    // Accounts: an admin's business alone.
    ("list_accounts",                     "S F F F F A F"),
    ("get_account",                       "S F F F F A F"),
    ("set_account_role",                  "S F F F F A F"),
    ("disable_account",                   "S F F F F A F"),
    ("enable_account",                    "S F F F F A F"),
    // Signing in: by what one holds, whoever one is.
    ("register",                          "A A A A A A A"),
    ("verify_email",                      "A A A A A A A"),
    ("login",                             "A A A A A A A"),
    ("refresh",                           "A A A A A A A"),
    ("forgot_password",                   "A A A A A A A"),
    ("reset_password",                    "A A A A A A A"),
    ("logout",                            "S A A A A A A"),
    ("get_me",                            "S A A A A A A"),
    ("patch_me",                          "S A A A A A A"),
    ("change_password",                   "S A A A A A A"),
    ("list_my_sessions",                  "S A A A A A A"),
    // What everybody may read.
    ("get_openapi",                       "A A A A A A A"),
    ("list_code_lists",                   "A A A A A A A"),
    ("get_code_list",                     "A A A A A A A"),
    ("list_indicators",                   "A A A A A A A"),
    ("list_plans",                        "A A A A A A A"),
    ("get_progress",                      "A A A A A A A"),
    ("search",                            "A A A A A A A"),
    // Organisations.
    ("list_organisations",                "A A A A A A A"),
    ("create_organisation",               "S A A A A A F"),
    ("get_organisation",                  "A A A A A A A"),
    ("patch_organisation",                "S F F A A F F"),
    ("list_organisation_history",         "S F A A A A A"),
    ("list_organisation_members",         "S F A A A A A"),
    ("get_organisation_member",           "S F A A A A A"),
    ("add_organisation_member",           "S F F A F F F"),
    ("set_organisation_member_role",      "S F F A F F F"),
    ("remove_organisation_member",        "S F F A F F F"),
    ("submit_organisation_verification",  "S F F A F F F"),
    ("verify_organisation",               "S F F F A F F"),
    ("reject_organisation_verification",  "S F F F A F F"),
    ("suspend_organisation",              "S F F F A F F"),
    ("resume_organisation",               "S F F F A F F"),
    // Achievements. A broker makes one by collecting it.
    ("list_achievements",                 "A A A A A A A"),
    ("create_achievement",                "S A F A A F F"),
    ("get_achievement",                   "A A A A A A A"),
    ("list_achievement_versions",         "A A A A A A A"),
    ("get_achievement_draft",             "H H A A A A A"),
    ("list_achievement_history",          "H H A A A A A"),
    ("patch_achievement_draft",           "S F F A F F F"),
    ("delete_achievement",                "S F F A F F F"),
    ("submit_achievement",                "S F F A F F F"),
    ("recall_achievement",                "S F F A F F F"),
    ("renew_achievement",                 "S F F A F F F"),
    ("withdraw_achievement",              "S F F A F A F"),
    ("claim_achievement",                 "S F F F A F F"),
    ("release_achievement",               "S F F F A A F"),
    ("publish_achievement",               "S F F F A F F"),
    ("return_achievement",                "S F F F A F F"),
    ("reject_achievement",                "S F F F A F F"),
    ("suspend_achievement",               "S F F F A F F"),
    ("resume_achievement",                "S F F F A F F"),
    // Demands.
    ("list_demands",                      "A A A A A A A"),
    ("create_demand",                     "S A F A A F F"),
    ("get_demand",                        "A A A A A A A"),
    ("list_demand_versions",              "A A A A A A A"),
    ("get_demand_draft",                  "H H A A A A A"),
    ("list_demand_history",               "H H A A A A A"),
    ("patch_demand_draft",                "S F F A F F F"),
    ("delete_demand",                     "S F F A F F F"),
    ("submit_demand",                     "S F F A F F F"),
    ("recall_demand",                     "S F F A F F F"),
    ("renew_demand",                      "S F F A F F F"),
    ("withdraw_demand",                   "S F F A F A F"),
    ("claim_demand",                      "S F F F A F F"),
    ("release_demand",                    "S F F F A A F"),
    ("diagnose_demand",                   "S F F F A F F"),
    ("publish_demand",                    "S F F F A F F"),
    ("return_demand",                     "S F F F A F F"),
    ("reject_demand",                     "S F F F A F F"),
    ("suspend_demand",                    "S F F F A F F"),
    ("resume_demand",                     "S F F F A F F"),
    ("solve_demand",                      "S F F A A F F"),
    ("close_demand_unsolved",             "S F F A A F F"),
    // Providers and their entry 入驻: a broker reviews, an admin approves.
    ("list_providers",                    "A A A A A A A"),
    ("create_provider",                   "S A F A A F F"),
    ("get_provider",                      "A A A A A A A"),
    ("list_provider_versions",            "A A A A A A A"),
    ("get_provider_draft",                "H H A A A A A"),
    ("list_provider_history",             "H H A A A A A"),
    ("patch_provider_draft",              "S F F A F F F"),
    ("delete_provider",                   "S F F A F F F"),
    ("submit_provider",                   "S F F A F F F"),
    ("recall_provider",                   "S F F A F F F"),
    ("renew_provider",                    "S F F A F F F"),
    ("withdraw_provider",                 "S F F A F A F"),
    ("claim_provider",                    "S F F F A F F"),
    ("release_provider",                  "S F F F A A F"),
    ("publish_provider",                  "S F F F A F F"),
    ("return_provider",                   "S F F F A F F"),
    ("reject_provider",                   "S F F F A F F"),
    ("suspend_provider",                  "S F F F A F F"),
    ("resume_provider",                   "S F F F A F F"),
    ("get_provider_entry",                "A A A A A A A"),
    ("list_provider_entry_history",       "H H A A A A A"),
    ("apply_for_provider_entry",          "S F F A F F F"),
    ("review_provider_entry",             "S F F F A F F"),
    ("approve_provider_entry",            "S F F F F A F"),
    ("reject_provider_entry",             "S F F F A A F"),
    ("enter_provider",                    "S F F F A F F"),
    ("suspend_provider_entry",            "S F F F A F F"),
    ("resume_provider_entry",             "S F F F A F F"),
    ("renew_provider_entry",              "S F F F A F F"),
    ("exit_provider",                     "S F F A A A F"),
    // Dockings: the two sides, brokers; the rest of the centre and auditors look on.
    ("list_dockings",                     "S A A A A A A"),
    ("create_docking",                    "S A F A A F F"),
    ("record_offline_docking",            "S F F F A F F"),
    ("get_docking",                       "S H A A A A A"),
    ("list_docking_history",              "S H A A A A A"),
    ("reveal_docking_contacts",           "S H F A A A F"),
    ("express_docking_interest",          "S H F A F F F"),
    ("accept_docking",                    "S H F A A F F"),
    ("decline_docking",                   "S H F A F F F"),
    ("dismiss_docking",                   "S H F A A F F"),
    ("record_docking_meeting",            "S H F A A F F"),
    ("confirm_docking_meeting",           "S H F A A F F"),
    ("negotiate_docking",                 "S H F A A F F"),
    ("sign_docking_contract",             "S H F A A F F"),
    ("register_docking_contract",         "S H F F A F F"),
    ("land_docking",                      "S H F A A F F"),
    ("close_docking",                     "S H F A A F F"),
    ("reopen_docking",                    "S H F F A F F"),
    // Files.
    ("upload_attachment",                 "S A F A A A N"),
    ("get_attachment",                    "H H A A A A A"),
    ("get_attachment_content",            "H H A A A A A"),
    // The centre's own.
    ("list_reviews",                      "S F F F A A A"),
    ("list_imports",                      "S F F F A A F"),
    ("start_import",                      "S F F F A A F"),
    ("get_import",                        "S F F F A A F"),
    ("list_import_rows",                  "S F F F A A F"),
    ("list_ledger",                       "S F F F A A A"),
    ("get_ledger_entry",                  "S F F F A A A"),
    ("list_progress_units",               "S F F F A A A"),
    ("record_ledger_entry",               "S F F F A A F"),
    ("confirm_ledger_entry",              "S F F F A A F"),
    ("add_ledger_evidence",               "S F F F A A F"),
    ("reverse_ledger_entry",              "S F F F A A A"),
    ("list_audit",                        "S F F F F A A"),
];

struct Operation {
    name: String,
    method: Method,
    /// Within `/api/v1`.
    path: String,
}

fn operations() -> Vec<Operation> {
    let document = techmart_api::openapi::document();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.strip_prefix("/api/v1").unwrap_or(path).to_owned(),
            });
        }
    }
    all
}

#[test]
fn every_operation_of_the_document_has_a_row_and_every_row_an_operation() {
    let there: BTreeSet<String> = operations().into_iter().map(|operation| operation.name).collect();
    let rows: BTreeSet<String> = TABLE.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(rows.len(), TABLE.len(), "an operation has two rows");
    let without_row: Vec<_> = there.difference(&rows).collect();
    let without_operation: Vec<_> = rows.difference(&there).collect();
    assert!(without_row.is_empty(), "operations without a row: {without_row:?}");
    assert!(without_operation.is_empty(), "rows without an operation: {without_operation:?}");
    for (name, letters) in TABLE {
        assert_eq!(letters.split(' ').count(), KINDS.len(), "{name}");
    }
}

/// The listings of one of the three kinds.
struct Listings {
    plural: &'static str,
    owner: String,
    published: String,
    draft: String,
}

/// A world with one of everything.
struct Scene {
    world: World,
    admin: Client,
    stranger: Client,
    viewer: Client,
    editor: Client,
    broker: Client,
    auditor: Client,
    enterprise: String,
    university: String,
    agency: String,
    listings: Vec<Listings>,
    docking: String,
    meeting: String,
    attachment: String,
    entry: String,
    import: String,
    spare: Client,
}

fn id_of(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id in {body}")).to_owned()
}

fn content(plural: &str, title: &str) -> Value {
    match plural {
        "achievements" => achievement(title),
        "demands" => demand(title),
        "providers" => provider(title),
        other => panic!("no such kind: {other}"),
    }
}

impl Scene {
    async fn set() -> Self {
        let world = World::start().await;
        let actors = Actors::of(&world).await;
        // Whoever performs what is counted does not confirm it; so not the broker of the matrix.
        let clerk = actors.broker("clerk").await;
        let broker = actors.broker("broker").await;
        let university = actors.verified(&clerk, "高校", "university", 1, true).await;
        let enterprise = actors.verified(&clerk, "企业", "enterprise", 2, true).await;
        let agency = actors.verified(&clerk, "机构", "provider", 3, true).await;
        let stranger = actors.verified(&clerk, "外人", "enterprise", 4, true).await;
        let viewer = actors.person("viewer").await;
        let editor = actors.person("editor").await;
        let spare = actors.person("spare").await;
        for owner in [&university, &enterprise, &agency] {
            let members = format!("/organisations/{}/members", owner.acting.as_deref().unwrap());
            for (member, role) in [(&viewer, "viewer"), (&editor, "owner"), (&spare, "viewer")] {
                owner.post(&members, json!({ "email": member.email, "role": role })).await.created();
            }
        }
        let mut listings = Vec::new();
        for (plural, owner) in
            [("achievements", &university), ("demands", &enterprise), ("providers", &agency)]
        {
            let shown = owner.post(&format!("/{plural}"), content(plural, "已发布的条目")).await.created();
            let shown = id_of(&shown);
            publish(owner, &clerk, plural, &shown).await;
            let draft = owner.post(&format!("/{plural}"), content(plural, "未发布的条目")).await.created();
            listings.push(Listings {
                plural,
                owner: owner.acting.clone().unwrap(),
                published: shown,
                draft: id_of(&draft),
            });
        }

        let day = techmart_api::clock::day_of(world.clock.now()).to_string();
        let entry = format!("/providers/{}/entry", listings[2].published);
        agency.act(&entry).await.created();
        clerk.act(&format!("{entry}/review")).await.ok();
        actors.admin.act(&format!("{entry}/approve")).await.ok();
        let agreement = json!({ "agreement_number": "RZ-1", "signed_on": day, "valid_to": "2099-12-31",
            "attachment_id": clerk.paper("agreement").await });
        clerk.post(&format!("{entry}/enter"), agreement).await.ok();

        let interest = json!({ "achievement_id": listings[0].published });
        let key = Uuid::new_v4().to_string();
        let key = [("idempotency-key", key.as_str())];
        let docking = enterprise.call(Method::POST, "/dockings", Some(interest), &key).await.created();
        let docking = id_of(&docking);
        university.act(&format!("/dockings/{docking}/accept")).await.ok();
        let meeting =
            json!({ "held_on": day, "mode": "online", "attendees": ["李工"], "summary": "线上交流。" });
        let met = enterprise.post(&format!("/dockings/{docking}/meetings"), meeting).await.created();
        let meeting = id_of(&met["meetings"][0]);

        let attachment = university.paper("evidence").await;
        let ledger = actors.admin.get("/ledger?indicator=T1").await.ok();
        let counted = ledger["items"][0]["entry_id"].as_str().unwrap().to_owned();
        let import = start_import(&clerk).await.status(202);
        let auditor = actors.with_role("auditor", "auditor").await;
        let admin = actors.admin.clone();
        Self {
            admin,
            stranger,
            viewer,
            editor,
            broker,
            auditor,
            enterprise: enterprise.acting.unwrap(),
            university: university.acting.unwrap(),
            agency: agency.acting.unwrap(),
            listings,
            docking,
            meeting,
            attachment,
            entry: counted,
            import: id_of(&import),
            spare,
            world,
        }
    }

    /// The actor, acting for the organisation that the thing belongs to.
    fn actor(&self, kind: &str, operation: &Operation) -> Client {
        let owner = match operation.path.split('/').nth(1).unwrap() {
            "demands" => &self.enterprise,
            "providers" => &self.agency,
            "dockings" => match operation.name.as_str() {
                // What the side that was asked does, and what the side does that did not record the meeting.
                "accept_docking" | "decline_docking" | "confirm_docking_meeting" => &self.university,
                _ => &self.enterprise,
            },
            _ => &self.university,
        };
        match kind {
            "visitor" => self.world.visitor(),
            "stranger" => self.stranger.clone(),
            "viewer" => self.viewer.acting_for(owner),
            "editor" => self.editor.acting_for(owner),
            "broker" => self.broker.clone(),
            "admin" => self.admin.clone(),
            "auditor" => self.auditor.clone(),
            other => panic!("no such kind: {other}"),
        }
    }

    /// The address, of the listings' published or unpublished ones.
    fn address(&self, operation: &Operation, published: bool) -> String {
        let first = operation.path.split('/').nth(1).unwrap();
        let listing = self.listings.iter().find(|listings| listings.plural == first);
        let id = match first {
            "accounts" => self.spare.account_id.as_deref().unwrap(),
            "organisations" => &self.university,
            "dockings" => &self.docking,
            "attachments" => &self.attachment,
            "ledger" => &self.entry,
            "imports" => &self.import,
            _ => match listing {
                Some(listings) if published => &listings.published,
                Some(listings) => &listings.draft,
                None => "",
            },
        };
        let path = operation
            .path
            .replace("{id}", id)
            .replace("{account_id}", self.spare.account_id.as_deref().unwrap())
            .replace("{meeting_id}", &self.meeting)
            .replace("{indicator}", "T1")
            .replace("{list}", "field");
        assert!(!path.contains('{') && !path.contains("//"), "no address for {}: {path}", operation.name);
        path
    }

    /// A body that is whole, so that nothing but the actor can be refused.
    async fn body(&self, operation: &Operation, kind: &str) -> Option<Value> {
        let of_centre = matches!(kind, "broker" | "admin" | "auditor");
        let day = techmart_api::clock::day_of(self.world.clock.now()).to_string();
        let name = operation.name.as_str();
        let any = Uuid::nil();
        let reason = json!({ "reason": "理由在此。" });
        let (offer, owner) = (&self.listings[0].published, &self.university);
        Some(match name {
            "create_achievement" | "create_demand" | "create_provider" => {
                let plural = operation.path.trim_start_matches('/');
                let mut body = content(plural, &format!("新条目 {kind}"));
                if of_centre {
                    let listings = self.listings.iter().find(|listings| listings.plural == plural).unwrap();
                    body["collected"] = json!({ "organisation_id": listings.owner, "source_url": "https://source.example/1" });
                }
                body
            }
            "patch_achievement_draft" | "patch_demand_draft" | "patch_provider_draft" => {
                json!({ "content": { "title": "改过的标题" } })
            }
            _ if name.starts_with("return_")
                || name.starts_with("reject_")
                || name.starts_with("suspend_")
                || name.starts_with("withdraw_") =>
            {
                reason
            }
            "exit_provider" | "reverse_ledger_entry" | "disable_account" | "enable_account" => reason,
            "set_account_role" => json!({ "role": "member" }),
            "register" => {
                json!({ "email": format!("new-{kind}@people.example"), "password": PASSWORD, "name": "新人" })
            }
            "verify_email" => json!({ "token": "no-such-token" }),
            "reset_password" => json!({ "token": "no-such-token", "password": "another horse battery 9" }),
            "forgot_password" => json!({ "email": self.spare.email }),
            "login" => json!({ "email": self.spare.email, "password": PASSWORD }),
            "refresh" => {
                json!({ "refresh_token": sign_in(&self.world, &self.spare.email).await.refresh_token })
            }
            "logout" => json!({}),
            "patch_me" => json!({ "name": "改名" }),
            "change_password" => {
                json!({ "current_password": "not the password", "new_password": "another horse battery 9" })
            }
            "create_organisation" => json!({ "name": format!("{kind}新单位"), "kind": "other" }),
            "patch_organisation" => json!({ "short_name": "简称" }),
            "verify_organisation" => json!({ "method": "licence", "evidence": "核对营业执照原件" }),
            "add_organisation_member" => json!({ "email": self.spare.email, "role": "viewer" }),
            "set_organisation_member_role" => json!({ "role": "viewer" }),
            "diagnose_demand" => json!({ "outcome": "ready" }),
            "solve_demand" | "close_demand_unsolved" => json!({ "note": "说明" }),
            "enter_provider" | "renew_provider_entry" => {
                json!({ "agreement_number": "RZ-2", "signed_on": day, "valid_to": "2099-12-31", "attachment_id": any })
            }
            "create_docking" if of_centre => {
                json!({ "achievement_id": offer, "enterprise_id": self.enterprise,
                "recommend": true, "match_reasons": { "reasons": ["同一领域"] } })
            }
            "create_docking" => json!({ "achievement_id": offer }),
            "record_offline_docking" => json!({ "enterprise_id": self.enterprise, "supplier_id": owner,
                "achievement_id": offer, "interest_on": day, "accepted_on": day, "consent_attachment_id": any,
                "consent_note": "双方签字", "meeting": meeting(&day) }),
            "express_docking_interest" => json!({ "message": "请联系。" }),
            "accept_docking" => json!({}),
            "decline_docking" | "dismiss_docking" => json!({ "code": "timing" }),
            "record_docking_meeting" => meeting(&day),
            "sign_docking_contract" => {
                json!({ "number": "HT-1", "title": "开发合同", "contract_type": "development",
                "signed_on": day, "total_amount": 100, "paper_attachment_id": any })
            }
            "register_docking_contract" => json!({ "registration_number": "2026 4210 0000 0001",
                "authority": "登记站", "registered_on": day, "certificate_attachment_id": any }),
            "land_docking" => json!({ "landed_on": day, "form": "contract", "place": "滩桥镇",
                "evidence": [{ "kind": "contract_paper", "attachment_id": any }] }),
            "close_docking" => json!({ "code": "no_agreement" }),
            "reopen_docking" => json!({ "note": "重新开始" }),
            "record_ledger_entry" => json!({ "indicator": "T8", "unit": "飞地|成果", "label": "成果",
                "effective_on": day, "attachment_id": any, "demo": true }),
            "add_ledger_evidence" => json!({ "kind": "report", "attachment_id": any }),
            _ => return None,
        })
    }

    /// What the actor is answered, as a letter, with the answer.
    async fn ask(&self, kind: &str, operation: &Operation, published: bool) -> (String, String) {
        let mut client = self.actor(kind, operation);
        let path = self.address(operation, published);
        if operation.name == "logout" && kind != "visitor" {
            client = sign_in(&self.world, &client.email).await;
        }
        let reply = match operation.name.as_str() {
            "upload_attachment" => {
                client.upload("evidence", "paper.pdf", b"%PDF-1.4\n%%EOF\n".to_vec()).await
            }
            "start_import" => start_import(&client).await,
            _ => {
                let key = Uuid::new_v4().to_string();
                let mut headers = vec![("idempotency-key", key.as_str())];
                // Whoever may make a move is told that somebody was faster, and nothing is spoilt for the
                // actors that come after. Changes carry no version at all: they are asked for one.
                if operation.method == Method::POST && operation.path.contains("{id}") {
                    headers.push(("if-match", "\"of-another-time\""));
                }
                let body = self.body(operation, kind).await;
                client.call(operation.method.clone(), &path, body, &headers).await
            }
        };
        let letter = match reply.status.as_u16() {
            401 => "S".to_owned(),
            403 => "F".to_owned(),
            404 => "H".to_owned(),
            400 if reply.body["errors"][0]["header"] == "Acting-Organisation" => "N".to_owned(),
            400 => "400".to_owned(),
            status if operation.method == Method::GET && status != 200 => status.to_string(),
            _ => "A".to_owned(),
        };
        (letter, format!("{} {}", reply.status.as_u16(), reply.body["code"].as_str().unwrap_or_default()))
    }
}

fn meeting(day: &str) -> Value {
    json!({ "held_on": day, "mode": "online", "attendees": ["李工"], "summary": "线上交流。" })
}

async fn start_import(client: &Client) -> techmart_tests::Reply {
    let line =
        json!({ "kind": "achievement", "title": "导入的成果", "source_url": "https://source.example/2" });
    let bytes = format!("{line}\n").into_bytes();
    client.send(Method::POST, "/imports", "application/x-ndjson", bytes).await
}

async fn differences(scene: &Scene, operation: &Operation, expected: &str, published: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (kind, wanted) in KINDS.iter().zip(expected.split(' ')) {
        let (letter, answer) = scene.ask(kind, operation, published).await;
        if letter != wanted {
            found.push(format!("{} for {kind}: {wanted} is right, but {answer}", operation.name));
        }
    }
    found
}

fn row(name: &str) -> &'static str {
    TABLE.iter().find(|(row, _)| *row == name).map(|(_, letters)| *letters).unwrap()
}

#[tokio::test]
async fn every_kind_of_actor_is_answered_as_the_table_says() {
    let scene = Scene::set().await;
    let mut found = Vec::new();
    for operation in operations() {
        found.extend(differences(&scene, &operation, row(&operation.name), true).await);
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}

#[tokio::test]
async fn what_was_never_published_is_hidden_from_visitors_and_strangers_whatever_they_try() {
    let scene = Scene::set().await;
    let mut found = Vec::new();
    let of_a_listing = |operation: &Operation| {
        scene
            .listings
            .iter()
            .any(|listings| operation.path.starts_with(&format!("/{}/{{id}}", listings.plural)))
            && !operation.path.contains("/entry")
    };
    for operation in operations().into_iter().filter(of_a_listing) {
        let inside = row(&operation.name).split_at(4).1;
        found.extend(differences(&scene, &operation, &format!("H H {inside}"), false).await);
    }
    assert!(found.is_empty(), "{} differences:\n{}", found.len(), found.join("\n"));
}
