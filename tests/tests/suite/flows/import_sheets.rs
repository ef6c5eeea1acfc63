//! Tables as clerks make them: templates filled in, imported, told what is wrong, repaired and imported again.

use std::{
    collections::BTreeMap,
    io::{Cursor, Write},
};

use calamine::{Data, Reader, SheetVisible, Xlsx};
use reqwest::Method;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};
use techmart_tests::{
    Actors, Client, World,
    actors::PASSWORD,
    binary::{self, Service},
    client::id_of,
    world::{Setting, database, until, variables},
};

const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The bytes that an address answers.
async fn file(world: &World, client: &Client, path: &str) -> Vec<u8> {
    let request = client.http.get(format!("{}/api/v1{path}", world.base));
    let response = request.bearer_auth(client.token.as_ref().unwrap()).send().await.unwrap();
    let (status, bytes) = (response.status().as_u16(), response.bytes().await.unwrap().to_vec());
    assert_eq!(status, 200, "{path}: {}", String::from_utf8_lossy(&bytes));
    bytes
}

/// The cells of a sheet as texts.
fn cells(bytes: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let range = book.worksheet_range(sheet).unwrap();
    let text = |cell: &Data| cell.to_string();
    let (height, width) = range.end().map_or((0, 0), |(row, column)| (row + 1, column + 1));
    (0..height)
        .map(|row| {
            (0..width).map(|column| range.get_value((row, column)).map(text).unwrap_or_default()).collect()
        })
        .collect()
}

/// A workbook of one sheet.
fn sheet(name: &str, rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(name).unwrap();
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(row, column, cell).unwrap();
        }
    }
    book.save_to_buffer().unwrap()
}

