//! Who may see and move a listing. Pure: an actor, a row, a move.

use techmart_entity::{
    account::Role,
    listing::{
        Audience, Diagnosis, DiagnosisOutcome, Model,
        status::{ListingMove, ListingStatus},
    },
};

use crate::{
    auth::{Actor, Context},
    error::{AppError, Code, Result},
    say,
};

/// What a caller is to a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Belongs to the owner, in whatever role.
    pub member: bool,
    /// Acts for the owner and may change its things.
    pub editor: bool,
    /// Does the centre's work.
    pub centre: bool,
    /// Reads everything but what is private.
    pub auditor: bool,
    /// Is a party of one of its dockings.
    pub party: bool,
    /// Its owner is suspended: whoever is outside does not see it meanwhile.
    pub concealed: bool,
}

impl Relation {
    /// Nothing: whoever reads what everybody may.
    pub const OUTSIDE: Self =
        Self { member: false, editor: false, centre: false, auditor: false, party: false, concealed: false };
}

/// What the caller is to the listing. `party` is looked up by the caller, where it can matter.
#[must_use]
pub fn relation(cx: &Context, row: &Model, party: bool) -> Relation {
    let owner = row.organisation_id;
    Relation {
        member: owner.is_some_and(|owner| cx.actor.belongs_to(owner)),
        editor: owner.is_some_and(|owner| cx.edits_for(owner)),
        centre: cx.actor.is_centre(),
        auditor: cx.actor.is_auditor(),
        party,
        concealed: false,
    }
}

/// Whether the caller may read the published page (or its tombstone).
#[must_use]
pub fn may_read_page(cx: &Context, row: &Model, relation: Relation) -> bool {
    let insider = relation.member || relation.centre || relation.auditor;
    if !row.was_published() {
        return false;
    }
    if insider || relation.party {
        return true;
    }
    if row.status == ListingStatus::Suspended || relation.concealed {
        return false;
    }
    match row.audience {
        Audience::Public | Audience::Anonymous => true,
        Audience::SignedIn => !matches!(cx.actor, Actor::Visitor),
        Audience::Parties | Audience::Unlisted => false,
    }
}

/// Whether the row says nothing to anybody on its page that it does not say to everybody who signed in:
/// it is published, shown, names its owner, and has none of what is for insiders.
#[must_use]
pub fn is_open(row: &Model, owner_suspended: bool) -> bool {
    let shown = match row.status {
        ListingStatus::Published
        | ListingStatus::Expired
        | ListingStatus::Solved
        | ListingStatus::ClosedUnsolved => !owner_suspended,
        // Of a tombstone those outside see no content.
        ListingStatus::Draft
        | ListingStatus::Submitted
        | ListingStatus::InReview
        | ListingStatus::Returned
        | ListingStatus::Rejected
        | ListingStatus::Suspended
        | ListingStatus::Withdrawn
        | ListingStatus::Merged => false,
    };
    let named = match row.audience {
        Audience::Public | Audience::SignedIn => true,
        Audience::Anonymous | Audience::Parties | Audience::Unlisted => false,
    };
    let plain = row.next_status.is_none() && row.diagnosis.is_none() && row.claimed_by.is_none();
    shown && named && plain
}

/// Whether the caller may read the working version, its history and its duplicates.
#[must_use]
pub fn may_read_draft(relation: Relation) -> bool {
    relation.member || relation.centre || relation.auditor
}

/// Whether the caller is told how complete the working version is: whoever could mend it or have it mended.
#[must_use]
pub fn may_see_completeness(relation: Relation) -> bool {
    relation.member || relation.centre
}

/// Whether the caller may see the contact in the content.
#[must_use]
pub fn may_read_contact(relation: Relation) -> bool {
    relation.member || relation.centre
}

/// Whether the caller may see who owns it.
#[must_use]
pub fn may_read_owner(row: &Model, relation: Relation) -> bool {
    row.audience != Audience::Anonymous
        || relation.member
        || relation.centre
        || relation.auditor
        || relation.party
}

/// Whether the caller may know of the row at all: the least there is to see of it.
///
/// # Errors
/// 404 when not.
pub fn see(cx: &Context, row: &Model, relation: Relation) -> Result<()> {
    if may_read_draft(relation) || may_read_page(cx, row, relation) {
        Ok(())
    } else {
        Err(AppError::not_found())
    }
}

/// Whether the caller may change the draft.
///
/// # Errors
/// 401, 403 or 404.
pub fn edit(cx: &Context, row: &Model, relation: Relation) -> Result<()> {
    see(cx, row, relation)?;
    cx_person(cx)?;
    let for_the_centre = relation.centre && is_collected(row);
    if relation.editor || for_the_centre {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "只有代表该单位的负责人或编辑可以修改（请用 Acting-Organisation 指明单位）；整合汇聚的条目由技术经理人修改。",
        "Owners and editors who act for the organisation change it (name it in Acting-Organisation); brokers change what was collected."
    )))
}

