//! The files of a frozen report: page, workbook, archive of evidence, pictures. They say what was frozen, agree
//! with each other, can be checked by anybody, and do no harm to whoever opens them.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use calamine::{Data, Reader, Xlsx};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    binary,
    builders::{achievement, demand, provider},
    client::id_of,
};

const FORMULA: &str = "=HYPERLINK(\"http://evil.example\",\"点我\")";
const SCRIPT: &str = "<script>alert(1)</script> & 循环泵";

struct Told {
    status: u16,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Told {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}

/// What an address answers, byte for byte.
async fn told(world: &World, client: &Client, path: &str, headers: &[(&str, &str)]) -> Told {
    let mut request = client.http.get(format!("{}/api/v1{path}", world.base));
    if let Some(token) = &client.token {
        request = request.bearer_auth(token);
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Told { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
}

async fn file(world: &World, client: &Client, path: &str) -> Vec<u8> {
    let told = told(world, client, path, &[]).await;
    assert_eq!(told.status, 200, "{path}: {}", String::from_utf8_lossy(&told.bytes));
    told.bytes
}

struct House<'a> {
    world: &'a World,
    broker: Client,
    second: Client,
    auditor: Client,
    stranger: Client,
    admin: Client,
    report: String,
    at: String,
}

/// A market in which something is confirmed, something waits and somebody means harm; and its frozen report.
async fn house(world: &World) -> House<'_> {
    let actors = Actors::of(world).await;
    let broker = actors.broker("broker").await;
    let second = actors.broker("second").await;
    let auditor = actors.with_role("auditor", "auditor").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let enterprise = actors.verified(&broker, "企业", "enterprise", 2, true).await;
    let agency = actors.verified(&broker, "机构", "provider", 3, true).await;
    let stranger = actors.verified(&broker, "外人", "enterprise", 4, true).await;
    let day = techmart_api::clock::day_of(world.clock.now()).to_string();
    let mut offers = Vec::new();
    for title in [FORMULA, SCRIPT, "氢燃料电池循环泵"] {
        let id = id_of(&university.post("/achievements", achievement(title)).await.created());
        publish(&university, &broker, "achievements", &id).await;
        offers.push(id);
    }
    let need = id_of(&enterprise.post("/demands", demand("低温启动的循环泵")).await.created());
    publish(&enterprise, &broker, "demands", &need).await;
    let page = id_of(&agency.post("/providers", provider("检测中心")).await.created());
    publish(&agency, &broker, "providers", &page).await;
    let entry = format!("/providers/{page}/entry");
    agency.act(&entry).await.created();
    broker.act(&format!("{entry}/review")).await.ok();
    actors.admin.act(&format!("{entry}/approve")).await.ok();
    let agreement = json!({ "agreement_number": "RZ-001", "signed_on": day, "valid_to": "2099-12-31",
        "attachment_id": broker.paper("agreement").await });
    broker.post(&format!("{entry}/enter"), agreement).await.ok();

    let offline = json!({
        "enterprise_id": enterprise.acting, "supplier_id": university.acting, "achievement_id": offers[1],
        "interest_on": day, "accepted_on": day, "consent_attachment_id": broker.paper("consent").await,
        "consent_note": "双方盖章确认", "meeting": { "held_on": day, "mode": "on_site", "place": "服务中心",
            "attendees": ["李工"], "summary": "确认指标。", "minutes_attachment_id": broker.paper("minutes").await },
    });
    let key = [("idempotency-key", "offline-0001")];
    let docking =
        broker.call(reqwest::Method::POST, "/dockings/offline", Some(offline), &key).await.created();
    let at = format!("/dockings/{}", id_of(&docking));
    let meeting = docking["meetings"][0]["id"].as_str().unwrap();
    second.act(&format!("{at}/meetings/{meeting}/confirm")).await.ok();
    broker.act(&format!("{at}/negotiate")).await.ok();
    let contract = json!({ "number": "HT-1", "title": "循环泵技术开发合同", "contract_type": "development",
        "signed_on": day, "total_amount": 123_456_789, "technical_amount": 100_000_000,
        "paper_attachment_id": broker.paper("contract").await });
    broker.post(&format!("{at}/contract"), contract).await.created();
    let registration = json!({ "registration_number": "20264210000001", "authority": "荆州市技术合同登记站",
        "registered_on": day, "certificate_attachment_id": broker.paper("certificate").await });
    broker.post(&format!("{at}/contract/register"), registration).await.ok();

    // A third person confirms all but the demand and the last achievement.
    let third = actors.broker("third").await;
    let waiting = third.get("/ledger?stage=evidence_complete&limit=100").await.ok();
    for unit in waiting["items"].as_array().unwrap() {
        let waits = unit["label"] == "氢燃料电池循环泵" || unit["indicator"] == "T3";
        if !waits {
            third.act(&format!("/ledger/{}/confirm", unit["entry_id"].as_str().unwrap())).await.ok();
        }
    }
    let body = json!({ "plan": "demo", "title": "<b>一季度</b>报告" });
    let made = broker.post("/snapshots", body).await.created();
    let report = id_of(&made);
    let at = format!("/snapshots/{report}");
    House { world, broker, second, auditor, stranger, admin: actors.admin.clone(), report, at }
}

impl House<'_> {
    async fn file(&self, name: &str) -> Vec<u8> {
        file(self.world, &self.broker, &format!("{}/{name}", self.at)).await
    }

