//! The world in which the table is tried: one of everything.

use reqwest::Method;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::{publish, sign_in},
    builders::{achievement, demand, provider},
    client::id_of,
};
use uuid::Uuid;

use super::{
    Operation,
    bodies::{event, target},
};

/// The listings of one of the three kinds.
pub struct Listings {
    pub plural: &'static str,
    pub owner: String,
    pub published: String,
    pub draft: String,
}

/// A world with one of everything.
pub struct Scene {
    pub world: World,
    pub admin: Client,
    pub stranger: Client,
    pub viewer: Client,
    pub editor: Client,
    pub broker: Client,
    pub auditor: Client,
    pub enterprise: String,
    pub university: String,
    pub agency: String,
    pub listings: Vec<Listings>,
    pub docking: String,
    pub meeting: String,
    pub case: Case,
    pub attachment: String,
    pub entry: String,
    pub report: String,
    pub assessment: String,
    pub duplicate: String,
    pub book: Book,
    pub signal: String,
    pub recommendation: String,
    pub gathering: Gathering,
    /// On the desk.
    pub waiting: String,
    pub import: String,
    pub harvest: String,
    pub invitation: String,
    /// An API client of the university's, and a key of it.
    pub api_client: String,
    pub api_key: String,
    /// An endpoint of that client, and a delivery to it.
    pub webhook: String,
    pub delivery: String,
    pub target: String,
    pub spare: Client,
}

pub fn content(plural: &str, title: &str) -> Value {
    match plural {
        "achievements" => achievement(title),
        "demands" => demand(title),
        "providers" => provider(title),
        other => panic!("no such kind: {other}"),
    }
}

/// An id of nothing.
const NOBODYS: &str = "019ab1c2-0000-7000-8000-000000000000";

