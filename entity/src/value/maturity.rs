//! Maturity 成熟度.

use crate::coded_enum;

coded_enum! {
    /// Where a readiness level comes from. A mapped one never replaces an evaluated one.
    pub enum TrlBasis: "trl_basis" {
        SelfDeclared = "self" ("自评", "declared by the owner"),
        Mapped = "mapped" ("由来源映射", "mapped from the source"),
        Evaluated = "evaluated" ("第三方评价", "evaluated"),
    }
}