fn strings(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

async fn import(world: &World, client: &Client, query: &str, media_type: &str, bytes: Vec<u8>) -> Value {
    let started = client.send(Method::POST, &format!("/imports{query}"), media_type, bytes).await.status(202);
    let path = format!("/imports/{}", id_of(&started));
    world.until("the import ends", async || client.get(&path).await.ok()["finished_at"].is_string()).await;
    client.get(&path).await.ok()
}

fn counts(import: &Value) -> [i64; 4] {
    ["made", "changed", "same", "refused"].map(|name| import[name].as_i64().unwrap())
}

async fn rows(client: &Client, import: &Value) -> Vec<Value> {
    let answer = client.get(&format!("/imports/{}/rows?limit=100", id_of(import))).await.ok();
    answer["items"].as_array().unwrap().clone()
}

async fn broker(world: &World) -> Client {
    Actors::of(world).await.broker("broker").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_template_offers_lists_explains_itself_and_is_imported_without_its_example() {
    let world = World::start().await;
    let broker = broker(&world).await;
    for (kind, name, title) in [
        ("achievement", "科技成果", "成果名称*"),
        ("demand", "技术需求", "需求名称*"),
        ("provider", "科技服务机构", "机构名称*"),
    ] {
        let bytes = file(&world, &broker, &format!("/imports/templates/{kind}.xlsx")).await;
        let book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
        let sheets: Vec<_> =
            book.sheets_metadata().iter().map(|sheet| (sheet.name.clone(), sheet.visible)).collect();
        let expected = [
            (name.to_owned(), SheetVisible::Visible),
            ("填写说明".to_owned(), SheetVisible::Visible),
            ("代码".to_owned(), SheetVisible::Hidden),
        ];
        assert_eq!(sheets, expected);
        let mut rows = cells(&bytes, name);
        assert_eq!((rows[0][0].as_str(), rows[1][0].as_str()), (title, "title"));
        let lists = cells(&bytes, "代码");
        if kind == "demand" {
            let field = lists[0].iter().position(|heading| heading == "field").unwrap();
            assert!(lists.iter().any(|row| row[field] == "新能源与节能"));
        }
        // As it came it says nothing.
        let empty = import(&world, &broker, "", XLSX, bytes).await;
        assert_eq!((empty["status"].as_str(), counts(&empty)), (Some("done"), [0, 0, 0, 0]), "{empty}");
        let mut filled = vec![String::new(); rows[0].len()];
        filled[0] = format!("填好的{name}");
        rows.push(filled);
        let done = import(&world, &broker, "", XLSX, sheet(name, &rows)).await;
        assert_eq!(counts(&done), [1, 0, 0, 0], "{done}");
        assert_eq!((done["format"].as_str(), done["sheet"].as_str()), (Some("xlsx"), Some(name)));

        let text = file(&world, &broker, &format!("/imports/templates/{kind}.csv")).await;
        let text = String::from_utf8(text).unwrap();
        assert!(text.starts_with('\u{FEFF}') && text.contains("【示例】"), "{text}");
        let again = format!("{text}填好的{name}\r\n");
        let done = import(&world, &broker, "", CSV, again.into_bytes()).await;
        assert_eq!(counts(&done), [0, 0, 1, 0], "{done}");
    }
    let told = broker.get("/imports/templates/contract.xlsx").await;
    told.refused(404, "not_found");
}

/// What a listing's members are called in a template.
fn value(row: &Value, field: &str) -> String {
    let said = match field {
        "price" => &row["budget"],
        other => &row[other],
    };
    match said {
        Value::Array(words) => words.iter().map(|word| word.as_str().unwrap()).collect::<Vec<_>>().join(";"),
        Value::String(text) => text.clone(),
        _ => String::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_real_listings_in_a_template_are_repaired_in_the_copy_and_nothing_is_there_twice() {
    let Ok(listings) = std::env::var("TECHMART_TEST_LISTINGS") else {
        println!("left out: TECHMART_TEST_LISTINGS names no file of real listings");
        return;
    };
    let world = World::start().await;
    let broker = broker(&world).await;
    let text = std::fs::read_to_string(&listings).unwrap();
    let listings: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut made = 0;
    for (kind, name) in [("achievement", "科技成果"), ("demand", "技术需求"), ("provider", "科技服务机构")]
    {
        let template = file(&world, &broker, &format!("/imports/templates/{kind}.xlsx")).await;
        let mut table = cells(&template, name);
        let fields = table[1].clone();
        let of_kind: Vec<&Value> = listings.iter().filter(|row| row["kind"] == kind).collect();
        table.extend(
            of_kind.iter().map(|row| fields.iter().map(|field| value(row, field)).collect::<Vec<_>>()),
        );
        let count = i64::try_from(of_kind.len()).unwrap();
        // A clerk's own dirt on top: a title that was lost, and a formula that found nothing.
        let lost = std::mem::take(&mut table[4][0]);

        let dry = import(&world, &broker, "?dry_run=true", XLSX, sheet(name, &table)).await;
        assert_eq!(counts(&dry), [count - 1, 0, 0, 1], "{dry}");
        let first = import(&world, &broker, "", XLSX, sheet(name, &table)).await;
        assert_eq!(counts(&first), [count - 1, 0, 0, 1], "{first}");
        let bad: Vec<_> =
            rows(&broker, &first).await.into_iter().filter(|row| row["outcome"] == "refused").collect();
        assert_eq!(
            (bad[0]["line"].as_i64(), bad[0]["notes"][0]["code"].as_str()),
            (Some(5), Some("no_title"))
        );

        let copy = file(&world, &broker, &format!("/imports/{}/rows.xlsx", id_of(&first))).await;
        let mut told = cells(&copy, name);
        let width = fields.len();
        assert_eq!(told[0][width..], strings(&["结果 Result", "问题 Problem"]));
        assert_eq!(told[4][width], "拒绝");
        assert!(told[4][width + 1].contains("缺少名称"), "{:?}", told[4]);
        assert_eq!(told[5][width], "新建");
        // The clerk repairs the title, and chooses values where words were not understood.
        told[4][0] = lost;
        let mut repaired = 1;
        let maturity = fields.iter().position(|field| field == "maturity");
        for row in &mut told[5..] {
            let hint = "可填：正在研发、已有样品、通过小试、通过中试、可以量产、TRL 1、";
            if let Some(at) = maturity.filter(|at| row[width + 1].contains(&format!("{}：", table[0][*at])))
            {
                assert!(row[width + 1].contains(hint), "{row:?}");
                row[at] = "可以量产".to_owned();
                repaired += 1;
            }
        }
        assert!(
            kind != "achievement" || repaired > 3,
            "the achievements have words of maturity that none knows"
        );
        let second = import(&world, &broker, "", XLSX, sheet(name, &told)).await;
        assert_eq!(counts(&second), [1, repaired - 1, count - repaired, 0], "{second}");
        // The service's own copy, untouched, and the copy as text change nothing more.
        let copy = file(&world, &broker, &format!("/imports/{}/rows.xlsx", id_of(&second))).await;
        let third = import(&world, &broker, "", XLSX, copy).await;
        assert_eq!(counts(&third), [0, 0, count, 0], "{third}");
        let copy = file(&world, &broker, &format!("/imports/{}/rows.csv", id_of(&third))).await;
        let fourth = import(&world, &broker, "", CSV, copy).await;
        assert_eq!(counts(&fourth), [0, 0, count, 0], "{fourth}");
        made += count;
    }
    let (waiting, mut cursor) = (broker.clone(), String::new());
    let mut queued = 0;
    loop {
        let page = waiting.get(&format!("/reviews?limit=100&status=submitted{cursor}")).await.ok();
        queued += i64::try_from(page["items"].as_array().unwrap().len()).unwrap();
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(queued, made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_sheet_is_read_as_a_clerk_made_it() {
    let world = World::start().await;
    let broker = broker(&world).await;
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("汇总").unwrap();
    let (bold, day) = (Format::new().set_bold(), Format::new().set_num_format("yyyy/m/d"));
    sheet.merge_range(0, 0, 0, 6, "2026 年企业技术需求汇总表", &bold).unwrap();
    // Headings over two rows, below a blank one.
    for (column, heading) in
        (0..).zip(["序号", "需求名称（必填）", "预算（万元）", "截止日期", "是否悬赏", "联系方式"])
    {
        sheet.write_string(2, column, heading).unwrap();
    }
    sheet.merge_range(2, 5, 2, 6, "联系方式", &bold).unwrap();
    sheet.write_string(3, 5, "联系人").unwrap();
    sheet.write_string(3, 6, "手机").unwrap();
    sheet.write_string(2, 7, "需求单位名").unwrap();
    sheet.write_number(4, 0, 1).unwrap();
    sheet.write_string(4, 1, "高温密封材料").unwrap();
    sheet.write_number(4, 2, 50).unwrap();
    let deadline = ExcelDateTime::from_ymd(2027, 3, 1).unwrap();
    sheet.write_datetime_with_format(4, 3, &deadline, &day).unwrap();
    sheet.write_boolean(4, 4, true).unwrap();
    sheet.write_string(4, 5, "张三").unwrap();
    sheet.write_number(4, 6, 13_800_138_000_f64).unwrap();
    sheet.write_string(4, 7, "某厂").unwrap();
    // Two blank rows, and another one far below.
    sheet.write_number(7, 0, 2).unwrap();
    sheet.write_string(7, 1, "低温轴承").unwrap();
    sheet.write_string(7, 2, "面议").unwrap();
    let bytes = book.save_to_buffer().unwrap();

    let done = import(&world, &broker, "?source_system=zone", XLSX, bytes).await;
    assert_eq!(counts(&done), [2, 0, 0, 0], "{done}");
    assert_eq!((done["line"].as_i64(), done["lines"].as_i64()), (Some(8), Some(8)));
    let told = rows(&broker, &done).await;
    assert_eq!((told[0]["line"].as_i64(), told[1]["line"].as_i64()), (Some(5), Some(8)));
    let unknown: BTreeMap<&str, &str> = told[0]["notes"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|note| note["code"] == "unknown_column")
        .map(|note| (note["column"].as_str().unwrap(), note["zh"].as_str().unwrap()))
        .collect();
    assert!(unknown.contains_key("序号") && !unknown.contains_key("联系方式"), "{unknown:?}");
    assert!(unknown["需求单位名"].contains("“需求单位”（organisation）"), "{unknown:?}");
    assert!(told[1]["notes"].as_array().unwrap().iter().all(|note| note["code"] != "unknown_column"));
    let listing = told[0]["listing_id"].as_str().unwrap();
    let demand = broker.get(&format!("/demands/{listing}/draft")).await.ok();
    let content = if demand["content"].is_object() { &demand["content"] } else { &demand };
    assert_eq!(content["title"], "高温密封材料", "{demand}");
    assert_eq!(content["deadline_on"], "2027-03-01");
    assert_eq!(content["bounty"], true);
    assert_eq!(content["budget"]["min"].as_i64(), Some(50_000_000), "{content}");
    assert_eq!(content["contact"]["phone"], "13800138000");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_text_is_read_whatever_its_encoding_and_separator() {
    let world = World::start().await;
    let broker = broker(&world).await;
    let table = |separator: &str| {
        let row = |title: &str| [title, "\"带\"\"引号\"\"和\n换行的简介\"", "=1+1", ""].join(separator);
        format!(
            "{}\r\n{}\r\n\r\n{}\r\n",
            ["成果名称", "简介", "团队", "备注"].join(separator),
            row("甲材料"),
            row("乙材料")
        )
    };
    let little: Vec<u8> = table("\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let texts = [
        table(",").into_bytes(),
        [b"\xEF\xBB\xBF", table(";").as_bytes()].concat(),
        encoding_rs::GB18030.encode(&table(",")).0.into_owned(),
        [b"\xFF\xFE".to_vec(), little].concat(),
    ];
    let mut expected = [2, 0, 0, 0];
    for text in texts {
        let done = import(&world, &broker, "", CSV, text).await;
        assert_eq!(counts(&done), expected, "{done}");
        expected = [0, 0, 2, 0];
        let copy = file(&world, &broker, &format!("/imports/{}/rows.csv", id_of(&done))).await;
        let copy = String::from_utf8(copy).unwrap();
        // What could be a formula is none, and comes back as it was.
        assert!(copy.contains("'=1+1") && copy.contains("结果 Result"), "{copy}");
        let again = import(&world, &broker, "", CSV, copy.into_bytes()).await;
        assert_eq!(counts(&again), [0, 0, 2, 0], "{again}");
    }
    // One character is broken: that row is refused, and said so.
    let mut broken = "成果名称,简介\n丙材料,好\n丁材料,".as_bytes().to_vec();
    broken.extend_from_slice(b"\xFF\xFE\xFF\n");
    let done = import(&world, &broker, "", CSV, broken).await;
    assert_eq!(counts(&done), [1, 0, 0, 1], "{done}");
    assert_eq!(rows(&broker, &done).await[1]["notes"][0]["code"], "broken_text");
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_is_no_table_is_refused_at_once_with_what_would_be_right() {
    let world = World::start().await;
    let broker = broker(&world).await;
    let refused = async |media_type: &str, bytes: Vec<u8>, code: &str| {
        let told = broker.send(Method::POST, "/imports", media_type, bytes).await;
        let told = told.refused(422, "rule_broken");
        assert_eq!(told["errors"][0]["code"], code, "{told}");
    };
    refused(XLSX, b"PK\x03\x04 no archive".to_vec(), "no_workbook").await;
    refused(XLSX, archive(&[("a.txt", b"a")]), "no_workbook").await;
    refused(CSV, "甲,乙\n1,2\n".as_bytes().to_vec(), "no_headings").await;
    refused(XLSX, sheet("数据", &[strings(&["甲", "乙"])]), "no_headings").await;
    // Small as it is sent, and large unpacked; or made to look as if it held a great deal.
    let large = vec![b' '; 100 * 1024 * 1024];
    refused(XLSX, archive(&[("xl/sharedStrings.xml", &large)]), "too_large_unpacked").await;
    let claim = b"<sst count=\"1\" uniqueCount = '99999999999999'>";
    refused(XLSX, archive(&[("xl/sharedStrings.xml", claim)]), "too_large_unpacked").await;
    let wide = sheet("成果", &[strings(&["成果名称"]), (0..300).map(|n| n.to_string()).collect()]);
    refused(XLSX, wide, "too_many_columns").await;
    let told =
        broker.send(Method::POST, "/imports?sheet=无", XLSX, sheet("成果", &[strings(&["成果名称"])])).await;
    assert_eq!(told.refused(422, "rule_broken")["errors"][0]["code"], "no_sheet");
    broker
        .send(Method::POST, "/imports", "text/plain", b"a".to_vec())
        .await
        .refused(415, "unsupported_media_type");
    let lines =
        import(&world, &broker, "?kind=demand", "application/x-ndjson", b"{\"title\":\"a\"}\n".to_vec())
            .await;
    assert_eq!(counts(&lines), [1, 0, 0, 0], "{lines}");
    broker.get(&format!("/imports/{}/rows.xlsx", id_of(&lines))).await.refused(404, "not_found");
}

async fn admin(service: &Service) -> Client {
    let mut client = service.visitor().await;
    let body = json!({ "email": "admin@centre.example", "password": PASSWORD });
    let tokens = client.post("/auth/login", body).await.ok();
    client.token = Some(tokens["access_token"].as_str().unwrap().to_owned());
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_of_a_table_goes_on_where_the_process_was_killed() {
    const ROWS: usize = 1500;
    let data = tempfile::tempdir().unwrap();
    let (url, dropped) = database(data.path()).await;
    let mut environment = variables(data.path(), &url, &Setting::default());
    environment.retain(|(name, _)| name != "TECHMART_BIND");
    environment.push(("TECHMART_ADMIN_PASSWORD".to_owned(), PASSWORD.to_owned()));
    binary::run_json(data.path(), &environment, &["admin", "create", "--email", "admin@centre.example"]);
    let mut service = Service::start(data.path(), &environment).await;
    let mut expected = [i64::try_from(ROWS).unwrap(), 0, 0, 0];
    for media_type in [XLSX, CSV] {
        let mut table = vec![strings(&["成果名称", "简介"])];
        table.extend((0..ROWS).map(|n| vec![format!("第 {n} 号材料"), format!("说明 {n}")]));
        let bytes = if media_type == XLSX {
            sheet("科技成果", &table)
        } else {
            table.iter().map(|row| format!("{}\n", row.join(","))).collect::<String>().into_bytes()
        };
        let client = admin(&service).await;
        let started = client.send(Method::POST, "/imports", media_type, bytes).await.status(202);
        let path = format!("/imports/{}", id_of(&started));
        let so_far = async || client.get(&path).await.ok()["rows"].as_u64().unwrap();
        until("some rows are taken up", async || so_far().await > 0).await;
        assert!(so_far().await < ROWS as u64, "it was done before it could be killed");
        service.kill();
        service = Service::start(data.path(), &environment).await;
        let client = admin(&service).await;
        until("the import ends", async || client.get(&path).await.ok()["status"] == "done").await;
        let done = client.get(&path).await.ok();
        assert_eq!(counts(&done), expected, "{done}");
        assert_eq!(done["rows"].as_u64(), Some(ROWS as u64));
        expected = [0, 0, i64::try_from(ROWS).unwrap(), 0];
    }
    service.kill();
    drop(dropped);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_the_columns_and_words_of_a_source_mean_is_kept_and_used_by_its_later_imports() {
    let world = World::start().await;
    let broker = broker(&world).await;
    let table = vec![
        strings(&["成果名称", "项目阶段", "佣金", "合作方式"]),
        strings(&["甲材料", "已投产", "5%", "卖断；合作开发"]),
        strings(&["乙材料", "", "", ""]),
    ];
    let at = "/import-mappings/科惠网";
    let import_it =
        async || import(&world, &broker, "?source_system=科惠网", XLSX, sheet("数据", &table)).await;
    let first = import_it().await;
    assert_eq!((counts(&first), first["warnings"].as_i64()), ([2, 0, 0, 0], Some(3)), "{first}");

    let empty = broker.get(at).await;
    let tag = empty.etag();
    assert_eq!(empty.ok()["columns"], json!([]));
    let mapping = json!({
        "columns": [{ "heading": "项目阶段", "field": "maturity" }, { "heading": "佣金", "field": null }],
        "words": [
            { "field": "maturity", "word": "已投产", "means": "可以量产" },
            { "field": "cooperation", "word": "卖断", "means": "transfer" },
        ],
    });
    let put = async |body: &Value, tag: &str| {
        broker.call(Method::PUT, at, Some(body.clone()), &[("if-match", tag)]).await
    };
    let wrong = json!({
        "columns": [{ "heading": "甲", "field": "maturty" }, { "heading": " 甲 ", "field": null }],
        "words": [{ "field": "maturity", "word": "已投产", "means": "成熟" }],
    });
    let told = put(&wrong, &tag).await;
    assert_eq!(told.fault_codes(), ["unknown_field", "repeated", "not_understood"]);
    let kept = put(&mapping, &tag).await;
    let second_tag = kept.etag();
    assert_eq!(kept.ok()["words"][1]["means"], "transfer");
    put(&mapping, &tag).await.refused(412, "version_changed");
    broker.call(Method::PUT, at, Some(mapping.clone()), &[]).await.refused(428, "version_required");
    assert_eq!(broker.get("/import-mappings").await.ok()["items"][0]["source_system"], "科惠网");

    // The same file says something else now; the row of which nothing is kept is the same.
    let second = import_it().await;
    assert_eq!((counts(&second), second["warnings"].as_i64()), ([0, 1, 1, 0], Some(0)), "{second}");
    let listing = rows(&broker, &second).await[0]["listing_id"].as_str().unwrap().to_owned();
    let draft = broker.get(&format!("/achievements/{listing}/draft")).await.ok();
    let content = if draft["content"].is_object() { &draft["content"] } else { &draft };
    assert_eq!((&content["trl"], &content["maturity_raw"]), (&json!(9), &json!("已投产")), "{draft}");
    assert_eq!(content["cooperation_modes"], json!(["transfer", "joint_development"]));
    assert_eq!(counts(&import_it().await), [0, 0, 2, 0]);
    put(&json!({ "columns": [], "words": [] }), &second_tag).await.ok();
    assert_eq!(counts(&import_it().await), [0, 1, 1, 0]);
    // Another source's words are its own.
    let other = import(&world, &broker, "?source_system=other", XLSX, sheet("数据", &table)).await;
    assert_eq!(other["warnings"].as_i64(), Some(3), "{other}");
}

/// The most memory that a process has held, in KiB, when it ends; and what it printed.
fn peak(mut command: std::process::Command) -> (u64, Value) {
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(now.unwrap_or(0));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    (peak, serde_json::from_slice(&output.stdout).unwrap())
}

/// A measurement, minutes long: `cargo test --release --test suite -- --ignored hundred_thousand --nocapture`.
/// On SQLite and with a file of its own for each format.
#[test]
#[ignore = "a measurement of minutes"]
fn a_hundred_thousand_rows_are_imported_in_less_than_200_mib() {
    const ROWS: u32 = 100_000;
    let files = tempfile::tempdir().unwrap();
    let headings = [
        "成果名称",
        "成果简介",
        "完成单位",
        "技术领域",
        "成熟度",
        "合作方式",
        "意向价格",
        "关键词",
        "来源编号",
        "来源网址",
    ];
    let row = |n: u32| {
        let text = "用于燃料电池系统的氢气循环泵，效率高，寿命长，已在多家企业试用。".repeat(3);
        [
            format!("第 {n} 号高效氢气循环泵及其控制方法"),
            format!("{n} {text}"),
            format!("某某大学第 {} 学院", n % 500),
            "新能源与节能".to_owned(),
            ["正在研发", "通过中试", "可以量产", "成熟"][n as usize % 4].to_owned(),
            "技术转让;合作开发".to_owned(),
            "面议".to_owned(),
            format!("氢能;循环泵;{}", n % 1000),
            format!("S{n}"),
            format!("https://source.example/achievements/{n}"),
        ]
    };
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("科技成果").unwrap();
    let mut text = headings.join(",") + "\n";
    let mut lines = String::new();
    for (column, heading) in (0..).zip(headings) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for n in 0..ROWS {
        let cells = row(n);
        for (column, cell) in (0..).zip(&cells) {
            sheet.write_string(n + 1, column, cell).unwrap();
        }
        text += &(cells.join(",") + "\n");
        let mut object: serde_json::Map<String, Value> = headings
            .iter()
            .map(|heading| (*heading).to_owned())
            .zip(cells.into_iter().map(Value::String))
            .collect();
        object.insert("kind".to_owned(), json!("achievement"));
        lines += &(Value::Object(object).to_string() + "\n");
    }
    book.save(files.path().join("rows.xlsx")).unwrap();
    drop(book);
    std::fs::write(files.path().join("rows.csv"), text).unwrap();
    std::fs::write(files.path().join("rows.jsonl"), lines).unwrap();
    for name in ["rows.csv", "rows.xlsx", "rows.jsonl"] {
        let data = tempfile::tempdir().unwrap();
        let path = files.path().join(name);
        let arguments = ["--json", "import", path.to_str().unwrap(), "--source-system", "bench"];
        let (kib, report) = peak(binary::command(data.path(), &[], &arguments));
        println!("{name}: {} MiB at most, {} rows a second, {report}", kib / 1024, report["rows_per_second"]);
        assert_eq!(report["made"].as_u64(), Some(u64::from(ROWS)));
        assert!(kib < 200 * 1024, "{name}: {kib} KiB");
    }
}
