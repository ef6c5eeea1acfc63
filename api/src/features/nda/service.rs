//! Recording and confirming confidentiality agreements.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    docking::{
        ActiveModel as DockingSet, Model as Docking,
        nda::{ActiveModel, Model},
    },
    id::{DockingId, NdaId},
};

use super::{dto::NdaIn, repo};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        attachment,
        audit::Record,
        docking::{
            policy, repo as dockings, rules,
            service::{act_between, used_by},
            view,
        },
        listing::service::record_and_tell,
    },
    say,
    web::etag::Precondition,
};

/// Agreements that one docking keeps.
const MOST: usize = 20;

/// A side or a broker records an agreement that both sides signed.
///
/// # Errors
/// 401, 403, 404; 409 before the two have consented; 422 when a rule is broken.
pub async fn record(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: NdaIn,
) -> Result<Docking> {
    let (docking, by) = act_between(tx, cx, id, "record_nda").await?;
    precondition.honour(&view::tag(&docking))?;
    let mut faults = Vec::new();
    rules::day(cx, given.signed_on, None, "/signed_on", &mut faults);
    if given.valid_to.is_some_and(|last| last < given.signed_on) {
        faults.push(Fault::at(
            "/valid_to",
            "before_start",
            say!("不能早于签订日。", "It must not be before the day of signing."),
        ));
    }
    if repo::of_docking(tx, id).await?.len() >= MOST {
        faults.push(Fault::at(
            "",
            "too_many",
            say!("每个对接最多登记 {MOST} 份保密协议。", "A docking keeps at most {MOST} agreements."),
        ));
    }
    attachment::service::take_as(
        tx,
        cx,
        given.paper_attachment_id,
        "/paper_attachment_id",
        &used_by(id),
        AttachmentPurpose::Nda,
        &mut faults,
    )
    .await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        id: NdaId::new(),
        docking_id: id,
        signed_on: given.signed_on,
        valid_to: given.valid_to,
        covers: given.covers,
        paper_attachment_id: given.paper_attachment_id,
        recorded_by: cx.person()?.account_id,
        recorded_side: by,
        recorded_at: cx.now,
        confirmed_by: None,
        confirmed_side: None,
        confirmed_at: None,
    };
    let facts = serde_json::json!({ "nda_id": row.id, "signed_on": row.signed_on, "side": by });
    repo::insert(tx, row).await?;
    record_and_tell(tx, cx, Record::act("record_nda", SubjectKind::Docking, id).with(facts)).await?;
    dockings::save(tx, &docking, cx.now, DockingSet::default()).await
}

/// Another side, or a broker who did not record it, confirms that it was signed.
///
/// # Errors
/// 401, 404; 403 for the side and the person that recorded it; 409 when it is confirmed already.
pub async fn confirm(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    nda: NdaId,
    precondition: &Precondition,
) -> Result<Docking> {
    let (docking, by) = act_between(tx, cx, id, "confirm_nda").await?;
    let row = repo::find(tx, id, nda).await?;
    policy::confirm(cx, by, row.recorded_side, row.recorded_by)?;
    precondition.honour(&view::tag(&docking))?;
    if row.confirmed_at.is_some() {
        return Err(AppError::new(
            Code::IllegalMove,
            say!("该协议已经确认。", "That agreement is confirmed already."),
        ));
    }
    let set = ActiveModel {
        confirmed_by: Set(cx.account_id()),
        confirmed_side: Set(Some(by)),
        confirmed_at: Set(Some(cx.now)),
        ..Default::default()
    };
    repo::confirm(tx, nda, set).await?;
    let facts = serde_json::json!({ "nda_id": nda, "signed_on": row.signed_on, "side": by });
    record_and_tell(tx, cx, Record::act("confirm_nda", SubjectKind::Docking, id).with(facts)).await?;
    dockings::save(tx, &docking, cx.now, DockingSet::default()).await
}
