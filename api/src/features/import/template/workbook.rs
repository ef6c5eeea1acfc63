//! The template as a workbook.

use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, Format, FormatAlign, FormatBorder, Formula, Workbook,
    Worksheet, XlsxError,
};
use techmart_entity::listing::ListingKind;

use super::{
    GUIDE_SHEET, LISTS_SHEET,
    columns::{choices, headings},
    sheet_name,
};
use crate::{
    error::{AppError, Result},
    features::import::{mapping::Column, table::layout::letters},
};

/// The rows for which there are lists to choose from.
const ROWS: u32 = 10_000;

/// What the sheet that explains says first.
const GUIDE: &[(&str, &str)] = &[
    (
        "1. 在第一张表从第 4 行起填写，每行一条；第 1、2 行是表头，请勿改动或删除。",
        "Fill in the first sheet from row 4 on, an item a row. Rows 1 and 2 are the headings: leave them.",
    ),
    (
        "2. 第 3 行是示例，导入时自动忽略（名称以【示例】开头）。",
        "Row 3 is an example. It is left out when the file is imported.",
    ),
    (
        "3. 标 * 的列必填；其他列没有内容就留空，不要写“无”“/”。列的顺序可以改变，不需要的列可以删除。",
        "Columns with a star are required. Leave what is unknown empty. Columns may change places or go.",
    ),
    (
        "4. 有下拉列表的列请从列表选择；合作方式、服务类型可填多项，用分号隔开。",
        "Choose from the lists where there are some; several ways of cooperating are parted by semicolons.",
    ),
    (
        "5. 填好后先试运行（dry_run=true），再正式导入；下载带结果的副本，按“问题”列改正后再导入同一文件，不会重复。",
        "Try it first (dry_run=true), then import. Download the copy with the results, repair it by the column Problem, and import \
         that: nothing is made twice.",
    ),
    (
        "6. 再次导入时按来源编号认出同一条；没有编号时按名称和来源网址。改名称请保留来源编号。",
        "An item is known again by its source id, else by title and address. Keep the id when you change a title.",
    ),
];

/// Makes it.
///
/// # Errors
/// When the library refuses: a fault of the service.
pub fn workbook(kind: ListingKind) -> Result<Vec<u8>> {
    make(kind).map_err(AppError::internal)
}

fn make(kind: ListingKind) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let zh = Format::new()
        .set_bold()
        .set_background_color("#E8EEF4")
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter);
    let needed = zh.clone().set_font_color("#A40000");
    let en = Format::new()
        .set_font_size(8)
        .set_font_color("#595959")
        .set_background_color("#E8EEF4")
        .set_align(FormatAlign::Center)
        .set_border_bottom(FormatBorder::Medium);
    let example = Format::new().set_italic().set_font_color("#7F7F7F");
    // A telephone number or a patent number typed into a cell stays as it was typed.
    let text = Format::new().set_num_format("@");
    let sheet = book.add_worksheet().set_name(sheet_name(kind))?;
    for (heading, column) in headings(kind).iter().zip(0_u16..) {
        sheet.set_column_format(column, &text)?;
        sheet.set_column_width(column, if heading.needed { 34 } else { 18 })?;
        let look = if heading.needed { &needed } else { &zh };
        sheet.write_string_with_format(0, column, heading.title(), look)?;
        sheet.write_string_with_format(1, column, heading.column.name(), &en)?;
        sheet.write_string_with_format(2, column, heading.example, &example)?;
    }
    sheet.set_freeze_panes(2, 1)?;
    guide(book.add_worksheet().set_name(GUIDE_SHEET)?, kind)?;
    let columns: Vec<_> = headings(kind).iter().map(|heading| Some(heading.column)).collect();
    drop_downs(&mut book, kind, &columns, (2, ROWS))?;
    book.save_to_buffer()
}

fn guide(sheet: &mut Worksheet, kind: ListingKind) -> std::result::Result<(), XlsxError> {
    let bold = Format::new().set_bold().set_background_color("#E8EEF4");
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    let heading = Format::new().set_bold().set_font_size(14);
    sheet.write_string_with_format(
        0,
        0,
        format!("{} · 填写说明 / How to fill this in", sheet_name(kind)),
        &heading,
    )?;
    let mut row = 2;
    for (zh, en) in GUIDE {
        sheet.merge_range(row, 0, row, 4, &format!("{zh}\n{en}"), &wrapped)?;
        sheet.set_row_height(row, 34)?;
        row += 1;
    }
    row += 1;
    for (title, column) in
        ["列 / Column", "字段 / Field", "必填 / Required", "说明 / How", "可填 / Values"].iter().zip(0_u16..)
    {
        sheet.write_string_with_format(row, column, *title, &bold)?;
    }
    for heading in headings(kind) {
        row += 1;
        let values = choices(kind, heading.column).map(|values| values.join("、")).unwrap_or_default();
        sheet.write_string_with_format(row, 0, heading.zh, &wrapped)?;
        sheet.write_string_with_format(row, 1, heading.column.name(), &wrapped)?;
        sheet.write_string_with_format(row, 2, if heading.needed { "是 / yes" } else { "" }, &wrapped)?;
        sheet.write_string_with_format(
            row,
            3,
            format!("{}\n{}", heading.hint, heading.hint_en).trim(),
            &wrapped,
        )?;
        sheet.write_string_with_format(row, 4, values, &wrapped)?;
    }
    for (column, width) in [(0, 18), (1, 18), (2, 14), (3, 60), (4, 60)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

/// Adds lists to choose from to the first sheet, whose columns these are, in rows from the first to the
/// last. The values stand on a hidden sheet: a list in a cell's rule may have 255 characters at most.
///
/// # Errors
/// When the library refuses: a fault of the service.
pub fn drop_downs(
    book: &mut Workbook,
    kind: ListingKind,
    columns: &[Option<Column>],
    (first, last): (u32, u32),
) -> std::result::Result<(), XlsxError> {
    let lists: Vec<(u16, Column, Vec<String>)> = columns
        .iter()
        .zip(0_u16..)
        .filter_map(|(column, at)| {
            let column = (*column)?;
            Some((at, column, choices(kind, column)?))
        })
        .collect();
    let hidden = book.add_worksheet().set_name(LISTS_SHEET)?.set_hidden(true);
    for ((_, column, values), list) in lists.iter().zip(0_u16..) {
        hidden.write_string(0, list, column.name())?;
        for (value, row) in values.iter().zip(1_u32..) {
            hidden.write_string(row, list, value)?;
        }
    }
    let sheet = book.worksheet_from_index(0)?;
    for ((at, column, values), list) in lists.iter().zip(0_usize..) {
        let letter = letters(list);
        let formula = format!("='{LISTS_SHEET}'!${letter}$2:${letter}${}", values.len() + 1);
        // Of these several may stand in a cell.
        let style = if matches!(column, Column::Cooperation | Column::ProviderTypes) {
            DataValidationErrorStyle::Information
        } else {
            DataValidationErrorStyle::Warning
        };
        let rule = DataValidation::new()
            .allow_list_formula(Formula::new(formula))
            .set_error_style(style)
            .set_error_title("不在列表中")?
            .set_error_message("请从下拉列表选择；确需其他写法时可以继续。")?;
        sheet.add_data_validation(first, *at, last, *at, &rule)?;
    }
    Ok(())
}
