//! Bodies that are complete, for tests that are about something else.

use serde_json::{Value, json};

/// A credit code with a right check character; another one for each number.
pub fn uscc(n: u32) -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let body = format!("91421000{n:09}");
    let value = |c: u8| ALPHABET.iter().position(|a| *a == c).unwrap();
    let sum: usize = body.bytes().zip(WEIGHTS).map(|(c, weight)| value(c) * weight).sum();
    format!("{body}{}", char::from(ALPHABET[(31 - sum % 31) % 31]))
}

/// The content of an achievement that can be submitted.
pub fn achievement(title: &str) -> Value {
    json!({ "content": {
        "title": title,
        "summary": "面向新能源汽车的技术成果，已完成样机验证。",
        "field": "advanced_manufacturing",
        "trl": 6,
        "trl_basis": "self",
        "cooperation_modes": ["transfer", "licence"],
        "keywords": ["新能源汽车"],
        "contact": { "name": "张老师", "phone": "13800000001" },
        "language": "zh",
    }})
}

/// The content of a demand that can be submitted.
pub fn demand(title: &str) -> Value {
    json!({ "content": {
        "title": title,
        "demand_type": "key_technology",
        "problem": "现有产品在低温下启动失败，需要在 -30 摄氏度可靠启动。",
        "contact": { "name": "李工", "phone": "13800000002" },
        "language": "zh",
    }})
}

/// The content of a provider's page that can be submitted.
pub fn provider(title: &str) -> Value {
    json!({ "content": {
        "title": title,
        "summary": "检测认证服务。",
        "types": ["testing"],
        "contact": { "name": "王经理", "phone": "13800000003" },
        "language": "zh",
    }})
}
