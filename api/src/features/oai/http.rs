//! `/oai`, outside the version: the protocol has its own.

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Bytes, Data, ServiceConfig},
};
use chrono::SecondsFormat;
use techmart_entity::{Instant, value::code_list::Coded};

use super::{
    formats::{Format, SCHEMA},
    request::{Refusal, Selection, Set, identifier, read},
    service::{Record, Reply, answer},
};
use crate::{error::Result, state::State, web::xml::Xml};

/// The longest body of a request.
const LONGEST: usize = 16 * 1024;

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(harvest_by_get).service(harvest_by_post).service(own_schema);
}

/// A request in the address.
#[get("/oai")]
async fn harvest_by_get(request: HttpRequest, state: Data<State>) -> Result<HttpResponse> {
    respond(&state, request.query_string().as_bytes()).await
}

/// A request as a form.
#[post("/oai")]
async fn harvest_by_post(body: Bytes, state: Data<State>) -> Result<HttpResponse> {
    respond(&state, &body).await
}

/// The schema of our own format.
#[get("/oai/techmart.xsd")]
async fn own_schema() -> HttpResponse {
    HttpResponse::Ok().content_type("text/xml; charset=utf-8").body(SCHEMA)
}

async fn respond(state: &State, form: &[u8]) -> Result<HttpResponse> {
    let arguments: Vec<(String, String)> = match form.len() {
        0..=LONGEST => serde_html_form::from_bytes(form).unwrap_or_default(),
        _ => Vec::new(),
    };
    // The instant of the answer: what commits later is of a later harvest.
    let now = state.clock.now();
    let reply = match read(&arguments) {
        Ok(request) => answer(state.db.read(), request).await?,
        Err(refusal) => Reply::Refused(refusal),
    };
    let page = Page { public_url: &state.config.public_url, mail: state.config.mail_address() };
    let xml = page.write(now, &arguments, &reply);
    Ok(HttpResponse::Ok()
        .content_type("text/xml; charset=utf-8")
        .insert_header(("Cache-Control", "no-cache"))
        .body(xml))
}

/// How the protocol writes an instant.
fn stamp(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// An answer that is being written.
struct Page<'a> {
    public_url: &'a str,
    /// Whom to write to.
    mail: &'a str,
}

impl Page<'_> {
    fn write(&self, now: Instant, arguments: &[(String, String)], reply: &Reply) -> String {
        let mut xml = Xml::default();
        let root = [
            ("xmlns", "http://www.openarchives.org/OAI/2.0/"),
            ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
            (
                "xsi:schemaLocation",
                "http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd",
            ),
        ];
        xml.element("OAI-PMH", &root, |xml| {
            xml.leaf("responseDate", &[], &stamp(now));
            let unread = matches!(reply, Reply::Refused(Refusal { code: "badVerb" | "badArgument", .. }));
            // What could not be read is not repeated.
            let repeated: Vec<(&str, &str)> = arguments
                .iter()
                .filter(|_| !unread)
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            xml.leaf("request", &repeated, &self.address());
            self.body(xml, reply);
        });
        xml.finish()
    }

    fn address(&self) -> String {
        format!("{}/oai", self.public_url)
    }

    fn body(&self, xml: &mut Xml, reply: &Reply) {
        match reply {
            Reply::Refused(Refusal { code, text }) => xml.leaf("error", &[("code", code)], text),
            Reply::Identify(oldest) => xml.element("Identify", &[], |xml| self.identify(xml, *oldest)),
            Reply::ListMetadataFormats => xml.element("ListMetadataFormats", &[], |xml| {
                for format in Format::ALL {
                    xml.element("metadataFormat", &[], |xml| {
                        let (namespace, schema) = format.schema(self.public_url);
                        xml.leaf("metadataPrefix", &[], format.prefix());
                        xml.leaf("schema", &[], &schema);
                        xml.leaf("metadataNamespace", &[], namespace);
                    });
                }
            }),
            Reply::ListSets => xml.element("ListSets", &[], |xml| {
                for set in Set::all() {
                    xml.element("set", &[], |xml| {
                        xml.leaf("setSpec", &[], &set.spec());
                        xml.leaf("setName", &[], &name(set));
                    });
                }
            }),
            Reply::GetRecord(record, selection) => {
                xml.element("GetRecord", &[], |xml| self.record(xml, record, selection));
            }
            Reply::List { records, selection, next } => xml.element(&selection.verb, &[], |xml| {
                for record in records {
                    match selection.verb.as_str() {
                        "ListIdentifiers" => header(xml, record),
                        _ => self.record(xml, record, selection),
                    }
                }
                resumption(xml, selection, next.as_ref());
            }),
        }
    }

    fn identify(&self, xml: &mut Xml, oldest: Option<Instant>) {
        xml.leaf("repositoryName", &[], "techmart 科技成果交易服务超市");
        xml.leaf("baseURL", &[], &self.address());
        xml.leaf("protocolVersion", &[], "2.0");
        xml.leaf("adminEmail", &[], self.mail);
        xml.leaf("earliestDatestamp", &[], &stamp(oldest.unwrap_or_default()));
        xml.leaf("deletedRecord", &[], "persistent");
        xml.leaf("granularity", &[], "YYYY-MM-DDThh:mm:ssZ");
    }

    fn record(&self, xml: &mut Xml, record: &Record, selection: &Selection) {
        xml.element("record", &[], |xml| {
            header(xml, record);
            if let Some(document) = &record.document {
                xml.element("metadata", &[], |xml| {
                    selection.format.write(xml, record.kind, document, self.public_url);
                });
            }
        });
    }
}

fn header(xml: &mut Xml, record: &Record) {
    let attributes: &[(&str, &str)] = if record.document.is_some() { &[] } else { &[("status", "deleted")] };
    xml.element("header", attributes, |xml| {
        xml.leaf("identifier", &[], &identifier(record.id));
        xml.leaf("datestamp", &[], &stamp(record.at));
        for set in record.sets() {
            xml.leaf("setSpec", &[], &set.spec());
        }
    });
}

/// How to go on; of a list that was resumed, also that this was the last of it.
fn resumption(xml: &mut Xml, selection: &Selection, next: Option<&Selection>) {
    let cursor = selection.cursor.to_string();
    let attributes = [("cursor", cursor.as_str())];
    match next {
        Some(next) => xml.leaf("resumptionToken", &attributes, &next.token()),
        None if selection.cursor > 0 => xml.empty("resumptionToken", &attributes),
        None => {}
    }
}

/// A set for people.
fn name(set: Set) -> String {
    match set {
        Set::Kind(kind) => format!("{} / {}", kind.label_zh(), kind.label_en()),
        Set::Field(field) => format!("{} / {}", field.label_zh(), field.label_en()),
    }
}
