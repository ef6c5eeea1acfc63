//! Whether a title tells one thing from another.

use techmart_entity::{listing::HintCode, value::title_key::clean_text};

use super::Hint;
use crate::say;

/// So many characters a title has at most; two Latin ones count as one.
const LONGEST: usize = 50;
/// What a title opens with and could open without.
const OPENINGS: [&str; 2] = ["关于", "一种"];
/// What stands in every other title. Longer ones first: they are taken out one after another.
const EVERYWHERE: [&str; 52] = [
    "cooperation",
    "development",
    "technology",
    "technical",
    "research",
    "products",
    "product",
    "project",
    "demand",
    "needs",
    "need",
    "新产品",
    "新技术",
    "新材料",
    "高性能",
    "关键技术",
    "产学研",
    "产业化",
    "研究与应用",
    "技术",
    "需求",
    "难题",
    "问题",
    "研发",
    "研究",
    "开发",
    "项目",
    "合作",
    "寻求",
    "求购",
    "急需",
    "征集",
    "企业",
    "公司",
    "产品",
    "工艺",
    "改进",
    "升级",
    "改造",
    "成果",
    "转化",
    "攻关",
    "关键",
    "创新",
    "解决",
    "方案",
    "相关",
    "有关",
    "关于",
    "一种",
    "应用",
    "的",
];

/// The hints about a title; none about one that is not there.
pub fn hints(title: &str) -> Vec<Hint> {
    let title = clean_text(title);
    if title.is_empty() {
        return Vec::new();
    }
    [generic(&title), long(&title), opening(&title)].into_iter().flatten().collect()
}

fn generic(title: &str) -> Option<Hint> {
    is_generic(title).then(|| {
        Hint::weak(
            HintCode::TitleGeneric,
            "title",
            say!(
                "名称换到别家也成立：请写出对象和要达到的效果。",
                "This could be anybody's title: name the thing and what is to become of it."
            ),
            say!("铝合金压铸件气孔率降到 1% 以下", "Porosity of die-cast aluminium parts below 1 %"),
        )
    })
}

fn long(title: &str) -> Option<Hint> {
    let half_widths: usize = title.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    (half_widths > 2 * LONGEST).then(|| {
        Hint::advice(
            HintCode::TitleLong,
            "title",
            say!(
                "名称超过 {LONGEST} 个字：列表里看不全，细节请放到正文。",
                "Longer than {LONGEST} characters: lists cut it off; details belong into the text."
            ),
            say!("铝合金压铸件气孔率降到 1% 以下", "Porosity of die-cast aluminium parts below 1 %"),
        )
    })
}

fn opening(title: &str) -> Option<Hint> {
    let opening = OPENINGS.iter().find(|opening| title.starts_with(**opening))?;
    Some(Hint::advice(
        HintCode::TitleOpening,
        "title",
        say!(
            "“{opening}”可以省去：名称从对象写起，更容易被认出。",
            "“{opening}” can be left out: a title that begins with the thing is told apart sooner."
        ),
        say!("低 GWP 制冷剂压缩机（不写“一种低 GWP 制冷剂压缩机”）", "A compressor for low-GWP refrigerants"),
    ))
}

/// Whether a word or title holds nothing but what stands everywhere.
pub fn is_generic(text: &str) -> bool {
    let letters: String = text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    let rest = EVERYWHERE.iter().fold(letters.clone(), |rest, word| rest.replace(word, ""));
    // One that has one character of its own, as 某 or A, has none.
    letters.is_empty() || (rest.len() < letters.len() && rest.chars().count() < 2)
}

#[cfg(test)]
mod tests {
    use super::{hints, is_generic};

    #[test]
    fn a_title_is_generic_where_nothing_of_its_own_is_left() {
        for title in [
            "技术需求",
            "新产品研发",
            "企业技术难题攻关项目",
            "寻求合作",
            "Technology research project",
            "某产品",
        ] {
            assert!(is_generic(title), "{title}");
        }
        for title in ["泵", "氢气循环泵", "冷媒检漏机器人研发", "Hydrogen pump development", "AI"]
        {
            assert!(!is_generic(title), "{title}");
        }
    }

    #[test]
    fn a_title_is_told_that_it_is_long_or_opens_with_a_filler() {
        let codes =
            |title: &str| hints(title).into_iter().map(|hint| hint.code.to_string()).collect::<Vec<_>>();
        assert_eq!(codes("一种低温密封件"), ["title_opening"]);
        assert_eq!(codes("。关于密封件漏气"), ["title_opening"]);
        assert_eq!(codes(&"密封".repeat(26)), ["title_long"]);
        assert!(codes(&"密封".repeat(25)).is_empty() && codes(&"seal ".repeat(19)).is_empty());
        assert!(codes("").is_empty() && codes("低温密封件").is_empty());
    }
}
