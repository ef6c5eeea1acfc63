//! What counts (domain §5): one function an act. Each says which indicators the act feeds, the key
//! under which a unit is counted once, the day that decides, and the least evidence.

use techmart_entity::{
    attachment, contract,
    docking::{self, landing, meeting},
    id::ListingId,
    ledger::{CountStage, Evidence, EvidenceKind},
    listing::{Content, DiagnosisOutcome, ListingKind, Model, version},
    organisation,
    provider::entry,
};

use super::{
    repo,
    service::{self, Earned, earn, of_file},
};
use crate::{
    auth::Context,
    clock::day_of,
    config::Zone,
    db::Tx,
    error::{AppError, Result},
    features::{listing, organisation::repo as organisations},
};

fn evidence(
    kind: EvidenceKind,
    label: impl Into<String>,
    href: Option<String>,
    sha256: Option<String>,
) -> Evidence {
    Evidence { kind, label: label.into(), href, sha256 }
}

fn of_listing(row: &Model) -> Earned {
    Earned {
        indicator: String::new(),
        unit_key: String::new(),
        label: row.title.clone(),
        delta: 1,
        effective_on: chrono::NaiveDate::MIN,
        facts: serde_json::json!({ "kind": row.kind, "source": row.source }),
        evidence: Vec::new(),
        complete: false,
        performers: vec![row.created_by, row.collected_by],
        organisations: row.organisation_id.into_iter().collect(),
        demo: row.demo,
        listing_id: Some(row.id),
        docking_id: None,
        contract_id: None,
    }
}

async fn counts_ownerless(tx: &Tx, indicator: &str) -> Result<bool> {
    let row = repo::indicator(tx, indicator).await?;
    Ok(row.is_some_and(|row| row.parameters["count_ownerless"].as_bool().unwrap_or(false)))
}

async fn paper(tx: &Tx, id: techmart_entity::id::AttachmentId) -> Result<Option<attachment::Model>> {
    use sea_orm::EntityTrait;
    Ok(attachment::Entity::find_by_id(id).one(tx).await?)
}

/// T1 and T5, at a listing's first publication.
///
/// # Errors
/// When the rows cannot be written.
pub async fn listing_published(
    tx: &Tx,
    cx: &Context,
    row: &Model,
    version: &version::Model,
    content: &Content,
) -> Result<()> {
    if row.kind == ListingKind::Provider {
        return Ok(());
    }
    let address = format!("/api/v1/{}/{}", listing::plural(row.kind), row.id);
    let mut shown = vec![evidence(
        EvidenceKind::PublishedVersion,
        format!("v{}", version.number),
        Some(format!("{address}/versions")),
        version.content_hash.clone().or_else(|| Some(content.hash())),
    )];
    if let Some(url) = &row.source_url {
        shown.push(evidence(EvidenceKind::SourceUrl, url.clone(), Some(url.clone()), None));
    }
    if let Some(id) = row.collection_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::OwnerAuthorisation, &file));
    }
    if let Some(author) = version.submitted_by {
        shown.push(evidence(
            EvidenceKind::OwnerAuthorisation,
            format!("submitted by account {author}"),
            Some(format!("{address}/history")),
            None,
        ));
    }
    shown.push(evidence(
        EvidenceKind::Review,
        "reviewed and published",
        Some(format!("{address}/history")),
        None,
    ));
    let authorised = shown
        .iter()
        .any(|piece| matches!(piece.kind, EvidenceKind::SourceUrl | EvidenceKind::OwnerAuthorisation));
    let base = Earned {
        effective_on: cx.today,
        evidence: shown,
        complete: authorised,
        performers: vec![row.created_by, row.collected_by, version.submitted_by, cx.account_id()],
        ..of_listing(row)
    };
    if row.kind == ListingKind::Achievement
        && (row.organisation_id.is_some() || counts_ownerless(tx, "T1").await?)
        && !variant_is_counted(tx, row).await?
    {
        let unit_key = achievement_key(row.id, content);
        earn(tx, cx, Earned { indicator: "T1".to_owned(), unit_key, ..base.clone() }).await?;
    }
    if row.organisation_id.is_some() || counts_ownerless(tx, "T5").await? {
        let unit_key = format!("published:{}", row.id);
        earn(tx, cx, Earned { indicator: "T5".to_owned(), unit_key, ..base }).await?;
    }
    Ok(())
}

/// The canonical achievement: its first hard key (patent, registration number), else itself.
fn achievement_key(id: ListingId, content: &Content) -> String {
    let key = content.duplicate_keys(None).into_iter().next();
    key.unwrap_or_else(|| format!("achievement:{id}"))
}

