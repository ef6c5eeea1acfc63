//! The content of a listing, whatever its kind.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Audience, ListingKind};
use crate::{
    achievement::AchievementContent, demand::DemandContent, provider::ProviderContent,
    value::title_key::title_key,
};

/// A person to talk to. Private: shown to the organisation's editors, to brokers while they handle
/// the item, and to the other party of an accepted docking (each look logged).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Contact {
    #[schema(max_length = 100)]
    pub name: Option<String>,
    #[schema(max_length = 50)]
    pub phone: Option<String>,
    #[schema(max_length = 254)]
    pub email: Option<String>,
    #[schema(max_length = 100)]
    pub wechat: Option<String>,
}

/// The content of any kind of listing.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Achievement(Box<AchievementContent>),
    Demand(Box<DemandContent>),
    Provider(Box<ProviderContent>),
}

impl Content {
    /// An empty draft of that kind.
    #[must_use]
    pub fn empty(kind: ListingKind) -> Self {
        match kind {
            ListingKind::Achievement => Self::Achievement(Box::default()),
            ListingKind::Demand => Self::Demand(Box::default()),
            ListingKind::Provider => Self::Provider(Box::default()),
        }
    }

    /// Reads a stored document.
    ///
    /// # Errors
    /// When the document is not of that kind's shape.
    pub fn parse(kind: ListingKind, document: serde_json::Value) -> Result<Self, serde_json::Error> {
        Ok(match kind {
            ListingKind::Achievement => Self::Achievement(serde_json::from_value(document)?),
            ListingKind::Demand => Self::Demand(serde_json::from_value(document)?),
            ListingKind::Provider => Self::Provider(serde_json::from_value(document)?),
        })
    }

    /// The document that is stored.
    #[must_use]
    pub fn document(&self) -> serde_json::Value {
        let document = match self {
            Self::Achievement(content) => serde_json::to_value(content),
            Self::Demand(content) => serde_json::to_value(content),
            Self::Provider(content) => serde_json::to_value(content),
        };
        // Plain structs of strings, numbers and lists have no way to fail.
        document.unwrap_or_default()
    }

    /// SHA-256 (hex) of the document without what is private: the evidence of what was published. A hash
    /// over a telephone number would tell it to whoever tries all of them.
    #[must_use]
    pub fn hash(&self) -> String {
        crate::canonical::hash(&self.clone().without_private().document())
    }

    #[must_use]
    pub fn kind(&self) -> ListingKind {
        match self {
            Self::Achievement(_) => ListingKind::Achievement,
            Self::Demand(_) => ListingKind::Demand,
            Self::Provider(_) => ListingKind::Provider,
        }
    }

    #[must_use]
    pub fn title(&self) -> &str {
        match self {
            Self::Achievement(content) => content.title.as_deref(),
            Self::Demand(content) => content.title.as_deref(),
            Self::Provider(content) => content.title.as_deref(),
        }
        .unwrap_or_default()
    }

    /// Who may read it once it is published.
    #[must_use]
    pub fn audience(&self) -> Audience {
        match self {
            Self::Achievement(content) => content.visibility.unwrap_or(Audience::Public),
            Self::Demand(content) => content.publicity.unwrap_or(Audience::Public),
            Self::Provider(_) => Audience::Public,
        }
    }

    /// The keys under which an exact duplicate would be found; `owner` is the organisation's id.
    #[must_use]
    pub fn duplicate_keys(&self, owner: Option<&str>) -> Vec<String> {
        let mut keys = match self {
            Self::Achievement(content) => content.identifying_keys(),
            Self::Demand(_) | Self::Provider(_) => Vec::new(),
        };
        let title = title_key(self.title());
        if let (Some(owner), false) = (owner, title.is_empty()) {
            keys.push(format!("title:{owner}:{title}"));
        }
        keys.sort();
        keys.dedup();
        keys
    }

    /// The content without what is private. The only way a content leaves the service for a reader
    /// who is not of its organisation and not the centre's.
    #[must_use]
    pub fn without_private(mut self) -> Self {
        match &mut self {
            Self::Achievement(content) => content.contact = None,
            Self::Demand(content) => content.contact = None,
            Self::Provider(content) => content.contact = None,
        }
        self
    }
}

impl From<AchievementContent> for Content {
    fn from(content: AchievementContent) -> Self {
        Self::Achievement(Box::new(content))
    }
}

impl From<DemandContent> for Content {
    fn from(content: DemandContent) -> Self {
        Self::Demand(Box::new(content))
    }
}

impl From<ProviderContent> for Content {
    fn from(content: ProviderContent) -> Self {
        Self::Provider(Box::new(content))
    }
}
