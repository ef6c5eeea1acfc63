//! The workbook: an overview, a sheet for each indicator that has units, rules, signals, and how to check it.
//! Headings are Chinese with English below; amounts are yuan, days are days. What a person wrote never
//! becomes a formula, here or in a file that is saved from it (`cell.rs`).

pub mod cell;
mod sheets;

use rust_xlsxwriter::{
    DocProperties, Format, FormatAlign, FormatBorder, FormatUnderline, Workbook, Worksheet, XlsxError,
};

use super::frozen::Frozen;
use crate::error::{AppError, Result};

/// Makes the workbook.
///
/// # Errors
/// When the library refuses: a fault of the service.
pub fn workbook(report: &Frozen) -> Result<Vec<u8>> {
    make(report).map_err(AppError::internal)
}

fn make(report: &Frozen) -> Result<Vec<u8>, XlsxError> {
    let head = &report.head;
    let mut book = Workbook::new();
    // The same report is the same file: its time is the report's.
    let properties = DocProperties::new()
        .set_title(cell::safe(&head.title, 200))
        .set_subject(cell::safe(&head.plan.name.zh, 200))
        .set_author("techmart")
        .set_comment(format!("SHA-256 {}", report.hash))
        .set_creation_datetime(&head.made_at.0);
    book.set_properties(&properties);
    let looks = Looks::new();
    let mut names = cell::Names::default();
    let mut units = Vec::new();
    // The names come first, so that the overview can lead to the sheets.
    let overview = names.take("总览");
    for kept in &report.parts {
        let sheets: Vec<String> = kept
            .part
            .units
            .chunks(sheets::ROWS)
            .map(|_| names.take(&format!("{} {}", kept.part.indicator, kept.part.name.zh)))
            .collect();
        units.push(sheets);
    }
    sheets::overview(book.add_worksheet().set_name(overview)?, report, &units, &looks)?;
    for (kept, names) in report.parts.iter().zip(&units) {
        for (rows, name) in kept.part.units.chunks(sheets::ROWS).zip(names) {
            let sheet = book.add_worksheet().set_name(name)?;
            sheets::units(sheet, report, &kept.part, rows, &looks)?;
        }
    }
    sheets::rules(book.add_worksheet().set_name(names.take("规则"))?, report, &looks)?;
    sheets::signals(book.add_worksheet().set_name(names.take("异常信号"))?, report, &looks)?;
    sheets::checks(book.add_worksheet().set_name(names.take("校验"))?, report, &looks)?;
    book.save_to_buffer()
}

/// How cells look.
struct Looks {
    title: Format,
    note: Format,
    warning: Format,
    zh: Format,
    en: Format,
    text: Format,
    link: Format,
    wrapped: Format,
    code: Format,
    count: Format,
    money: Format,
    percent: Format,
    hundredths: Format,
    share: Format,
    day: Format,
    moment: Format,
}

impl Looks {
    fn new() -> Self {
        let base = || Format::new().set_align(FormatAlign::Top).set_font_size(10);
        let heading = || {
            Format::new()
                .set_align(FormatAlign::Center)
                .set_align(FormatAlign::VerticalCenter)
                .set_background_color("#E8EEF4")
                .set_text_wrap()
        };
        let number = |format: &str| base().set_num_format(format).set_align(FormatAlign::Right);
        Self {
            title: Format::new().set_bold().set_font_size(15),
            note: base().set_font_color("#595959"),
            warning: base().set_bold().set_font_color("#A40000"),
            zh: heading().set_bold().set_font_size(10),
            en: heading().set_font_size(8).set_font_color("#595959").set_border_bottom(FormatBorder::Medium),
            text: base(),
            link: base().set_font_color("#0563C1").set_underline(FormatUnderline::Single),
            wrapped: base().set_text_wrap(),
            code: base().set_font_name("Consolas").set_font_size(8).set_text_wrap(),
            count: number("#,##0"),
            money: number("#,##0.00"),
            percent: number("0.00\"%\""),
            hundredths: number("#,##0.00"),
            share: number("0.00%"),
            day: base().set_num_format("yyyy-mm-dd").set_align(FormatAlign::Center),
            moment: base().set_num_format("yyyy-mm-dd hh:mm:ss").set_align(FormatAlign::Center),
        }
    }
}

/// A sheet that is written row by row.
struct Writer<'a> {
    sheet: &'a mut Worksheet,
    looks: &'a Looks,
    row: u32,
    /// How wide the columns are, in characters.
    widths: Vec<f64>,
    /// How many lines of text the row has so far.
    lines: u32,
}

/// A column: heading in both languages, and how wide it is.
type Column = (&'static str, &'static str, f64);

impl<'a> Writer<'a> {
    fn new(sheet: &'a mut Worksheet, looks: &'a Looks) -> Self {
        Self { sheet, looks, row: 0, widths: Vec::new(), lines: 1 }
    }

