//! A frozen report as it was kept: the texts that were hashed, and what they say.

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use sha2::{Digest, Sha256};
use techmart_entity::{
    id::SnapshotId,
    snapshot::{self, part},
};

use crate::{
    error::{AppError, Result, Wording},
    features::snapshot::{
        document::{Head, Part},
        repo, view,
    },
    say,
};

/// A report with its parts.
#[derive(Clone, Debug)]
pub struct Frozen {
    pub id: SnapshotId,
    /// The head as it was hashed.
    pub text: String,
    /// Its hash, as the chain names it.
    pub hash: String,
    pub head: Head,
    /// In the order of the head.
    pub parts: Vec<Kept>,
    /// The number of the report that it corrects.
    pub corrects: Option<i64>,
    /// The number of the report that corrects it.
    pub corrected_by: Option<i64>,
    /// What does not fit together; nothing when everything is as it was frozen.
    pub faults: Vec<Wording>,
}

/// A part as it was hashed, and what it says.
#[derive(Clone, Debug)]
pub struct Kept {
    pub text: String,
    pub hash: String,
    pub part: Part,
}

/// Loads a report.
///
/// # Errors
/// 404 when there is none.
pub async fn load(db: &impl ConnectionTrait, id: SnapshotId) -> Result<Frozen> {
    let row = repo::one(db, id).await?;
    let head = view::head(&row)?;
    let mut rows = part::Entity::find().filter(part::Column::SnapshotId.eq(id)).all(db).await?;
    let mut parts = Vec::with_capacity(head.parts.len());
    let mut faults = Vec::new();
    for said in &head.parts {
        let code = &said.indicator;
        let Some(at) = rows.iter().position(|row| row.indicator == *code) else {
            faults.push(say!("指标 {code} 的内容缺失", "what it says of {code} is missing"));
            continue;
        };
        let row = rows.swap_remove(at);
        let hash = hash_of(&row.document);
        if hash != said.hash {
            faults.push(say!("指标 {code} 的内容与哈希不符", "what it says of {code} does not fit its hash"));
        }
        let part = serde_json::from_str(&row.document).map_err(AppError::internal)?;
        parts.push(Kept { text: row.document, hash, part });
    }
    if hash_of(&row.document) != row.hash {
        faults.push(say!("报告首部与哈希不符", "the head does not fit its hash"));
    }
    if head.number > 1 {
        let before = of_number(db, head.number - 1).await?.map(|row| row.hash);
        if before != head.previous_hash {
            faults.push(say!("与上一份报告的链条断开", "the chain to the report before is broken"));
        }
    }
    let corrects = match head.corrects {
        Some(id) => repo::find(db, id).await?.map(|row| row.number),
        None => None,
    };
    let corrected_by = repo::correction_of(db, id).await?.map(|row| row.number);
    Ok(Frozen { id, text: row.document, hash: row.hash, head, parts, corrects, corrected_by, faults })
}

/// The report of a number in the chain.
///
/// # Errors
/// When the database cannot be asked.
pub async fn of_number(db: &impl ConnectionTrait, number: i64) -> Result<Option<snapshot::Model>> {
    Ok(snapshot::Entity::find().filter(snapshot::Column::Number.eq(number)).limit(1).one(db).await?)
}

fn hash_of(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}
