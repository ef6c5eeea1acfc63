//! Where the headings of a table are, and what its other rows are.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};
use techmart_entity::{import::row::RowNote, listing::ListingKind};

use super::{GridRow, Known, TableError, cell::Cell};
use crate::{
    features::import::{
        mapping::{Column, excerpt, note},
        returned::RESULT_HEADINGS,
        template::EXAMPLE,
    },
    say,
};

/// What a row of a table is.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// A title or anything else above the headings.
    Above,
    Heading,
    Blank,
    /// The row of a template that shows how to fill it in.
    Example,
    Row {
        members: Map<String, Value>,
        notes: Vec<RowNote>,
    },
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Named {
        name: String,
        column: Option<Column>,
    },
    /// What an earlier import wrote into the copy.
    Result,
}

/// The headings of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The first and the last row of the headings.
    pub rows: (i64, i64),
    pub places: Vec<Place>,
    /// The kind of listing that the headings, or the sheet's name, speak of.
    pub kind: Option<ListingKind>,
}

impl Layout {
    /// The headings among the first rows: the first row that names a title, with the row below where that
    /// has nothing but headings too (a heading over several columns, or English below Chinese).
    #[must_use]
    pub fn find(rows: &[GridRow], known: Known<'_>) -> Option<Self> {
        let all_headings = |row: &&GridRow| {
            filled(row).count() > 0 && filled(row).all(|text| known(&text).is_some() || is_result(&text))
        };
        let (first, second) = rows.iter().enumerate().find_map(|(at, row)| {
            let below = rows.get(at + 1).filter(all_headings);
            let named = columns_of(row, known);
            // In a text a title may stand alone: then other columns are named beside it or below.
            let others = below.map(|below| columns_of(below, known)).unwrap_or_default();
            let names_title = named.contains(&Column::Title)
                && (named.union(&others).count() > 1 || filled(row).count() == 1);
            names_title.then_some((row, below))
        })?;
        let last = second.unwrap_or(first);
        let mut layout =
            Self { rows: (first.number, last.number), places: places(first, second, known), kind: None };
        let title = layout.places.iter().find_map(|place| match place {
            Place::Named { name, column: Some(Column::Title) } => Some(name.as_str()),
            Place::Named { .. } | Place::Result => None,
        });
        layout.kind = title.and_then(kind_of);
        Some(layout)
    }

    /// The same on a sheet, whose name may tell the kind of its rows.
    #[must_use]
    pub fn on_sheet(mut self, name: &str) -> Self {
        self.kind = self.kind.or_else(|| kind_of(name));
        self
    }

    /// How many of the columns mean anything.
    #[must_use]
    pub fn known_columns(&self) -> usize {
        let columns = self.places.iter().filter_map(|place| match place {
            Place::Named { column, .. } => *column,
            Place::Result => None,
        });
        columns.collect::<BTreeSet<_>>().len()
    }

    #[must_use]
    pub fn width(&self) -> usize {
        self.places.len()
    }

    fn title(&self, row: &GridRow) -> String {
        let of_title = |place: &Place| matches!(place, Place::Named { column: Some(Column::Title), .. });
        let at = self.places.iter().position(of_title);
        at.and_then(|at| row.cells.get(at)).map(Cell::text).unwrap_or_default()
    }
}

fn filled(row: &GridRow) -> impl Iterator<Item = String> {
    row.cells.iter().filter(|cell| !cell.is_blank()).map(Cell::text)
}

fn columns_of(row: &GridRow, known: Known<'_>) -> BTreeSet<Column> {
    filled(row).filter_map(|text| known(&text)).collect()
}

fn is_result(text: &str) -> bool {
    RESULT_HEADINGS.contains(&text.trim())
}

fn kind_of(text: &str) -> Option<ListingKind> {
    let text = text.trim();
    if text.contains("需求") {
        Some(ListingKind::Demand)
    } else if text.contains("成果") {
        Some(ListingKind::Achievement)
    } else if text.contains("机构") {
        Some(ListingKind::Provider)
    } else {
        None
    }
}

