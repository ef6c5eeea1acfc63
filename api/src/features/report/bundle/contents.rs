//! What goes into the archive.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use techmart_entity::{
    attachment,
    ledger::{CountStage, Evidence},
};

use crate::{
    error::Result,
    features::{attachment::kind::FileKind, report::frozen::Frozen, snapshot::document::UnitSaid},
};

/// Hashes asked for at once.
const BATCH: usize = 200;

/// A file that belongs to the archive.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub sha256: String,
    pub path: String,
    /// What is known of it; nothing where its row is gone.
    pub size: Option<i64>,
    pub media_type: Option<String>,
}

/// What goes into the archive.
#[derive(Clone, Debug)]
pub struct Contents {
    pub stages: Vec<CountStage>,
    /// In the order of their hashes.
    pub files: Vec<Wanted>,
}

impl Contents {
    /// The file of a piece of evidence; none when it is a record of the service, or an address.
    #[must_use]
    pub fn file_of(&self, piece: &Evidence) -> Option<&Wanted> {
        let hash = piece.sha256.as_ref()?;
        self.files.binary_search_by(|file| file.sha256.cmp(hash)).ok().and_then(|at| self.files.get(at))
    }
}

/// Whether a piece is a file by what it says of itself.
fn is_file(piece: &Evidence) -> bool {
    piece.href.as_deref().is_some_and(|href| href.starts_with("/api/v1/attachments/"))
}

/// The units of a report that are at one of the stages.
pub fn units<'a>(
    report: &'a Frozen,
    stages: &'a [CountStage],
) -> impl Iterator<Item = (&'a str, &'a UnitSaid)> {
    report.parts.iter().flat_map(move |kept| {
        let units = kept.part.units.iter().filter(move |unit| stages.contains(&unit.stage));
        units.map(|unit| (kept.part.indicator.as_str(), unit))
    })
}

/// What goes into the archive of a report for units at some stages.
///
/// # Errors
/// When the database cannot be asked.
pub async fn contents(
    db: &impl ConnectionTrait,
    report: &Frozen,
    stages: Vec<CountStage>,
) -> Result<Contents> {
    let mut hashes: BTreeMap<&str, bool> = BTreeMap::new();
    for (_, unit) in units(report, &stages) {
        for piece in &unit.evidence {
            if let Some(hash) = &piece.sha256 {
                *hashes.entry(hash).or_default() |= is_file(piece);
            }
        }
    }
    let all: Vec<&str> = hashes.keys().copied().collect();
    let mut known: BTreeMap<String, attachment::Model> = BTreeMap::new();
    for batch in all.chunks(BATCH) {
        let rows = attachment::Entity::find()
            .filter(attachment::Column::Sha256.is_in(batch.iter().copied()))
            .order_by_asc(attachment::Column::Id)
            .all(db)
            .await?;
        for row in rows {
            known.entry(row.sha256.clone()).or_insert(row);
        }
    }
    let files = hashes
        .iter()
        .filter(|(hash, is_file)| **is_file || known.contains_key(**hash))
        .map(|(hash, _)| {
            let row = known.get(*hash);
            let ending = row.and_then(|row| ending(&row.media_type)).unwrap_or("bin");
            // A hash is hexadecimal; whatever else stands there is no path.
            let name: String = hash.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
            Wanted {
                sha256: (*hash).to_owned(),
                path: format!("files/{name}.{ending}"),
                size: row.map(|row| row.size),
                media_type: row.map(|row| row.media_type.clone()),
            }
        })
        .collect();
    Ok(Contents { files, stages })
}

fn ending(media_type: &str) -> Option<&'static str> {
    use FileKind as K;
    let all = [K::Pdf, K::Png, K::Jpeg, K::Webp, K::Docx, K::Xlsx];
    let kind = all.into_iter().find(|kind| kind.media_type() == media_type)?;
    kind.endings().first().copied()
}
