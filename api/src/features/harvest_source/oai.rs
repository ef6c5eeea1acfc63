//! The answers of OAI-PMH 2.0, read into rows. Pure.
//!
//! Names are compared without their prefixes: repositories choose those freely. Of Dublin Core the elements that
//! mean something here become the columns of a row; of any other format every element that holds text does.

use quick_xml::{
    Reader,
    escape::resolve_xml_entity,
    events::{BytesStart, Event},
};
use serde_json::{Map, Value, json};
use techmart_entity::listing::ListingKind;

use super::service::DUBLIN_CORE;

/// An answer of a repository.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The repository's own time, as it writes it.
    pub response_date: Option<String>,
    /// How fine its times are.
    pub granularity: Option<String>,
    pub records: Vec<Record>,
    /// How to ask for more; none at the end.
    pub token: Option<String>,
    /// The code and the words of an error.
    pub error: Option<(String, String)>,
}

/// A record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub identifier: String,
    pub deleted: bool,
    /// The elements that hold text, in their order.
    pub elements: Vec<(String, String)>,
}

/// Reads an answer.
///
/// # Errors
/// What is wrong with it, in words.
pub fn page(xml: &str) -> Result<Page, String> {
    let mut reader = Reader::from_str(xml);
    let mut page = Page::default();
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut error_code = String::new();
    let mut record: Option<Record> = None;
    loop {
        let event = reader.read_event().map_err(|error| format!("XML: {error}"))?;
        match event {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_owned();
                open(&name, &start, &mut record, &mut error_code);
                path.push(name);
                text.clear();
                if path.len() > 64 {
                    return Err("XML: nested too deep".to_owned());
                }
            }
            Event::Empty(start) => {
                let name = start.local_name().as_ref().to_owned();
                open(&name, &start, &mut record, &mut error_code);
                if name == "error" {
                    page.error = Some((error_code.clone(), String::new()));
                }
            }
            Event::End(_) => {
                let Some(name) = path.pop() else { return Err("XML: an end too many".to_owned()) };
                close(&name, &path, text.trim(), &mut page, &mut record, &error_code);
                text.clear();
            }
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(entity) => {
                if let Some(known) = resolve_xml_entity(entity.as_ref()) {
                    text.push_str(known);
                } else if let Ok(Some(c)) = entity.resolve_char_ref() {
                    text.push(c);
                }
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
        }
    }
    if page.response_date.is_none() && page.error.is_none() {
        return Err("不是 OAI-PMH 的回答 / it is no answer of OAI-PMH".to_owned());
    }
    Ok(page)
}

fn open(name: &str, start: &BytesStart<'_>, record: &mut Option<Record>, error_code: &mut String) {
    let attribute = |wanted: &str| {
        start
            .attributes()
            .flatten()
            .find(|attribute| attribute.key.as_ref() == wanted)
            .map(|found| found.value.to_string())
    };
    match name {
        "record" => *record = Some(Record::default()),
        "header" => {
            if let Some(record) = record {
                record.deleted |= attribute("status").as_deref() == Some("deleted");
            }
        }
        "error" => *error_code = attribute("code").unwrap_or_default(),
        _ => {}
    }
}

/// Takes the text of an element that ends.
fn close(
    name: &str,
    path: &[String],
    text: &str,
    page: &mut Page,
    record: &mut Option<Record>,
    error_code: &str,
) {
    let parent = path.last().map(String::as_str).unwrap_or_default();
    match (parent, name) {
        ("OAI-PMH", "responseDate") => page.response_date = Some(text.to_owned()),
        ("OAI-PMH", "error") => page.error = Some((error_code.to_owned(), text.to_owned())),
        ("Identify", "granularity") => page.granularity = Some(text.to_owned()),
        (_, "resumptionToken") => page.token = (!text.is_empty()).then(|| text.to_owned()),
        ("header", "identifier") => {
            if let Some(record) = record {
                record.identifier = text.to_owned();
            }
        }
        (_, "record") => {
            if let Some(record) = record.take().filter(|record| !record.identifier.is_empty()) {
                page.records.push(record);
            }
        }
        _ => {
            if let Some(record) = record
                && path.iter().any(|name| name == "metadata")
                && !text.is_empty()
            {
                record.elements.push((name.to_owned(), text.to_owned()));
            }
        }
    }
}

impl Record {
    /// The record as a row of an import.
    #[must_use]
    pub fn row(&self, kind: ListingKind, prefix: &str) -> Value {
        let mut row = if prefix == DUBLIN_CORE { self.dublin_core() } else { self.plain() };
        row.insert("source_id".to_owned(), json!(self.identifier));
        row.entry("kind").or_insert_with(|| json!(kind));
        Value::Object(row)
    }

