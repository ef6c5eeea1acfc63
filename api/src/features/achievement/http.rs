//! `/achievements`

use techmart_entity::{achievement::AchievementContent, listing::ListingKind};
use utoipa_actix_web::{scope::scope, service_config::ServiceConfig};

use crate::features::matching;

crate::listing_addresses! {
    kind: ListingKind::Achievement,
    content: AchievementContent,
    one: "achievement",
    many: "achievements",
}

/// The addresses.
pub fn routes(config: &mut ServiceConfig) {
    config.service(scope("/achievements").configure(shared).configure(matching::http::of_achievements));
}
