//! Titles: as they are cleaned, and as they are compared.

use unicode_normalization::UnicodeNormalization;

/// What a title opens with and another title of the same thing does not. Only at the very beginning.
const OPENINGS: [&str; 3] = ["一种", "一类", "基于"];

/// Words that tie a product to the ways of making and using it: X及其制备方法和应用 is X.
const TIES: [&str; 9] = ["以及其", "及其", "和其", "与其", "以及", "及", "和", "与", "其"];
/// The ties that point back at the product. After 及 or 和 alone 制备 and 应用 may be the matter itself:
/// 材料的设计和制备, 技术研发及应用.
const TIES_BACK: [&str; 5] = ["以及其", "及其", "和其", "与其", "其"];
const MAKINGS: [&str; 8] =
    ["制备方法", "制备工艺", "制备技术", "生产方法", "生产工艺", "合成方法", "制造方法", "使用方法"];
const SHORT_MAKINGS: [&str; 2] = ["制备", "制法"];
const USES: [&str; 2] = ["应用", "用途"];

/// Fewer characters than these say too little to compare by; then nothing is dropped.
const LEAST: usize = 4;

/// The title as it is compared, for duplicates and for the upsert of imports: NFKC, simplified, lower
/// case, without signs and white space, and without the fillers of patent titles (一种, 基于, 及其制备方法 …).
///
/// Where signs stand between two digits one dot stays, since 1.5 is not 15. The key is empty only where the
/// title has neither letter nor digit. It is no text to show.
#[must_use]
pub fn title_key(title: &str) -> String {
    let letters = letters(title);
    without_fillers(&letters).filter(|rest| rest.chars().count() >= LEAST).unwrap_or(&letters).to_owned()
}

/// The letters and digits of a title.
fn letters(title: &str) -> String {
    let composed: String = title.nfkc().collect();
    let simplified = fast2s::convert(&composed).to_lowercase();
    let mut letters = String::with_capacity(simplified.len());
    let mut parted = false;
    for c in simplified.chars() {
        if c.is_alphanumeric() {
            if parted && c.is_numeric() && letters.ends_with(char::is_numeric) {
                letters.push('.');
            }
            letters.push(c);
            parted = false;
        } else {
            parted = true;
        }
    }
    letters
}

fn without_fillers(letters: &str) -> Option<&str> {
    let opened = OPENINGS.iter().fold(letters, |rest, opening| rest.strip_prefix(opening).unwrap_or(rest));
    let bare = without_making(opened);
    (bare != letters).then_some(bare)
}

/// Without 及其制备方法, 及其制备方法和应用, 及其应用 at the end.
fn without_making(title: &str) -> &str {
    // 及其制备方法和应用: the use hangs on the making, so any tie will do.
    let made_and_used = tied_stripped(title, &USES, &TIES).and_then(making_stripped);
    made_and_used
        .or_else(|| making_stripped(title))
        .or_else(|| tied_stripped(title, &USES, &TIES_BACK))
        .unwrap_or(title)
}

fn making_stripped(title: &str) -> Option<&str> {
    tied_stripped(title, &MAKINGS, &TIES).or_else(|| tied_stripped(title, &SHORT_MAKINGS, &TIES_BACK))
}

fn tied_stripped<'a>(text: &'a str, ends: &[&str], ties: &[&str]) -> Option<&'a str> {
    ends_stripped(ends_stripped(text, ends)?, ties)
}

fn ends_stripped<'a>(text: &'a str, ends: &[&str]) -> Option<&'a str> {
    ends.iter().find_map(|end| text.strip_suffix(end))
}

/// A one-line text as it is kept and shown: without control characters and NULs, white space of any
/// width as single spaces, and without the full stops and commas that exports leave before a title.
/// A dot that belongs to the first word (`.NET`) stays. Case, script and signs inside are the author's.
#[must_use]
pub fn clean_text(text: &str) -> String {
    let invisible = |c: &char| {
        // Zero-width characters and the byte order mark are no white space to Unicode.
        matches!(c, '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}')
            || (c.is_control() && !c.is_whitespace())
    };
    let visible: String = text.chars().filter(|c| !invisible(c)).collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut rest = line.as_str();
    while let Some(next) = rest.strip_prefix(['。', '．', '，', '、', '；', '：', '.', ',', ';', '·', ' '])
    {
        if rest.starts_with('.') && next.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            break;
        }
        rest = next;
    }
    // A title of signs alone is kept: it is for its author to mend.
    if rest.is_empty() { line } else { rest.to_owned() }
}

