//! What is new, changed or gone is reported to a platform as a workbook, once, and its answer is read back from the sheet.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use reqwest::Method;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::publish,
    builders::{achievement, demand},
    client::id_of,
};

/// The cells of a workbook, sheet by sheet.
async fn sheets(world: &World, client: &Client, attachment: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let url = format!("{}/api/v1/attachments/{attachment}/content", world.base);
    let reply = client.http.get(url).bearer_auth(client.token.as_ref().unwrap()).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(reply.bytes().await.unwrap().to_vec())).unwrap();
    let names = book.sheet_names();
    let read = |name: String| {
        let range = book.worksheet_range(&name).unwrap();
        let rows = range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect();
        (name, rows)
    };
    names.into_iter().map(read).collect()
}

/// A sheet as it comes back; numbers are numbers.
async fn returned(client: &Client, rows: &[[&str; 4]]) -> String {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("说明").unwrap().write_string(0, 0, "请勿修改").unwrap();
    let sheet = book.add_worksheet().set_name("返回").unwrap();
    // Not in the order in which they went.
    for (n, heading) in (0_u16..).zip(["审核意见", "本平台编号", "平台编号", "审核结果"]) {
        sheet.write_string(0, n, heading).unwrap();
    }
    for (line, [id, result, remote, opinion]) in (1_u32..).zip(rows) {
        sheet.write_string(line, 0, *opinion).unwrap();
        sheet.write_string(line, 1, *id).unwrap();
        match remote.parse::<f64>() {
            Ok(number) => sheet.write_number(line, 2, number).unwrap(),
            Err(_) => sheet.write_string(line, 2, *remote).unwrap(),
        };
        sheet.write_string(line, 3, *result).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    id_of(&client.upload("platform_sheet", "returned.xlsx", bytes).await.created())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_changed_is_packed_once_and_the_answer_of_the_platform_is_read_back() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, false).await;
    let enterprise = actors.verified(&broker, "Qzhidden企业", "enterprise", 2, false).await;
    let demo = actors.verified(&broker, "演示", "university", 3, true).await;
    let mut made = Vec::new();
    for title in ["=循环泵", "检漏仪"] {
        let id = id_of(&university.post("/achievements", achievement(title)).await.created());
        publish(&university, &broker, "achievements", &id).await;
        made.push(id);
    }
    let shown = id_of(&demo.post("/achievements", achievement("演示成果")).await.created());
    publish(&demo, &broker, "achievements", &shown).await;
    let mut apart = achievement("仅对接双方可见");
    apart["content"]["visibility"] = json!("parties");
    let apart = id_of(&university.post("/achievements", apart).await.created());
    publish(&university, &broker, "achievements", &apart).await;
    let mut need = demand("低温启动");
    need["content"]["publicity"] = json!("anonymous");
    let need = id_of(&enterprise.post("/demands", need).await.created());
    publish(&enterprise, &broker, "demands", &need).await;

    // A target from the two shipped profiles.
    let shipped = broker.get("/outbound-profiles").await.ok();
    let mut profile = shipped["items"][0]["profile"].clone();
    let sheet = shipped["items"][1]["profile"]["sheets"][0].clone();
    profile["sheets"].as_array_mut().unwrap().push(sheet);
    let body =
        |profile: &Value| json!({ "name": "省平台", "platform": "省科技成果平台", "profile": profile });
    let mut wrong = profile.clone();
    wrong["sheets"][0]["columns"][1]["field"] = json!("content.contact");
    wrong["sheets"][0]["columns"][2]["heading"] = json!("成果名称");
    wrong["sheets"][1]["columns"][0]["heading"] = json!("编号");
    wrong["answer"]["refused"] = json!(["通过"]);
    let refused = broker.post("/outbound-targets", body(&wrong)).await;
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(refused.fault_codes(), ["unknown_field", "repeated", "no_id", "ambiguous"]);
    university.post("/outbound-targets", body(&profile)).await.refused(403, "forbidden");
    let target = broker.post("/outbound-targets", body(&profile)).await.created();
    broker.post("/outbound-targets", body(&profile)).await.refused(409, "already_exists");
    let at = format!("/outbound-targets/{}", id_of(&target));

    // The first package: everything that everybody may read, and nothing else.
    let changes = broker.get(&format!("{at}/changes")).await.ok();
    assert_eq!((changes["rows"].as_i64(), changes["removals"].as_i64()), (Some(3), Some(0)), "{changes}");
    let key = [("idempotency-key", "package-number-one")];
    let packages = format!("{at}/packages");
    let first = broker.call(Method::POST, &packages, None, &key).await.created();
    assert_eq!((first["number"].as_i64(), first["rows"].as_i64()), (Some(1), Some(3)));
    assert_eq!(broker.call(Method::POST, &packages, None, &key).await.created(), first);
    broker.act(&packages).await.refused(409, "illegal_move");
    let file = first["attachment_id"].as_str().unwrap();
    let book = sheets(&world, &broker, file).await;
    assert_eq!(
        book.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["科技成果", "技术需求", "撤下"]
    );
    let said = format!("{book:?}");
    for private in ["Qzhidden", "13800000001", "13800000002", "演示成果", "仅对接双方可见"] {
        assert!(!said.contains(private), "{private}");
    }
    assert!(
        said.contains("高校单位") && said.contains("'=循环泵"),
        "a title never becomes a formula: {said}"
    );
    university.get(&format!("/attachments/{file}")).await.status(404);

    // The answer: one accepted, one refused, and what cannot be read is told.
    let rows = [
        [made[0].as_str(), "通过", "1001", ""],
        [made[1].as_str(), "退回", "", "请补充应用场景"],
        ["not-an-id", "通过", "1002", ""],
        [need.as_str(), "再议", "", ""],
        [apart.as_str(), "通过", "1003", ""],
    ];
    let sheet = returned(&broker, &rows).await;
    let answers = format!("{at}/answers");
    let tried = broker.post(&answers, json!({ "attachment_id": sheet, "dry_run": true })).await.ok();
    assert_eq!((tried["accepted"].as_i64(), tried["refused"].as_i64()), (Some(1), Some(1)), "{tried}");
    let items = broker.get(&format!("{at}/items?state=packed")).await.ok();
    assert_eq!(items["items"].as_array().unwrap().len(), 3, "a trial changes nothing");
    let taken = broker.post(&answers, json!({ "attachment_id": sheet })).await.ok();
    let unread: Vec<(i64, &str)> = taken["unread"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["row"].as_i64().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    assert_eq!(unread, [(4, "no_id"), (5, "unknown_result"), (6, "never_packed")]);
    let again = broker.post(&answers, json!({ "attachment_id": sheet })).await.ok();
    assert_eq!(
        (again["accepted"].as_i64(), again["refused"].as_i64(), again["same"].as_i64()),
        (Some(0), Some(0), Some(2))
    );
    let accepted = broker.get(&format!("{at}/items?state=accepted")).await.ok();
    assert_eq!(accepted["items"][0]["remote_id"], "1001");
    let refused = broker.get(&format!("{at}/items?state=refused")).await.ok();
    assert_eq!(refused["items"][0]["opinion"], "请补充应用场景");
    let paper = broker.paper("evidence").await;
    let none = broker.post(&answers, json!({ "attachment_id": paper })).await;
    assert_eq!(none.fault_codes(), ["unknown_attachment"]);

    // What is withdrawn is told to be taken away, by the platform's number; what reads otherwise goes again.
    let reason = json!({ "reason": "成果已转让。" });
    university.post(&format!("/achievements/{}/withdraw", made[0]), reason).await.ok();
    profile["sheets"][0]["columns"][16]["constant"] = json!("另一中心");
    broker.patch(&at, json!({ "profile": profile })).await.ok();
    let second = broker.act(&packages).await.created();
    assert_eq!((second["rows"].as_i64(), second["removals"].as_i64()), (Some(1), Some(1)), "{second}");
    let book = sheets(&world, &broker, second["attachment_id"].as_str().unwrap()).await;
    assert_eq!(book[2].1[1], [made[0].as_str(), "=循环泵", "1001"].map(|cell| cell.replace('=', "'=")));
    broker.act(&packages).await.refused(409, "illegal_move");
    let listed = broker.get(&packages).await.ok();
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let removed = broker.get(&format!("{at}/items?state=removed")).await.ok();
    assert_eq!(removed["items"][0]["listing_id"], made[0].as_str());
    broker.patch(&at, json!({ "status": "paused" })).await.ok();
    broker.act(&packages).await.refused(409, "illegal_move");
}
