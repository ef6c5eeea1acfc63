//! What time brings to listings: the end of their term.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use techmart_entity::{
    id::ListingId,
    listing::{
        ActiveModel, Column, Entity, ListingKind,
        status::{ListingMove, ListingStatus},
    },
};

use super::{
    repo,
    service::{begin, record_and_tell, show_anew},
    subject,
};
use crate::{
    auth::Context,
    error::Result,
    features::{audit::Record, ledger::rules as counting},
    state::State,
    web::etag::Precondition,
};

/// Lets published items expire whose term is over; says how many.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn expire(state: &State) -> Result<usize> {
    let now = state.clock.now();
    let over = Entity::find()
        .filter(Column::Status.eq(ListingStatus::Published))
        .filter(Column::ExpiresAt.lte(now))
        .order_by_asc(Column::ExpiresAt)
        .limit(200)
        .all(state.db.read())
        .await?;
    let mut n = 0;
    for row in over {
        let cx = Context::system(state.clock.now());
        // Another instance, or a renewal, may have been faster: then the move is not legal any more.
        if expire_one(state, &cx, row.kind, row.id).await.is_ok() {
            n += 1;
        }
    }
    Ok(n)
}

async fn expire_one(state: &State, cx: &Context, kind: ListingKind, id: ListingId) -> Result<()> {
    state
        .db
        .write(async |tx| {
            let (row, slot, change) =
                begin(tx, cx, kind, id, ListingMove::Expire, &Precondition::any()).await?;
            if row.expires_at.is_none_or(|end| end > cx.now) {
                return Ok(());
            }
            let expired = repo::advance(tx, &row, slot, &change, cx.now, ActiveModel::default()).await?;
            counting::listing::expired(tx, cx, &expired).await?;
            record_and_tell(tx, cx, Record::of_move(&change, subject(kind), id)).await?;
            show_anew(tx, cx, id).await
        })
        .await
}
