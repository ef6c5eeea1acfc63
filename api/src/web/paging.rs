//! Keyset pages: opaque cursors bound to the list they came from, and a Link to the next page.

use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::answer::Answer;
use crate::{
    error::{AppError, Code, Result},
    say,
};

/// The rows of a page when the request does not say.
pub const DEFAULT_LIMIT: u64 = 20;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Where the next page begins; null on the last one.
    pub next_cursor: Option<String>,
}

/// The place after which a page begins, and the list it belongs to.
#[derive(Debug, Serialize, Deserialize)]
struct Sealed<K> {
    /// A mark of the filters and the sort.
    l: String,
    /// The sort key of the last row seen.
    k: K,
}

/// What a list request asks for: which rows (`list` marks filter and sort), how many, after which.
#[derive(Clone, Debug)]
pub struct Cut<K> {
    pub limit: u64,
    pub after: Option<K>,
    list: String,
}

impl<K: Serialize + DeserializeOwned> Cut<K> {
    /// Reads limit and cursor of a list whose filters and sort are `list`.
    ///
    /// # Errors
    /// 400 when the cursor is not one of that list's.
    pub fn read(limit: Option<u64>, cursor: Option<&str>, list: &impl Serialize) -> Result<Self> {
        let mark = serde_json::to_vec(list).unwrap_or_default();
        let list = hex::encode(&Sha256::digest(mark)[..6]);
        let after = cursor.map(|cursor| open(cursor, &list)).transpose()?;
        Ok(Self { limit: limit.unwrap_or(DEFAULT_LIMIT), after, list })
    }

    /// Makes a page of rows of which one more than the limit was read.
    pub fn page<R, T>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> K, make: impl Fn(R) -> T) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).map(|row| self.seal(key(row)));
        Page { items: rows.into_iter().map(make).collect(), next_cursor }
    }

    /// The cursor that begins after `key`.
    pub fn seal(&self, key: K) -> String {
        let sealed = Sealed { l: self.list.clone(), k: key };
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&sealed).unwrap_or_default())
    }
}

fn open<K: DeserializeOwned>(cursor: &str, list: &str) -> Result<K> {
    let sealed: Option<Sealed<K>> =
        BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    match sealed {
        Some(sealed) if sealed.l == list => Ok(sealed.k),
        Some(_) | None => Err(AppError::new(
            Code::InvalidCursor,
            say!(
                "游标不属于这个列表；请用相同的筛选和排序，或从第一页开始。",
                "The cursor is not of this list; keep filters and sort, or begin with the first page."
            ),
        )),
    }
}

impl<T: Serialize> Page<T> {
    /// The page as an answer, with a Link to the next one (RFC 8288).
    pub fn respond(self, request: &HttpRequest) -> HttpResponse {
        let next = self.next_cursor.as_ref().map(|cursor| {
            let mut pairs: Vec<(String, String)> =
                serde_html_form::from_str(request.query_string()).unwrap_or_default();
            pairs.retain(|(name, _)| name != "cursor");
            pairs.push(("cursor".to_owned(), cursor.clone()));
            let query = serde_html_form::to_string(pairs).unwrap_or_default();
            format!("<{}?{query}>; rel=\"next\"", request.path())
        });
        let mut response = Answer::ok(self).respond(request);
        if let Some(link) = next.and_then(|link| header::HeaderValue::from_str(&link).ok()) {
            response.headers_mut().insert(header::LINK, link);
        }
        response
    }
}
