//! A list as a file: whatever list a caller may see, whole, as CSV, JSON Lines or a workbook.
//!
//! There is no second way to the rows. The reader that answers a page of the list is asked for one page after the
//! other, so filters, scope and what is hidden are those of the list. `Accept` picks the form; without one of ours
//! it is a page of JSON. Nothing is held but a page of rows: text goes out as it is read, a workbook is written to
//! a temporary file first, since its directory stands at its end.

pub mod column;
mod form;
mod headings;
pub mod record;
mod sheet;
pub mod text;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use actix_web::{HttpResponse, http::header, web::Bytes};
use futures_util::{Stream, StreamExt, stream};
use serde::{Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, PartialSchema};

use self::column::Column;
pub use self::form::Form;
use crate::{
    error::{AppError, Code, Result},
    say,
    web::{
        act::Look,
        paging::Page,
        query::{self, Query},
        request,
    },
};

/// How many lists one process writes out at a time, and how many of them for one caller.
const AT_ONCE: usize = 8;
const OF_A_CALLER: usize = 2;
/// The rows read at a time: as many as a page may have.
const ROWS: u64 = 100;
/// How long a reader may take for the whole file; a slow one gives its place up then.
const LIMIT: std::time::Duration = std::time::Duration::from_secs(15 * 60);

/// Who is being written a list.
#[derive(Debug, Default)]
pub struct Exports(Arc<Mutex<HashMap<String, usize>>>);

/// A place among those that are written out; free again when it is dropped.
struct Place {
    exports: Arc<Mutex<HashMap<String, usize>>>,
    caller: String,
}

impl Exports {
    fn begin(&self, look: &Look) -> Result<Place> {
        let caller = look.account_id().map_or_else(|| look.client.clone(), |account| account.to_string());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.get(&caller).is_some_and(|n| *n >= OF_A_CALLER) {
            let detail = say!(
                "同时最多导出 {OF_A_CALLER} 个列表；请等其中一个结束。",
                "At most {OF_A_CALLER} lists are exported for one caller at a time; wait until one has ended."
            );
            return Err(AppError::new(Code::TooManyRequests, detail).retry_after(5));
        }
        if all.values().sum::<usize>() >= AT_ONCE {
            let detail = say!(
                "正在导出的列表太多，请稍后再试。",
                "Too many lists are being exported; try again soon."
            );
            return Err(AppError::new(Code::Unavailable, detail).retry_after(5));
        }
        *all.entry(caller.clone()).or_default() += 1;
        Ok(Place { exports: self.0.clone(), caller })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut all = self.exports.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = all.get_mut(&self.caller) {
            *n -= 1;
            if *n == 0 {
                all.remove(&self.caller);
            }
        }
    }
}

/// The pages of a list, one after the other.
struct Pages<F> {
    look: Look,
    read: F,
    /// The query of the request without where and how much.
    pairs: Vec<(String, String)>,
    cursor: Option<String>,
}

impl<F> Pages<F> {
    fn of(look: Look, read: F) -> Self {
        let mut pairs: Vec<(String, String)> =
            serde_html_form::from_str(look.http.query_string()).unwrap_or_default();
        let cursor = pairs.iter().find(|(name, _)| name == "cursor").map(|(_, cursor)| cursor.clone());
        pairs.retain(|(name, _)| name != "cursor" && name != "limit");
        Self { look, read, pairs, cursor }
    }

    /// The next page; none after the last one.
    async fn next<Q, T>(&mut self) -> Result<Page<T>>
    where
        Q: DeserializeOwned + IntoParams,
        F: AsyncFn(&Look, Q) -> Result<Page<T>>,
    {
        let mut pairs = self.pairs.clone();
        pairs.push(("limit".to_owned(), ROWS.to_string()));
        pairs.extend(self.cursor.take().map(|cursor| ("cursor".to_owned(), cursor)));
        let asked = serde_html_form::to_string(pairs).map_err(AppError::internal)?;
        let page = (self.read)(&self.look, query::read_string(&self.look.state, &asked)?).await?;
        self.cursor.clone_from(&page.next_cursor);
        Ok(page)
    }
}

