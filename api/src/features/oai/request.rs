//! The protocol's requests, and its errors. Pure.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use techmart_entity::{Instant, id::ListingId, listing::ListingKind, value::field::Field};
use uuid::Uuid;

use super::formats::Format;

/// An error of the protocol: its code and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: &'static str,
    pub text: String,
}

/// Years that both databases order alike.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// Makes a refusal.
#[must_use]
pub fn refuse(code: &'static str, text: impl Into<String>) -> Refusal {
    Refusal { code, text: text.into() }
}

/// A set of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    Kind(ListingKind),
    Field(Field),
}

/// The sets of a field begin with this.
const FIELD: &str = "field.";

impl Set {
    /// All sets: the types, then the fields.
    pub fn all() -> impl Iterator<Item = Self> {
        ListingKind::ALL
            .iter()
            .map(|kind| Self::Kind(*kind))
            .chain(Field::ALL.iter().map(|f| Self::Field(*f)))
    }

    /// As the protocol names it.
    #[must_use]
    pub fn spec(self) -> String {
        match self {
            Self::Kind(kind) => kind.to_string(),
            Self::Field(field) => format!("{FIELD}{field}"),
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text.strip_prefix(FIELD) {
            Some(field) => field.parse().ok().map(Self::Field),
            None => text.parse().ok().map(Self::Kind),
        }
    }
}

/// What a list is made of, in which format, and how far it was read. It is what a resumption token holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    #[serde(rename = "p")]
    pub format: Format,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Instant>,
    /// Before this instant.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Instant>,
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// After this place of the feed.
    #[serde(rename = "a")]
    pub after: i64,
    /// How many were told before.
    #[serde(rename = "n")]
    pub cursor: u64,
    #[serde(rename = "v")]
    pub verb: String,
}

