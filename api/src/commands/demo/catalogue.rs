//! What the demo is made of, as written down in `catalogue.json`: people, organisations and listings
//! that exist nowhere else.

use serde::Deserialize;
use serde_json::Value;
use techmart_entity::{
    account::Role,
    listing::{Content, ListingKind},
};

use crate::{
    error::{AppError, Result},
    features::{listing::dto::DiagnosisIn, organisation::dto::OrganisationIn},
};

/// The whole of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    pub people: Vec<Person>,
    pub organisations: Vec<Organisation>,
    pub achievements: Vec<Item>,
    pub demands: Vec<Item>,
    pub providers: Vec<Item>,
}

/// A person, under the key by which the rest refers to them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub key: String,
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// An organisation, with its people's keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    pub key: String,
    pub owner: String,
    pub editors: Vec<String>,
    pub row: OrganisationIn,
}

/// A listing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub key: String,
    pub organisation: String,
    /// Who writes it.
    pub by: String,
    /// Words that find it and nothing else of the demo.
    #[serde(default)]
    pub words: Option<String>,
    pub then: Then,
    /// What a broker finds of a demand.
    #[serde(default)]
    pub diagnosis: Option<DiagnosisIn>,
    /// How far a provider has come with its entry.
    #[serde(default)]
    pub entry: Option<EntryUpTo>,
    pub content: Value,
}

/// What becomes of a listing once it was submitted.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    Publish,
    /// It waits in the queue.
    LeaveSubmitted,
    /// It goes back to its author, for this reason.
    SendBack(String),
}

/// How far an entry is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryUpTo {
    UnderReview,
    Entered,
}

impl Item {
    /// What it says, typed.
    ///
    /// # Errors
    /// When the catalogue is wrong, which the test of this file rules out.
    pub fn content(&self, kind: ListingKind) -> Result<Content> {
        Content::parse(kind, self.content.clone()).map_err(AppError::internal)
    }
}

impl Catalogue {
    /// Reads it.
    ///
    /// # Errors
    /// When the catalogue is wrong, which the test of this file rules out.
    pub fn read() -> Result<Self> {
        serde_json::from_str(include_str!("catalogue.json")).map_err(AppError::internal)
    }

    /// The organisation in which a person works first of all.
    #[must_use]
    pub fn workplace(&self, person: &str) -> Option<&Organisation> {
        self.organisations.iter().find(|organisation| {
            organisation.owner == person || organisation.editors.iter().any(|editor| editor == person)
        })
    }

    /// The addresses of a person.
    #[must_use]
    pub fn email(&self, person: &str) -> &str {
        self.people.iter().find(|row| row.key == person).map_or("", |row| row.email.as_str())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use techmart_entity::{listing::ListingKind, value::uscc::Uscc};

    use super::Catalogue;
    use crate::features::listing::rules;

    #[test]
    fn every_listing_keeps_the_rules_and_could_be_submitted() {
        let catalogue = Catalogue::read().unwrap();
        for (kind, items) in [
            (ListingKind::Achievement, &catalogue.achievements),
            (ListingKind::Demand, &catalogue.demands),
            (ListingKind::Provider, &catalogue.providers),
        ] {
            for item in items {
                let content = item.content(kind).unwrap();
                let faults = [rules::faults(&content), rules::lacking(&content)].concat();
                assert!(faults.is_empty(), "{}: {faults:?}", item.key);
                assert!(catalogue.organisations.iter().any(|row| row.key == item.organisation));
                assert!(catalogue.people.iter().any(|row| row.key == item.by));
            }
        }
    }

    #[test]
    fn nobody_in_it_can_be_reached_or_is_somebody_else() {
        let catalogue = Catalogue::read().unwrap();
        for person in &catalogue.people {
            assert!(person.email.ends_with(".example"), "{}", person.email);
        }
        for organisation in &catalogue.organisations {
            assert!(organisation.row.demo && organisation.row.name.ends_with("（演示）"));
            let code: Uscc = organisation.row.uscc.as_deref().unwrap().parse().unwrap();
            assert_eq!(code.as_str().get(8..11), Some("DEM"));
        }
        assert!(!include_str!("catalogue.json").contains("\"phone\""));
    }
}
