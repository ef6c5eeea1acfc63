//! What an achievement 科技成果 says of itself.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    listing::{Audience, Contact},
    value::{
        cooperation::{CooperationMode, SaleMethod},
        field::{Field, ZoneIndustry},
        ip::IpRight,
        maturity::TrlBasis,
        money::Price,
        patent,
    },
};

/// The content of one version. Everything may be absent in a draft; what a submission needs is the
/// achievement's policy. Unknown stays null: nothing is filled in that looks like a fact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AchievementContent {
    /// 成果名称
    #[schema(max_length = 200)]
    pub title: Option<String>,
    #[schema(max_length = 300)]
    pub title_en: Option<String>,
    /// 成果简介, in a few sentences.
    #[schema(max_length = 2000)]
    pub summary: Option<String>,
    /// 详细介绍
    #[schema(max_length = 20000)]
    pub detail: Option<String>,
    /// 解决的问题
    #[schema(max_length = 5000)]
    pub problem_solved: Option<String>,
    /// 与现有技术对比
    #[schema(max_length = 5000)]
    pub advantage: Option<String>,
    /// 经济性: costs, savings, market.
    #[schema(max_length = 5000)]
    pub economics: Option<String>,
    /// 应用场景
    #[schema(max_length = 5000)]
    pub scenarios: Option<String>,
    #[schema(max_items = 30)]
    pub keywords: Vec<String>,
    #[schema(max_items = 30)]
    pub keywords_en: Vec<String>,
    /// 国家重点支持的高新技术领域
    pub field: Option<Field>,
    /// The field as the source words it.
    #[schema(max_length = 200)]
    pub field_raw: Option<String>,
    /// GB/T 4754 codes, such as `C36`.
    #[schema(max_items = 10)]
    pub industry_codes: Vec<String>,
    /// 园区主导产业
    pub zone_industry: Option<ZoneIndustry>,
    /// The maturity as the source words it.
    #[schema(max_length = 100)]
    pub maturity_raw: Option<String>,
    /// Technology readiness level, 1-9 (GB/T 22900).
    #[schema(minimum = 1, maximum = 9)]
    pub trl: Option<u8>,
    pub trl_basis: Option<TrlBasis>,
    #[schema(max_items = 50)]
    pub ip: Vec<IpRight>,
    #[schema(max_items = 13)]
    pub cooperation_modes: Vec<CooperationMode>,
    /// The ways of cooperating as the source words them.
    #[schema(max_length = 200)]
    pub cooperation_raw: Option<String>,
    pub sale_method: Option<SaleMethod>,
    pub price: Option<Price>,
    /// The price as the source words it.
    #[schema(max_length = 200)]
    pub price_raw: Option<String>,
    /// 成果登记号
    #[schema(max_length = 100)]
    pub registration_no: Option<String>,
    /// 成果评价
    pub evaluation: Option<Evaluation>,
    /// 成果完成团队
    #[schema(max_length = 2000)]
    pub team: Option<String>,
    /// 示范应用情况
    #[schema(max_length = 5000)]
    pub demo_history: Option<String>,
    /// Private.
    pub contact: Option<Contact>,
    /// `public`, `signed_in` or `parties`; public when absent.
    pub visibility: Option<Audience>,
    /// BCP 47, `zh` or `en`.
    #[schema(max_length = 20)]
    pub language: Option<String>,
}

/// An evaluation of an achievement by a third party 成果评价.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Evaluation {
    /// Who evaluated.
    #[schema(max_length = 200)]
    pub by: Option<String>,
    #[schema(max_length = 100)]
    pub number: Option<String>,
    pub on: Option<NaiveDate>,
    #[schema(max_length = 2000)]
    pub conclusion: Option<String>,
}

impl AchievementContent {
    /// The hard keys of the achievement: its patents and its registration number.
    #[must_use]
    pub fn identifying_keys(&self) -> Vec<String> {
        let patents = self
            .ip
            .iter()
            .filter_map(|right| right.number.as_deref())
            .filter_map(|number| number.parse::<patent::PatentNumber>().ok())
            .map(|number| format!("patent:{}", number.key()));
        let registration = self
            .registration_no
            .iter()
            .map(|number| registration_key(number))
            .filter(|number| !number.is_empty())
            .map(|number| format!("registration:{number}"));
        patents.chain(registration).collect()
    }
}

/// A registration number however it is typed: full width or not, with hyphens, spaces or without.
fn registration_key(number: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    number.nfkc().filter(|c| c.is_alphanumeric()).collect::<String>().to_uppercase()
}
