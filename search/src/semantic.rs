//! Semantic help: an embedder of the search server finds texts that are alike in what they mean though they share no
//! word. Matching is complete without it; the embedded engine has none.

use std::fmt;

use meilisearch_sdk::settings::{Embedder as Settings, EmbedderSource};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// What of a listing is embedded, in the server's template language: as it is written, not the terms it is searched by.
/// The marker of a complete index has no texts.
const TEMPLATE: &str = "{% if doc.texts %}{{ doc.texts.title }} {{ doc.texts.title_en }} \
                        {{ doc.texts.keywords | join: ' ' }} {{ doc.texts.summary }} {{ doc.texts.body | join: ' ' }}\
                        {% else %}-{% endif %}";

/// Bytes of it that are embedded; of longer texts models read the beginning.
const MOST_BYTES: usize = 3_000;

/// An embedder of a Meilisearch server, by the settings that the server takes.
#[derive(Clone, PartialEq)]
pub struct Embedder {
    name: String,
    settings: Settings,
}

/// Settings of an embedder that cannot be used. The text never contains a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmbedderError {
    /// No JSON object of settings.
    #[error("not the settings of an embedder: {0}")]
    Syntax(String),
    /// Something that would be ignored in silence.
    #[error("an embedder has no setting {0:?}")]
    Unknown(String),
    /// Vectors would have to come with the listings.
    #[error(
        "an embedder makes its vectors itself: source is one of rest, ollama, openAi, huggingFace, composite"
    )]
    Source,
}

impl Embedder {
    /// Reads settings as the server takes them, such as
    /// `{"source": "rest", "url": "http://127.0.0.1:8000", "request": …, "response": …}`. What of a listing is embedded
    /// is set here where they do not say.
    ///
    /// # Errors
    /// [`EmbedderError`]
    pub fn read(json: &str) -> Result<Self, EmbedderError> {
        // What serde_json says of types may quote a value, and with it a key.
        let given: Map<String, Value> = serde_json::from_str(json).map_err(|error| {
            EmbedderError::Syntax(format!("line {}, column {}", error.line(), error.column()))
        })?;
        let mut settings: Settings = serde_json::from_value(Value::Object(given.clone()))
            .map_err(|_| EmbedderError::Syntax("a setting has another type".to_owned()))?;
        if settings.source == EmbedderSource::UserProvided {
            return Err(EmbedderError::Source);
        }
        let read = serde_json::to_value(&settings).unwrap_or_default();
        if let Some(unknown) = given.keys().find(|name| read.get(name.as_str()).is_none()) {
            return Err(EmbedderError::Unknown(unknown.clone()));
        }
        let its_own = settings.source == EmbedderSource::Composite || settings.indexing_fragments.is_some();
        if settings.document_template.is_none() && !its_own {
            settings.document_template = Some(TEMPLATE.to_owned());
            settings.document_template_max_bytes.get_or_insert(MOST_BYTES);
        }
        let digest = Sha256::digest(serde_json::to_string(&settings).unwrap_or_default());
        let digest: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { name: format!("techmart_{digest}"), settings })
    }

    /// Its name on the server, by which another one's vectors are told from its own.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) const fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl fmt::Debug for Embedder {
    /// Fit for logs: settings may hold a key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Embedder({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{Embedder, EmbedderError};

    #[test]
    fn settings_are_read_and_a_key_is_never_shown() {
        let one = Embedder::read(r#"{"source": "openAi", "apiKey": "sk-secret"}"#).unwrap();
        let other = Embedder::read(r#"{"source": "openAi", "apiKey": "sk-other"}"#).unwrap();
        assert_ne!(one.name(), other.name());
        assert!(!format!("{one:?}").contains("secret"));
        assert!(one.settings().document_template.as_ref().unwrap().contains("doc.texts.title"));
    }

    #[test]
    fn what_would_be_ignored_or_cannot_work_is_refused() {
        let fault = |json: &str| Embedder::read(json).unwrap_err();
        assert!(matches!(fault("{"), EmbedderError::Syntax(_)));
        assert!(matches!(fault(r#"{"source": "openAi", "apiKey": {"sk": 1}}"#), EmbedderError::Syntax(_)));
        assert_eq!(fault(r#"{"source": "userProvided", "dimensions": 3}"#), EmbedderError::Source);
        assert_eq!(fault(r#"{"source": "rest", "urls": 1}"#), EmbedderError::Unknown("urls".to_owned()));
    }
}
