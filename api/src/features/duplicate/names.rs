//! How like the names of two organisations are. Pure.
//!
//! What tells a body from another is the core of its name: without the place in front and the legal form
//! behind. 湖北省荆州市示范机电股份有限公司 and 示范机电有限公司 have one core.

use strsim::normalized_levenshtein;
use techmart_entity::{
    duplicate::{DuplicateReason, Reason},
    organisation::{Model, status::VerificationStatus},
};

const FORMS: [&str; 9] = [
    "股份有限责任公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "有限公司",
    "集团公司",
    "分公司",
    "公司",
    "集团",
];
const PLACES: [&str; 5] = ["省", "市", "区", "县", "镇"];
/// Fewer characters than these are no name of one body.
pub const LEAST: usize = 4;
/// From which likeness of two cores on they are shown, in per cent. Of six characters one may differ.
const LIKE: i32 = 80;
/// How much of the longer core the shorter one has to be, in per cent: 武汉大学 is not 武汉大学技术转移中心.
const CONTAINED: usize = 60;

/// The core of a normalised name; the whole where nothing of a name would be left.
#[must_use]
pub fn core(name_key: &str) -> &str {
    let mut rest = name_key;
    for form in FORMS {
        if let Some(bare) = rest.strip_suffix(form) {
            rest = bare;
        }
    }
    // A place ends in one of five words within the first five characters: 湖北省, 荆州市, 沙市区.
    loop {
        let place = rest
            .char_indices()
            .skip(2)
            .take(3)
            .find(|(_, c)| PLACES.iter().any(|place| place.starts_with(*c)))
            .and_then(|(at, c)| rest.get(at + c.len_utf8()..));
        match place {
            Some(behind) if behind.chars().count() >= LEAST => rest = behind,
            Some(_) | None => break,
        }
    }
    if rest.chars().count() >= LEAST { rest } else { name_key }
}

/// Parts of a core of which one is in every name that differs from it in one place.
#[must_use]
pub fn halves(core: &str) -> Vec<String> {
    let characters: Vec<char> = core.chars().collect();
    if characters.len() < 2 * 3 {
        return vec![core.to_owned()];
    }
    let (left, right) = characters.split_at(characters.len() / 2);
    vec![left.iter().collect(), right.iter().collect()]
}

/// Why two may be one, with how alike they are; none when nothing speaks for it.
#[must_use]
pub fn alike(one: &Model, other: &Model) -> Option<(Vec<Reason>, i32)> {
    // Two credit codes are two bodies, and demo never meets real.
    if one.id == other.id || one.demo != other.demo || (one.uscc.is_some() && other.uscc.is_some()) {
        return None;
    }
    let reason = |code, detail: String| vec![Reason { code, detail }];
    if one.name_key == other.name_key {
        return Some((reason(DuplicateReason::Name, one.name_key.clone()), 100));
    }
    let verified = |row: &Model| row.verification == VerificationStatus::Verified;
    // Near names of two bodies that the centre has verified are two bodies' names.
    if (verified(one) && verified(other)) || contradict(&one.region_code, &other.region_code) {
        return None;
    }
    let (a, b) = (core(&one.name_key), core(&other.name_key));
    let (shorter, longer) = if a.chars().count() <= b.chars().count() { (a, b) } else { (b, a) };
    let score = likeness(shorter, longer);
    let contained = longer.contains(shorter)
        && shorter.chars().count() >= LEAST
        && shorter.chars().count() * 100 >= longer.chars().count() * CONTAINED;
    (score >= LIKE || contained)
        .then(|| (reason(DuplicateReason::LikeName, format!("{shorter} / {longer}: {score} %")), score))
}

/// Whether two things that are both said are not the same.
fn contradict(one: &Option<String>, other: &Option<String>) -> bool {
    one.is_some() && other.is_some() && one != other
}

#[expect(clippy::cast_possible_truncation, reason = "a share of at most one")]
fn likeness(one: &str, other: &str) -> i32 {
    (normalized_levenshtein(one, other) * 100.0).floor() as i32
}

#[cfg(test)]
mod tests {
    use techmart_entity::{
        duplicate::DuplicateReason,
        organisation::{Model, OrganisationKind, status::VerificationStatus},
    };

    use super::{alike, core, halves};
    use crate::{auth::Context, features::organisation::repo::blank};

    fn named(name: &str) -> Model {
        let cx = Context::system(chrono::DateTime::UNIX_EPOCH);
        blank(&cx, name, OrganisationKind::Enterprise)
    }

    #[test]
    fn the_core_of_a_name_has_neither_place_nor_legal_form() {
        for (name, expected) in [
            ("湖北省荆州市示范机电股份有限公司", "示范机电"),
            ("荆州示范机电有限责任公司", "荆州示范机电"),
            ("长江大学", "长江大学"),
            ("中国农业科学院油料作物研究所", "中国农业科学院油料作物研究所"),
            ("沙市区美的有限公司", "沙市区美的"),
        ] {
            assert_eq!(core(name), expected);
        }
        assert_eq!(halves("示范机电科技"), ["示范机", "电科技"]);
    }

    #[test]
    fn names_that_may_be_one_body_are_shown_and_others_are_not() {
        let reason = |one: &str, other: &str| {
            alike(&named(one), &named(other)).and_then(|(reasons, _)| Some(reasons.first()?.code))
        };
        assert_eq!(reason("长江大学", " 长江大学"), Some(DuplicateReason::Name));
        for (one, other) in [
            ("荆州市示范机电科技有限公司", "示范机电科技股份有限公司"),
            ("湖北中天特种变压器有限公司", "湖北中天特种变压噐有限公司"),
            ("示范机电科技", "示范机电"),
        ] {
            assert_eq!(reason(one, other), Some(DuplicateReason::LikeName), "{one} {other}");
        }
        for (one, other) in [
            ("武汉大学", "武汉大学技术转移中心"),
            ("武汉理工大学", "武汉科技大学"),
            ("湖北大学", "湖南大学"),
            ("武汉大学技术转移中心", "湖北师范大学技术转移中心"),
        ] {
            assert_eq!(reason(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn two_credit_codes_are_two_bodies_and_demo_is_never_real() {
        let (one, other) = (named("示范机电"), named("示范机电"));
        assert!(alike(&one, &other).is_some());
        let coded = |row: &Model, code: &str| Model { uscc: Some(code.to_owned()), ..row.clone() };
        assert!(alike(&coded(&one, "91350100M000100Y43"), &coded(&other, "91110000802100433B")).is_none());
        assert!(alike(&coded(&one, "91350100M000100Y43"), &other).is_some());
        assert!(alike(&one, &Model { demo: true, ..other }).is_none());
        let (like, near) = (named("示范机电科技"), named("示范机电科枝"));
        assert!(alike(&like, &near).is_some());
        let verified = |row: &Model| Model { verification: VerificationStatus::Verified, ..row.clone() };
        assert!(alike(&verified(&like), &verified(&near)).is_none());
        let of = |row: &Model, region: &str| Model { region_code: Some(region.to_owned()), ..row.clone() };
        assert!(alike(&of(&like, "421071"), &of(&near, "420100")).is_none());
    }
}
