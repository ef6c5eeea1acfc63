//! Intellectual property rights.

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IpRight {
    pub ip_type: IpType,
    #[serde(default)]
    #[schema(max_length = 100, example = "ZL201720001285.X")]
    pub number: Option<String>,
    /// Where the right stands, as its holder words it: 授权, 实审 …
    #[serde(default)]
    #[schema(max_length = 100)]
    pub status: Option<String>,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
}
