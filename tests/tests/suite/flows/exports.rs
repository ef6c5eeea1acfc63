//! A list as a file: the same rows as the list shows its reader, all of them, and nothing that a spreadsheet runs.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use serde_json::{Value, json};
use techmart_tests::{
    Actors, World,
    actors::publish,
    builders::achievement,
    client::{Client, id_of},
};

const CSV: &str = "text/csv";
const LINES: &str = "application/x-ndjson";
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(bytes).unwrap().strip_prefix('\u{feff}').expect("a byte order mark");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The first sheet as its reader sees it; an instant is shown as `instant`.
fn sheet(bytes: Vec<u8>) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = book.worksheet_range_at(0).unwrap().unwrap();
    let shown =
        |cell: &Data| if matches!(cell, Data::DateTime(_)) { "instant".to_owned() } else { cell.to_string() };
    range.rows().map(|row| row.iter().map(shown).collect()).collect()
}

fn column<'a>(table: &'a [Vec<String>], name: &str) -> Vec<&'a str> {
    let place = table[0].iter().position(|heading| heading == name);
    let place = place.unwrap_or_else(|| panic!("no column {name} in {:?}", table[0]));
    table[1..].iter().map(|row| row[place].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_list_is_had_whole_as_a_file_with_what_its_reader_may_see() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let broker = actors.broker("broker").await;
    let university = actors.verified(&broker, "高校", "university", 1, true).await;
    let mut titles = Vec::new();
    for title in ["=HYPERLINK(\"http://x\",\"电机\")", "低温循环泵", "引号\"与,逗号"] {
        let id = id_of(&university.post("/achievements", achievement(title)).await.created());
        publish(&university, &broker, "achievements", &id).await;
        titles.push(title.to_owned());
    }
    let mut parties = achievement("只给相关方");
    parties["content"]["visibility"] = json!("parties");
    let hidden = id_of(&university.post("/achievements", parties).await.created());
    publish(&university, &broker, "achievements", &hidden).await;

    let visitor = world.visitor();
    let listed = visitor.get("/achievements?sort=title").await.status(400);
    assert_eq!(listed["code"], "invalid_parameter", "a list refuses as a file what it refuses as a page");
    visitor.file("/achievements?sort=title", CSV).await.unwrap_err().refused(400, "invalid_parameter");
    let page = visitor.get("/achievements").await.ok();
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);

    let lines = visitor.file("/achievements?limit=1", LINES).await.unwrap();
    let lines: Vec<Value> = std::str::from_utf8(&lines)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(&lines, items, "`limit` is of a page; a file is whole");

    let table = cells(&visitor.file("/achievements", CSV).await.unwrap());
    let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(column(&table, "id"), ids);
    let mut shown = column(&table, "title");
    shown.sort();
    let mut wanted: Vec<String> = titles.clone();
    wanted[0].insert(0, '\'');
    wanted.sort();
    assert_eq!(shown, wanted.iter().collect::<Vec<_>>(), "what would be a formula is text");
    assert!(column(&table, "organisation.name").iter().all(|name| *name == "高校单位"));

    let sheet = sheet(visitor.file("/achievements", WORKBOOK).await.unwrap());
    let mut shown = column(&sheet, "标题");
    shown.sort();
    titles.sort();
    assert_eq!(shown, titles, "a cell of text is no formula");
    assert!(column(&sheet, "状态").iter().all(|status| *status == "已发布"));
    assert!(column(&sheet, "首次发布时间（北京时间）").iter().all(|cell| *cell == "instant"));

    let of_broker = cells(&broker.file("/achievements", CSV).await.unwrap());
    assert_eq!(of_broker.len(), 1 + 4, "the centre sees what is for parties alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_file_goes_on_where_a_page_would_end_and_is_refused_whom_the_list_is() {
    let world = World::start().await;
    let actors = Actors::of(&world).await;
    let admin: Client = actors.with_role("admin", "admin").await;
    actors.crowd(230).await;
    let table = cells(&admin.file("/accounts", CSV).await.unwrap());
    let mut emails = column(&table, "email");
    let n = emails.len();
    assert!(n >= 231, "{n}");
    emails.sort();
    emails.dedup();
    assert_eq!(emails.len(), n, "each account once");
    let filtered = cells(&admin.file("/accounts?role=admin", CSV).await.unwrap());
    assert!(filtered.len() < 5 && column(&filtered, "role").iter().all(|role| *role == "admin"));
    world.visitor().file("/accounts", WORKBOOK).await.unwrap_err().refused(401, "not_signed_in");
    let person = actors.person("person").await;
    person.file("/accounts", WORKBOOK).await.unwrap_err().refused(403, "forbidden");
}
