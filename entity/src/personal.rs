//! What is said of personal data: on what it rests, and what becomes of it when its person is erased.

use crate::coded_enum;

coded_enum! {
    /// On what keeping personal data rests: the heads of article 13 of the Personal Information Protection Law
    /// (个人信息保护法) that apply here.
    pub enum LegalBasis: "legal_basis" {
        Consent = "pipl_13_1_1" ("个人信息保护法第十三条第一款第（一）项：取得个人的同意",
            "PIPL art. 13(1)(1): the person's consent"),
        Contract = "pipl_13_1_2" ("个人信息保护法第十三条第一款第（二）项：为订立、履行个人作为一方当事人的合同所必需",
            "PIPL art. 13(1)(2): needed for a contract to which the person is a party"),
        Duty = "pipl_13_1_3" ("个人信息保护法第十三条第一款第（三）项：为履行法定职责或者法定义务所必需",
            "PIPL art. 13(1)(3): needed for statutory functions or duties"),
        Published = "pipl_13_1_6" ("个人信息保护法第十三条第一款第（六）项：合理范围内处理已经合法公开的个人信息",
            "PIPL art. 13(1)(6): lawfully public already, within reason"),
    }
}

coded_enum! {
    /// What becomes of personal data when the account of its person is erased.
    pub enum OnErasure: "on_erasure" {
        Deleted = "deleted" ("删除", "deleted"),
        Replaced = "replaced" ("以“已注销用户”等占位内容替换", "replaced by a placeholder"),
        Kept = "kept" ("保留（依据个人信息保护法第四十七条第二款停止其他处理）",
            "kept, and used for nothing else (PIPL art. 47(2))"),
        ByTerm = "by_term" ("期限届满时删除", "deleted when its term ends"),
        ByOrganisation = "by_organisation" ("由单位自行修改或撤下", "for its organisation to change or take away"),
    }
}
