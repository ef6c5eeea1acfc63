//! Invitations to a calendar (RFC 5545, by the rules of RFC 5546). One invitation keeps its UID; what has to replace an
//! earlier one has a higher sequence.

use chrono::Duration;
use icalendar::{Component, Event, EventLike, EventStatus, Property};
use techmart_entity::Instant;

use super::Calendar;

/// What calendars are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Come, or: it has changed.
    Request,
    /// It does not take place.
    Cancel,
    /// For whoever wants to note it.
    Publish,
}

impl Method {
    fn name(self) -> &'static str {
        match self {
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
            Self::Publish => "PUBLISH",
        }
    }
}

/// Something that takes place, without whom it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub method: Method,
    /// Stays the same whatever changes.
    pub uid: String,
    pub sequence: u32,
    /// When it was last changed.
    pub changed_at: Instant,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub summary: String,
    pub description: Option<String>,
    pub location: Option<String>,
    pub url: Option<String>,
}

impl Invitation {
    /// The file, for one reader. Nobody else is named in it: who else is asked is not a guest's to know.
    #[must_use]
    pub fn write(&self, organiser: &str, guest: Option<&str>) -> Calendar {
        let mut event = Event::new();
        event
            .uid(&self.uid)
            .sequence(self.sequence)
            .timestamp(self.changed_at)
            .starts(self.starts_at)
            .ends(self.ends_at)
            .summary(&clean(&self.summary))
            .status(match self.method {
                Method::Request | Method::Publish => EventStatus::Confirmed,
                Method::Cancel => EventStatus::Cancelled,
            })
            .append_property(Property::new("ORGANIZER", format!("mailto:{organiser}")));
        if let Some(description) = &self.description {
            event.description(&clean(description));
        }
        if let Some(location) = &self.location {
            event.location(&clean(location));
        }
        if let Some(url) = &self.url {
            // An address is not escaped in the file: nothing in it may end its line.
            event.url(&url.replace(|c: char| c.is_control() || c.is_whitespace(), ""));
        }
        if let Some(guest) = guest {
            let mut guest = Property::new("ATTENDEE", format!("mailto:{guest}"));
            guest.add_parameter("ROLE", "REQ-PARTICIPANT").add_parameter("PARTSTAT", "NEEDS-ACTION");
            event.append_multi_property(guest);
        }
        let mut calendar = icalendar::Calendar::empty();
        calendar
            .append_property(("VERSION", "2.0"))
            .append_property(("PRODID", "-//techmart//techmart//ZH"))
            .append_property(("CALSCALE", "GREGORIAN"))
            .append_property(("METHOD", self.method.name()))
            .push(event);
        Calendar { method: self.method.name(), ics: calendar.to_string() }
    }
}

/// When something ends that begins then and lasts so many minutes.
#[must_use]
pub fn after(starts_at: Instant, minutes: i32) -> Instant {
    starts_at + Duration::minutes(i64::from(minutes))
}

/// Text whose only control character is the line feed, which the file escapes.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.replace(|c: char| c.is_control() && c != '\n', "")
}