/// Whether a text holds a NUL, which PostgreSQL refuses in text and in JSON.
#[must_use]
pub fn contains_nul(text: &str) -> bool {
    text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::{clean_text, contains_nul, title_key};

    #[test]
    fn the_same_title_has_the_same_key_however_it_is_written() {
        let key = title_key("一种铜基复合材料及其制备方法");
        assert_eq!(key, "铜基复合材料");
        for title in [
            "铜基复合材料",
            "。一种 铜基复合材料 及其制备方法",
            "一種銅基複合材料及其製備方法",
            "铜基复合材料、其制备方法及应用",
            "一种铜基复合材料及制备方法",
            "铜基复合材料，以及其制备方法",
            "铜基复合材料及其制备",
            "铜基复合材料及其制备方法和应用",
            "铜基复合材料及其应用",
        ] {
            assert_eq!(title_key(title), key, "{title}");
        }
        assert_eq!(title_key("12ＫＷ无垢节能型即开式开水机"), title_key("12kW 无垢节能型即开式开水机"));
        assert_eq!(title_key("Pericyclic Gearbox"), title_key("pericyclic-gearbox."));
    }

    #[test]
    fn an_opening_is_dropped_at_the_beginning_alone() {
        assert_eq!(title_key("一种基于半导体制冷的微润灌溉系统"), "半导体制冷的微润灌溉系统");
        assert_eq!(title_key("另一种微润灌溉系统"), "另一种微润灌溉系统");
        assert_eq!(title_key("疲劳驾驶基于面部检测"), "疲劳驾驶基于面部检测");
    }

    #[test]
    fn a_method_that_is_the_matter_itself_stays() {
        for title in [
            "高纯度蔗糖单酯的制备方法",
            "相变蓄冷材料的开发和应用",
            "复合轨枕装置及其强度检测方法",
            "喷涂装备研发及应用",
            "钙钛矿材料的设计和制备",
        ] {
            assert_eq!(title_key(title), title);
        }
        assert_eq!(title_key("一种废弃物生产有机肥的方法及其应用"), "废弃物生产有机肥的方法");
    }

    #[test]
    fn what_would_leave_too_little_is_not_dropped() {
        assert_eq!(title_key("一种及其制备方法"), "一种及其制备方法");
        assert_eq!(title_key("一种涂料"), "一种涂料");
        assert_eq!(title_key("基于"), "基于");
        assert_eq!(title_key("A"), "a");
    }

    #[test]
    fn figures_stay_apart() {
        assert_ne!(title_key("1.5MW风机"), title_key("15MW风机"));
        assert_eq!(title_key("1.5MW风机"), title_key("1。5 MW 风机"));
        assert_ne!(title_key("阳光131"), title_key("阳光132"));
    }

    #[test]
    fn the_key_is_empty_only_without_letters() {
        for title in ["", " 　", "……", "。，"] {
            assert_eq!(title_key(title), "");
        }
        assert_eq!(title_key("🦀"), "");
    }

    #[test]
    fn a_key_is_its_own_key_unless_the_fillers_were_stacked() {
        for title in ["一种铜基复合材料及其制备方法", "1.5MW风机", "HST与有级组合变速箱", "CO₂ 电解"]
        {
            assert_eq!(title_key(&title_key(title)), title_key(title), "{title}");
        }
    }

    #[test]
    fn a_leading_full_stop_and_strange_spaces_go() {
        assert_eq!(clean_text("。　一种换热器\u{3000}"), "一种换热器");
        assert_eq!(clean_text(". \u{FEFF}废气\0净化\t工艺\n"), "废气净化 工艺");
        assert_eq!(clean_text("、，；水处理"), "水处理");
    }

    #[test]
    fn signs_that_belong_to_the_title_stay() {
        for title in
            ["“开拓二号”深海采矿车", ".NET 平台", "（NIPU）树脂", "材料、工艺。", "-20℃ 冷库", "《计划》"]
        {
            assert_eq!(clean_text(title), title);
        }
        assert_eq!(clean_text("……"), "……");
        assert_eq!(clean_text("。。"), "。。");
    }

    #[test]
    fn a_nul_is_seen() {
        assert!(contains_nul("a\0b") && !contains_nul("a b"));
    }
}