impl Scene {
    pub async fn set() -> Self {
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

        let case = Case::of(&world, &docking, (&university, &enterprise), &listings[2].published).await;
        let attachment = university.paper("evidence").await;
        let ledger = actors.admin.get("/ledger?indicator=T1").await.ok();
        let counted = ledger["items"][0]["entry_id"].as_str().unwrap().to_owned();
        let import = start_import(&clerk).await.status(202);
        let harvest = clerk.post("/harvest-sources", harvest_source()).await.created();
        let book = book(&clerk, &university, &enterprise, &day).await;
        let pair = json!({ "subject": "achievement", "left_id": listings[0].published,
            "right_id": listings[0].draft, "note": "同一成果" });
        let duplicate = id_of(&clerk.post("/duplicates", pair).await.created());
        let offer = university.post("/achievements", achievement("冷媒检漏机器人")).await.created();
        publish(&university, &clerk, "achievements", &id_of(&offer)).await;
        let need = enterprise.post("/demands", demand("制冷剂检漏")).await.created();
        publish(&enterprise, &clerk, "demands", &id_of(&need)).await;
        world.drain().await;
        let recommended = clerk.get("/recommendations").await.ok();
        let recommendation = id_of(&recommended["items"][0]);
        let waits = clerk.get("/desk/items?queue=recommendation").await.ok();
        let waiting = id_of(&waits["items"][0]);
        let signals = clerk.get("/signals?kind=short_text").await.ok();
        let signal = id_of(&signals["items"][0]);
        let gathering = gather(&world, &clerk, &university, &listings).await;
        let invited = json!({ "email": "invited@people.example", "role": "viewer" });
        let invitations = format!("/organisations/{}/invitations", university.acting.as_deref().unwrap());
        let invitation = id_of(&university.post(&invitations, invited).await.created());
        let (api_client, api_key) = api_client(&university, &actors.admin).await;
        let address = json!({ "api_client_id": api_client, "url": "https://receiver.example/" });
        let webhook = id_of(&university.post("/webhooks", address).await.created());
        // It is disabled before it is tested, so that nothing waits to be tried again.
        university.act(&format!("/webhooks/{webhook}/disable")).await.ok();
        let delivery = id_of(&university.act(&format!("/webhooks/{webhook}/test")).await.status(202));
        let reported = clerk.post("/outbound-targets", target("省平台")).await.created();
        let auditor = actors.with_role("auditor", "auditor").await;
        let admin = actors.admin.clone();
        let (report, assessment) = assessed(&clerk, &admin, &auditor).await;
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
            case,
            attachment,
            entry: counted,
            report,
            assessment,
            duplicate,
            book,
            signal,
            recommendation,
            gathering,
            waiting,
            import: id_of(&import),
            harvest: id_of(&harvest),
            invitation,
            api_client,
            api_key,
            webhook,
            delivery,
            target: id_of(&reported),
            spare,
            world,
        }
    }

    /// The actor, acting for the organisation that the thing belongs to.
    fn actor(&self, kind: &str, operation: &Operation) -> Client {
        let owner = match operation.path.split('/').nth(1).unwrap() {
            "demands" => &self.enterprise,
            "providers" => &self.agency,
            "contracts" | "landings" => &self.enterprise,
            "dockings" => match operation.name.as_str() {
                // What the side that was asked does, and what the side does that did not record the meeting.
                "accept_docking" | "decline_docking" | "confirm_docking_meeting" => &self.university,
                "withdraw_docking_offer" => &self.university,
                _ => &self.enterprise,
            },
            "assistances" if operation.name == "cancel_assistance" => &self.enterprise,
            "assistances" => &self.agency,
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
            "api-clients" => &self.api_client,
            "webhooks" => &self.webhook,
            "assistances" => &self.case.assistance,
            "attachments" => &self.attachment,
            "ledger" => &self.entry,
            "snapshots" => &self.report,
            "assessments" => &self.assessment,
            "duplicates" => &self.duplicate,
            "recommendations" => &self.recommendation,
            "events" => &self.gathering.event,
            "signals" => &self.signal,
            "imports" => &self.import,
            "harvest-sources" => &self.harvest,
            "outbound-targets" => &self.target,
            "contracts" => &self.book.contract,
            "landings" => &self.book.landing,
            "enclave-entries" => &self.book.enclave_entry,
            "finance-cases" => &self.book.finance_case,
            "notifications" | "saved-searches" => NOBODYS,
            "desk" => &self.waiting,
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
            .replace("{key_id}", &self.api_key)
            .replace("{delivery_id}", &self.delivery)
            .replace("{meeting_id}", &self.meeting)
            .replace("{nda_id}", &self.case.nda)
            .replace("{appointment_id}", &self.case.appointment)
            .replace("{offer_id}", &self.case.offer)
            .replace("{reminder_id}", NOBODYS)
            .replace("{invitation_id}", &self.invitation)
            .replace("{sign_up_id}", &self.gathering.sign_up)
            .replace("{item_id}", &self.gathering.item)
            .replace("{pair_id}", &self.gathering.pair)
            .replace("{indicator}", "T1")
            .replace("{code}", if first == "plans" { "demo" } else { "T1" })
            .replace("{source_system}", "kehui")
            .replace("{position}", "1")
            .replace("{kind}", if first == "imports" { "achievement" } else { "docking" })
            .replace("{day}", "2026-10-01")
            .replace("{queue}", "review")
            .replace("{list}", "field");
        assert!(!path.contains('{') && !path.contains("//"), "no address for {}: {path}", operation.name);
        match operation.name.as_str() {
            "show_unsubscribe" | "unsubscribe" | "show_renewal" | "renew_by_link" => {
                format!("{path}?token=no-such-token")
            }
            "suggest_search" => format!("{path}?q=循环"),
            "get_due" => format!("{path}?from=2026-11-23T06:01:16.000Z&working_days=2"),
            "compare_snapshots" => format!("{path}?with={}", self.report),
            // It ends by itself.
            "stream_changes" => format!("{path}?seconds=1"),
            "list_funnel_listings" => format!("{path}?step=submitted"),
            _ => path,
        }
    }

    /// What the actor is answered, as a letter, with the answer.
    pub async fn ask(&self, kind: &str, operation: &Operation, published: bool) -> (String, String) {
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
                if operation.method == Method::POST && operation.path.contains("{") {
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

/// A frozen report with a unit that counts, and its signed assessment.
async fn assessed(clerk: &Client, admin: &Client, auditor: &Client) -> (String, String) {
    let published = admin.get("/ledger?indicator=T5").await.ok();
    let entry = published["items"][0]["entry_id"].as_str().unwrap().to_owned();
    admin.act(&format!("/ledger/{entry}/confirm")).await.ok();
    let report = id_of(&clerk.post("/snapshots", json!({ "plan": "demo" })).await.created());
    let body = json!({ "snapshot_id": report });
    let assessment = id_of(&auditor.post("/assessments", body).await.created());
    let at = format!("/assessments/{assessment}");
    auditor.post(&format!("{at}/items/1/judge"), json!({ "verdict": "accept" })).await.ok();
    auditor.post(&format!("{at}/sign"), json!({ "opinion": "数据可信。" })).await.ok();
    (report, assessment)
}

/// An approved API client of an organisation, and a key of it.
async fn api_client(owner: &Client, admin: &Client) -> (String, String) {
    let asked = json!({ "name": "门户", "purpose": "在首页展示成果。", "organisation_id": owner.acting,
        "scopes": ["catalogue:read"] });
    let client = id_of(&owner.post("/api-clients", asked).await.created());
    admin.act(&format!("/api-clients/{client}/approve")).await.ok();
    let key = Uuid::new_v4().to_string();
    let key = [("idempotency-key", key.as_str())];
    let made = owner.call(Method::POST, &format!("/api-clients/{client}/keys"), None, &key).await.created();
    (client, id_of(&made))
}

/// A place to fetch from that nobody asks.
pub fn harvest_source() -> Value {
    json!({ "name": "某成果库", "kind": "oai_pmh", "address": "https://repository.example/oai",
        "listing_kind": "achievement", "source_system": "repository", "pace": "by_hand" })
}

async fn start_import(client: &Client) -> techmart_tests::Reply {
    let table = "成果名称,来源网址\n导入的成果,https://source.example/2\n";
    client.send(Method::POST, "/imports", "text/csv", table.as_bytes().to_vec()).await
}

/// An event that is open, with one of everything.
pub struct Gathering {
    pub event: String,
    pub sign_up: String,
    pub item: String,
    pub pair: String,
}

async fn gather(world: &World, clerk: &Client, university: &Client, listings: &[Listings]) -> Gathering {
    let made = clerk.post("/events", event("专场对接", world)).await.created();
    let at = format!("/events/{}", id_of(&made));
    clerk.act(&format!("{at}/open")).await.ok();
    let sign_up = university.act(&format!("{at}/sign-ups")).await.created();
    let item = json!({ "listing_id": listings[0].published });
    let item = clerk.post(&format!("{at}/items"), item).await.created();
    let pair = json!({ "achievement_id": listings[0].published, "demand_id": listings[1].published });
    let pair = clerk.post(&format!("{at}/pairs"), pair).await.created();
    clerk.act(&format!("{at}/pairs/{}/accept", id_of(&pair))).await.ok();
    Gathering { event: id_of(&made), sign_up: id_of(&sign_up), item: id_of(&item), pair: id_of(&pair) }
}

/// What the contract book holds: the contract and the landing of a docking of their own.
pub struct Book {
    pub contract: String,
    pub landing: String,
    pub enclave_entry: String,
    pub finance_case: String,
}

async fn book(clerk: &Client, university: &Client, enterprise: &Client, day: &str) -> Book {
    let offer = id_of(&university.post("/achievements", achievement("已落地的成果")).await.created());
    publish(university, clerk, "achievements", &offer).await;
    let offline = json!({
        "enterprise_id": enterprise.acting, "supplier_id": university.acting, "achievement_id": offer,
        "interest_on": day, "accepted_on": day, "consent_attachment_id": clerk.paper("consent").await,
        "consent_note": "双方签字", "meeting": { "held_on": day, "mode": "online", "attendees": ["李工"],
            "summary": "线上交流。", "minutes_attachment_id": clerk.paper("minutes").await },
    });
    let docking = clerk.post("/dockings/offline", offline).await.created();
    let at = format!("/dockings/{}", id_of(&docking));
    let meeting = id_of(&docking["meetings"][0]);
    enterprise.act(&format!("{at}/meetings/{meeting}/confirm")).await.ok();
    enterprise.act(&format!("{at}/negotiate")).await.ok();
    let contract = json!({ "number": "HT-7", "title": "开发合同", "contract_type": "development", "signed_on": day,
        "total_amount": 100, "paper_attachment_id": clerk.paper("contract").await });
    let signed = clerk.post(&format!("{at}/contract"), contract).await.created();
    let paper = json!({ "kind": "contract_paper", "attachment_id": clerk.paper("landing").await });
    let landing = json!({ "landed_on": day, "form": "contract", "place": "滩桥镇", "evidence": [paper] });
    clerk.post(&format!("{at}/land"), landing).await;
    let landings = clerk.get("/landings").await.ok();
    let enclave = json!({ "enclave": "离岸科创中心", "listing_id": offer, "introduced_on": day,
        "agreement_attachment_id": clerk.paper("agreement").await });
    let money = json!({ "kind": "credit_line", "number": "SX-1", "enterprise_id": enterprise.acting,
        "lender": "农商行", "amount": 100, "granted_on": day, "paper_attachment_id": clerk.paper("evidence").await });
    Book {
        contract: id_of(&signed["contract"]),
        landing: id_of(&landings["items"][0]),
        enclave_entry: id_of(&clerk.post("/enclave-entries", enclave).await.created()),
        finance_case: id_of(&clerk.post("/finance-cases", money).await.created()),
    }
}

/// What happened in the docking beside its stages.
pub struct Case {
    pub message: String,
    pub nda: String,
    pub appointment: String,
    pub offer: String,
    pub assistance: String,
    /// A time to come.
    pub time: String,
}

impl Case {
    async fn of(world: &World, docking: &str, sides: (&Client, &Client), provider: &str) -> Self {
        let (university, enterprise) = sides;
        let at = format!("/dockings/{docking}");
        let time = world.clock.now() + chrono::Duration::days(3);
        let time = techmart_api::clock::Moment(time).to_string();
        let message = university.post(&format!("{at}/messages"), json!({ "body": "可以看样机。" })).await;
        let paper = university.paper("nda").await;
        let day = world.today();
        let nda = json!({ "signed_on": day, "paper_attachment_id": paper });
        let with_nda = university.post(&format!("{at}/ndas"), nda).await.created();
        let times = json!({ "times": [time], "minutes": 60, "mode": "online" });
        let appointment = id_of(&university.post(&format!("{at}/appointments"), times).await.created());
        let fits = json!({ "fits": [time] });
        enterprise.post(&format!("{at}/appointments/{appointment}/answer"), fits).await.ok();
        let offer = json!({ "cooperation_mode": "licence", "terms": "面谈" });
        let help = json!({ "kind": "evaluation", "provider_id": provider, "brief": "成果评价" });
        Self {
            message: id_of(&message.created()),
            nda: id_of(&with_nda["ndas"][0]),
            appointment,
            offer: id_of(&university.post(&format!("{at}/offers"), offer).await.created()),
            assistance: id_of(&enterprise.post(&format!("{at}/assistances"), help).await.created()),
            time,
        }
    }
}
