//! Who may assess. Pure.

use techmart_entity::assessment::{AssessmentStatus, Verdict, item};

use crate::{
    auth::Context,
    error::{AppError, Code, Result},
    say,
};

/// Assessing is the auditors'.
///
/// # Errors
/// 401 or 403.
pub fn may_assess(cx: &Context) -> Result<()> {
    cx.person()?;
    if cx.actor.is_auditor() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("由考核/审计人员执行。", "Auditors do this.")))
}

/// Nothing of an assessment changes once it is signed.
///
/// # Errors
/// 409.
pub fn still_open(status: AssessmentStatus) -> Result<()> {
    match status {
        AssessmentStatus::Open => Ok(()),
        AssessmentStatus::Signed => Err(AppError::new(
            Code::IllegalMove,
            say!(
                "抽查已签署，不能再改；请新建抽查。",
                "The assessment is signed and changes no more; begin a new one."
            ),
        )),
    }
}

/// A count is taken back after a doubt or a rejection, once.
///
/// # Errors
/// 409.
pub fn may_reverse(item: &item::Model) -> Result<()> {
    if item.reversal_id.is_some() {
        return Err(taken_back());
    }
    match item.verdict {
        Some(Verdict::Doubt | Verdict::Reject) => Ok(()),
        Some(Verdict::Accept) | None => Err(AppError::new(
            Code::IllegalMove,
            say!(
                "先判为存疑或不认可，再冲销。",
                "Doubt or reject the unit first; then its count can be taken back."
            ),
        )),
    }
}

/// A unit whose count was taken back is not accepted any more.
///
/// # Errors
/// 409.
pub fn may_judge(item: &item::Model, verdict: Verdict) -> Result<()> {
    match verdict {
        Verdict::Accept if item.reversal_id.is_some() => Err(taken_back()),
        Verdict::Accept | Verdict::Doubt | Verdict::Reject => Ok(()),
    }
}

fn taken_back() -> AppError {
    AppError::new(
        Code::IllegalMove,
        say!("该单元的计数已在本次抽查中冲销。", "The count of this unit was taken back in this assessment."),
    )
}
