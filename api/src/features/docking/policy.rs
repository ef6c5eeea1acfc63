//! Who may see and move a docking. Pure: an actor, a row, a move.

use techmart_entity::{
    docking::{Model, Side, status::DockingMove},
    id::AccountId,
    listing::Audience,
};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// What a caller is to a docking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Belongs to the enterprise, in whatever role.
    pub enterprise: bool,
    /// Belongs to the supplier, in whatever role.
    pub supplier: bool,
    /// The side for which the caller acts and may change things.
    pub side: Option<Side>,
    /// Is a broker.
    pub broker: bool,
    /// Does the centre's work.
    pub centre: bool,
    /// Reads everything but what is private.
    pub auditor: bool,
}

/// What the caller is to the docking.
#[must_use]
pub fn relation(cx: &Context, row: &Model) -> Relation {
    let side = if cx.edits_for(row.enterprise_id) {
        Some(Side::Enterprise)
    } else if cx.edits_for(row.supplier_id) {
        Some(Side::Supplier)
    } else {
        None
    };
    Relation {
        enterprise: cx.actor.belongs_to(row.enterprise_id),
        supplier: cx.actor.belongs_to(row.supplier_id),
        side,
        broker: cx.actor.is_broker(),
        centre: cx.actor.is_centre(),
        auditor: cx.actor.is_auditor(),
    }
}

impl Relation {
    /// Belongs to one of the two sides.
    #[must_use]
    pub fn is_party(self) -> bool {
        self.enterprise || self.supplier
    }

    /// The sides whose members the caller is one of, or the centre: whose talk they may read.
    #[must_use]
    pub fn reads_as(self) -> Vec<Side> {
        let sides = [
            (self.enterprise, Side::Enterprise),
            (self.supplier, Side::Supplier),
            // Whoever belongs to a side is no centre here: the other side's talk is not theirs.
            ((self.centre || self.auditor) && !self.is_party(), Side::Centre),
        ];
        sides.into_iter().filter_map(|(is, side)| is.then_some(side)).collect()
    }

    /// Sees who of the centre and of the parties did what.
    #[must_use]
    pub fn sees_people(self) -> bool {
        self.centre || self.auditor
    }
}

/// The side whose interest begins the docking: the enterprise on an achievement, the supplier on a demand.
#[must_use]
pub fn initiator(row: &Model) -> Side {
    if row.achievement_id.is_some() { Side::Enterprise } else { Side::Supplier }
}

/// The side that answers it.
#[must_use]
pub fn responder(row: &Model) -> Side {
    opposite(initiator(row))
}

/// The other of the two sides.
#[must_use]
pub fn opposite(side: Side) -> Side {
    match side {
        Side::Enterprise => Side::Supplier,
        Side::Supplier => Side::Enterprise,
        Side::Centre => Side::Centre,
    }
}

/// Whether the caller may know of the docking.
///
/// # Errors
/// 401 when nobody signed in, 404 when not.
pub fn see(cx: &Context, relation: Relation) -> Result<()> {
    if cx.actor.is_system() {
        return Ok(());
    }
    cx.person()?;
    if relation.is_party() || relation.centre || relation.auditor {
        Ok(())
    } else {
        Err(AppError::not_found())
    }
}

/// Whether the caller is told who the enterprise is. `audience` is the demand's, where it is about one:
/// who posts without a name is named to the supplier once the interest is accepted.
#[must_use]
pub fn names_enterprise(row: &Model, relation: Relation, audience: Option<Audience>) -> bool {
    let posts_openly = match audience {
        None | Some(Audience::Public | Audience::SignedIn) => true,
        Some(Audience::Parties | Audience::Anonymous | Audience::Unlisted) => false,
    };
    posts_openly || row.accepted_at.is_some() || relation.enterprise || relation.centre || relation.auditor
}

/// For which side the caller acts; a broker for the centre.
///
/// # Errors
/// 403 for whoever may only look, and for a broker who belongs to one of the sides.
pub fn acts(relation: Relation) -> Result<Side> {
    if let Some(side) = relation.side {
        return Ok(side);
    }
    if relation.broker {
        disinterested(relation)?;
        return Ok(Side::Centre);
    }
    Err(AppError::forbidden(say!(
        "只有代表对接一方的负责人或编辑（请用 Acting-Organisation 指明单位）或技术经理人可以这样操作。",
        "Owners and editors who act for one of the sides do this (name it in Acting-Organisation), and brokers."
    )))
}