impl Selection {
    /// The token that goes on from here.
    #[must_use]
    pub fn token(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The set, if one was asked for that there is.
    ///
    /// # Errors
    /// noRecordsMatch when there is no such set.
    pub fn set(&self) -> Result<Option<Set>, Refusal> {
        let Some(set) = &self.set else { return Ok(None) };
        let found =
            Set::read(set).ok_or_else(|| refuse("noRecordsMatch", format!("there is no set {set}")))?;
        Ok(Some(found))
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    Identify,
    ListMetadataFormats(Option<ListingId>),
    ListSets,
    GetRecord { id: ListingId, format: Format },
    ListIdentifiers(Selection),
    ListRecords(Selection),
}

/// What an item is called in the protocol: the same wherever this service stands.
#[must_use]
pub fn identifier(id: ListingId) -> String {
    format!("urn:uuid:{id}")
}

fn read_identifier(text: &str) -> Result<ListingId, Refusal> {
    let id = text.strip_prefix("urn:uuid:").and_then(|id| id.parse::<Uuid>().ok()).map(ListingId);
    id.ok_or_else(|| unknown(text))
}

/// There is no record of that name.
#[must_use]
pub fn unknown(identifier: &str) -> Refusal {
    refuse("idDoesNotExist", format!("there is no record {identifier}"))
}

fn format(text: &str) -> Result<Format, Refusal> {
    Format::read(text).ok_or_else(|| {
        refuse(
            "cannotDisseminateFormat",
            format!("there is no format {text}; ListMetadataFormats names them"),
        )
    })
}

/// Reads a request.
///
/// # Errors
/// The protocol's errors: badVerb, badArgument, badResumptionToken, cannotDisseminateFormat, idDoesNotExist.
pub fn read(arguments: &[(String, String)]) -> Result<Request, Refusal> {
    let verbs: Vec<&str> =
        arguments.iter().filter(|(name, _)| name == "verb").map(|(_, verb)| verb.as_str()).collect();
    let [verb] = verbs[..] else {
        return Err(refuse("badVerb", "give one verb"));
    };
    let one = |name: &str| arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let need = |name: &str| one(name).ok_or_else(|| refuse("badArgument", format!("{verb} needs {name}")));
    let takes: &[&str] = match verb {
        "Identify" => &[],
        "ListMetadataFormats" => &["identifier"],
        "ListSets" => &["resumptionToken"],
        "GetRecord" => &["identifier", "metadataPrefix"],
        "ListIdentifiers" | "ListRecords" => &["metadataPrefix", "from", "until", "set", "resumptionToken"],
        _ => return Err(refuse("badVerb", format!("there is no verb {verb}"))),
    };
    for (at, (name, _)) in arguments.iter().enumerate().filter(|(_, (name, _))| name != "verb") {
        if !takes.contains(&name.as_str()) {
            return Err(refuse("badArgument", format!("{verb} takes no {name}")));
        }
        if arguments[..at].iter().any(|(before, _)| before == name) {
            return Err(refuse("badArgument", format!("{name} is given twice")));
        }
    }
    match verb {
        "Identify" => Ok(Request::Identify),
        "ListMetadataFormats" => {
            Ok(Request::ListMetadataFormats(one("identifier").map(read_identifier).transpose()?))
        }
        "ListSets" if one("resumptionToken").is_some() => {
            Err(refuse("badResumptionToken", "the sets are given at once"))
        }
        "ListSets" => Ok(Request::ListSets),
        "GetRecord" => {
            let (id, prefix) = (need("identifier")?, need("metadataPrefix")?);
            Ok(Request::GetRecord { id: read_identifier(id)?, format: format(prefix)? })
        }
        _ => {
            let selection = match one("resumptionToken") {
                Some(_) if arguments.len() > 2 => {
                    return Err(refuse("badArgument", "resumptionToken goes alone"));
                }
                Some(token) => resumed(token, verb)?,
                None => selected(verb, need("metadataPrefix")?, one("from"), one("until"), one("set"))?,
            };
            let list = if verb == "ListRecords" { Request::ListRecords } else { Request::ListIdentifiers };
            Ok(list(selection))
        }
    }
}

fn resumed(token: &str, verb: &str) -> Result<Selection, Refusal> {
    let read: Option<Selection> =
        BASE64_URL_SAFE_NO_PAD.decode(token).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let sane = |at: Option<Instant>| at.is_none_or(|at| YEARS.contains(&at.year()));
    read.filter(|selection| selection.verb == verb && sane(selection.from) && sane(selection.before))
        .ok_or_else(|| refuse("badResumptionToken", "this is no token of this list"))
}

fn selected(
    verb: &str,
    prefix: &str,
    from: Option<&str>,
    until: Option<&str>,
    set: Option<&str>,
) -> Result<Selection, Refusal> {
    let format = format(prefix)?;
    let from = from.map(stamp).transpose()?;
    let until = until.map(stamp).transpose()?;
    if let (Some(from), Some(until)) = (from, until) {
        if from.granularity != until.granularity {
            return Err(refuse("badArgument", "from and until are of one granularity"));
        }
        if from.at > until.at {
            return Err(refuse("badArgument", "from comes after until"));
        }
    }
    Ok(Selection {
        format,
        from: from.map(|stamp| stamp.at),
        before: until.map(|stamp| stamp.at + stamp.granularity).filter(|at| YEARS.contains(&at.year())),
        set: set.map(str::to_owned),
        after: 0,
        cursor: 0,
        verb: verb.to_owned(),
    })
}

/// A datestamp: when it begins, and how long it lasts.
#[derive(Clone, Copy, Debug)]
struct Stamp {
    at: Instant,
    granularity: Duration,
}

fn stamp(text: &str) -> Result<Stamp, Refusal> {
    let wrong = || {
        refuse(
            "badArgument",
            format!("{text} is no datestamp: YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, both in UTC"),
        )
    };
    let stamp = match text.len() {
        10 => {
            let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| wrong())?;
            Stamp { at: day.and_time(NaiveTime::MIN).and_utc(), granularity: Duration::days(1) }
        }
        20 if text.ends_with('Z') => {
            let at = DateTime::parse_from_rfc3339(text).map_err(|_| wrong())?.with_timezone(&Utc);
            Stamp { at, granularity: Duration::seconds(1) }
        }
        _ => return Err(wrong()),
    };
    if YEARS.contains(&stamp.at.year()) { Ok(stamp) } else { Err(wrong()) }
}
