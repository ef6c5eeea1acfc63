//! The chain of frozen reports: numbers without a gap, each report naming the one before by its hash, every
//! hash that of the text it stands beside; and the signatures of assessments. The audit log remembers each
//! freezing, so that a report cut off the end of the chain shows as well.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest, Sha256};
use techmart_entity::{
    assessment,
    audit::{self, SubjectKind},
    canonical,
    id::{AssessmentId, AuditId, SnapshotId},
    snapshot::{self, part},
};

use super::{BATCH, Findings};
use crate::{
    error::Result,
    features::{
        assessment::{result, view as assessments},
        snapshot::document::Head,
    },
    say,
};

/// Looks at the chain, at the parts, at the log of freezings and at the signatures.
///
/// # Errors
/// When the database cannot be asked.
pub async fn check(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<()> {
    let mut last: Option<(i64, String)> = None;
    loop {
        let mut query = snapshot::Entity::find();
        if let Some((number, _)) = &last {
            query = query.filter(snapshot::Column::Number.gt(*number));
        }
        let rows = query.order_by_asc(snapshot::Column::Number).limit(50).all(db).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            findings.checked.snapshots += 1;
            one(&row, last.as_ref(), findings);
            parts(db, &row, findings).await?;
            last = Some((row.number, row.hash));
        }
    }
    freezings(db, findings).await?;
    signatures(db, findings).await
}

