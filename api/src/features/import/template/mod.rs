//! Templates to fill in: headings that the import knows, lists to choose from, a sheet that explains, and a
//! row that shows how, which the import leaves out.
//!
//! `columns.rs` is the one list of what each template asks for; the sheet, the text file and the explanation
//! follow from it.

mod columns;
mod text;
mod workbook;

pub use columns::choices;
use techmart_entity::listing::ListingKind;
pub use text::csv;
pub use workbook::{drop_downs, workbook};

/// The sheet that explains.
pub const GUIDE_SHEET: &str = "填写说明";
/// The hidden sheet with the values to choose from.
const LISTS_SHEET: &str = "代码";

/// How the title of a row begins that only shows how to fill in a template.
pub const EXAMPLE: [&str; 4] = ["【示例】", "[示例]", "（示例）", "(示例)"];

/// The name of the sheet for listings of a kind.
#[must_use]
pub fn sheet_name(kind: ListingKind) -> &'static str {
    match kind {
        ListingKind::Achievement => "科技成果",
        ListingKind::Demand => "技术需求",
        ListingKind::Provider => "科技服务机构",
    }
}