/// Answers with a page of a list, or with all of it in the form that `Accept` names.
///
/// # Errors
/// Those of the list; 429 and 503 while too many are written out. A fault in the middle breaks the answer off.
pub async fn page_or_file<Q, T, F>(look: Look, query: Query<Q>, read: F) -> Result<HttpResponse>
where
    Q: DeserializeOwned + IntoParams + 'static,
    T: Serialize + PartialSchema + 'static,
    F: AsyncFn(&Look, Q) -> Result<Page<T>> + 'static,
{
    let Some(form) = Form::asked_for(&look.http) else {
        return Ok(read(&look, query.0).await?.respond(&look.http));
    };
    let place = look.state.exports.begin(&look)?;
    let language = request::info(&look.http).language;
    let name = form.file_name(look.http.path());
    let columns = column::columns(&look.state.schemas, &T::schema());
    let mut pages = Pages::of(look, read);
    // What refuses the list refuses it before anything has been sent.
    let first: Page<T> = pages.next().await?;
    let columns: Arc<[Column]> = column::in_order(columns, &record::records(&first.items)?).into();
    let rows = rows_after(first, pages);
    let body = match form {
        Form::Csv => text::csv(rows, columns).boxed_local(),
        Form::JsonLines => text::json_lines(rows).boxed_local(),
        Form::Workbook => sheet::workbook(rows, columns, language).boxed_local(),
    };
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .insert_header((header::VARY, "Accept, Authorization, Accept-Language, Acting-Organisation, Origin"))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(in_time(body, place)))
}

/// The rows of a list in portions, the one that was read first.
fn rows_after<Q, T, F>(first: Page<T>, pages: Pages<F>) -> impl Stream<Item = Result<Vec<T>>>
where
    Q: DeserializeOwned + IntoParams,
    F: AsyncFn(&Look, Q) -> Result<Page<T>>,
{
    let begin = (Some(first), pages);
    stream::try_unfold(begin, async |(read, mut pages)| {
        let page = match read {
            Some(page) => page,
            None if pages.cursor.is_some() => pages.next().await?,
            None => return Ok(None),
        };
        Ok(Some((page.items, (None, pages))))
    })
}

/// The body while its time lasts; its place is kept as long.
fn in_time(
    body: impl Stream<Item = Result<Bytes>> + Unpin,
    place: Place,
) -> impl Stream<Item = Result<Bytes>> {
    let until = tokio::time::Instant::now() + LIMIT;
    stream::try_unfold((body, place), move |(mut body, place)| async move {
        match tokio::time::timeout_at(until, body.next()).await {
            Ok(part) => Ok(part.transpose()?.map(|bytes| (bytes, (body, place)))),
            Err(_) => Err(AppError::internal("a list was not taken in time")),
        }
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::collections::BTreeSet;

    use super::{Form, column, headings};
    use crate::{openapi, web::schemas::Schemas};

    #[test]
    fn every_column_of_every_list_has_a_chinese_heading() {
        let document = openapi::document();
        let schemas = Schemas::of(document);
        let mut without = BTreeSet::new();
        let mut lists = 0;
        for item in document["paths"].as_object().unwrap().values() {
            let content = &item["get"]["responses"]["200"]["content"];
            // Not the workbook of a report.
            let page = content["application/json"]["schema"]["$ref"].as_str();
            let Some(page) = page.filter(|_| !content[Form::Workbook.essence()].is_null()) else { continue };
            lists += 1;
            let page = schemas.component(page.rsplit('/').next().unwrap());
            let row = &page["properties"]["items"]["items"];
            for column in column::columns_of(&schemas, row) {
                without.extend(column.path.into_iter().filter(|field| headings::chinese(field).is_none()));
            }
        }
        assert!(lists > 40, "{lists}");
        assert!(without.is_empty(), "fields without a Chinese name: {without:?}");
    }
}
