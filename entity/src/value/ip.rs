//! Intellectual property rights 知识产权. Patent numbers are checked in [`super::patent`]; here they stand as
//! the holder writes them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::coded_enum;

coded_enum! {
    /// 知识产权类型
    pub enum IpType: "ip_type" {
        Invention = "invention" ("发明专利", "invention patent"),
        UtilityModel = "utility_model" ("实用新型", "utility model"),
        Design = "design" ("外观设计", "design"),
        SoftwareCopyright = "software_copyright" ("软件著作权", "software copyright"),
        IcLayout = "ic_layout" ("集成电路布图设计", "integrated circuit layout"),
        PlantVariety = "plant_variety" ("植物新品种", "plant variety"),
        NewDrug = "new_drug" ("新药", "new drug"),
        TradeSecret = "trade_secret" ("技术秘密", "trade secret"),
        Other = "other" ("其他", "other"),
        None = "none" ("未涉及", "none"),
    }
}

/// One right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sea_orm::FromJsonQueryResult)]
#[serde(deny_unknown_fields)]
pub struct IpRight {
    pub ip_type: IpType,
    /// The number of the patent, the registration or the certificate.
    #[serde(default)]
    #[schema(max_length = 100, example = "ZL201720001285.X")]
    pub number: Option<String>,
    /// Where the right stands, as its holder words it: 授权, 实审 …
    #[serde(default)]
    #[schema(max_length = 100)]
    pub status: Option<String>,
    /// Who holds it, by name.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// The last day of its protection, in Asia/Shanghai.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use serde_json::json;

    use super::{IpRight, IpType};

    #[test]
    fn a_right_needs_its_type_alone() {
        let right: IpRight = serde_json::from_value(json!({ "ip_type": "trade_secret" })).unwrap();
        assert_eq!((right.ip_type, right.number, right.expires_on), (IpType::TradeSecret, None, None));
        assert!(serde_json::from_value::<IpRight>(json!({ "number": "ZL201720001285.X" })).is_err());
    }

    #[test]
    fn a_member_that_a_right_does_not_have_is_refused() {
        let right = json!({ "ip_type": "invention", "expires": "2030-01-01" });
        assert!(serde_json::from_value::<IpRight>(right).is_err());
    }
}
