//! Ways of cooperating 合作方式 and of selling.

use crate::coded_enum;

coded_enum! {
    /// 合作方式
    pub enum CooperationMode: "cooperation_mode" {
        Transfer = "transfer" ("技术转让", "transfer"),
        Licence = "licence" ("许可", "licence"),
        ExclusiveLicence = "exclusive_licence" ("独占许可", "exclusive licence"),
        SoleLicence = "sole_licence" ("排他许可", "sole licence"),
        OrdinaryLicence = "ordinary_licence" ("普通许可", "ordinary licence"),
        Equity = "equity" ("作价入股", "equity"),
        JointDevelopment = "joint_development" ("合作开发", "joint development"),
        CommissionedDevelopment = "commissioned_development" ("委托开发", "commissioned development"),
        TechnicalService = "technical_service" ("技术服务", "technical service"),
        TechnicalConsulting = "technical_consulting" ("技术咨询", "technical consulting"),
        JointProduction = "joint_production" ("合作生产", "joint production"),
        StartUp = "start_up" ("创办企业", "founding a company"),
        Other = "other" ("其他", "other"),
    }
}

coded_enum! {
    /// 交易方式
    pub enum SaleMethod: "sale_method" {
        Agreement = "agreement" ("协议", "agreement"),
        Auction = "auction" ("拍卖/竞价", "auction"),
        Listing = "listing" ("挂牌", "listing"),
    }
}