    /// The report's parts, by indicator.
    async fn parts(&self) -> BTreeMap<String, Value> {
        let head = self.broker.get(&self.at).await.ok();
        let mut parts = BTreeMap::new();
        for said in head["parts"].as_array().unwrap() {
            let code = said["indicator"].as_str().unwrap();
            let part = self.broker.get(&format!("{}/parts/{code}", self.at)).await.ok();
            parts.insert(code.to_owned(), part);
        }
        parts
    }

    async fn units(&self, indicator: &str) -> Vec<Value> {
        let page = self.broker.get(&format!("{}/parts/{indicator}/units?limit=100", self.at)).await.ok();
        page["items"].as_array().unwrap().clone()
    }
}

type Book = Xlsx<Cursor<Vec<u8>>>;

fn book(bytes: Vec<u8>) -> Book {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

fn rows(book: &mut Book, sheet: &str) -> Vec<Vec<Data>> {
    book.worksheet_range(sheet).unwrap().rows().map(<[Data]>::to_vec).collect()
}

/// The rows of a sheet below its headings, by the Chinese heading.
fn table(rows: &[Vec<Data>], first: &str) -> Vec<BTreeMap<String, Data>> {
    let at = rows.iter().position(|row| row[0] == Data::String(first.to_owned())).unwrap();
    let names: Vec<String> = rows[at].iter().map(ToString::to_string).collect();
    let body = rows[at + 2..].iter().take_while(|row| row[0] != Data::Empty);
    body.map(|row| names.iter().cloned().zip(row.iter().cloned()).collect()).collect()
}

fn number(cell: &Data) -> f64 {
    match cell {
        Data::Float(value) => *value,
        Data::Int(value) => f64::from(i32::try_from(*value).unwrap()),
        other => panic!("{other:?} is no number"),
    }
}

fn archive(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..zip.len() {
        let mut member = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        let name = member.name().unwrap().into_owned();
        assert!(files.insert(name.clone(), bytes).is_none(), "{name} is there twice");
    }
    files
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

/// Fen become yuan, hundredths ones.
fn in_cells(part: &Value, member: &str) -> f64 {
    let value = part[member].as_f64().unwrap();
    if part["measure"] == "count" { value } else { value / 100.0 }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn workbook_page_pictures_and_archive_say_what_was_frozen() {
    let world = World::start().await;
    let house = house(&world).await;
    let parts = house.parts().await;
    assert_eq!(parts["T1"]["confirmed"], 2);
    assert_eq!(parts["T1"]["candidate"], 1);
    assert_eq!(parts["T7"]["confirmed"], 123_456_789);

    let mut book = book(house.file("report.xlsx").await);
    let overview = table(&rows(&mut book, "总览"), "编号");
    assert_eq!(overview.len(), parts.len());
    let names = book.sheet_names();
    for row in &overview {
        let code = row["编号"].to_string();
        let part = &parts[&code];
        for (heading, member) in [("目标", "target"), ("已确认", "confirmed"), ("候选", "candidate")] {
            assert!(near(number(&row[heading]), in_cells(part, member)), "{code} {heading}: {row:?}");
        }
        let share = part["confirmed"].as_f64().unwrap() / part["target"].as_f64().unwrap();
        assert!((number(&row["完成率"]) - share).abs() < 0.0001, "{code}: {row:?}");
        assert_eq!(row["规则版本"].to_string(), part["rule"]["version"].as_str().unwrap());
        for year in part["years"].as_array().unwrap() {
            let cell = &row[&format!("{} 已确认", year["year"])];
            assert!(near(
                number(cell),
                in_cells(&json!({ "measure": part["measure"], "c": year["confirmed"] }), "c")
            ));
        }
        let units = house.units(&code).await;
        assert!(near(number(&row["计数单元"]), units.len() as f64));
        if units.is_empty() {
            continue;
        }
        let sheet = names.iter().find(|name| name.starts_with(&format!("{code} "))).unwrap();
        let listed = table(&rows(&mut book, sheet), "序号");
        assert_eq!(listed.len(), units.len());
        let heading = if part["measure"] == "fen" { "数值（元）" } else { "数值" };
        let mut sum = 0.0;
        for (row, unit) in listed.iter().zip(&units) {
            let (_, figure) = row.iter().find(|(name, _)| name.starts_with(heading)).unwrap();
            if row["阶段"] == "已确认" {
                sum += number(figure);
            }
            assert_eq!(row["编号"].to_string(), unit["entry_id"].as_str().unwrap());
            assert_eq!(row["条目哈希"].to_string(), unit["hash"].as_str().unwrap());
            assert!(near(number(&row["证据数"]), unit["evidence"].as_array().unwrap().len() as f64));
            let Data::DateTime(day) = &row["发生日期"] else { panic!("{row:?}: no real date") };
            let (year, month, day, ..) = day.to_ymd_hms_milli();
            assert_eq!(format!("{year}-{month:02}-{day:02}"), unit["effective_on"].as_str().unwrap());
        }
        assert!(near(sum, in_cells(part, "confirmed")), "{code}: {sum}");
    }
    let checks = rows(&mut book, "校验");
    let head = house.broker.get(&house.at).await.ok();
    assert_eq!(checks[2][2].to_string(), head["hash"].as_str().unwrap());

    let page = String::from_utf8(house.file("report.html").await).unwrap();
    assert!(page.contains(head["hash"].as_str().unwrap()));
    for code in ["T1", "T2", "T3", "T4"] {
        let part = &parts[code];
        assert!(page.contains(&format!("<b>{}</b> / {}", part["confirmed"], part["target"])), "{code}");
        let svg = String::from_utf8(house.file(&format!("charts/{code}.svg")).await).unwrap();
        let unit = part["unit"]["zh"].as_str().unwrap();
        let said = format!(
            "已确认 {} {unit}，候选 {} {unit}，目标 {} {unit}",
            part["confirmed"], part["candidate"], part["target"]
        );
        assert!(svg.contains(&said), "{code}: {svg}");
        assert!(page.contains(&said), "{code}: the picture is not on the page");
        assert!(svg.contains("role=\"img\"") && svg.contains("<title") && svg.contains("Noto Sans SC"));
    }
    assert!(page.contains("123.45 万元"), "amounts are cut, not rounded");

    let files =
        archive(house.file("evidence.zip?stage=confirmed&stage=evidence_complete&stage=candidate").await);
    assert_eq!(sha256(&files["head.json"]), head["hash"].as_str().unwrap());
    for (code, part) in &parts {
        assert_eq!(sha256(&files[&format!("parts/{code}.json")]), part["hash"].as_str().unwrap());
    }
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["report"]["hash"], head["hash"]);
    assert_eq!(manifest["report"]["faults"], json!([]));
    let mut all_units = 0;
    for code in parts.keys() {
        for unit in house.units(code).await {
            all_units += 1;
            let told = manifest["units"]
                .as_array()
                .unwrap()
                .iter()
                .find(|told| told["entry_id"] == unit["entry_id"]);
            let told = told.unwrap_or_else(|| panic!("{unit} is not in the manifest"));
            assert_eq!(
                told["evidence"].as_array().unwrap().len(),
                unit["evidence"].as_array().unwrap().len()
            );
            for piece in told["evidence"].as_array().unwrap() {
                let is_file = piece["href"].as_str().is_some_and(|href| href.contains("/attachments/"));
                assert_eq!(piece["status"] == "present", is_file, "{piece}");
            }
        }
    }
    assert_eq!(manifest["counts"]["units"], all_units);
    let kept: Vec<&String> = files.keys().filter(|name| name.starts_with("files/")).collect();
    assert_eq!(manifest["counts"]["files"], kept.len());
    assert!(kept.len() >= 5, "{kept:?}");
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), kept.len() + 1 + parts.len());
    for line in sums.lines() {
        let (hash, name) = line.split_once("  ").unwrap();
        assert_eq!(sha256(&files[name]), hash, "{name}");
    }
    let readme = String::from_utf8(files["README.txt"].clone()).unwrap();
    assert!(readme.contains("sha256sum -c SHA256SUMS") && readme.contains(head["hash"].as_str().unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_somebody_wrote_is_neither_formula_nor_markup() {
    let world = World::start().await;
    let house = house(&world).await;
    let mut book = book(house.file("report.xlsx").await);
    let mut neutralised = 0;
    for name in book.sheet_names() {
        assert!(name.encode_utf16().count() <= 31, "{name}");
        let formulas = book.worksheet_formula(&name).unwrap();
        assert!(formulas.used_cells().all(|(_, _, text)| text.is_empty()), "{name} has formulas");
        for cell in rows(&mut book, &name).into_iter().flatten() {
            if let Data::String(text) = cell {
                assert!(!text.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {text}");
                neutralised += usize::from(text == format!("'{FORMULA}"));
            }
        }
    }
    assert!(neutralised > 0, "the title is there, as a text");
    let svg = String::from_utf8(house.file("charts/T1.svg").await).unwrap();
    let told = told(&world, &house.broker, &format!("{}/report.html", house.at), &[]).await;
    let page = told.text();
    for text in [page, &svg] {
        assert!(!text.to_lowercase().contains("<script"), "{text}");
    }
    assert!(
        page.contains("&#60;b&#62;一季度&#60;/b&#62;报告") || page.contains("&lt;b&gt;一季度"),
        "the title is escaped"
    );
    // The page may use nothing but its own style, and that is the one whose hash the policy names.
    let policy = told.header("content-security-policy");
    let style = page.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
    use base64::{Engine, prelude::BASE64_STANDARD};
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    assert!(policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{hash}'")), "{policy}");
    assert!(
        !page.contains(" style=") && !page.contains("src=") && !page.contains("href="),
        "it loads nothing"
    );
    assert_eq!(told.header("x-content-type-options"), "nosniff");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_same_report_is_the_same_bytes_over_http_and_on_the_command_line() {
    let world = World::start().await;
    let house = house(&world).await;
    let mut files = BTreeMap::new();
    for name in ["report.html", "report.xlsx", "evidence.zip", "charts/T1.svg", "charts/T7.svg"] {
        let first = house.file(name).await;
        world.clock.advance(chrono::Duration::seconds(90));
        assert!(first == house.file(name).await, "{name} differs");
        files.insert(name, first);
    }
    let environment = vec![
        ("DATABASE_URL".to_owned(), world.state.config.database_url.clone()),
        ("TECHMART_JWT_SECRET".to_owned(), "a-secret-for-tests-alone-of-32-bytes-or-more".to_owned()),
    ];
    let out = world.data().join("out");
    let folder = out.display().to_string();
    let arguments = ["report", "--snapshot", "latest", "--plan", "demo", "--out", &folder];
    let made = binary::run_json(world.data(), &environment, &arguments);
    assert_eq!(made["snapshot"]["id"], json!(house.report));
    for listed in made["files"].as_array().unwrap() {
        let bytes = std::fs::read(listed["path"].as_str().unwrap()).unwrap();
        assert_eq!(sha256(&bytes), listed["sha256"].as_str().unwrap());
        assert_eq!(listed["size"], bytes.len());
    }
    for (name, bytes) in &files {
        assert!(std::fs::read(out.join(name)).unwrap() == *bytes, "{name} differs on the command line");
    }
    let head = house.broker.get(&house.at).await.ok();
    assert_eq!(sha256(&std::fs::read(out.join("head.json")).unwrap()), head["hash"].as_str().unwrap());
    // Again replaces it as a whole; a folder of something else is left alone.
    binary::run_json(world.data(), &environment, &["report", "--snapshot", "1", "--out", &folder]);
    let other = world.data().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("mine.txt"), "mine").unwrap();
    for (snapshot, folder) in [("latest", other.display().to_string()), ("99", folder.clone())] {
        let arguments = ["report", "--snapshot", snapshot, "--out", &folder];
        assert!(!binary::run(world.data(), &environment, &arguments).status.success());
    }
    assert_eq!(std::fs::read_dir(&other).unwrap().count(), 1);
    // A report in which somebody left a file of their own is not replaced either.
    for mine in ["note.txt", "charts/note.txt"] {
        std::fs::write(out.join(mine), "mine").unwrap();
        let refused = binary::run(world.data(), &environment, &arguments);
        assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains(mine));
        std::fs::remove_file(out.join(mine)).unwrap();
    }
    binary::run_json(world.data(), &environment, &arguments);
    let unknown = ["report", "--plan", "none", "--out", &folder];
    let refused = binary::run(world.data(), &environment, &unknown);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("demo, jz-2023-2025") && said.contains("没有规划 none"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn units_are_for_the_centre_and_auditors_whose_downloads_are_logged() {
    let world = World::start().await;
    let house = house(&world).await;
    for name in ["report.xlsx", "evidence.zip"] {
        let path = format!("{}/{name}", house.at);
        world.visitor().get(&path).await.refused(401, "not_signed_in");
        house.stranger.get(&path).await.refused(403, "forbidden");
    }
    let page = format!("{}/report.html", house.at);
    let public = told(&world, &world.visitor(), &page, &[]).await;
    assert_eq!(public.status, 200);
    assert!(!public.text().contains("氢燃料电池循环泵"), "a unit by its name");
    assert!(public.text().contains("待确认与证据缺口"));
    let inside = told(&world, &house.second, &page, &[]).await;
    assert!(inside.text().contains("氢燃料电池循环泵"));
    let english = told(&world, &house.stranger, &page, &[("accept-language", "en")]).await;
    assert!(english.text().contains("All indicators") && !english.text().contains("全部指标"));
    assert_eq!(english.header("content-language"), "en");

    for name in ["report.xlsx", "evidence.zip", "report.html"] {
        file(&world, &house.auditor, &format!("{}/{name}", house.at)).await;
    }
    let log = house.admin.get("/audit?action=download").await.ok();
    let taken: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|row| row["facts"]["file"].as_str().unwrap()).collect();
    assert_eq!(taken, ["report.html", "evidence.zip", "report.xlsx"], "the auditor's alone");
    assert_eq!(log["items"][0]["subject_id"], json!(house.report));

    let nobody = "0193a5c2-7d1e-7c3a-9d7f-5a2b1c0d4e6f";
    for name in ["report.html", "report.xlsx", "evidence.zip", "charts/T1.svg"] {
        house.broker.get(&format!("/snapshots/{nobody}/{name}")).await.refused(404, "not_found");
        house.broker.get(&format!("/snapshots/x/{name}")).await.refused(404, "not_found");
    }
    house.broker.get(&format!("{}/charts/NONE.svg", house.at)).await.refused(404, "not_found");
    house.broker.get(&format!("{}/evidence.zip?stage=x", house.at)).await.refused(400, "invalid_parameter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn evidence_that_was_lost_or_changed_is_named() {
    let world = World::start().await;
    let house = house(&world).await;
    let files = archive(house.file("evidence.zip").await);
    let names: Vec<String> = files.keys().filter(|name| name.starts_with("files/")).cloned().collect();
    let hash = |name: &str| name.trim_start_matches("files/").split('.').next().unwrap().to_owned();
    let (lost, changed) = (hash(&names[0]), hash(&names[1]));
    let place = |hash: &str| world.data().join("files").join("attachments").join(&hash[..2]).join(hash);
    std::fs::remove_file(place(&lost)).unwrap();
    std::fs::write(place(&changed), b"%PDF-1.4 another\n").unwrap();
    let files = archive(house.file("evidence.zip").await);
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!((&manifest["counts"]["missing"], &manifest["counts"]["altered"]), (&json!(1), &json!(1)));
    let status = |hash: &str| {
        let file = manifest["files"].as_array().unwrap().iter().find(|file| file["sha256_expected"] == hash);
        file.unwrap()["status"].as_str().unwrap().to_owned()
    };
    assert_eq!((status(&lost).as_str(), status(&changed).as_str()), ("missing", "altered"));
    assert!(!files.contains_key(&names[0]) && files.contains_key(&names[1]));
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert!(sums.contains(&lost) && sums.contains(&changed), "who checks the sums finds both");
    // On the command line nobody overlooks it.
    let out = world.data().join("out").display().to_string();
    let made = binary::run(world.data(), &world.environment(), &["--json", "report", "--out", &out]);
    assert_eq!(made.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&made.stdout).unwrap();
    assert_eq!(document["evidence"], json!({ "altered": 1, "missing": 1 }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_picture_of_the_progress_is_public_versioned_and_says_when_there_is_nothing() {
    let world = World::start().await;
    let house = house(&world).await;
    let visitor = world.visitor();
    let board = visitor.get("/progress?plan=demo").await.ok();
    for row in board["indicators"].as_array().unwrap() {
        let chart = row["chart"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let picture = told(&world, &visitor, chart, &[]).await;
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/svg+xml"), "{chart}");
        assert!(picture.text().contains(row["code"].as_str().unwrap()));
        let empty = row["confirmed"] == 0 && row["candidate"] == 0;
        assert_eq!(picture.text().contains("尚无已确认或候选的数据"), empty, "{chart}");
    }
    let path = "/progress/T4.svg?plan=demo";
    let first = told(&world, &visitor, path, &[]).await;
    assert!(first.header("cache-control").starts_with("public"), "{:?}", first.headers);
    assert!(first.header("vary").contains("Accept-Language"));
    assert!(first.header("content-security-policy").contains("default-src 'none'"));
    let again = told(&world, &visitor, path, &[("if-none-match", first.header("etag"))]).await;
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let english = told(&world, &visitor, path, &[("accept-language", "en")]).await;
    assert!(
        english.text().contains("1 dockings confirmed") && english.header("etag") != first.header("etag")
    );
    let before = told(&world, &visitor, &format!("{path}&known_on=2020-01-01"), &[]).await;
    assert!(before.text().contains("尚无已确认或候选的数据"));
    visitor.get("/progress/T99.svg?plan=demo").await.refused(404, "not_found");
    visitor.get("/progress/T4.svg?plan=none").await.refused(404, "not_found");
    visitor.get("/progress/T4.svg?x=1").await.refused(400, "invalid_parameter");
    visitor.get(&format!("{}/charts/T4.svg", house.at)).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_report_whose_text_was_changed_says_so_on_every_file() {
    use sea_orm::{ConnectionTrait, Database};
    let world = World::start().await;
    let house = house(&world).await;
    let db = Database::connect(world.state.config.database_url.clone()).await.unwrap();
    for statement in unguarded(db.get_database_backend() == sea_orm::DbBackend::Postgres) {
        db.execute_unprepared(&statement).await.unwrap();
    }
    let forged = "UPDATE snapshot_part SET document = replace(document, '\"confirmed\":2', '\"confirmed\":9') WHERE indicator = 'T1'";
    db.execute_unprepared(forged).await.unwrap();
    let page = String::from_utf8(house.file("report.html").await).unwrap();
    assert!(page.contains("校验不通过") && page.contains("指标 T1 的内容与哈希不符"), "the page");
    let mut book = book(house.file("report.xlsx").await);
    let overview = rows(&mut book, "总览");
    assert!(overview.iter().any(|row| row[0].to_string().contains("校验不通过")), "the workbook");
    let files = archive(house.file("evidence.zip").await);
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["report"]["faults"].as_array().unwrap().len(), 1);
}

/// What somebody does who goes behind the service's back: takes away the guards of the table.
fn unguarded(postgres: bool) -> Vec<String> {
    if postgres {
        return vec!["ALTER TABLE snapshot_part DISABLE TRIGGER USER".to_owned()];
    }
    ["update", "delete"]
        .iter()
        .map(|verb| format!("DROP TRIGGER IF EXISTS snapshot_part_no_{verb}"))
        .collect()
}
