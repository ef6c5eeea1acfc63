//! A search as an Atom feed (RFC 4287): what whoever reads feeds hears of it. It finds what a visitor finds.

use chrono::SecondsFormat;
use techmart_entity::{Instant, id::ListingId, value::code_list::Coded};

use super::{
    dto::{SearchOut, SearchQuery, SearchSort},
    service,
};
use crate::{
    auth::{Actor, Context},
    error::Result,
    features::change,
    state::State,
    web::xml::Xml,
};

/// Answers a search as a feed; `asked` is its query as the address has it.
///
/// # Errors
/// As a search.
pub async fn feed(state: &State, cx: &Context, query: SearchQuery, asked: &str) -> Result<String> {
    let visitor = Context { actor: Actor::Visitor, acting: None, ..cx.clone() };
    // Of a feed the newest is wanted, whatever is looked for.
    let query =
        SearchQuery { sort: Some(query.sort.unwrap_or(SearchSort::Newest)), facets: Some(false), ..query };
    let words = query.q.clone().unwrap_or_default();
    let found = service::search(state, &visitor, query).await?;
    let ids: Vec<ListingId> = found.items.iter().map(|hit| hit.id).collect();
    let told = change::repo::of(state.db.read(), &ids).await?;
    let changed = |id: &ListingId| told.get(id).map(|row| row.at);
    let updated = ids.iter().filter_map(changed).max().unwrap_or_default();
    let public_url = state.config.public_url.as_str();
    let address = |query: &str| match query {
        "" => format!("{public_url}/api/v1/search.atom"),
        query => format!("{public_url}/api/v1/search.atom?{query}"),
    };
    let mut xml = Xml::default();
    xml.element("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "zh")], |xml| {
        // The question without its page is what stays.
        xml.leaf("id", &[], &address(&without_cursor(asked)));
        xml.leaf("title", &[], &title(&words));
        xml.leaf("updated", &[], &stamp(updated));
        xml.leaf("generator", &[("uri", public_url)], "techmart");
        xml.element("author", &[], |xml| xml.leaf("name", &[], "techmart 科技成果交易服务超市"));
        link(xml, "self", "application/atom+xml", &address(asked));
        if let Some(cursor) = &found.next_cursor {
            let mut next = without_cursor(asked);
            if !next.is_empty() {
                next.push('&');
            }
            link(xml, "next", "application/atom+xml", &address(&format!("{next}cursor={cursor}")));
        }
        entries(xml, &found, public_url, changed);
    });
    Ok(xml.finish())
}

fn entries(
    xml: &mut Xml,
    found: &SearchOut,
    public_url: &str,
    changed: impl Fn(&ListingId) -> Option<Instant>,
) {
    for hit in &found.items {
        xml.element("entry", &[], |xml| {
            xml.leaf("id", &[], &format!("urn:uuid:{}", hit.id));
            xml.leaf("title", &[], &hit.title);
            let published = hit.first_published_at.map(|at| at.0);
            let updated = changed(&hit.id).or(published).unwrap_or_default();
            xml.leaf("updated", &[], &stamp(updated));
            if let Some(published) = published {
                xml.leaf("published", &[], &stamp(published));
            }
            if let Some(organisation) = &hit.organisation {
                xml.element("author", &[], |xml| xml.leaf("name", &[], &organisation.name));
            }
            link(xml, "alternate", "application/json", &format!("{public_url}{}", hit.href));
            xml.empty("category", &[("term", hit.kind.code()), ("label", hit.kind.label_zh())]);
            if let Some(field) = hit.field {
                xml.empty("category", &[("term", field.code()), ("label", field.label_zh())]);
            }
            for keyword in &hit.keywords {
                xml.empty("category", &[("term", keyword.as_str())]);
            }
            xml.some("summary", hit.summary.as_deref());
        });
    }
}

fn link(xml: &mut Xml, rel: &str, media_type: &str, href: &str) {
    xml.empty("link", &[("rel", rel), ("type", media_type), ("href", href)]);
}

fn title(words: &str) -> String {
    if words.trim().is_empty() { "techmart：最新发布".to_owned() } else { format!("techmart：{words}") }
}

fn stamp(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn without_cursor(asked: &str) -> String {
    let kept: Vec<&str> =
        asked.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=")).collect();
    kept.join("&")
}
