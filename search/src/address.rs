//! The URL that picks the engine.
//!
//! - `embedded:/var/lib/techmart/search`: an index in that folder, everything after the colon is the path as
//!   it stands;
//! - `http://:masterkey@127.0.0.1:7700/?index=techmart`: a Meilisearch server. The key stands where a
//!   password does, percent-encoded if it must be; a path stays part of the server's address (a proxy may
//!   need it). `index` is the prefix of the index names, `techmart` when absent: instances that share it
//!   share their listings, tests take their own.

use std::{fmt, path::PathBuf, str::FromStr};

use url::Url;

use crate::Embedder;

const DEFAULT_INDEX: &str = "techmart";

/// Where the index lives.
#[derive(Clone, PartialEq)]
pub enum SearchUrl {
    /// In a folder of this machine, used by this process alone.
    Embedded {
        /// Made when it is not there.
        directory: PathBuf,
    },
    /// In a Meilisearch server.
    Meilisearch {
        /// Without key and query.
        base: Url,
        /// The API key.
        key: Option<String>,
        /// The prefix of the index names.
        index: String,
        /// Semantic help, where it is wanted.
        embedder: Option<Box<Embedder>>,
    },
}

/// What is wrong with a search URL. The text never contains the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SearchUrlError {
    /// No scheme we know.
    #[error("a search URL begins with embedded:, http:// or https://")]
    Scheme,
    /// `embedded:` with nothing after it.
    #[error("embedded: must be followed by the path of a folder")]
    NoDirectory,
    /// Not a URL.
    #[error("not a URL: {0}")]
    Syntax(#[from] url::ParseError),
    /// A part that would otherwise be ignored in silence.
    #[error("a search URL takes a key as the password and ?index=, nothing else; {0} is not understood")]
    UnknownPart(&'static str),
    /// A key that does not fit a header.
    #[error("the key of a search URL must be visible ASCII characters")]
    Key,
    /// Semantic help for the embedded engine.
    #[error("the embedded engine has no embedder; semantic help needs a Meilisearch server")]
    NoEmbedder,
    /// An index prefix that Meilisearch would refuse.
    #[error("?index= takes 1 to 100 letters, digits, hyphens and underscores")]
    Index,
}

impl SearchUrl {
    /// The same place with another index beside the one it names, for something that must not touch it.
    #[must_use]
    pub fn apart(self, name: &str) -> Self {
        let name = format!("{name}-{}", uuid::Uuid::new_v4().simple());
        match self {
            Self::Embedded { directory } => Self::Embedded { directory: directory.join(name) },
            Self::Meilisearch { base, key, index, embedder } => {
                Self::Meilisearch { base, key, index: format!("{index}-{name}"), embedder }
            }
        }
    }

    /// The same place, with semantic help.
    ///
    /// # Errors
    /// [`SearchUrlError::NoEmbedder`]: only a server has any.
    pub fn with_embedder(self, embedder: Embedder) -> Result<Self, SearchUrlError> {
        match self {
            Self::Embedded { .. } => Err(SearchUrlError::NoEmbedder),
            Self::Meilisearch { base, key, index, .. } => {
                Ok(Self::Meilisearch { base, key, index, embedder: Some(Box::new(embedder)) })
            }
        }
    }
}

impl FromStr for SearchUrl {
    type Err = SearchUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("embedded:") {
            return match path.trim() {
                "" => Err(SearchUrlError::NoDirectory),
                path => Ok(Self::Embedded { directory: PathBuf::from(path) }),
            };
        }
        if !(text.starts_with("http://") || text.starts_with("https://")) {
            return Err(SearchUrlError::Scheme);
        }
        // A key without a user name, `http://:key@host`, is what the URL standard allows.
        let mut base = Url::parse(text)?;
        if !base.username().is_empty() {
            return Err(SearchUrlError::UnknownPart("a user name"));
        }
        let key = base.password().map(percent_decode);
        if key.as_deref().is_some_and(|key| !key.bytes().all(|b| b.is_ascii_graphic())) {
            return Err(SearchUrlError::Key);
        }
        let mut index = DEFAULT_INDEX.to_owned();
        for (name, value) in base.query_pairs() {
            if name != "index" {
                return Err(SearchUrlError::UnknownPart("a query parameter"));
            }
            index = value.into_owned();
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if index.is_empty() || index.len() > 100 || !index.chars().all(plain) {
            return Err(SearchUrlError::Index);
        }
        base.set_query(None);
        base.set_fragment(None);
        // These fail only for URLs without a host, which http cannot be.
        let _ = base.set_password(None);
        Ok(Self::Meilisearch { base, key, index, embedder: None })
    }
}

fn percent_decode(text: &str) -> String {
    // The form decoder is what `url` offers; a plus sign stands for itself in a password.
    let pair = format!("k={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

impl fmt::Display for SearchUrl {
    /// Fit for logs: the key is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded { directory } => write!(f, "embedded:{}", directory.display()),
            Self::Meilisearch { base, index, .. } => write!(f, "{base}?index={index}"),
        }
    }
}

impl fmt::Debug for SearchUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearchUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::{SearchUrl, SearchUrlError};

    #[test]
    fn the_path_of_an_embedded_index_is_taken_as_it_stands() {
        let url: SearchUrl = "embedded:/data/a b?c".parse().unwrap();
        assert_eq!(url.to_string(), "embedded:/data/a b?c");
        assert_eq!("embedded:".parse::<SearchUrl>(), Err(SearchUrlError::NoDirectory));
    }

    #[test]
    fn the_key_is_read_and_never_shown() {
        let url: SearchUrl = "http://:a%2Fb+c@127.0.0.1:7700/?index=test-1".parse().unwrap();
        let SearchUrl::Meilisearch { key, index, .. } = &url else { panic!("{url:?}") };
        assert_eq!(key.as_deref(), Some("a/b+c"));
        assert_eq!(index, "test-1");
        assert_eq!(format!("{url} {url:?}").matches("a%2Fb").count(), 0);
        assert_eq!(url.to_string(), "http://127.0.0.1:7700/?index=test-1");
    }

    #[test]
    fn what_would_be_ignored_is_refused() {
        for (text, error) in [
            ("ftp://host", SearchUrlError::Scheme),
            ("http://root:key@host", SearchUrlError::UnknownPart("a user name")),
            ("http://:a%0Ab@host", SearchUrlError::Key),
            ("http://host/?prefix=a", SearchUrlError::UnknownPart("a query parameter")),
            ("http://host/?index=a%20b", SearchUrlError::Index),
        ] {
            assert_eq!(text.parse::<SearchUrl>(), Err(error), "{text}");
        }
    }
}