/// Whether another achievement with one of the same patents or the same registration is counted.
async fn variant_is_counted(tx: &Tx, row: &Model) -> Result<bool> {
    let variants: Vec<ListingId> = listing::repo::duplicates(tx, row)
        .await?
        .into_iter()
        .filter(|(_, key)| !key.starts_with("title:"))
        .map(|(other, _)| other.id)
        .collect();
    let counted = repo::active_of_listings(tx, "T1", &variants).await?;
    Ok(counted.iter().any(|(entry, _)| entry.demo == row.demo))
}

/// T1 is taken back when the achievement is withdrawn within a day of its first publication.
///
/// # Errors
/// When the rows cannot be written.
pub async fn listing_withdrawn(tx: &Tx, cx: &Context, row: &Model) -> Result<()> {
    let hours = match repo::indicator(tx, "T1").await? {
        Some(indicator) => indicator.parameters["withdrawal_grace_hours"].as_i64().unwrap_or(24),
        None => return Ok(()),
    };
    let soon = row.first_published_at.is_some_and(|at| cx.now - at < chrono::Duration::hours(hours));
    if row.kind != ListingKind::Achievement || !soon {
        return Ok(());
    }
    for (entry, _) in repo::active_of_listings(tx, "T1", &[row.id]).await? {
        let reason = format!("发布后 {hours} 小时内撤下 / withdrawn within {hours} hours of its publication");
        service::reverse(tx, cx, entry.id, reason).await?;
    }
    Ok(())
}

/// T3, a candidate from an enterprise's first submission of a demand.
///
/// # Errors
/// When the rows cannot be written.
pub async fn demand_submitted(tx: &Tx, cx: &Context, row: &Model, content_hash: String) -> Result<()> {
    if row.organisation_id.is_none() {
        return Ok(());
    }
    // The same demand of the same enterprise, entered twice, is one demand.
    let twins: Vec<ListingId> =
        listing::repo::duplicates(tx, row).await?.into_iter().map(|(other, _)| other.id).collect();
    if !repo::active_of_listings(tx, "T3", &twins).await?.is_empty() {
        return Ok(());
    }
    let mut shown = vec![evidence(
        EvidenceKind::Submission,
        "submitted version",
        Some(format!("/api/v1/demands/{}/versions", row.id)),
        Some(content_hash),
    )];
    if let Some(url) = &row.source_url {
        shown.push(evidence(EvidenceKind::SourceUrl, url.clone(), Some(url.clone()), None));
    }
    if let Some(id) = row.collection_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::VisitRecord, &file));
    }
    let earned = Earned {
        indicator: "T3".to_owned(),
        unit_key: format!("demand:{}", row.id),
        effective_on: row.collected_at.map_or(cx.today, day_of),
        evidence: shown,
        ..of_listing(row)
    };
    earn(tx, cx, earned).await?;
    Ok(())
}

/// T3 becomes complete by a judgement, or is taken back when the demand is not a technical one.
///
/// # Errors
/// When the rows cannot be written.
pub async fn demand_diagnosed(tx: &Tx, cx: &Context, row: &Model, outcome: DiagnosisOutcome) -> Result<()> {
    let mut counted = repo::active_of_listings(tx, "T3", &[row.id]).await?;
    match outcome {
        DiagnosisOutcome::NotTechnical => {
            for (entry, _) in counted {
                service::reverse(tx, cx, entry.id, "诊断为非技术需求 / judged not technical".to_owned())
                    .await?;
            }
        }
        DiagnosisOutcome::Ready | DiagnosisOutcome::NeedsSecondDiagnosis | DiagnosisOutcome::LongTerm => {
            if counted.is_empty() {
                // Judged otherwise before, and taken back then.
                let version =
                    listing::repo::find_version(tx, row.working_version_id.or(row.published_version_id))
                        .await?;
                let hash = version.content_hash.unwrap_or_default();
                demand_submitted(tx, cx, row, hash).await?;
                counted = repo::active_of_listings(tx, "T3", &[row.id]).await?;
            }
            let judged = evidence(
                EvidenceKind::Diagnosis,
                outcome.to_string(),
                Some(format!("/api/v1/demands/{}/history", row.id)),
                None,
            );
            for (entry, _) in counted {
                service::complete(tx, cx, entry.id, vec![judged.clone()]).await?;
            }
        }
    }
    Ok(())
}

