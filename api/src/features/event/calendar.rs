//! An event as an entry of a calendar (RFC 5545): what everybody may know, and no address to join it.

use icalendar::{Calendar, Component, Event as Entry, EventLike, EventStatus as EntryStatus};
use techmart_entity::event::{Model, status::EventStatus};

/// The file. Its UID stays, its sequence rises with the event's version, its times are in UTC.
#[must_use]
pub fn ics(row: &Model, public_url: &str) -> String {
    let mut entry = Entry::new();
    entry
        .uid(&format!("event-{}@techmart", row.id))
        .sequence(u32::try_from(row.version).unwrap_or(u32::MAX))
        .timestamp(row.updated_at)
        .summary(&row.title)
        .description(&row.summary)
        .starts(row.starts_at)
        .ends(row.ends_at)
        .url(&format!("{public_url}/api/v1/events/{}", row.id))
        .status(match row.status {
            EventStatus::Cancelled => EntryStatus::Cancelled,
            EventStatus::Draft => EntryStatus::Tentative,
            EventStatus::Open | EventStatus::Closed | EventStatus::Held | EventStatus::Reported => {
                EntryStatus::Confirmed
            }
        });
    if let Some(place) = &row.place {
        entry.location(place);
    }
    Calendar::new().name("techmart").push(entry.done()).done().to_string()
}
