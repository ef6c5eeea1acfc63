//! What is wrong with a profile, all of it at once. Pure. The shipped profiles are read here.

use std::collections::HashSet;

use techmart_entity::outbound::Profile;

use super::mapping;
use crate::{error::Fault, say};

/// A profile to start from.
pub struct Shipped {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    text: &'static str,
}

/// The shipped profiles.
pub const SHIPPED: &[Shipped] = &[
    Shipped {
        code: "achievements",
        zh: "科技成果报送表（起点示例，非任何平台的官方格式）",
        en: "a sheet of achievements, to start from; nobody's official form",
        text: include_str!("profiles/achievements.json"),
    },
    Shipped {
        code: "demands",
        zh: "技术需求报送表（起点示例，非任何平台的官方格式）",
        en: "a sheet of demands, to start from; nobody's official form",
        text: include_str!("profiles/demands.json"),
    },
];

impl Shipped {
    /// The profile.
    ///
    /// # Errors
    /// When the shipped text is none: a fault of the release, which a test would see.
    pub fn profile(&self) -> Result<Profile, serde_json::Error> {
        serde_json::from_str(self.text)
    }
}

/// Everything that is wrong.
#[must_use]
pub fn faults(profile: &Profile) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (mut kinds, mut names) = (HashSet::new(), HashSet::from([REMOVALS.to_owned()]));
    for (n, sheet) in profile.sheets.iter().enumerate() {
        let at = format!("/profile/sheets/{n}");
        if !kinds.insert(sheet.kind) {
            let words = say!("每类条目只能有一张表。", "Each kind has one sheet.");
            faults.push(Fault::at(format!("{at}/kind"), "repeated", words));
        }
        if !names.insert(sheet.name.to_lowercase())
            || sheet.name.contains(['[', ']', ':', '*', '?', '/', '\\', '\''])
        {
            let words = say!(
                "表名不能重复，也不能含 [ ] : * ? / \\ '。",
                "Names of sheets are each another, without [ ] : * ? / \\ '."
            );
            faults.push(Fault::at(format!("{at}/name"), "sheet_name", words));
        }
        let known = mapping::fields(sheet.kind);
        let mut headings = HashSet::new();
        for (c, column) in sheet.columns.iter().enumerate() {
            let at = format!("{at}/columns/{c}");
            if column.heading.trim().is_empty() || !headings.insert(column.heading.trim()) {
                let words = say!("表头不能为空或重复。", "Headings are not empty and each another.");
                faults.push(Fault::at(format!("{at}/heading"), "repeated", words));
            }
            match (&column.field, &column.constant) {
                (Some(field), None) if known.contains(field) => {}
                (Some(_), None) => {
                    let list = known.join("、");
                    let words =
                        say!("没有这个字段；可用：{list}。", "There is no such field; there are: {list}.");
                    faults.push(Fault::at(format!("{at}/field"), "unknown_field", words));
                }
                (None, Some(_)) => {}
                (Some(_), Some(_)) | (None, None) => {
                    let words = say!("field 与 constant 二者取一。", "Give either field or constant.");
                    faults.push(Fault::at(at, "one_of", words));
                }
            }
        }
        let has_id = sheet
            .columns
            .iter()
            .any(|column| column.field.as_deref() == Some("id") && column.heading == profile.answer.id);
        if !has_id {
            let heading = &profile.answer.id;
            let words = say!(
                "需要表头为“{heading}”、字段为 id 的列，否则认不出返回的行。",
                "A column “{heading}” of the field id is needed: a row that comes back is known by it."
            );
            faults.push(Fault::at(format!("{at}/columns"), "no_id", words));
        }
    }
    for word in profile.answer.accepted.iter().filter(|word| profile.answer.refused.contains(word)) {
        let words = say!("“{word}”不能同时表示接收和退回。", "“{word}” cannot mean both.");
        faults.push(Fault::at("/profile/answer/refused", "ambiguous", words));
    }
    faults
}

/// The sheet of what is to be taken away.
pub const REMOVALS: &str = "撤下";

#[cfg(test)]
mod tests {
    use super::{SHIPPED, faults};

    #[test]
    fn the_shipped_profiles_are_without_a_fault() {
        for shipped in SHIPPED {
            let profile = shipped.profile().unwrap_or_else(|error| panic!("{}: {error}", shipped.code));
            assert!(faults(&profile).is_empty(), "{}: {:?}", shipped.code, faults(&profile));
        }
    }
}
