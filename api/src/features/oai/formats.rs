//! The formats of records: Dublin Core, which every harvester reads, and our own, which loses nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use techmart_entity::{
    listing::ListingKind,
    value::{code_list::Coded, field::Field},
};

use crate::{features::listing::plural, web::xml::Xml};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    OaiDc,
    Techmart,
}

/// The namespace of our own format.
pub const NAMESPACE: &str = "urn:techmart:item:1";
/// Where its schema lies, below the address of the service.
pub const SCHEMA_PATH: &str = "/oai/techmart.xsd";
const DC: &str = "http://www.openarchives.org/OAI/2.0/oai_dc/";
const DC_SCHEMA: &str = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd";
const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");

/// The schema of our own format.
pub const SCHEMA: &str = include_str!("techmart.xsd");

impl Format {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::OaiDc, Self::Techmart];

    /// As the protocol names it.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::OaiDc => "oai_dc",
            Self::Techmart => "techmart",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.prefix() == text)
    }

    /// Its namespace, and where its schema lies.
    #[must_use]
    pub fn schema(self, public_url: &str) -> (&'static str, String) {
        match self {
            Self::OaiDc => (DC, DC_SCHEMA.to_owned()),
            Self::Techmart => (NAMESPACE, format!("{public_url}{SCHEMA_PATH}")),
        }
    }

    /// Writes a document that everybody reads.
    pub fn write(self, xml: &mut Xml, kind: ListingKind, document: &Value, public_url: &str) {
        let (namespace, schema) = self.schema(public_url);
        let location = format!("{namespace} {schema}");
        let item = Item { kind, document, content: &document["content"], public_url };
        match self {
            Self::OaiDc => {
                let attributes = [
                    ("xmlns:oai_dc", DC),
                    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
                    XSI,
                    ("xsi:schemaLocation", location.as_str()),
                ];
                xml.element("oai_dc:dc", &attributes, |xml| item.dublin_core(xml));
            }
            Self::Techmart => {
                let id = document["id"].as_str().unwrap_or_default();
                let version = document["version_number"].to_string();
                let demo = document["demo"].to_string();
                let attributes = [
                    ("xmlns", NAMESPACE),
                    XSI,
                    ("xsi:schemaLocation", location.as_str()),
                    ("type", kind.code()),
                    ("id", id),
                    ("version", version.as_str()),
                    ("demo", demo.as_str()),
                ];
                xml.element("item", &attributes, |xml| item.our_own(xml));
            }
        }
    }
}

/// What is written, as the document has it.
struct Item<'a> {
    kind: ListingKind,
    document: &'a Value,
    content: &'a Value,
    public_url: &'a str,
}

impl Item<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.content[name].as_str()
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.content[name].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    fn field(&self) -> Option<Field> {
        self.text("field").and_then(|code| code.parse().ok())
    }

    fn page(&self) -> String {
        let id = self.document["id"].as_str().unwrap_or_default();
        format!("{}/api/v1/{}/{id}", self.public_url, plural(self.kind))
    }

    fn dublin_core(&self, xml: &mut Xml) {
        for name in ["title", "title_en"] {
            xml.some("dc:title", self.text(name));
        }
        let owner = &self.document["organisation"];
        for name in ["name", "name_en"] {
            xml.some("dc:creator", owner[name].as_str());
        }
        if let Some(field) = self.field() {
            xml.leaf("dc:subject", &[], field.label_zh());
            xml.leaf("dc:subject", &[], field.label_en());
        }
        for keyword in self.texts("keywords").chain(self.texts("keywords_en")) {
            xml.some("dc:subject", Some(keyword));
        }
        for name in ["summary", "problem", "problem_solved"] {
            xml.some("dc:description", self.text(name));
        }
        xml.some("dc:date", self.document["first_published_at"].as_str().and_then(|at| at.get(..10)));
        xml.leaf("dc:type", &[], self.kind.label_zh());
        xml.leaf("dc:type", &[], self.kind.code());
        xml.leaf("dc:format", &[], "application/json");
        xml.leaf("dc:identifier", &[], &self.page());
        for right in self.content["ip"].as_array().into_iter().flatten() {
            xml.some("dc:identifier", right["number"].as_str());
        }
        xml.some("dc:source", self.document["source_url"].as_str());
        xml.some("dc:language", self.text("language"));
    }

    fn our_own(&self, xml: &mut Xml) {
        xml.leaf("title", &[], self.text("title").unwrap_or_default());
        xml.some("titleEn", self.text("title_en"));
        xml.some("summary", self.text("summary"));
        if let Some(field) = self.field() {
            xml.leaf("field", &[("code", field.code())], field.label_zh());
        }
        for keyword in self.texts("keywords").chain(self.texts("keywords_en")) {
            xml.some("keyword", Some(keyword));
        }
        let owner = &self.document["organisation"];
        if let (Some(id), Some(name)) = (owner["id"].as_str(), owner["name"].as_str()) {
            let verified = owner["verified"].to_string();
            xml.leaf("organisation", &[("id", id), ("verified", verified.as_str())], name);
        }
        xml.some("ownerNote", self.document["owner_note"].as_str());
        xml.some("firstPublishedAt", self.document["first_published_at"].as_str());
        xml.some("expiresAt", self.document["expires_at"].as_str());
        xml.some("sourceUrl", self.document["source_url"].as_str());
        xml.leaf("page", &[], &self.page());
        xml.leaf("json", &[], &self.document.to_string());
    }
}