/// T3 is taken back when a demand is refused before anybody judged it.
///
/// # Errors
/// When the rows cannot be written.
pub async fn demand_rejected(tx: &Tx, cx: &Context, row: &Model, reason: String) -> Result<()> {
    for (entry, active) in repo::active_of_listings(tx, "T3", &[row.id]).await? {
        if active.stage == CountStage::Candidate {
            service::reverse(tx, cx, entry.id, reason.clone()).await?;
        }
    }
    Ok(())
}

/// T2, at the signing of a provider's entry agreement.
///
/// # Errors
/// When the rows cannot be written.
pub async fn provider_entered(
    tx: &Tx,
    cx: &Context,
    entry: &entry::Model,
    organisation: &organisation::Model,
    agreement: &attachment::Model,
) -> Result<()> {
    let body = organisation.uscc.clone().unwrap_or_else(|| organisation.id.to_string());
    let verification = evidence(
        EvidenceKind::Verification,
        format!("{} ({})", organisation.name, organisation.verification),
        Some(format!("/api/v1/organisations/{}/history", organisation.id)),
        None,
    );
    let verified = organisation.verification == organisation::status::VerificationStatus::Verified;
    let earned = Earned {
        indicator: "T2".to_owned(),
        unit_key: format!("organisation:{body}"),
        label: organisation.name.clone(),
        delta: 1,
        effective_on: entry.agreement_signed_on.unwrap_or(cx.today),
        facts: serde_json::json!({ "agreement_number": entry.agreement_number }),
        evidence: vec![verification, of_file(EvidenceKind::Agreement, agreement)],
        complete: verified,
        performers: vec![
            entry.reviewed_by,
            entry.approved_by,
            Some(entry.applied_by),
            organisation.verified_by,
        ],
        organisations: vec![organisation.id],
        demo: entry.demo,
        listing_id: Some(entry.listing_id),
        docking_id: None,
        contract_id: None,
    };
    earn(tx, cx, earned).await?;
    Ok(())
}

async fn of_docking(tx: &Tx, docking: &docking::Model) -> Result<Earned> {
    let about = docking.achievement_id.or(docking.demand_id);
    let rows = listing::repo::by_ids(tx, about.as_slice()).await?;
    let title = rows.first().map(|row| row.title.clone()).unwrap_or_default();
    let enterprise = organisations::find(tx, docking.enterprise_id).await?;
    let enterprise = enterprise.map(|row| row.name).unwrap_or_default();
    Ok(Earned {
        indicator: String::new(),
        unit_key: pair_key(tx, docking).await?,
        label: format!("{title} — {enterprise}"),
        delta: 1,
        effective_on: chrono::NaiveDate::MIN,
        facts: serde_json::json!({ "origin": docking.origin }),
        evidence: Vec::new(),
        complete: false,
        performers: vec![Some(docking.created_by), docking.interest_by, docking.accepted_by],
        organisations: vec![docking.enterprise_id, docking.supplier_id],
        demo: docking.demo,
        listing_id: about,
        docking_id: Some(docking.id),
        contract_id: None,
    })
}

/// (canonical achievement, or supplier and demand) × enterprise.
async fn pair_key(tx: &Tx, docking: &docking::Model) -> Result<String> {
    let enterprise = docking.enterprise_id;
    let Some(achievement) = docking.achievement_id else {
        let demand = docking.demand_id.map(|id| id.to_string()).unwrap_or_default();
        return Ok(format!("supplier:{}|demand:{demand}|enterprise:{enterprise}", docking.supplier_id));
    };
    let row = listing::repo::find(tx, ListingKind::Achievement, achievement).await?;
    let version = listing::repo::find_version(tx, row.published_version_id).await?;
    let content = Content::parse(row.kind, version.content).map_err(AppError::internal)?;
    Ok(format!("{}|enterprise:{enterprise}", achievement_key(achievement, &content)))
}