fn places(first: &GridRow, second: Option<&GridRow>, known: Known<'_>) -> Vec<Place> {
    let width = first.cells.len().max(second.map_or(0, |row| row.cells.len()));
    let text = |row: Option<&GridRow>, at: usize| {
        row.and_then(|row| row.cells.get(at)).map(|cell| cell.text().trim().to_owned()).unwrap_or_default()
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    (0..width)
        .map(|at| {
            let (above, below) = (text(Some(first), at), text(second, at));
            if is_result(&above) || is_result(&below) {
                return Place::Result;
            }
            let name = if known(&above).is_none() && !below.is_empty() { below } else { above };
            let name = if name.is_empty() { format!("列 {}", letters(at)) } else { excerpt(&name, 100) };
            let n = seen.entry(name.clone()).or_default();
            *n += 1;
            let column = known(&name);
            // Of two columns of one name the second is another member of the row.
            let name = if *n > 1 { format!("{name} ({n})") } else { name };
            Place::Named { name, column }
        })
        .collect()
}

/// A column as sheets name it: A, B … Z, AA.
#[must_use]
pub fn letters(at: usize) -> String {
    let mut name = String::new();
    let mut rest = at + 1;
    while rest > 0 {
        rest -= 1;
        let letter = u8::try_from(rest % 26).map_or('?', |n| char::from(b'A' + n));
        name.insert(0, letter);
        rest /= 26;
    }
    name
}

impl Layout {
    /// What a row is.
    #[must_use]
    pub fn place(&self, row: &GridRow) -> What {
        let layout = self;
        if row.number < layout.rows.0 {
            return What::Above;
        }
        if row.number <= layout.rows.1 {
            return What::Heading;
        }
        let title = layout.title(row);
        if EXAMPLE.iter().any(|mark| title.trim_start().starts_with(mark)) {
            return What::Example;
        }
        let mut members = Map::new();
        let mut notes = Vec::new();
        for (at, cell) in row.cells.iter().enumerate() {
            let beyond = || Place::Named { name: format!("列 {}", letters(at)), column: None };
            match layout.places.get(at).cloned().unwrap_or_else(beyond) {
                Place::Result => {}
                Place::Named { name, .. } => {
                    if let Cell::Error(error) = cell {
                        notes.push(note(
                            Some(&name),
                            "cell_error",
                            say!(
                                "单元格是公式错误 {error}，按空处理；请填写值。",
                                "The formula in it gave {error}, so it counts as empty; write the value."
                            ),
                        ));
                    } else if !cell.is_blank() {
                        members.insert(name, Value::String(cell.text()));
                    }
                }
            }
        }
        if members.is_empty() && row.fault.is_none() {
            return What::Blank;
        }
        let says_kind =
            layout.places.iter().any(|place| {
                matches!(place, Place::Named { name, column: Some(Column::Kind) } if members.contains_key(name))
            });
        if let Some(kind) = layout.kind.filter(|_| !says_kind) {
            members.insert("kind".to_owned(), Value::String(kind.to_string()));
        }
        What::Row { members, notes }
    }
}

/// Why nothing can be read: no row has headings.
#[must_use]
pub fn no_headings(rows: &[GridRow]) -> TableError {
    let found: Vec<String> =
        rows.iter().find(|row| filled(row).count() > 1).map_or_else(Vec::new, |row| filled(row).collect());
    let (found, n) = (excerpt(&found.join("、"), 200), super::HEADING_ROWS);
    TableError::unfit(
        "no_headings",
        say!(
            "前 {n} 行没有找到表头：需要一列“成果名称”“需求名称”“机构名称”或“名称”。读到的是：{found}。可下载模板填写。",
            "The first {n} rows have no headings: one column has to be named 成果名称, 需求名称, 机构名称 or title. Read: \
             {found}. There are templates to fill in."
        ),
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use techmart_entity::listing::ListingKind;

    use super::{Layout, What, letters};
    use crate::features::import::{
        mapping::Column,
        table::{GridRow, cell::Cell},
    };

    fn grid(rows: &[&[&str]]) -> Vec<GridRow> {
        let cell = |text: &&str| if text.is_empty() { Cell::Empty } else { Cell::Text((*text).to_owned()) };
        rows.iter()
            .zip(1..)
            .map(|(row, number)| GridRow { number, cells: row.iter().map(cell).collect(), fault: None })
            .collect()
    }

    fn placed(rows: &[&[&str]]) -> (Layout, Vec<What>) {
        let rows = grid(rows);
        let layout = Layout::find(&rows, &Column::named).unwrap();
        let what = rows.iter().map(|row| layout.place(row)).collect();
        (layout, what)
    }

    #[test]
    fn headings_below_a_title_and_over_two_rows_are_found() {
        let (layout, what) = placed(&[
            &["2026 年科技成果汇总表"],
            &[],
            &["序号", "成果名称", "联系方式", ""],
            &["", "", "联系人", "联系电话"],
            &["1", "氢气循环泵", "张三", "027"],
            &["", "", "", ""],
            &["", "【示例】某成果"],
        ]);
        assert_eq!((layout.rows, layout.kind), ((3, 4), Some(ListingKind::Achievement)));
        assert_eq!(what[..2], [What::Above, What::Above]);
        let What::Row { members, .. } = &what[4] else { panic!("no row: {:?}", what[4]) };
        assert_eq!(members["联系电话"], "027");
        assert_eq!(members["kind"], "achievement");
        assert_eq!(what[5..], [What::Blank, What::Example]);
    }

    #[test]
    fn the_results_of_an_earlier_import_are_no_part_of_a_row() {
        let (_, what) = placed(&[
            &["成果名称", "简介", "结果 Result", "问题 Problem"],
            &["甲", "乙", "拒绝", "缺少名称"],
            &["", "", "拒绝", "缺少名称"],
        ]);
        let What::Row { members, .. } = &what[1] else { panic!("no row") };
        assert_eq!(members.len(), 3, "{members:?}");
        assert_eq!(what[2], What::Blank);
    }

    #[test]
    fn columns_are_named_as_sheets_name_them() {
        assert_eq!([0, 25, 26, 701, 702].map(letters), ["A", "Z", "AA", "ZZ", "AAA"]);
    }
}
