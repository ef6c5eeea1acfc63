//! How a docking begins: by an interest, by a broker's recommendation, or recorded afterwards.

use techmart_entity::{
    attachment::AttachmentPurpose,
    audit::SubjectKind,
    docking::{
        DockingOrigin, Model, Side, pair_key,
        status::{DockingMove, DockingStage},
    },
    funnel::FunnelStep,
    id::{DockingId, ListingId, OrganisationId},
    life_cycle::{IllegalMove, LifeCycle, StatusChange},
    listing::{self, ListingKind},
    organisation,
};

use super::{
    dto::{DockingIn, OfflineDockingIn},
    meeting, policy, repo,
    rules::{self, About},
    view,
};
use crate::{
    auth::Context,
    db::Tx,
    error::{AppError, Code, Fault, Result},
    features::{
        attachment, audit::Record, calendar, funnel, ledger::rules as counting,
        listing::service::record_and_tell,
    },
    say,
    web::etag::Precondition,
};

/// Within how many working days an interest has to be answered.
pub const ANSWER_WITHIN: u32 = 15;

/// What an attachment of a docking is used by.
#[must_use]
pub fn used_by(id: DockingId) -> String {
    format!("docking:{id}")
}

/// Holds a docking for a move: seen, allowed, at the version that the request names, and legal. Says
/// also for which side the caller acts.
pub(super) async fn begin(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    mv: DockingMove,
    precondition: &Precondition,
) -> Result<(Model, Side, StatusChange<DockingStage>)> {
    cx_signed_in(cx)?;
    let row = repo::hold(tx, id).await?;
    let by = policy::move_it(cx, &row, policy::relation(cx, &row), mv)?;
    precondition.honour(&view::tag(&row))?;
    let change = row.stage.apply(mv)?;
    Ok((row, by, change))
}

/// Holds a docking for an act that moves it nowhere: seen, and done for a side or for the centre.
///
/// # Errors
/// 401, 403 for whoever may only look, 404 when the caller may not know of it.
pub async fn act_in(tx: &Tx, cx: &Context, id: DockingId) -> Result<(Model, Side)> {
    cx_signed_in(cx)?;
    let row = repo::hold(tx, id).await?;
    let relation = policy::relation(cx, &row);
    policy::see(cx, relation)?;
    let by = policy::acts(relation)?;
    Ok((row, by))
}

/// The same where the two sides have to have consented.
///
/// # Errors
/// The same, and 409 before they have and after the docking ended.
pub async fn act_between(tx: &Tx, cx: &Context, id: DockingId, act: &str) -> Result<(Model, Side)> {
    let (row, by) = act_in(tx, cx, id).await?;
    if row.stage.has_consent() { Ok((row, by)) } else { Err(illegal(row.stage, act)) }
}

/// What the stage does not allow, with what it does.
pub fn illegal(stage: DockingStage, act: impl Into<String>) -> AppError {
    let legal = stage.legal().iter().map(ToString::to_string).collect();
    IllegalMove { from: stage.to_string(), mv: act.into(), legal }.into()
}

/// Visitors are told to sign in, whether there is such a docking or not.
pub(super) fn cx_signed_in(cx: &Context) -> Result<()> {
    if cx.actor.is_system() { Ok(()) } else { cx.person().map(|_| ()) }
}

/// Writes a move to the log and tells those whom it concerns.
pub(super) async fn record_move(
    tx: &Tx,
    cx: &Context,
    id: DockingId,
    change: &StatusChange<DockingStage>,
    code: Option<String>,
    note: Option<String>,
) -> Result<()> {
    record_and_tell(tx, cx, Record::of_move(change, SubjectKind::Docking, id).because(code, note)).await
}

/// An interest of the acting organisation, or a broker's recommendation.
///
/// # Errors
/// 401 and 403 by who asks, 400 without an acting organisation, 409 when a docking of the pair is open,
/// 422 when a rule is broken.
pub async fn create(tx: &Tx, cx: &Context, given: DockingIn) -> Result<Model> {
    cx.person()?;
    if given.recommend { recommend(tx, cx, given).await } else { express_interest(tx, cx, given).await }
}

