//! What refuses a text, as hints: the listings' rules say what and where, here is an example of what would be right.

use techmart_entity::listing::{HintCode, HintSeverity, ListingKind};

use super::Hint;
use crate::{
    error::{Fault, Place, Wording},
    say,
};

/// A refusal as a hint.
pub fn hint(kind: ListingKind, fault: Fault) -> Hint {
    let pointer = match fault.place {
        Place::Pointer(pointer) => pointer,
        Place::Parameter(name) | Place::Header(name) => name,
    };
    let code = fault.code.parse().unwrap_or(HintCode::Required);
    let example = example(kind, code, &pointer);
    Hint { code, severity: HintSeverity::Missing, pointer, says: fault.detail, example }
}

fn example(kind: ListingKind, code: HintCode, pointer: &str) -> Wording {
    match code {
        HintCode::PatentNumber => say!("ZL201720001285.X", "ZL201720001285.X"),
        HintCode::IndustryCode => say!("C36（汽车制造业）", "C36, the making of motor vehicles"),
        HintCode::BelowMin => {
            say!(
                "min 50000000，max 100000000（50 万至 100 万元）",
                "min 50000000, max 100000000: CNY 500,000 to 1,000,000"
            )
        }
        HintCode::BeforeStart => {
            say!("start_on 2026-01-01，deadline_on 2026-12-31", "start_on 2026-01-01, deadline_on 2026-12-31")
        }
        HintCode::WithoutTrl => say!("trl 7，trl_basis self", "trl 7, trl_basis self"),
        _ => of_member(kind, pointer.trim_start_matches("/content/")),
    }
}

fn of_member(kind: ListingKind, member: &str) -> Wording {
    match (kind, member) {
        (ListingKind::Achievement, "title") => {
            say!("低温环境用永磁同步电机控制器", "A controller for permanent-magnet motors in the cold")
        }
        (ListingKind::Achievement, "summary") => say!(
            "针对 -30 ℃ 启动失败，用自适应预热算法，启动时间由 8 s 降到 1.5 s，已装车 200 台。",
            "Adaptive preheating brings a start at -30 °C from 8 s down to 1.5 s; 200 cars have it."
        ),
        (ListingKind::Demand, "title") => {
            say!("-30 ℃ 下电机控制器可靠启动", "Reliable start of a motor controller at -30 °C")
        }
        (ListingKind::Demand, "problem") => say!(
            "现用控制器在 -20 ℃ 以下启动失败率约 12%，原因是电解电容等效电阻升高；更换电容后体积超限。",
            "Below -20 °C about 12 % of starts fail because the capacitors' resistance rises; larger ones do not fit."
        ),
        (ListingKind::Provider, "title") => {
            say!("汽车电子环境可靠性检测", "Reliability tests for automotive electronics")
        }
        (ListingKind::Provider, "summary") => {
            say!(
                "为零部件企业做高低温、振动和盐雾试验，出具 CNAS 报告。",
                "Heat, cold, vibration and salt-spray tests with accredited reports."
            )
        }
        (_, "field") => say!("advanced_manufacturing（先进制造与自动化）", "advanced_manufacturing"),
        (_, "trl") => say!(
            "trl 7，trl_basis self；或 maturity_raw 已通过中试",
            "trl 7 with trl_basis self, or maturity_raw in words"
        ),
        (_, "cooperation_modes") => {
            say!("[\"licence\", \"joint_development\"]", "[\"licence\", \"joint_development\"]")
        }
        (_, "contact") => say!(
            "{{\"name\": \"李工\", \"phone\": \"…\"}}（不公开）",
            "{{\"name\": \"Li\", \"phone\": \"…\"}}, kept private"
        ),
        (_, "demand_type") => say!("key_technology（关键技术攻关）", "key_technology"),
        (_, "types") => say!("[\"testing\"]（研发测试）", "[\"testing\"]"),
        (_, "visibility" | "publicity") => say!("public（公开）", "public"),
        (_, "town") => say!("tanqiao（/code-lists/town 中的代码）", "tanqiao, a code of /code-lists/town"),
        _ => say!("见接口文档", "see the document"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use techmart_entity::listing::{Content, HintCode, ListingKind};

    use crate::features::listing::rules;

    #[test]
    fn every_refusal_has_its_code_among_the_hints_and_an_example() {
        let wrong = [
            (
                ListingKind::Achievement,
                json!({ "title": " ", "trl_basis": "self", "visibility": "unlisted",
                "ip": [{ "ip_type": "invention", "number": "ZL201720001285.1" }], "industry_codes": ["!"],
                "price": { "kind": "range", "min": 2, "max": 1, "currency": "CNY" } }),
            ),
            (
                ListingKind::Demand,
                json!({ "start_on": "2026-02-01", "deadline_on": "2026-01-01", "town": "nowhere",
                "publicity": "parties", "industry_code": "!" }),
            ),
            (ListingKind::Provider, json!({})),
        ];
        let mut n = 0;
        for (kind, document) in wrong {
            let content = Content::parse(kind, document).expect("a content");
            let empty = Content::empty(kind);
            for fault in [rules::faults(&content), rules::lacking(&content), rules::lacking(&empty)].concat()
            {
                n += 1;
                let code = fault.code.clone();
                assert!(code.parse::<HintCode>().is_ok(), "{code}");
                let hint = super::hint(kind, fault);
                assert_ne!(hint.example.en, "see the document", "{code} at {}", hint.pointer);
            }
        }
        assert!(n > 20, "{n}");
    }
}