    /// A line across the sheet.
    fn line(&mut self, text: &str, look: fn(&Looks) -> &Format) -> Result<(), XlsxError> {
        self.sheet.write_string_with_format(
            self.row,
            0,
            cell::safe(text, cell::LONGEST),
            look(self.looks),
        )?;
        self.row += 1;
        Ok(())
    }

    /// The two heading lines, which stay in sight and are printed on each page; so do the columns that name
    /// a row.
    fn headings(&mut self, columns: &[(String, String, f64)], named: u16) -> Result<(), XlsxError> {
        for (at, (zh, en, width)) in (0_u16..).zip(columns) {
            self.sheet.write_string_with_format(self.row, at, zh, &self.looks.zh)?;
            self.sheet.write_string_with_format(self.row + 1, at, en, &self.looks.en)?;
            self.sheet.set_column_width(at, *width)?;
            self.widths.push(*width);
        }
        self.sheet.set_row_height(self.row, 28)?;
        self.sheet.set_row_height(self.row + 1, 24)?;
        self.sheet.set_repeat_rows(self.row, self.row + 1)?;
        self.row += 2;
        self.sheet.set_freeze_panes(self.row, named)?;
        Ok(())
    }

    /// How it is printed: A4 across, as wide as the page, or where that would be too small, broken before a
    /// column and with the columns that name a row again.
    fn print(&mut self, report: &Frozen, break_before: Option<u16>) -> Result<(), XlsxError> {
        match break_before {
            Some(column) => {
                self.sheet
                    .set_print_scale(70)
                    .set_repeat_columns(0, 1)?
                    .set_vertical_page_breaks(&[column.into()])?;
            }
            None => {
                self.sheet.set_print_fit_to_pages(1, 0);
            }
        }
        self.sheet
            .set_paper_size(9)
            .set_landscape()
            .set_margins(0.4, 0.4, 0.6, 0.6, 0.3, 0.3)
            // An ampersand is a command in a footer.
            .set_footer(format!("&L&8{}&C&8&A&R&8&P / &N", report.hash));
        Ok(())
    }

    fn text(&mut self, at: u16, text: &str) -> Result<(), XlsxError> {
        self.put(at, text, |looks| &looks.text)
    }

    fn put(&mut self, at: u16, text: &str, look: fn(&Looks) -> &Format) -> Result<(), XlsxError> {
        if !text.is_empty() {
            let text = cell::safe(text, cell::LONGEST);
            self.sheet.write_string_with_format(self.row, at, text, look(self.looks))?;
        }
        Ok(())
    }

    /// A text that goes on in further lines. Not every program finds out for itself how high its row is.
    fn wrap(&mut self, at: u16, text: &str) -> Result<(), XlsxError> {
        let width = self.widths.get(usize::from(at)).copied().unwrap_or(10.0);
        self.lines = self.lines.max(cell::lines(text, width));
        self.put(at, text, |looks| &looks.wrapped)
    }

    /// A hash or an id, in small type.
    fn code(&mut self, at: u16, text: &str) -> Result<(), XlsxError> {
        let width = self.widths.get(usize::from(at)).copied().unwrap_or(10.0);
        self.lines = self.lines.max(cell::lines(text, width));
        self.put(at, text, |looks| &looks.code)
    }

    fn end_row(&mut self) -> Result<(), XlsxError> {
        if self.lines > 1 {
            // A row is never higher than this.
            self.sheet.set_row_height(self.row, (f64::from(self.lines) * 13.0 + 2.0).min(409.0))?;
        }
        self.lines = 1;
        self.row += 1;
        Ok(())
    }

    fn count(&mut self, at: u16, n: usize) -> Result<(), XlsxError> {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        self.sheet.write_number_with_format(self.row, at, n, &self.looks.count)?;
        Ok(())
    }

    fn day(&mut self, at: u16, day: techmart_entity::Day) -> Result<(), XlsxError> {
        match cell::date(day) {
            Some(date) => {
                self.sheet.write_datetime_with_format(self.row, at, &date, &self.looks.day)?;
                Ok(())
            }
            // A day that the program does not know.
            None => self.text(at, &day.to_string()),
        }
    }

    fn moment(&mut self, at: u16, instant: techmart_entity::Instant) -> Result<(), XlsxError> {
        let there = crate::clock::in_shanghai(instant);
        match cell::date_time(there) {
            Some(date) => {
                self.sheet.write_datetime_with_format(self.row, at, &date, &self.looks.moment)?;
                Ok(())
            }
            None => self.text(at, &there.to_string()),
        }
    }
}

fn owned(columns: &[Column]) -> Vec<(String, String, f64)> {
    columns.iter().map(|(zh, en, width)| ((*zh).to_owned(), (*en).to_owned(), *width)).collect()
}
