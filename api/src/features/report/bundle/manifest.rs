//! What the archive says of itself: for machines `manifest.json` and `SHA256SUMS`, for people `README.txt`.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;
use techmart_entity::{
    id::{EntryId, SnapshotId},
    ledger::{CountStage, EvidenceKind},
};

use super::contents::{Contents, Wanted, units};
use crate::{clock::Moment, error::Wording, features::report::frozen::Frozen};

/// How the manifest is written.
const FORMAT: &str = "techmart-evidence/1";

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum Found {
    /// In the archive, and its bytes fit its hash.
    Present,
    /// In the archive, and its bytes do not fit its hash.
    Altered { sha256_found: String },
    /// Not in the store any more.
    Missing,
}

#[derive(Serialize)]
struct Manifest<'a> {
    format: &'static str,
    report: Report<'a>,
    /// The stages of the units whose evidence it has.
    stages: &'a [CountStage],
    counts: Counts,
    units: Vec<Unit<'a>>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct Report<'a> {
    id: SnapshotId,
    number: i64,
    title: &'a str,
    plan: &'a str,
    as_of: chrono::NaiveDate,
    known_at: Moment,
    hash: &'a str,
    previous_hash: Option<&'a str>,
    /// What did not fit together when the archive was made.
    faults: &'a [Wording],
}

#[derive(Serialize)]
struct Counts {
    units: usize,
    files: usize,
    altered: usize,
    missing: usize,
}

#[derive(Serialize)]
struct Unit<'a> {
    indicator: &'a str,
    entry_id: EntryId,
    label: &'a str,
    delta: i64,
    effective_on: chrono::NaiveDate,
    stage: CountStage,
    hash: &'a str,
    evidence: Vec<Piece<'a>>,
}

#[derive(Serialize)]
struct Piece<'a> {
    kind: EvidenceKind,
    label: &'a str,
    href: Option<&'a str>,
    sha256: Option<&'a str>,
    /// Its file in the archive; none for a record of the service, or an address.
    #[serde(flatten)]
    file: Option<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sha256_expected: Option<&'a str>,
    size: Option<i64>,
    media_type: Option<&'a str>,
    #[serde(flatten)]
    found: &'a Found,
}

/// `manifest.json`.
///
/// # Errors
/// When it cannot be written as JSON: a fault of the service.
pub fn manifest(
    report: &Frozen,
    contents: &Contents,
    found: &BTreeMap<String, Found>,
) -> Result<Vec<u8>, serde_json::Error> {
    let lost = Found::Missing;
    let of = |wanted| file_of(wanted, found, &lost);
    let units: Vec<Unit<'_>> = units(report, &contents.stages)
        .map(|(indicator, unit)| Unit {
            indicator,
            entry_id: unit.entry_id,
            label: &unit.label,
            delta: unit.delta,
            effective_on: unit.effective_on,
            stage: unit.stage,
            hash: &unit.hash,
            evidence: unit
                .evidence
                .iter()
                .map(|piece| Piece {
                    kind: piece.kind,
                    label: &piece.label,
                    href: piece.href.as_deref(),
                    sha256: piece.sha256.as_deref(),
                    file: contents.file_of(piece).map(of),
                })
                .collect(),
        })
        .collect();
    let head = &report.head;
    let document = Manifest {
        format: FORMAT,
        report: Report {
            id: report.id,
            number: head.number,
            title: &head.title,
            plan: &head.plan.code,
            as_of: head.as_of,
            known_at: head.known_at,
            hash: &report.hash,
            previous_hash: head.previous_hash.as_deref(),
            faults: &report.faults,
        },
        stages: &contents.stages,
        counts: Counts {
            units: units.len(),
            files: contents.files.len(),
            altered: found.values().filter(|found| matches!(found, Found::Altered { .. })).count(),
            missing: found.values().filter(|found| **found == Found::Missing).count(),
        },
        units,
        files: contents
            .files
            .iter()
            .map(|wanted| File { sha256_expected: Some(&wanted.sha256), ..of(wanted) })
            .collect(),
    };
    let mut text = serde_json::to_vec_pretty(&document)?;
    text.push(b'\n');
    Ok(text)
}

fn file_of<'a>(wanted: &'a Wanted, found: &'a BTreeMap<String, Found>, lost: &'a Found) -> File<'a> {
    File {
        path: &wanted.path,
        sha256_expected: None,
        size: wanted.size,
        media_type: wanted.media_type.as_deref(),
        found: found.get(&wanted.sha256).unwrap_or(lost),
    }
}

/// `SHA256SUMS`: what each file's hash has to be, also of those that are altered or missing.
#[must_use]
pub fn sums(report: &Frozen, contents: &Contents) -> String {
    let mut text = String::new();
    for file in &contents.files {
        let _ = writeln!(text, "{}  {}", file.sha256, file.path);
    }
    let _ = writeln!(text, "{}  head.json", report.hash);
    for said in &report.head.parts {
        let _ = writeln!(text, "{}  parts/{}.json", said.hash, said.indicator);
    }
    text
}

/// `README.txt`, as the plainest programs of every system show it: with a mark of its coding and whole line
/// ends.
#[must_use]
pub fn readme(report: &Frozen, contents: &Contents) -> String {
    let head = &report.head;
    let stages: Vec<String> = contents.stages.iter().map(ToString::to_string).collect();
    let text = README
        .replace("{title}", &head.title.replace(char::is_control, " "))
        .replace("{number}", &head.number.to_string())
        .replace("{as_of}", &head.as_of.to_string())
        .replace("{known_at}", &head.known_at.to_string())
        .replace("{stages}", &stages.join(", "))
        .replace("{hash}", &report.hash);
    format!("\u{FEFF}{}", text.replace('\n', "\r\n"))
}

const README: &str = include_str!("README.txt");
