//! The landing of an achievement: what counts in T6.

use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    contract,
    docking::{
        ActiveModel, Model,
        landing::{self, LandingEvidence, LandingEvidenceKind, LandingEvidences},
        status::DockingMove,
    },
    funnel::FunnelStep,
    id::{DockingId, LandingId},
};

use super::{
    dto::LandingIn,
    repo, rules,
    service::{begin, used_by},
};
use crate::{
    auth::Context,
    config::Zone,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment, audit::Record, funnel, ledger::rules as counting, listing::service::record_and_tell,
        organisation::repo as organisations,
    },
    say,
    web::etag::Precondition,
};

/// A party or a broker records that the achievement is put to use. Whether the enterprise is of the
/// zone is decided now and kept.
///
/// # Errors
/// 409 when that is not legal, 422 when a rule is broken.
pub async fn land(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    precondition: &Precondition,
    given: LandingIn,
    zone: &Zone,
) -> Result<Model> {
    let (row, _, change) = begin(tx, cx, id, DockingMove::Land, precondition).await?;
    let contract = repo::contract(tx, id).await?;
    let mut faults = Vec::new();
    let signed_on = contract.as_ref().map(|contract| contract.signed_on);
    rules::day(cx, given.landed_on, signed_on, "/landed_on", &mut faults);
    rules::said(&given.place, "/place", &mut faults);
    take_evidence(tx, cx, id, contract.as_ref(), &given.evidence, &mut faults).await?;
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let enterprise = organisations::find(tx, row.enterprise_id).await?.ok_or_else(AppError::not_found)?;
    let landing = landing::Model {
        id: LandingId::new(),
        docking_id: id,
        enterprise_id: row.enterprise_id,
        achievement_id: row.achievement_id,
        landed_on: given.landed_on,
        form: given.form,
        place: given.place,
        in_zone: zone.contains(enterprise.region_code.as_deref(), enterprise.town.as_deref()),
        output: given.output,
        evidence: LandingEvidences(given.evidence),
        recorded_by: cx.person()?.account_id,
        recorded_at: cx.now,
    };
    repo::insert_landing(tx, landing.clone()).await?;
    let moved = repo::advance(tx, &row, &change, cx.now, ActiveModel::default()).await?;
    let facts = serde_json::json!({ "landed_on": landing.landed_on, "form": landing.form, "in_zone": landing.in_zone });
    record_and_tell(tx, cx, Record::of_move(&change, SubjectKind::Docking, id).with(facts)).await?;
    counting::landing::landed(tx, cx, &moved, &landing).await?;
    funnel::service::docked(tx, &moved, &[(FunnelStep::Landed, landing.landed_on)]).await?;
    Ok(moved)
}

/// Takes the papers of a landing or of one of its milestones.
///
/// # Errors
/// When the database cannot be asked or written.
pub async fn take_evidence(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    contract: Option<&contract::Model>,
    evidence: &[LandingEvidence],
    faults: &mut Vec<Fault>,
) -> Result<()> {
    for (i, piece) in evidence.iter().enumerate() {
        let pointer = format!("/evidence/{i}/attachment_id");
        if evidence.iter().take(i).any(|earlier| earlier.attachment_id == piece.attachment_id) {
            faults.push(Fault::at(
                pointer,
                "repeated",
                say!("同一附件只能用作一项证明。", "One paper shows one thing; name it once."),
            ));
            continue;
        }
        // The contract lies with the docking already.
        let is_the_contract = piece.kind == LandingEvidenceKind::ContractPaper
            && contract.is_some_and(|contract| contract.paper_attachment_id == piece.attachment_id);
        if !is_the_contract {
            let used_by = used_by(id);
            let purpose = AttachmentPurpose::Landing;
            attachment::service::take_as(tx, cx, piece.attachment_id, &pointer, &used_by, purpose, faults)
                .await?;
        }
    }
    Ok(())
}