/// Whether the centre keeps the item, because nobody of its owner does.
#[must_use]
pub fn is_collected(row: &Model) -> bool {
    use techmart_entity::listing::Source;
    match row.source {
        Source::Own => false,
        Source::Imported | Source::Collected => true,
    }
}

/// Whether the caller may make the move. Where the move leads is the life cycle's to say.
///
/// # Errors
/// 401, 403 or 404.
pub fn move_it(cx: &Context, row: &Model, relation: Relation, mv: ListingMove) -> Result<()> {
    see(cx, row, relation)?;
    if cx.actor.is_system() {
        return Ok(());
    }
    let person = cx_person(cx)?;
    let is_broker = person.role == Role::Broker;
    let is_admin = person.role == Role::Admin;
    let keeper = relation.editor || (relation.centre && is_collected(row));
    match mv {
        ListingMove::Submit | ListingMove::Recall | ListingMove::Renew => allow(keeper, keeper_only),
        ListingMove::Withdraw => allow(keeper || is_admin, keeper_only),
        ListingMove::Claim | ListingMove::Publish | ListingMove::Return | ListingMove::Reject => {
            allow(is_broker, broker_only)?;
            disinterested(relation)?;
            if mv == ListingMove::Claim { Ok(()) } else { holds_claim(cx, row) }
        }
        ListingMove::Release => {
            allow(is_broker || is_admin, broker_only)?;
            if is_admin { Ok(()) } else { holds_claim(cx, row) }
        }
        ListingMove::Suspend | ListingMove::Resume => {
            allow(is_broker, broker_only)?;
            disinterested(relation)
        }
        ListingMove::Solve | ListingMove::CloseUnsolved => allow(relation.editor || is_broker, keeper_only),
        ListingMove::Expire => {
            Err(AppError::forbidden(say!("到期由系统执行。", "The service itself lets things expire.")))
        }
        ListingMove::Merge | ListingMove::Unmerge => Err(AppError::forbidden(say!(
            "合并在疑似重复中判定（/duplicates）。",
            "Merges are decided among the possible duplicates (/duplicates)."
        ))),
    }
}

/// Whether the caller may judge the demand. A second judgement is a second person's.
///
/// # Errors
/// 401, 403 or 404.
pub fn diagnose(cx: &Context, row: &Model, relation: Relation) -> Result<()> {
    see(cx, row, relation)?;
    let person = cx_person(cx)?;
    allow(person.role == Role::Broker, broker_only)?;
    disinterested(relation)?;
    let asks_another = |said: &&Diagnosis| said.outcome == DiagnosisOutcome::NeedsSecondDiagnosis;
    match row.diagnosis.as_ref().filter(asks_another) {
        Some(first) if Some(first.by) == cx.account_id() => Err(AppError::new(
            Code::ConflictOfInterest,
            say!(
                "首次诊断由您作出并要求二次诊断，须由另一位技术经理人完成。",
                "You asked for a second diagnosis; another broker gives it."
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

/// Whether the caller may read all judgements of the demand.
///
/// # Errors
/// 401, 403 or 404.
pub fn read_diagnoses(cx: &Context, row: &Model, relation: Relation) -> Result<()> {
    see(cx, row, relation)?;
    cx_person(cx)?;
    if relation.centre || relation.auditor {
        return Ok(());
    }
    Err(AppError::forbidden(say!(
        "历次诊断供服务中心和审计查看；最近一次的结论见草稿。",
        "All judgements are for the centre and auditors; the draft shows what the last one found."
    )))
}

fn cx_person(cx: &Context) -> Result<&crate::auth::Person> {
    cx.person()
}

fn allow(allowed: bool, refusal: fn() -> AppError) -> Result<()> {
    if allowed { Ok(()) } else { Err(refusal()) }
}

fn keeper_only() -> AppError {
    AppError::forbidden(say!(
        "只有代表该单位的负责人或编辑可以这样操作（请用 Acting-Organisation 指明单位）。",
        "Owners and editors who act for the organisation do this; name it in Acting-Organisation."
    ))
}

fn broker_only() -> AppError {
    AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this."))
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

fn holds_claim(cx: &Context, row: &Model) -> Result<()> {
    // Without a claim the life cycle refuses the move and says what is legal.
    if row.claimed_by.is_none() || row.claimed_by == cx.account_id() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("已由其他技术经理人领取。", "Another broker holds the claim.")))
}