    fn all(&self, name: &str) -> Vec<&str> {
        self.elements.iter().filter(|(element, _)| element == name).map(|(_, text)| text.as_str()).collect()
    }

    fn dublin_core(&self) -> Map<String, Value> {
        let mut row = Map::new();
        let mut put = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                row.insert(name.to_owned(), value);
            }
        };
        let first = |name: &str| self.all(name).first().map(|text| json!(text));
        let joined = |name: &str, with: &str| {
            let all = self.all(name);
            (!all.is_empty()).then(|| json!(all.join(with)))
        };
        put("title", first("title"));
        put("summary", joined("description", "\n"));
        put("organisation", first("publisher"));
        put("team", joined("creator", "、"));
        put("language", first("language"));
        let subjects = self.all("subject");
        put("keywords", (!subjects.is_empty()).then(|| json!(subjects)));
        let places = ["identifier", "relation", "source"].into_iter().flat_map(|name| self.all(name));
        let is_web = |text: &&str| text.starts_with("https://") || text.starts_with("http://");
        put("source_url", places.into_iter().find(is_web).map(|text| json!(text)));
        row
    }

    /// Every element under its own name; what stands there more than once is a list.
    fn plain(&self) -> Map<String, Value> {
        let mut row: Map<String, Value> = Map::new();
        for (name, text) in &self.elements {
            match row.get_mut(name) {
                None => {
                    row.insert(name.clone(), json!(text));
                }
                Some(Value::Array(items)) => items.push(json!(text)),
                Some(first) => {
                    let one = first.take();
                    *first = json!([one, text]);
                }
            }
        }
        row
    }
}

/// The time from which changes are asked for next, as fine as the repository knows times.
#[must_use]
pub fn cursor(response_date: &str, granularity: Option<&str>) -> String {
    let is_fine = granularity.is_none_or(|granularity| granularity.len() > 10);
    let length = if is_fine { response_date.len() } else { 10 };
    response_date.get(..length).unwrap_or(response_date).to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::json;
    use techmart_entity::listing::ListingKind;

    use super::{cursor, page};

    const RECORDS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
 <responseDate>2026-11-30T02:30:00Z</responseDate>
 <request verb="ListRecords">http://a.example/oai</request>
 <ListRecords>
  <record><header><identifier>oai:a:1</identifier><datestamp>2026-11-01</datestamp></header>
   <metadata><oai_dc:dc xmlns:oai_dc="x" xmlns:dc="y">
    <dc:title>氢气&amp;循环泵</dc:title><dc:subject>氢能</dc:subject><dc:subject>泵</dc:subject>
    <dc:description><![CDATA[用于 <燃料电池>]]></dc:description><dc:publisher>某某大学</dc:publisher>
    <dc:identifier>doi:1</dc:identifier><dc:identifier>https://a.example/1</dc:identifier>
   </oai_dc:dc></metadata></record>
  <record><header status="deleted"><identifier>oai:a:2</identifier></header></record>
  <resumptionToken cursor="0">next&#x2F;1</resumptionToken>
 </ListRecords>
</OAI-PMH>"#;

    #[test]
    fn records_tombstones_and_the_token_are_read() {
        let page = page(RECORDS).unwrap();
        assert_eq!((page.records.len(), page.token.as_deref()), (2, Some("next/1")));
        assert!(!page.records[0].deleted && page.records[1].deleted);
        let row = page.records[0].row(ListingKind::Achievement, "oai_dc");
        let expected = json!({
            "kind": "achievement", "source_id": "oai:a:1", "title": "氢气&循环泵", "summary": "用于 <燃料电池>",
            "organisation": "某某大学", "keywords": ["氢能", "泵"], "source_url": "https://a.example/1",
        });
        assert_eq!(row, expected);
        let plain = page.records[0].row(ListingKind::Achievement, "own");
        assert_eq!(plain["subject"], json!(["氢能", "泵"]));
    }

    #[test]
    fn an_error_is_an_answer_and_anything_else_is_none() {
        let answer =
            "<OAI-PMH><responseDate>x</responseDate><error code=\"noRecordsMatch\">none</error></OAI-PMH>";
        assert_eq!(page(answer).unwrap().error, Some(("noRecordsMatch".to_owned(), "none".to_owned())));
        assert!(page("<html><body>hello</body></html>").is_err());
        assert!(page("<OAI-PMH><a></b>").is_err());
    }

    #[test]
    fn a_repository_of_days_is_asked_by_days() {
        assert_eq!(cursor("2026-11-30T02:30:00Z", Some("YYYY-MM-DD")), "2026-11-30");
        assert_eq!(cursor("2026-11-30T02:30:00Z", Some("YYYY-MM-DDThh:mm:ssZ")), "2026-11-30T02:30:00Z");
    }
}
