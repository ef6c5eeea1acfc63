//! Plumbing between HTTP and the features, without a noun in it: bodies and queries checked against
//! the document, answers, versions, idempotency, paging, limits, the edge where errors are rendered.

pub mod act;
pub mod answer;
pub mod body;
pub mod cors;
pub mod edge;
pub mod etag;
pub mod paging;
pub mod path;
pub mod query;
pub mod rate_limit;
pub mod request;
pub mod schemas;
pub mod xml;
