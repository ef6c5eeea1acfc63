//! The sheet that comes back, read by the profile: which listing, what became of it, the platform's number and opinion.
//! It is forgiving about where the columns stand and what else is in the book, and tells of each row that it cannot read.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use techmart_entity::{
    id::ListingId,
    outbound::{AnswerSheet, item::ItemState},
};

use crate::{
    error::{AppError, Fault, Result, Wording},
    say,
};

/// What the platform says of a listing.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The sheet and the line, as an office program shows them.
    pub place: (String, u32),
    pub listing_id: ListingId,
    pub state: ItemState,
    pub remote_id: Option<String>,
    pub opinion: Option<String>,
}

/// A row that cannot be read.
#[derive(Clone, Debug)]
pub struct Unread {
    pub place: (String, u32),
    pub code: &'static str,
    pub words: Wording,
}

/// Reads a workbook; it takes a while, so not on an async thread.
///
/// # Errors
/// 422 when it is no workbook, or none of its sheets has the headings.
pub fn read(bytes: Vec<u8>, profile: &AnswerSheet) -> Result<(Vec<Answer>, Vec<Unread>)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| no_workbook())?;
    let (mut answers, mut unread, mut sheets) = (Vec::new(), Vec::new(), 0);
    for name in book.sheet_names() {
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let mut rows = range.rows();
        let Some(headings) = rows.next() else { continue };
        let at = |wanted: &str| headings.iter().position(|cell| said(cell) == wanted.trim());
        let (Some(id), Some(result)) = (at(&profile.id), at(&profile.result)) else { continue };
        let (remote_id, opinion) = (at(&profile.remote_id), at(&profile.opinion));
        sheets += 1;
        let first = range.start().map_or(0, |(row, _)| row) + 2;
        for (line, row) in (first..).zip(rows) {
            let cell =
                |at: Option<usize>| at.and_then(|at| row.get(at)).map(said).filter(|text| !text.is_empty());
            let place = (name.clone(), line);
            let (id, result) = (cell(Some(id)), cell(Some(result)));
            // What is not answered yet says nothing.
            let Some(result) = result else { continue };
            let listing_id = id.as_deref().and_then(|id| id.trim_start_matches('\'').parse().ok());
            let Some(listing_id) = listing_id else {
                let words = say!("缺少本平台编号，或不是编号。", "Our id is missing, or is none.");
                unread.push(Unread { place, code: "no_id", words });
                continue;
            };
            let state = match (profile.accepted.contains(&result), profile.refused.contains(&result)) {
                (true, _) => ItemState::Accepted,
                (false, true) => ItemState::Refused,
                (false, false) => {
                    let (yes, no) = (profile.accepted.join("、"), profile.refused.join("、"));
                    let words = say!(
                        "“{result}”不是约定的结果；应为：{yes}，或：{no}。",
                        "“{result}” is no result of the profile; it is one of {yes}, or of {no}."
                    );
                    unread.push(Unread { place, code: "unknown_result", words });
                    continue;
                }
            };
            let (remote_id, opinion) = (cell(remote_id), cell(opinion));
            answers.push(Answer { place, listing_id, state, remote_id, opinion });
        }
    }
    if sheets == 0 {
        let (id, result) = (&profile.id, &profile.result);
        let words = say!(
            "没有一张表的首行含有“{id}”和“{result}”。",
            "No sheet has “{id}” and “{result}” in its first row."
        );
        return Err(AppError::rules(vec![Fault::at("/attachment_id", "no_headings", words)]));
    }
    Ok((answers, unread))
}

fn no_workbook() -> AppError {
    let words = say!(
        "无法读取这个文件；应为 XLSX 工作簿。",
        "That file cannot be read; it has to be an XLSX workbook."
    );
    AppError::rules(vec![Fault::at("/attachment_id", "no_workbook", words)])
}

/// What a cell says; a number without the fraction that no number of a platform has.
fn said(cell: &Data) -> String {
    match cell {
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        other => other.to_string().trim().to_owned(),
    }
}