/// Whether the caller may make the move, and for which side. Where the move leads is the life cycle's
/// to say.
///
/// # Errors
/// 401, 403 or 404.
pub fn move_it(cx: &Context, row: &Model, relation: Relation, mv: DockingMove) -> Result<Side> {
    see(cx, relation)?;
    if cx.actor.is_system() {
        return Ok(Side::Centre);
    }
    match mv {
        DockingMove::ExpressInterest => only(relation, initiator(row)),
        DockingMove::Decline => only(relation, responder(row)),
        DockingMove::Accept => {
            let by = acts(relation)?;
            if by == initiator(row) {
                return Err(other_side());
            }
            other_person(cx, row.interest_by.filter(|_| by != Side::Centre))?;
            Ok(by)
        }
        DockingMove::ConfirmMeeting
        | DockingMove::Negotiate
        | DockingMove::SignContract
        | DockingMove::Land
        | DockingMove::Dismiss
        | DockingMove::Close => acts(relation),
        DockingMove::RegisterContract | DockingMove::Reopen => {
            if !relation.broker {
                return Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")));
            }
            disinterested(relation)?;
            Ok(Side::Centre)
        }
        DockingMove::Expire => {
            Err(AppError::forbidden(say!("到期由系统执行。", "The service itself lets things expire.")))
        }
    }
}

/// Whether the caller may say who of the centre looks after it: whoever does, and admins; of what nobody looks after, any
/// broker.
///
/// # Errors
/// 403
pub fn leads(cx: &Context, row: &Model, relation: Relation) -> Result<()> {
    if !relation.centre {
        return Err(AppError::forbidden(say!("这一步由服务中心执行。", "The service centre does this.")));
    }
    disinterested(relation)?;
    if cx.actor.is_admin() || row.broker_id.is_none() || row.broker_id == cx.account_id() {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "该对接由他人负责，只有本人或管理员可以转交。",
        "Somebody else looks after it; they or an admin hand it over."
    )))
}

/// Whether `by` may confirm what was recorded: it takes another side and another person than recorded it; of
/// the centre's people another one.
///
/// # Errors
/// 403 for the side or the person that recorded it.
pub fn confirm(cx: &Context, by: Side, recorded_side: Side, recorded_by: AccountId) -> Result<()> {
    if by == recorded_side && by != Side::Centre {
        return Err(other_side());
    }
    other_person(cx, Some(recorded_by))
}

/// Whether `by` may answer what `side` proposed.
///
/// # Errors
/// 403 for that side itself.
pub fn answers(by: Side, side: Side) -> Result<()> {
    if by == side { Err(other_side()) } else { Ok(()) }
}

/// Whose contacts the caller may see.
///
/// # Errors
/// 403 before the two have consented, and for whoever acts for neither side nor the centre.
pub fn reveals(row: &Model, relation: Relation) -> Result<Vec<Side>> {
    let sides = match relation.side {
        Some(side) => vec![opposite(side)],
        None if relation.centre => vec![Side::Enterprise, Side::Supplier],
        None => {
            return Err(AppError::forbidden(say!(
                "联系方式仅对代表对接一方的负责人、编辑和服务中心开放（请用 Acting-Organisation 指明单位）。",
                "Contacts are for owners and editors who act for one of the sides (name it in Acting-Organisation) and for the centre."
            )));
        }
    };
    if row.stage.has_consent() {
        return Ok(sides);
    }
    Err(AppError::forbidden(say!(
        "双方同意对接后才能查看联系方式；对接结束后不再开放。",
        "Contacts are shown once both sides have consented, and while the docking goes on."
    )))
}

fn only(relation: Relation, side: Side) -> Result<Side> {
    match acts(relation)? {
        by if by == side => Ok(by),
        Side::Centre => {
            Err(AppError::forbidden(say!("这一步由对接双方执行。", "The sides themselves do this.")))
        }
        Side::Enterprise | Side::Supplier => Err(other_side()),
    }
}

fn other_side() -> AppError {
    AppError::forbidden(say!("这一步由对方执行。", "The other side does this."))
}

fn other_person(cx: &Context, before: Option<AccountId>) -> Result<()> {
    if before.is_none() || before != cx.account_id() {
        return Ok(());
    }
    Err(AppError::new(
        Code::ConflictOfInterest,
        say!(
            "上一步由您本人完成，这一步须由他人执行。",
            "You did the step before; somebody else has to do this one."
        ),
    ))
}

fn disinterested(relation: Relation) -> Result<()> {
    if !relation.is_party() {
        return Ok(());
    }
    Err(AppError::new(
        Code::ConflictOfInterest,
        say!(
            "您是对接一方的成员，请由其他技术经理人处理。",
            "You belong to one of the sides; another broker has to do this."
        ),
    ))
}
