//! What time brings to events: participants are reminded a day before.

use chrono::Duration;
use techmart_entity::audit::SubjectKind;

use super::repo;
use crate::{
    auth::Context,
    error::Result,
    features::{audit::Record, listing::service::record_and_tell},
    state::State,
};

/// How long before it begins.
const AHEAD: i64 = 24;

/// Reminds the participants of events that begin within a day; says of how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn remind(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let mut n = 0;
    for row in repo::to_remind(state.db.read(), now, now + Duration::hours(AHEAD)).await? {
        let cx = Context::system(now);
        let first = state
            .db
            .write(async |tx| {
                // Of two instances one reminds.
                let first = repo::reminded(tx, row.id, now).await?;
                if first {
                    record_and_tell(tx, &cx, Record::act("remind", SubjectKind::Event, row.id)).await?;
                }
                Ok(first)
            })
            .await?;
        n += usize::from(first);
    }
    Ok(n)
}
