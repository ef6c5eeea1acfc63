//! What time brings to entries: the end of their agreements.

use techmart_entity::{
    audit::SubjectKind,
    id::ListingId,
    provider::{entry::ActiveModel, status::EntryMove},
};

use super::{
    repo,
    service::{begin, tell},
};
use crate::{auth::Context, error::Result, features::audit::Record, state::State, web::etag::Precondition};

/// Lets entries expire whose agreement is over; says how many.
///
/// # Errors
/// When the database cannot be asked.
pub async fn expire_entries(state: &State) -> Result<usize> {
    let today = crate::clock::day_of(state.clock.now());
    let over = repo::over(state.db.read(), today, 200).await?;
    let mut n = 0;
    for row in over {
        let cx = Context::system(state.clock.now());
        // Another instance, or a renewal, may have been faster: then the move is not legal any more.
        if matches!(expire_one(state, &cx, row.listing_id).await, Ok(true)) {
            n += 1;
        }
    }
    Ok(n)
}

async fn expire_one(state: &State, cx: &Context, page: ListingId) -> Result<bool> {
    state
        .db
        .write(async |tx| {
            let (row, _, change) = begin(tx, cx, page, EntryMove::Expire, &Precondition::any()).await?;
            if row.agreement_valid_to.is_none_or(|end| end >= cx.today) {
                return Ok(false);
            }
            repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
            tell(tx, cx, Record::of_move(&change, SubjectKind::ProviderEntry, row.id)).await?;
            Ok(true)
        })
        .await
}
