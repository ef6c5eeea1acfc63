//! A sentence in both languages.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The languages the service speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    Zh,
    En,
}

impl Language {
    /// Chooses by an Accept-Language header: the first of `zh` and `en` in order of quality, Chinese
    /// when neither is named.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
            let quality = pieces
                .find_map(|piece| piece.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()))
                .unwrap_or(1.0);
            let language = match tag.split('-').next() {
                Some("zh") => Self::Zh,
                Some("en") => Self::En,
                Some(_) | None => continue,
            };
            if quality > 0.0 && best.is_none_or(|(q, _)| quality > q) {
                best = Some((quality, language));
            }
        }
        best.map_or(Self::Zh, |(_, language)| language)
    }

    /// The value of Content-Language.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// A sentence in Chinese and English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Wording {
    pub zh: String,
    pub en: String,
}

impl Wording {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The sentence in one of the languages.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }
}

/// `say!("中文 {x}", "English {x}")`: a [`Wording`], with the formatting of `format!`.
#[macro_export]
macro_rules! say {
    ($zh:literal, $en:literal $(,)?) => {
        $crate::error::Wording::new(format!($zh), format!($en))
    };
}