/// T4, when a meeting of the two sides was confirmed.
///
/// # Errors
/// When the rows cannot be written.
pub async fn docking_met(
    tx: &Tx,
    cx: &Context,
    docking: &docking::Model,
    meeting: &meeting::Model,
) -> Result<()> {
    let href = Some(format!("/api/v1/dockings/{}", docking.id));
    let history = Some(format!("/api/v1/dockings/{}/history", docking.id));
    let mut shown = vec![
        evidence(EvidenceKind::InterestConsent, "interest expressed", history.clone(), None),
        evidence(EvidenceKind::AcceptConsent, "accepted by the other side", history, None),
        evidence(EvidenceKind::Meeting, format!("meeting of {}", meeting.held_on), href, None),
    ];
    if let Some(id) = docking.consent_attachment_id
        && let Some(file) = paper(tx, id).await?
    {
        shown.push(of_file(EvidenceKind::AcceptConsent, &file));
    }
    let minutes = match meeting.minutes_attachment_id {
        Some(id) => paper(tx, id).await?,
        None => None,
    };
    let complete = minutes.is_some();
    shown.extend(minutes.map(|file| of_file(EvidenceKind::Minutes, &file)));
    let base = of_docking(tx, docking).await?;
    let mut performers = base.performers.clone();
    performers.extend([Some(meeting.recorded_by), meeting.confirmed_by]);
    let earned = Earned {
        indicator: "T4".to_owned(),
        effective_on: meeting.held_on,
        evidence: shown,
        complete,
        performers,
        ..base
    };
    earn(tx, cx, earned).await?;
    Ok(())
}

/// T7, at the registration of a contract whose buyer or seller is of the zone.
///
/// # Errors
/// When the rows cannot be written.
pub async fn contract_registered(
    tx: &Tx,
    cx: &Context,
    docking: &docking::Model,
    contract: &contract::Model,
    zone: &Zone,
) -> Result<()> {
    let mut in_zone = [false, false];
    for (flag, id) in in_zone.iter_mut().zip([contract.buyer_id, contract.seller_id]) {
        if let Some(row) = organisations::find(tx, id).await? {
            *flag = zone.contains(row.region_code.as_deref(), row.town.as_deref());
        }
    }
    let [buyer_in_zone, seller_in_zone] = in_zone;
    let (Some(key), true) =
        (&contract.registration_key, contract.currency == "CNY" && (buyer_in_zone || seller_in_zone))
    else {
        return Ok(());
    };
    let mut shown = vec![evidence(
        EvidenceKind::Contract,
        contract.number.clone(),
        Some(format!("/api/v1/dockings/{}", docking.id)),
        None,
    )];
    if let Some(file) = paper(tx, contract.paper_attachment_id).await? {
        shown.push(of_file(EvidenceKind::Contract, &file));
    }
    let certificate = match contract.certificate_attachment_id {
        Some(id) => paper(tx, id).await?,
        None => None,
    };
    let complete = certificate.is_some();
    shown.extend(certificate.map(|file| of_file(EvidenceKind::Certificate, &file)));
    let base = of_docking(tx, docking).await?;
    let mut performers = base.performers.clone();
    performers.extend([Some(contract.recorded_by), contract.registered_by]);
    let earned = Earned {
        indicator: "T7".to_owned(),
        unit_key: format!("registration:{key}"),
        label: format!("{} ({})", contract.title, contract.number),
        delta: contract.total_amount,
        effective_on: contract.registered_on.unwrap_or(cx.today),
        facts: serde_json::json!({
            "total_amount": contract.total_amount,
            "technical_amount": contract.technical_amount,
            "contract_type": contract.contract_type,
            "related_party": contract.related_party,
            "buyer_in_zone": buyer_in_zone,
            "seller_in_zone": seller_in_zone,
        }),
        evidence: shown,
        complete,
        performers,
        contract_id: Some(contract.id),
        ..base
    };
    earn(tx, cx, earned).await?;
    Ok(())
}

/// T6, when an achievement landed with an enterprise of the zone.
///
/// # Errors
/// When the rows cannot be written.
pub async fn landed(tx: &Tx, cx: &Context, docking: &docking::Model, landing: &landing::Model) -> Result<()> {
    if !landing.in_zone {
        return Ok(());
    }
    let (mut right, mut used) = (false, false);
    let mut shown = Vec::new();
    for piece in &landing.evidence.0 {
        let Some(file) = paper(tx, piece.attachment_id).await? else { continue };
        if piece.kind.shows_right() {
            right = true;
            shown.push(of_file(EvidenceKind::LandingRight, &file));
        } else {
            used = true;
            shown.push(of_file(EvidenceKind::LandingUse, &file));
        }
    }
    let base = of_docking(tx, docking).await?;
    let mut performers = base.performers.clone();
    performers.push(Some(landing.recorded_by));
    let earned = Earned {
        indicator: "T6".to_owned(),
        effective_on: landing.landed_on,
        facts: serde_json::json!({ "form": landing.form, "place": landing.place, "in_zone": true }),
        evidence: shown,
        complete: right && used,
        performers,
        ..base
    };
    earn(tx, cx, earned).await?;
    Ok(())
}
