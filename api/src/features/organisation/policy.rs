//! Who may see, change and verify an organisation. Pure: an actor, a row, a move.

use techmart_entity::{
    account::Role,
    organisation::{
        Model,
        membership::MemberRole,
        status::{VerificationMove, VerificationStatus},
    },
};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// What a caller is to an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Belongs to it, in whatever role.
    pub member: bool,
    /// Acts for it and may change its things.
    pub editor: bool,
    /// Acts for it and owns it.
    pub owner: bool,
    pub centre: bool,
    pub auditor: bool,
}

/// What the caller is to the organisation.
#[must_use]
pub fn relation(cx: &Context, row: &Model) -> Relation {
    let owns = cx.actor.person().is_some_and(|person| {
        person
            .memberships
            .iter()
            .any(|membership| membership.organisation_id == row.id && membership.role == MemberRole::Owner)
    });
    Relation {
        member: cx.actor.belongs_to(row.id),
        editor: cx.edits_for(row.id),
        owner: owns && cx.acting == Some(row.id),
        centre: cx.actor.is_centre(),
        auditor: cx.actor.is_auditor(),
    }
}

/// Whether the caller may see more than everybody: credit code, verification, history, members.
#[must_use]
pub fn may_look_inside(relation: Relation) -> bool {
    relation.member || relation.centre || relation.auditor
}

/// Whether the caller may see the contacts and the members' addresses.
#[must_use]
pub fn may_read_contacts(relation: Relation) -> bool {
    relation.member || relation.centre
}

/// Whether the caller may list organisations that are not verified.
#[must_use]
pub fn may_list_all(cx: &Context) -> bool {
    cx.actor.is_centre() || cx.actor.is_auditor()
}

/// Whether nobody registered it: a source names it, and brokers look after it.
#[must_use]
pub fn is_named_by_source(row: &Model) -> bool {
    row.created_by.is_none()
}

/// Whether the caller may make an organisation: any person but an auditor, who only reads.
///
/// # Errors
/// 401 or 403.
pub fn create(cx: &Context) -> Result<()> {
    match cx.person()?.role {
        Role::Member | Role::Broker | Role::Admin => Ok(()),
        Role::Auditor => Err(AppError::forbidden(say!("审计账号只读。", "Auditors only read."))),
    }
}

/// Whether the caller may change the row. A broker may, but not where they are a member: there they act
/// as one.
///
/// # Errors
/// 401 or 403.
pub fn edit(cx: &Context, relation: Relation) -> Result<()> {
    cx.person()?;
    if relation.editor || (cx.actor.is_broker() && !relation.member) {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "只有代表该单位的负责人或编辑（请用 Acting-Organisation 指明单位）和技术经理人可以修改。",
        "Owners and editors who act for the organisation change it (name it in Acting-Organisation), and brokers do."
    )))
}

/// Whether name, kind and credit code may be changed: what was verified stays what it is, and what
/// waits for a decision changes only by whoever decides.
#[must_use]
pub fn may_change_identity(cx: &Context, row: &Model) -> bool {
    match row.verification {
        VerificationStatus::Unverified | VerificationStatus::Rejected | VerificationStatus::Expired => true,
        VerificationStatus::Submitted => cx.actor.is_broker() && !cx.actor.belongs_to(row.id),
        VerificationStatus::Verified | VerificationStatus::Suspended => false,
    }
}

/// Whether the caller may say where a verified organisation is: a broker who does not belong to it.
#[must_use]
pub fn may_change_place(cx: &Context, row: &Model) -> bool {
    cx.actor.is_broker() && !cx.actor.belongs_to(row.id)
}

/// Whether the caller may make the move. Where it leads is the life cycle's to say.
///
/// # Errors
/// 401 or 403.
pub fn move_it(cx: &Context, row: &Model, relation: Relation, mv: VerificationMove) -> Result<()> {
    if cx.actor.is_system() {
        return Ok(());
    }
    cx.person()?;
    match mv {
        VerificationMove::Submit => {
            let for_a_source = is_named_by_source(row) && cx.actor.is_broker() && !relation.member;
            if relation.editor || for_a_source {
                return Ok(());
            }
            Err(AppError::forbidden(say!(
                "由代表该单位的负责人或编辑提交认证（请用 Acting-Organisation 指明单位）。",
                "Owners and editors who act for the organisation submit it; name it in Acting-Organisation."
            )))
        }
        VerificationMove::Verify | VerificationMove::Reject | VerificationMove::Renew => {
            if !cx.actor.is_broker() {
                return Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")));
            }
            disinterested(relation)
        }
        VerificationMove::Suspend | VerificationMove::Resume => {
            if !(cx.actor.is_broker() || cx.actor.is_admin()) {
                return Err(AppError::forbidden(say!(
                    "这一步由技术经理人或管理员执行。",
                    "Brokers and admins do this."
                )));
            }
            disinterested(relation)
        }
        VerificationMove::Expire => {
            Err(AppError::forbidden(say!("到期由系统执行。", "The service itself lets things expire.")))
        }
    }
}

/// Whether the caller may ask for another term of the verification: who may also submit it.
///
/// # Errors
/// 401 or 403.
pub fn ask_renewal(cx: &Context, relation: Relation) -> Result<()> {
    cx.person()?;
    if relation.editor {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "由代表该单位的负责人或编辑申请续期（请用 Acting-Organisation 指明单位）。",
        "Owners and editors who act for the organisation ask for it; name it in Acting-Organisation."
    )))
}

fn disinterested(relation: Relation) -> Result<()> {
    if !relation.member {
        return Ok(());
    }
    Err(AppError::new(
        Code::ConflictOfInterest,
        say!(
            "您是该单位成员，请由其他技术经理人处理。",
            "You belong to that organisation; another broker has to do this."
        ),
    ))
}

/// Whether the caller may see the members. Everybody may know of the organisation, so this is 403.
///
/// # Errors
/// 401 or 403.
pub fn see_members(cx: &Context, relation: Relation) -> Result<()> {
    cx.person()?;
    if may_look_inside(relation) {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "仅成员、服务中心和审计可以查看。",
        "This is for members, the centre and auditors."
    )))
}

/// Whether the caller may add, change and remove members. Where nobody owns an organisation that a
/// source names, a broker brings in its first people.
///
/// # Errors
/// 401 or 403.
pub fn manage_members(cx: &Context, row: &Model, relation: Relation, has_owner: bool) -> Result<()> {
    cx.person()?;
    let first_people = !has_owner && is_named_by_source(row) && cx.actor.is_broker() && !relation.member;
    if relation.owner || first_people {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "成员由代表该单位的负责人管理（请用 Acting-Organisation 指明单位）。",
        "Owners who act for the organisation look after its members; name it in Acting-Organisation."
    )))
}
