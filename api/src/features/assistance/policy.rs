//! Who may see a provider's help and do what to it. Pure.

use techmart_entity::docking::assistance::{Model, status::AssistanceMove};

use crate::{
    auth::Context,
    error::{AppError, Result},
    features::docking::policy::Relation,
    say,
};

/// Whether the caller is of the provider.
#[must_use]
pub fn is_provider(cx: &Context, row: &Model) -> bool {
    cx.actor.belongs_to(row.organisation_id)
}

/// Whether the caller sees whose docking it is for.
#[must_use]
pub fn sees_docking(relation: Relation) -> bool {
    relation.is_party() || relation.centre || relation.auditor
}

/// Whether the caller may know of it.
///
/// # Errors
/// 401 when nobody signed in, 404 when not.
pub fn see(cx: &Context, row: &Model, relation: Relation) -> Result<()> {
    cx.person()?;
    if is_provider(cx, row) || sees_docking(relation) { Ok(()) } else { Err(AppError::not_found()) }
}

/// Whether the caller may make the move. A side's request to call it off is `docking`'s to judge.
///
/// # Errors
/// 401, 403, 404.
pub fn move_it(cx: &Context, row: &Model, relation: Relation, mv: AssistanceMove) -> Result<()> {
    see(cx, row, relation)?;
    match mv {
        AssistanceMove::TakeOn | AssistanceMove::Decline | AssistanceMove::Deliver => {
            if cx.edits_for(row.organisation_id) {
                return Ok(());
            }
            Err(AppError::forbidden(say!(
                "这一步由服务机构的负责人或编辑执行（Acting-Organisation）。",
                "Owners and editors of the provider do this (Acting-Organisation)."
            )))
        }
        AssistanceMove::Cancel => {
            let by = crate::features::docking::policy::acts(relation)?;
            if by == row.requested_side || relation.broker {
                return Ok(());
            }
            Err(AppError::forbidden(say!(
                "由提出的一方或技术经理人取消。",
                "The side that asked for it calls it off, or a broker."
            )))
        }
    }
}
