//! A package as a workbook: a sheet for each kind, one of what is to be taken away, and columns for the answer.

use rust_xlsxwriter::{Format, Workbook, XlsxError};
use techmart_entity::outbound::{Profile, SheetColumn};

use super::{packing::Changes, profile::REMOVALS};
use crate::{
    error::{AppError, Result},
    features::report::xlsx::cell,
};

/// Makes the workbook.
///
/// # Errors
/// When the library refuses: a fault of the service.
pub fn write(profile: &Profile, changes: &Changes) -> Result<Vec<u8>> {
    make(profile, changes).map_err(AppError::internal)
}

fn make(profile: &Profile, changes: &Changes) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let bold = Format::new().set_bold();
    let answer = &profile.answer;
    let answers = [&answer.result, &answer.remote_id, &answer.opinion];
    for sheet in &profile.sheets {
        let page = book.add_worksheet().set_name(&sheet.name)?;
        let headings: Vec<&String> =
            sheet.columns.iter().map(|column: &SheetColumn| &column.heading).collect();
        // The platform writes its answer beside the row, so that nobody has to copy ids.
        let empty = answers.iter().copied().filter(|heading| !headings.contains(heading));
        for (n, heading) in (0_u16..).zip(headings.iter().copied().chain(empty)) {
            page.write_string_with_format(0, n, cell::safe(heading, cell::LONGEST), &bold)?;
        }
        let rows = changes.changes.iter().filter(|change| change.kind == sheet.kind);
        for (line, change) in (1_u32..).zip(rows) {
            for (n, text) in (0_u16..).zip(&change.cells) {
                page.write_string(line, n, cell::safe(text, cell::LONGEST))?;
            }
        }
    }
    let page = book.add_worksheet().set_name(REMOVALS)?;
    for (n, heading) in (0_u16..).zip([answer.id.as_str(), "名称", answer.remote_id.as_str()]) {
        page.write_string_with_format(0, n, cell::safe(heading, cell::LONGEST), &bold)?;
    }
    for (line, item) in (1_u32..).zip(&changes.removals) {
        page.write_string(line, 0, item.listing_id.to_string())?;
        page.write_string(line, 1, cell::safe(&item.title, cell::LONGEST))?;
        page.write_string(line, 2, cell::safe(item.remote_id.as_deref().unwrap_or_default(), cell::LONGEST))?;
    }
    book.save_to_buffer()
}
