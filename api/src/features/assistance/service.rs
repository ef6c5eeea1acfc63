//! Asking a provider for help, and what comes of it.

use sea_orm::Set;
use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    docking::assistance::{
        ActiveModel, Model,
        status::{AssistanceMove, AssistanceStatus},
    },
    id::{AssistanceId, DockingId},
    life_cycle::{LifeCycle, StatusChange},
    listing::ListingKind,
};

use super::{
    dto::{AssistanceIn, AssistanceNoteIn, DeliveryIn},
    policy, repo, view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Fault, Result},
    features::{
        attachment,
        audit::Record,
        docking::{
            policy as docking_policy, repo as dockings, rules,
            service::{act_between, used_by},
        },
        listing::service::record_and_tell,
    },
    say,
    web::etag::Precondition,
};

/// A side or a broker asks a provider for help.
///
/// # Errors
/// 401, 403, 404; 409 before the two sides have consented; 422 when a rule is broken.
pub async fn request(tx: &Tx, cx: &Context, id: DockingId, given: AssistanceIn) -> Result<Model> {
    let (docking, by) = act_between(tx, cx, id, "request_assistance").await?;
    let mut faults = Vec::new();
    rules::said(&given.brief, "/brief", &mut faults);
    if given.due_on.is_some_and(|day| day < cx.today) {
        faults.push(Fault::at("/due_on", "past", say!("不能早于今天。", "It must not be before today.")));
    }
    let pointer = "/provider_id";
    let page =
        rules::published(tx, cx, given.provider_id, ListingKind::Provider, pointer, &mut faults).await?;
    let organisation = page.as_ref().and_then(|page| page.organisation_id);
    if let Some(page) = &page {
        if page.demo != docking.demo {
            faults.push(Fault::at(
                pointer,
                "demo_and_real",
                say!("演示数据和真实数据不能混用。", "Demo and real organisations do not work together."),
            ));
        }
        match organisation {
            None => faults.push(Fault::at(
                pointer,
                "ownerless",
                say!(
                    "该机构页面没有单位，无法承接。",
                    "That page belongs to no organisation; nobody could take it on."
                ),
            )),
            Some(owner) if owner == docking.enterprise_id || owner == docking.supplier_id => {
                faults.push(Fault::at(
                    pointer,
                    "a_side_itself",
                    say!("对接双方不能作为第三方机构。", "A side of the docking is no third party."),
                ));
            }
            Some(_) => {}
        }
    }
    let Some(organisation_id) = organisation.filter(|_| faults.is_empty()) else {
        return Err(AppError::rules(faults));
    };
    let row = Model {
        id: AssistanceId::new(),
        docking_id: id,
        kind: given.kind,
        status: AssistanceStatus::Requested,
        provider_id: given.provider_id,
        organisation_id,
        brief: given.brief,
        due_on: given.due_on,
        requested_by: cx.person()?.account_id,
        requested_side: by,
        requested_at: cx.now,
        answered_by: None,
        answered_at: None,
        answer_note: None,
        result: None,
        report_attachment_id: None,
        delivered_at: None,
        version: 1,
    };
    repo::insert(tx, row.clone()).await?;
    tell(tx, cx, "request_assistance", &row, None).await?;
    Ok(row)
}

async fn begin(
    tx: &Tx,
    cx: &Context,
    id: AssistanceId,
    mv: AssistanceMove,
    precondition: &Precondition,
) -> Result<(Model, StatusChange<AssistanceStatus>)> {
    cx.person()?;
    let row = repo::hold(tx, id).await?;
    let docking = dockings::find(tx, row.docking_id).await?;
    policy::move_it(cx, &row, docking_policy::relation(cx, &docking), mv)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.status.apply(mv)?;
    Ok((row, change))
}

/// The provider takes it on or does not, or whoever asked calls it off.
///
/// # Errors
/// 401, 403, 404; 409 when that is not legal.
pub async fn answer(
    tx: &Tx,
    cx: &Context,
    id: AssistanceId,
    mv: AssistanceMove,
    precondition: &Precondition,
    given: AssistanceNoteIn,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, mv, precondition).await?;
    let set = ActiveModel {
        answered_by: Set(cx.account_id()),
        answered_at: Set(Some(cx.now)),
        answer_note: Set(given.note.clone()),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, set).await?;
    tell(tx, cx, &format!("{mv}_assistance"), &moved, given.note).await?;
    Ok(moved)
}

/// The provider says what came of it.
///
/// # Errors
/// 401, 403, 404; 409 when that is not legal; 422 when the report does not fit.
pub async fn deliver(
    tx: &Tx,
    cx: &Context,
    id: AssistanceId,
    precondition: &Precondition,
    given: DeliveryIn,
) -> Result<Model> {
    let (row, change) = begin(tx, cx, id, AssistanceMove::Deliver, precondition).await?;
    let mut faults = Vec::new();
    rules::said(&given.result, "/result", &mut faults);
    if let Some(report) = given.report_attachment_id {
        attachment::service::take_as(
            tx,
            cx,
            report,
            "/report_attachment_id",
            &used_by(row.docking_id),
            AttachmentPurpose::Assistance,
            &mut faults,
        )
        .await?;
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let set = ActiveModel {
        result: Set(Some(given.result)),
        report_attachment_id: Set(given.report_attachment_id),
        delivered_at: Set(Some(cx.now)),
        ..Default::default()
    };
    let moved = repo::advance(tx, &row, &change, set).await?;
    tell(tx, cx, "deliver_assistance", &moved, None).await?;
    Ok(moved)
}

/// Calls off what was asked for in a docking that has ended.
///
/// # Errors
/// When the rows cannot be written.
pub async fn docking_ended(tx: &Tx, cx: &Context, docking: DockingId) -> Result<()> {
    for row in repo::open_of(tx, docking).await? {
        let change = row.status.apply(AssistanceMove::Cancel)?;
        let moved = repo::advance(tx, &row, &change, ActiveModel::default()).await?;
        tell(tx, cx, "cancel_assistance", &moved, None).await?;
    }
    Ok(())
}

async fn tell(tx: &Tx, cx: &Context, action: &str, row: &Model, note: Option<String>) -> Result<()> {
    let facts = serde_json::json!({ "assistance_id": row.id, "kind": row.kind, "side": row.requested_side });
    let record = Record::act(action, SubjectKind::Docking, row.docking_id).with(facts);
    // Before the log: the desk looks whether the docking stands still.
    dockings::touch(tx, row.docking_id, cx.now).await?;
    record_and_tell(tx, cx, record.because(None::<String>, note)).await
}
