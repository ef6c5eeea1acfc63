//! An event as an entry of a calendar (RFC 5545): what everybody may know, and no address to join it.

use techmart_entity::event::{Model, status::EventStatus};

use crate::mail::{Invitation, Method};

/// What calendars are told. The UID stays, the sequence rises with the event's version.
#[must_use]
pub fn invitation(row: &Model, method: Method) -> Invitation {
    Invitation {
        method: if row.status == EventStatus::Cancelled { Method::Cancel } else { method },
        uid: format!("event-{}@techmart", row.id),
        sequence: u32::try_from(row.version).unwrap_or(u32::MAX),
        changed_at: row.updated_at,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        summary: row.title.clone(),
        description: Some(row.summary.clone()),
        location: row.place.clone(),
        url: None,
    }
}