/// The hash of a text.
#[must_use]
pub fn digest(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn one(row: &snapshot::Model, last: Option<&(i64, String)>, findings: &mut Findings) {
    let place = format!("snapshot {}", row.number);
    let next = last.map_or(1, |(number, _)| number + 1);
    if row.number != next {
        findings.fault(
            format!("snapshot {next}"),
            next,
            row.number,
            say!("报告编号中断，有报告缺失。", "The numbers have a gap: a report is missing."),
        );
    }
    let previous = last.map(|(_, hash)| hash.clone());
    if row.previous_hash != previous && row.number == next {
        findings.fault(
            &place,
            shown(previous.as_deref()),
            shown(row.previous_hash.as_deref()),
            say!("前一份报告的哈希不符。", "It does not name the hash of the report before it."),
        );
    }
    let hash = digest(&row.document);
    if row.hash != hash {
        findings.fault(
            &place,
            &row.hash,
            hash,
            say!("报告首页内容与其哈希不符，已被改动。", "Its head does not have its hash: it was changed."),
        );
    }
    let document = serde_json::from_str::<serde_json::Value>(&row.document);
    let head = serde_json::from_str::<Head>(&row.document);
    let (Ok(document), Ok(head)) = (document, head) else {
        findings.fault(
            place,
            "a head",
            "something else",
            say!("报告首页无法读取。", "Its head cannot be read."),
        );
        return;
    };
    if canonical::text(&document) != row.document {
        findings.fault(
            &place,
            "canonical JSON",
            "another text",
            say!("报告首页不是规范文本。", "Its head is not in canonical form."),
        );
    }
    let said = (
        (head.id, head.number, head.title, head.plan.code, head.as_of, head.known_at.0),
        (head.corrects, head.reason, head.made_by, head.made_at.0, head.previous_hash),
    );
    let kept = (
        (row.id, row.number, row.title.clone(), row.plan.clone(), row.as_of, row.known_at),
        (row.corrects, row.reason.clone(), row.made_by, row.made_at, row.previous_hash.clone()),
    );
    if said != kept {
        findings.fault(
            place,
            format!("{said:?}"),
            format!("{kept:?}"),
            say!("登记栏与报告首页不一致。", "Its row does not say what its head says."),
        );
    }
}

async fn parts(db: &impl ConnectionTrait, row: &snapshot::Model, findings: &mut Findings) -> Result<()> {
    let Ok(head) = serde_json::from_str::<Head>(&row.document) else { return Ok(()) };
    let there: Vec<String> = part::Entity::find()
        .select_only()
        .column(part::Column::Indicator)
        .filter(part::Column::SnapshotId.eq(row.id))
        .order_by_asc(part::Column::Indicator)
        .into_tuple()
        .all(db)
        .await?;
    for indicator in &there {
        if !head.parts.iter().any(|said| said.indicator == *indicator) {
            findings.fault(
                place_of(row.number, indicator),
                "no such part",
                "a part",
                say!("报告首页没有这一部分。", "The head does not name this part."),
            );
        }
    }
    for said in head.parts {
        findings.checked.snapshot_parts += 1;
        let place = place_of(row.number, &said.indicator);
        let Some(part) = part::Entity::find_by_id((row.id, said.indicator.clone())).one(db).await? else {
            findings.fault(place, said.hash, "—", say!("部分缺失。", "The part is missing."));
            continue;
        };
        let hash = digest(&part.document);
        if hash != said.hash || part.hash != said.hash {
            let found = if hash == said.hash { part.hash } else { hash };
            findings.fault(
                place,
                said.hash,
                found,
                say!(
                    "内容与首页所载哈希不符，已被改动。",
                    "It does not have the hash that the head names: it was changed."
                ),
            );
        }
    }
    Ok(())
}

/// How a part is named.
#[must_use]
pub fn place_of(number: i64, indicator: &str) -> String {
    format!("snapshot {number} part {indicator}")
}

async fn freezings(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<()> {
    let mut after: Option<AuditId> = None;
    loop {
        let mut query = audit::Entity::find()
            .filter(audit::Column::SubjectKind.eq(SubjectKind::Snapshot))
            .filter(audit::Column::Action.eq("freeze"));
        if let Some(after) = after {
            query = query.filter(audit::Column::Id.gt(after));
        }
        let rows = query.order_by_asc(audit::Column::Id).limit(BATCH).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: Vec<SnapshotId> = rows.iter().filter_map(|row| row.subject_id.parse().ok()).collect();
        let kept: Vec<(SnapshotId, String)> = snapshot::Entity::find()
            .select_only()
            .columns([snapshot::Column::Id, snapshot::Column::Hash])
            .filter(snapshot::Column::Id.is_in(ids))
            .into_tuple()
            .all(db)
            .await?;
        for row in rows {
            let logged = row.facts["hash"].as_str().unwrap_or_default();
            let hash = kept.iter().find(|(id, _)| id.to_string() == row.subject_id).map(|(_, hash)| hash);
            if hash.map(String::as_str) != Some(logged) {
                findings.fault(
                    format!("snapshot {}", row.facts["number"]),
                    logged,
                    shown(hash.map(String::as_str)),
                    say!(
                        "审计日志记载的报告缺失或已被替换。",
                        "The audit log knows another report of that number: it is missing or was replaced."
                    ),
                );
            }
        }
    }
}

async fn signatures(db: &impl ConnectionTrait, findings: &mut Findings) -> Result<()> {
    let mut after: Option<AssessmentId> = None;
    loop {
        let mut query = assessment::Entity::find().filter(assessment::Column::Signature.is_not_null());
        if let Some(after) = after {
            query = query.filter(assessment::Column::Id.gt(after));
        }
        let rows = query.order_by_asc(assessment::Column::Id).limit(50).all(db).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        for row in rows {
            findings.checked.signed_assessments += 1;
            let anew = assessments::rebuilt(db, &row).await?;
            let signature = anew.map(|document| result::signed(&document)).transpose()?;
            let signature = signature.map(|(_, signature)| signature);
            if signature != row.signature {
                findings.fault(
                    format!("assessment {}", row.id),
                    shown(row.signature.as_deref()),
                    shown(signature.as_deref()),
                    say!(
                        "已签署的结果与签名不符，已被改动。",
                        "What was signed does not have its signature: it was changed."
                    ),
                );
            }
        }
    }
}

fn shown(hash: Option<&str>) -> String {
    hash.unwrap_or("—").to_owned()
}
