//! Who may see and move an entry. Pure: an actor, what they are to the page, a row, a move.

use techmart_entity::provider::{
    entry::Model,
    status::{EntryMove, EntryStatus},
};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    features::listing::policy::Relation,
    say,
};

/// Whether the caller may see all of the entry.
#[must_use]
pub fn may_look_inside(relation: Relation) -> bool {
    relation.member || relation.centre || relation.auditor
}

/// Whether the caller, who may read the page, may know of the entry: everybody may of one that holds.
///
/// # Errors
/// 404 when not.
pub fn see(row: &Model, relation: Relation) -> Result<()> {
    if may_look_inside(relation) || row.status == EntryStatus::Entered {
        Ok(())
    } else {
        Err(AppError::not_found())
    }
}

/// Whether the caller may apply for the page's organisation.
///
/// # Errors
/// 401 or 403.
pub fn apply(cx: &Context, relation: Relation) -> Result<()> {
    cx.person()?;
    if relation.editor { Ok(()) } else { Err(keeper_only()) }
}

/// Whether the caller may make the move. Where it leads is the life cycle's to say.
///
/// # Errors
/// 401 or 403.
pub fn move_it(cx: &Context, row: &Model, relation: Relation, mv: EntryMove) -> Result<()> {
    if cx.actor.is_system() {
        return Ok(());
    }
    let person = cx.person()?;
    let (is_broker, is_admin) = (cx.actor.is_broker(), cx.actor.is_admin());
    let refusal = match mv {
        EntryMove::Review | EntryMove::Enter | EntryMove::Suspend | EntryMove::Resume | EntryMove::Renew => {
            (!is_broker).then(|| AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")))
        }
        EntryMove::Approve => {
            (!is_admin).then(|| AppError::forbidden(say!("入驻由管理员批准。", "An admin approves entries.")))
        }
        EntryMove::Reject => (!(is_broker || is_admin)).then(|| {
            AppError::forbidden(say!("这一步由技术经理人或管理员执行。", "Brokers and admins do this."))
        }),
        // The provider itself may leave; nobody has to be disinterested for that.
        EntryMove::Exit if relation.editor => return Ok(()),
        EntryMove::Exit => (!(is_broker || is_admin)).then(keeper_only),
        EntryMove::Expire => {
            Some(AppError::forbidden(say!("到期由系统执行。", "The service itself lets things expire.")))
        }
    };
    if let Some(refusal) = refusal {
        return Err(refusal);
    }
    if relation.member {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "您是该单位成员，请由其他人员处理。",
                "You belong to that organisation; somebody else has to do this."
            ),
        ));
    }
    if mv == EntryMove::Approve && row.reviewed_by == Some(person.account_id) {
        return Err(AppError::new(
            Code::ConflictOfInterest,
            say!("审核人不能同时批准。", "Whoever reviewed it does not approve it."),
        ));
    }
    Ok(())
}

fn keeper_only() -> AppError {
    AppError::forbidden(say!(
        "只有代表该单位的负责人或编辑可以这样操作（请用 Acting-Organisation 指明单位）。",
        "Owners and editors who act for the organisation do this; name it in Acting-Organisation."
    ))
}
