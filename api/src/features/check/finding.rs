//! Whether a listing can be found: field, industry, keywords.

use techmart_entity::listing::HintCode;

use super::{Hint, title::is_generic};
use crate::say;

/// About the field.
pub fn field(is_said: bool) -> Option<Hint> {
    (!is_said).then(|| {
        Hint::weak(
            HintCode::NoField,
            "field",
            say!(
                "没有技术领域：按领域浏览和撮合时会被漏掉。",
                "There is no field: whoever browses by field does not see it, and matches count it for less."
            ),
            say!("advanced_manufacturing（先进制造与自动化）", "advanced_manufacturing"),
        )
    })
}

/// About the industry.
pub fn industry(member: &str, is_said: bool) -> Option<Hint> {
    (!is_said).then(|| {
        Hint::advice(
            HintCode::NoIndustry,
            member,
            say!(
                "没有行业：填写后同行业的对接方更容易找到。",
                "There is no industry: those of the same industry find it sooner with one."
            ),
            say!(
                "C36（汽车制造业），或园区主导产业 zone_industry",
                "C36, the making of motor vehicles, or a zone_industry"
            ),
        )
    })
}

/// About the modes of cooperation.
pub fn cooperation(is_said: bool) -> Option<Hint> {
    (!is_said).then(|| {
        Hint::weak(
            HintCode::NoCooperation,
            "cooperation_modes",
            say!(
                "没有合作方式：对方不知道您想委托、合作还是购买。",
                "There is no mode of cooperation: to commission, to join or to buy?"
            ),
            say!("[\"commissioned_development\"]（委托开发）", "[\"commissioned_development\"]"),
        )
    })
}

/// About the keywords.
pub fn keywords(keywords: &[String], english: &[String]) -> Option<Hint> {
    let mut words = keywords.iter().chain(english).filter(|word| !word.trim().is_empty()).peekable();
    if words.peek().is_none() {
        return Some(Hint::weak(
            HintCode::NoKeywords,
            "keywords",
            say!(
                "没有关键词：请写 3 到 8 个同行会用来检索的词。",
                "There are no keywords: give three to eight words that people of the trade would search for."
            ),
            say!(
                "[\"永磁同步电机\", \"低温启动\", \"热管理\"]",
                "[\"permanent-magnet motor\", \"cold start\", \"thermal management\"]"
            ),
        ));
    }
    words.all(|word| is_generic(word)).then(|| {
        Hint::weak(
            HintCode::KeywordsGeneric,
            "keywords",
            say!(
                "关键词都过于宽泛，检索不到这一条：请换成具体的部件、材料、工艺。",
                "These keywords stand for everything: name the part, the material, the process."
            ),
            say!(
                "[\"永磁同步电机\", \"低温启动\"]，而不是 [\"新技术\", \"研发\"]",
                "[\"permanent-magnet motor\"], not [\"technology\", \"research\"]"
            ),
        )
    })
}
