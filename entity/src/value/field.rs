//! Fields of technology and industries.

use std::{fmt, str::FromStr};

use crate::coded_enum;

coded_enum! {
    /// 国家重点支持的高新技术领域
    pub enum Field: "field" {
        ElectronicsInformation = "electronics_information" ("电子信息", "electronics and information"),
        BiologyMedicine = "biology_medicine" ("生物与新医药", "biology and medicine"),
        Aerospace = "aerospace" ("航空航天", "aerospace"),
        NewMaterials = "new_materials" ("新材料", "new materials"),
        HighTechServices = "high_tech_services" ("高技术服务", "high-tech services"),
        NewEnergy = "new_energy" ("新能源与节能", "new energy and saving"),
        ResourcesEnvironment = "resources_environment" ("资源与环境", "resources and environment"),
        AdvancedManufacturing = "advanced_manufacturing" ("先进制造与自动化", "advanced manufacturing and automation"),
    }
}

coded_enum! {
    /// 园区主导产业
    pub enum ZoneIndustry: "zone_industry" {
        AutoParts = "auto_parts" ("汽车零部件", "automotive parts"),
        SmartAppliances = "smart_appliances" ("智能家电", "smart appliances"),
        PharmaChemicals = "pharma_chemicals" ("医药化工", "pharmaceuticals and chemicals"),
    }
}

/// A code of GB/T 4754-2017: a section letter A-T and up to four digits, such as `C36`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndustryCode(String);

/// A text that is no industry code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnIndustryCode;

impl FromStr for IndustryCode {
    type Err = NotAnIndustryCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut chars = text.chars();
        let section = chars.next().is_some_and(|c| ('A'..='T').contains(&c));
        let digits = chars.as_str();
        let fits = digits.len() <= 4 && digits.bytes().all(|b| b.is_ascii_digit());
        if section && fits { Ok(Self(text.to_owned())) } else { Err(NotAnIndustryCode) }
    }
}

impl fmt::Display for IndustryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
