//! What time brings to dockings: the end of an interest that nobody answered.

use sea_orm::Set;
use techmart_entity::{
    docking::{ActiveModel, status::DockingMove},
    id::DockingId,
};

use super::{
    repo,
    service::{begin, record_move},
};
use crate::{auth::Context, clock::day_of, error::Result, state::State, web::etag::Precondition};

/// Lets interests expire that were not answered by their last day; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn expire(state: &State) -> Result<usize> {
    let over = repo::overdue(state.db.read(), day_of(state.clock.now()), 200).await?;
    let mut n = 0;
    for row in over {
        let cx = Context::system(state.clock.now());
        // Another instance, or an answer, may have been faster: then the move is not legal any more.
        if expire_one(state, &cx, row.id).await.is_ok() {
            n += 1;
        }
    }
    Ok(n)
}

async fn expire_one(state: &State, cx: &Context, id: DockingId) -> Result<()> {
    state
        .db
        .write(async |tx| {
            let (row, _, change) = begin(tx, cx, id, DockingMove::Expire, &Precondition::any()).await?;
            if row.expires_on.is_none_or(|last| last >= cx.today) {
                return Ok(());
            }
            let set = ActiveModel { ended_at: Set(Some(cx.now)), ..Default::default() };
            repo::advance(tx, &row, &change, cx.now, set).await?;
            record_move(tx, cx, id, &change, None, None).await
        })
        .await
}
