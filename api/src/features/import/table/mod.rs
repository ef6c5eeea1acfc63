//! Files of tables, as clerks really make them: a title above the headings, headings over two rows, blank
//! rows, dates and numbers as the program keeps them, and any of the usual encodings and separators.
//!
//! `csv.rs` and `xlsx.rs` read rows of cells and hold no more than one at a time; `layout.rs` finds the
//! headings and says what each row is. A row of data becomes the same raw object as a line of JSON, so
//! that `mapping/` stays the one place of meaning. Reading blocks, so it is done beside the async threads
//! (`stream.rs`).

pub mod cell;
mod csv;
mod encoding;
pub mod layout;
pub mod stream;
mod xlsx;

use std::{fs::File, io, ops::ControlFlow, sync::Arc};

use cell::Cell;
use layout::{Layout, What};
use techmart_entity::{
    import::{ImportFormat, row::RowNote},
    listing::ListingKind,
};

use super::mapping::{Column, note};
use crate::{error::Wording, say};

/// The most columns of a table.
pub const COLUMNS: usize = 256;
/// The most rows of a table; more come in parts.
pub const ROWS: i64 = 500_000;
/// The most bytes of a row's texts, as of a line of JSON.
pub const ROW_BYTES: usize = 1024 * 1024;
/// The rows among which the headings have to be.
pub const HEADING_ROWS: usize = 30;

/// A row of a table as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub struct GridRow {
    /// The row of the sheet, or the line of the text, from 1.
    pub number: i64,
    pub cells: Vec<Cell>,
    /// Why nothing can be taken from it.
    pub fault: Option<RowNote>,
}

/// A row and what it is.
#[derive(Clone, Debug)]
pub struct Placed {
    pub grid: GridRow,
    pub what: What,
    pub layout: Arc<Layout>,
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The file is not as it should be: what is wrong with it, and what would be right.
    #[error("{} / {}", .detail.zh, .detail.en)]
    Unfit { code: &'static str, detail: Wording },
}

impl TableError {
    pub fn unfit(code: &'static str, detail: Wording) -> Self {
        Self::Unfit { code, detail }
    }
}

/// How the names of columns are understood: by the service, and by what is kept for a source.
pub type Known<'a> = &'a (dyn Fn(&str) -> Option<Column> + Send + Sync);

/// What can be said of a table at a first look.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The sheet that is read.
    pub sheet: Option<String>,
    /// The number of its last row, as far as the file tells.
    pub lines: Option<i64>,
    pub layout: Layout,
    pub notes: Vec<RowNote>,
}

/// What whoever sends a table says of it.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The sheet to read; none for the first that has headings.
    pub sheet: Option<String>,
    /// The kind of the rows that do not say theirs, whatever the headings say.
    pub kind: Option<ListingKind>,
}

impl Choice {
    fn applied(&self, layout: Layout) -> Layout {
        Layout { kind: self.kind.or(layout.kind), ..layout }
    }
}

/// Looks at a table: that it can be read, and where its headings are.
///
/// # Errors
/// [`TableError`]: it is none, or no row of it has headings.
pub fn look(
    mut file: File,
    format: ImportFormat,
    sheet: Option<&str>,
    known: Known<'_>,
) -> Result<Overview, TableError> {
    match format {
        ImportFormat::JsonLines => Err(not_a_table()),
        ImportFormat::Csv => {
            let manner = csv::manner(&mut file, known)?;
            csv::look(&mut file, &manner)
        }
        ImportFormat::Xlsx => xlsx::look(&mut xlsx::open(&mut file)?, sheet, known),
    }
}

/// Reads a table from its beginning, row by row, until told to stop.
///
/// # Errors
/// [`TableError`]
pub fn read(
    mut file: File,
    format: ImportFormat,
    choice: &Choice,
    known: Known<'_>,
    each: &mut dyn FnMut(Placed) -> ControlFlow<()>,
) -> Result<(), TableError> {
    let mut rows = 0_i64;
    let mut place = |layout: &Arc<Layout>, grid: GridRow| {
        rows += 1;
        if rows > ROWS {
            return ControlFlow::Break(());
        }
        let what = layout.place(&grid);
        each(Placed { grid, what, layout: Arc::clone(layout) })
    };
    match format {
        ImportFormat::JsonLines => return Err(not_a_table()),
        ImportFormat::Csv => {
            let manner = csv::manner(&mut file, known)?;
            let layout = Arc::new(choice.applied(manner.layout.clone()));
            csv::read(file, &manner, &mut |grid| place(&layout, grid))?;
        }
        ImportFormat::Xlsx => {
            let mut book = xlsx::open(&mut file)?;
            let overview = xlsx::look(&mut book, choice.sheet.as_deref(), known)?;
            let layout = Arc::new(choice.applied(overview.layout));
            let sheet = overview.sheet.unwrap_or_default();
            xlsx::walk(&mut book, &sheet, &mut |grid| place(&layout, grid))?;
        }
    }
    if rows > ROWS {
        return Err(TableError::unfit(
            "too_many_rows",
            say!(
                "表格超过 {ROWS} 行；之前的行已处理，其余请分成几个文件。",
                "The table has more than {ROWS} rows; those before are taken up, send the others in parts."
            ),
        ));
    }
    Ok(())
}

fn not_a_table() -> TableError {
    TableError::unfit("no_table", say!("文件不是表格。", "The file is no table."))
}

fn too_many_columns() -> TableError {
    TableError::unfit(
        "too_many_columns",
        say!(
            "表格超过 {COLUMNS} 列；请删除不需要的列。",
            "The table has more than {COLUMNS} columns; remove those that are not needed."
        ),
    )
}

/// Cells of one row, or why they cannot be taken.
fn checked(number: i64, mut cells: Vec<Cell>) -> GridRow {
    let bytes: usize = cells.iter().map(Cell::bytes).sum();
    let fault = if bytes > ROW_BYTES {
        for cell in &mut cells {
            cell.cut(200);
        }
        Some(note(
            None,
            "too_long",
            say!(
                "一行最多 1 MiB；请检查是否有未闭合的引号。",
                "A row has at most 1 MiB; look for a quotation mark that is not closed."
            ),
        ))
    } else if cells.iter().any(Cell::is_broken) {
        Some(note(
            None,
            "broken_text",
            say!(
                "含有无法识别的字符；请另存为 UTF-8 编码的 CSV 或 Excel 工作簿。",
                "It has characters that cannot be read; save the file as CSV in UTF-8, or as a workbook."
            ),
        ))
    } else {
        None
    };
    GridRow { number, cells, fault }
}