async fn express_interest(tx: &Tx, cx: &Context, given: DockingIn) -> Result<Model> {
    let acting = cx.acting_membership()?;
    let own = acting.organisation_id;
    if !cx.edits_for(own) {
        return Err(AppError::forbidden(say!(
            "查看成员不能表达意向。",
            "A viewer does not express an interest."
        )));
    }
    let mut faults = Vec::new();
    rules::verified(acting.verification, &mut faults);
    rules::not_named(given.enterprise_id, "/enterprise_id", &mut faults);
    if given.achievement_id.is_some() {
        rules::not_named(given.supplier_id, "/supplier_id", &mut faults);
    } else if given.supplier_id.is_some_and(|supplier| supplier != own) {
        return Err(AppError::forbidden(say!(
            "只能以您代表的单位响应需求（Acting-Organisation）。",
            "You answer a demand for the organisation for which you act (Acting-Organisation)."
        )));
    }
    if given.match_reasons.is_some() {
        faults.push(Fault::at(
            "/match_reasons",
            "not_applicable",
            say!("推荐理由由技术经理人给出。", "Reasons of a match come from brokers."),
        ));
    }
    let about = About { achievement: given.achievement_id, demand: given.demand_id };
    let Some((listing, owner)) = rules::subject(tx, cx, about, &mut faults).await? else {
        return Err(AppError::rules(faults));
    };
    let (enterprise, supplier, side) = match listing.kind {
        ListingKind::Achievement => (own, owner, Side::Enterprise),
        ListingKind::Demand | ListingKind::Provider => (owner, own, Side::Supplier),
    };
    check_sides(tx, cx, enterprise, supplier, &listing, given.provider_id, &mut faults).await?;
    rules::without_contact(given.message.as_ref(), "/message", &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = Model {
        stage: DockingStage::InterestExpressed,
        provider_id: given.provider_id,
        message: given.message,
        interest_side: Some(side),
        interest_by: cx.account_id(),
        interest_at: Some(cx.now),
        expires_on: Some(calendar::repo::load(tx).await?.after(cx.today, ANSWER_WITHIN)),
        ..blank(cx, about, enterprise, supplier, DockingOrigin::Interest, listing.demo)?
    };
    let row = insert(tx, cx, row).await?;
    record_beginning(tx, cx, "express_interest", &row).await?;
    funnel::service::docked(tx, &row, &[(FunnelStep::Interest, cx.today)]).await?;
    Ok(row)
}

async fn recommend(tx: &Tx, cx: &Context, given: DockingIn) -> Result<Model> {
    recommend_from(tx, cx, given, DockingOrigin::Recommendation).await
}

/// A broker's recommendation of two that met at an event.
///
/// # Errors
/// As for [`create`].
pub async fn recommend_at_event(tx: &Tx, cx: &Context, given: DockingIn) -> Result<Model> {
    cx.person()?;
    recommend_from(tx, cx, given, DockingOrigin::Event).await
}

async fn recommend_from(tx: &Tx, cx: &Context, given: DockingIn, origin: DockingOrigin) -> Result<Model> {
    broker(cx)?;
    let mut faults = Vec::new();
    let about = About { achievement: given.achievement_id, demand: given.demand_id };
    let Some((listing, owner)) = rules::subject(tx, cx, about, &mut faults).await? else {
        return Err(AppError::rules(faults));
    };
    let named = match listing.kind {
        ListingKind::Achievement => {
            rules::follows(given.supplier_id, owner, "/supplier_id", &mut faults);
            given.enterprise_id.map(|enterprise| (enterprise, owner)).ok_or("/enterprise_id")
        }
        ListingKind::Demand | ListingKind::Provider => {
            rules::follows(given.enterprise_id, owner, "/enterprise_id", &mut faults);
            given.supplier_id.map(|supplier| (owner, supplier)).ok_or("/supplier_id")
        }
    };
    let (enterprise, supplier) = match named {
        Ok(sides) => sides,
        Err(pointer) => {
            faults.push(rules::required(pointer));
            return Err(AppError::rules(faults));
        }
    };
    check_sides(tx, cx, enterprise, supplier, &listing, given.provider_id, &mut faults).await?;
    rules::without_contact(given.message.as_ref(), "/message", &mut faults);
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let reasons = given.match_reasons.map(serde_json::to_value).transpose().map_err(AppError::internal)?;
    let row = Model {
        stage: DockingStage::Recommended,
        provider_id: given.provider_id,
        broker_id: cx.account_id(),
        match_reasons: reasons,
        message: given.message,
        ..blank(cx, about, enterprise, supplier, origin, listing.demo)?
    };
    policy::acts(policy::relation(cx, &row))?;
    let row = insert(tx, cx, row).await?;
    record_beginning(tx, cx, "recommend", &row).await?;
    Ok(row)
}

/// A docking that happened elsewhere, with the papers that show it. Its meeting waits for a confirmation
/// by a party or by another broker.
///
/// # Errors
/// 401 and 403 for whoever is no broker or belongs to a side, 409 when a docking of the pair is open,
/// 422 when a rule is broken.
pub async fn record_offline(tx: &Tx, cx: &Context, given: OfflineDockingIn) -> Result<Model> {
    record(tx, cx, given, DockingOrigin::Offline).await
}

/// A docking of two that consented and met at an event, with the papers that show it: it counts as one that is recorded
/// afterwards does.
///
/// # Errors
/// As for [`record_offline`].
pub async fn record_from_event(tx: &Tx, cx: &Context, given: OfflineDockingIn) -> Result<Model> {
    record(tx, cx, given, DockingOrigin::Event).await
}

async fn record(tx: &Tx, cx: &Context, given: OfflineDockingIn, origin: DockingOrigin) -> Result<Model> {
    cx.person()?;
    broker(cx)?;
    let mut faults = Vec::new();
    let about = About { achievement: given.achievement_id, demand: given.demand_id };
    let Some((listing, owner)) = rules::subject(tx, cx, about, &mut faults).await? else {
        return Err(AppError::rules(faults));
    };
    let side = match listing.kind {
        ListingKind::Achievement => {
            rules::follows(Some(given.supplier_id), owner, "/supplier_id", &mut faults);
            Side::Enterprise
        }
        ListingKind::Demand | ListingKind::Provider => {
            rules::follows(Some(given.enterprise_id), owner, "/enterprise_id", &mut faults);
            Side::Supplier
        }
    };
    check_sides(tx, cx, given.enterprise_id, given.supplier_id, &listing, None, &mut faults).await?;
    rules::day(cx, given.interest_on, None, "/interest_on", &mut faults);
    rules::day(cx, given.accepted_on, Some(given.interest_on), "/accepted_on", &mut faults);
    rules::said(&given.consent_note, "/consent_note", &mut faults);
    if given.meeting.minutes_attachment_id.is_none() {
        faults.push(rules::required("/meeting/minutes_attachment_id"));
    }
    let row = Model {
        stage: DockingStage::Accepted,
        broker_id: cx.account_id(),
        interest_side: Some(side),
        interest_by: cx.account_id(),
        interest_at: Some(rules::instant_on(given.interest_on, cx)),
        accepted_by: cx.account_id(),
        accepted_at: Some(rules::instant_on(given.accepted_on, cx)),
        consent_attachment_id: Some(given.consent_attachment_id),
        consent_note: Some(given.consent_note),
        ..blank(cx, about, given.enterprise_id, given.supplier_id, origin, listing.demo)?
    };
    policy::acts(policy::relation(cx, &row))?;
    attachment::service::take_as(
        tx,
        cx,
        given.consent_attachment_id,
        "/consent_attachment_id",
        &used_by(row.id),
        AttachmentPurpose::Consent,
        &mut faults,
    )
    .await?;
    meeting::check(tx, cx, &row, &given.meeting, "/meeting", &mut faults).await?;
    if given.meeting.appointment_id.is_some() {
        faults.push(Fault::at(
            "/meeting/appointment_id",
            "not_applicable",
            say!("补录的对接没有会面安排。", "What is recorded afterwards had no appointment here."),
        ));
    }
    if !faults.is_empty() {
        return Err(AppError::rules(faults));
    }
    let row = insert(tx, cx, row).await?;
    record_beginning(tx, cx, "record_offline", &row).await?;
    counting::docking::accepted(tx, cx, &row).await?;
    let steps = [(FunnelStep::Interest, given.interest_on), (FunnelStep::Accepted, given.accepted_on)];
    funnel::service::docked(tx, &row, &steps).await?;
    meeting::write(tx, cx, &row, Side::Centre, given.meeting).await?;
    Ok(row)
}

fn broker(cx: &Context) -> Result<()> {
    if cx.actor.is_broker() {
        return Ok(());
    }
    Err(AppError::forbidden(say!("这一步由技术经理人执行。", "Brokers do this.")))
}

/// The two sides have to be there and fit each other, the listing and the provider.
async fn check_sides(
    tx: &Tx,
    cx: &Context,
    enterprise: OrganisationId,
    supplier: OrganisationId,
    listing: &listing::Model,
    provider: Option<ListingId>,
    faults: &mut Vec<Fault>,
) -> Result<()> {
    let enterprise: Option<organisation::Model> =
        rules::organisation(tx, enterprise, "/enterprise_id", faults).await?;
    let supplier = rules::organisation(tx, supplier, "/supplier_id", faults).await?;
    if let (Some(enterprise), Some(supplier)) = (&enterprise, &supplier) {
        rules::pair(enterprise, supplier, listing, faults);
    }
    rules::provider(tx, cx, provider, listing.demo, faults).await
}

/// A row that says only what it is about and between whom.
fn blank(
    cx: &Context,
    about: About,
    enterprise: OrganisationId,
    supplier: OrganisationId,
    origin: DockingOrigin,
    demo: bool,
) -> Result<Model> {
    Ok(Model {
        id: DockingId::new(),
        enterprise_id: enterprise,
        supplier_id: supplier,
        achievement_id: about.achievement,
        demand_id: about.demand,
        provider_id: None,
        broker_id: None,
        origin,
        demo,
        stage: DockingStage::Recommended,
        open_key: Some(pair_key(about.achievement, about.demand, supplier, enterprise)),
        match_reasons: None,
        message: None,
        interest_side: None,
        interest_by: None,
        interest_at: None,
        accepted_by: None,
        accepted_at: None,
        consent_attachment_id: None,
        consent_note: None,
        expires_on: None,
        met_at: None,
        decline_code: None,
        close_code: None,
        end_note: None,
        ended_by: None,
        ended_at: None,
        closed_from: None,
        created_by: cx.person()?.account_id,
        created_at: cx.now,
        updated_at: cx.now,
        active_at: Some(cx.now),
        version: 1,
    })
}

async fn insert(tx: &Tx, cx: &Context, row: Model) -> Result<Model> {
    match repo::insert(tx, row).await? {
        Ok(row) => Ok(row),
        Err(open) => Err(already_open(cx, open.as_ref())),
    }
}

/// Another docking of the pair is open; it is named only to whom may see it.
pub(super) fn already_open(cx: &Context, open: Option<&Model>) -> AppError {
    let seen = open.filter(|row| policy::see(cx, policy::relation(cx, row)).is_ok());
    let detail = match seen {
        Some(row) => {
            let id = row.id;
            say!("同一对接已在进行：{id}。", "A docking of the same pair is open: {id}.")
        }
        None => say!("同一对接已在进行。", "A docking of the same pair is open."),
    };
    AppError::new(Code::AlreadyExists, detail)
}

async fn record_beginning(tx: &Tx, cx: &Context, action: &str, row: &Model) -> Result<()> {
    let facts = serde_json::json!({ "origin": row.origin, "pair": row.pair_key() });
    let record = Record::act(action, SubjectKind::Docking, row.id).beginning(row.stage).with(facts);
    record_and_tell(tx, cx, record).await
}
