//! The forms of a file, and how one is asked for.

use actix_web::{HttpRequest, http::header};

/// The form of a list that is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 4180 with a byte order mark, as spreadsheets want it; codes and names of fields as in JSON.
    Csv,
    /// One object a line, as the list has them.
    JsonLines,
    /// For people: headings and labels in their language, days and times as such.
    Workbook,
}

impl Form {
    pub const ALL: [Self; 3] = [Self::Csv, Self::JsonLines, Self::Workbook];

    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/x-ndjson",
            Self::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The media type without its parameters.
    #[must_use]
    pub fn essence(self) -> &'static str {
        self.media_type().split(';').next().unwrap_or_default()
    }

    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Workbook => "xlsx",
        }
    }

    /// The form that `Accept` names before JSON; none when it does not name one.
    pub(super) fn asked_for(request: &HttpRequest) -> Option<Self> {
        let accept = request.headers().get(header::ACCEPT)?.to_str().ok()?;
        let mut best: Option<(f32, Option<Self>)> = None;
        for range in accept.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
            let form = Self::ALL.into_iter().find(|form| form.essence() == essence);
            if form.is_none() && essence != "application/json" {
                continue;
            }
            let weight =
                parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
            if weight > 0.0 && best.is_none_or(|(so_far, _)| weight > so_far) {
                best = Some((weight, form));
            }
        }
        best.and_then(|(_, form)| form)
    }

    /// A name for the file: the words of the address that are no ids.
    pub(super) fn file_name(self, path: &str) -> String {
        let words = path.split('/').skip(3).filter(|word| uuid::Uuid::try_parse(word).is_err());
        let safe = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let name =
            words.map(|word| word.chars().filter(safe).collect::<String>()).collect::<Vec<_>>().join("-");
        format!("{name}.{}", self.extension())
    }
}
