//! Judgements as TREC writes them: `query 0 document grade`, one a line.

use std::collections::BTreeMap;

use super::{Grades, Unreadable};

pub(super) fn read(text: &str) -> Result<BTreeMap<String, Grades>, Unreadable> {
    let mut judged: BTreeMap<String, Grades> = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let unreadable = |reason: &str| Unreadable { line: i + 1, reason: reason.to_owned() };
        let columns: Vec<&str> = line.split_whitespace().collect();
        let (query, listing, grade) = match columns[..] {
            [] => continue,
            [query, _, listing, grade] => (query, listing, grade),
            _ => {
                return Err(unreadable(
                    "应为四列：查询 0 条目 等级; it takes four columns: query 0 listing grade",
                ));
            }
        };
        // Some sets grade what is spam below 0: it is no answer.
        let grade: i64 =
            grade.parse().map_err(|_| unreadable("等级应为整数; the grade is a whole number"))?;
        let grade = u32::try_from(grade.max(0)).unwrap_or(u32::MAX);
        if judged.entry(query.to_owned()).or_default().insert(listing.to_owned(), grade).is_some() {
            return Err(unreadable("同一条目判了两次; the listing is judged twice"));
        }
    }
    Ok(judged)
}
