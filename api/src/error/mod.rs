//! Errors of the service: transport-free while they travel ([`AppError`]), RFC 9457 problem
//! documents when they leave (`problem.rs`).

mod codes;
mod problem;
mod wording;

use std::fmt;

use actix_web::http::StatusCode;
pub use codes::{Code, code_list};
pub use problem::{MEDIA_TYPE, Problem, ProblemError, render};
use sea_orm::{DbErr, RuntimeErr, SqlErr};
use techmart_entity::life_cycle::IllegalMove;
pub use wording::{Language, Wording};

use crate::say;

/// A result of the service.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

/// Where in a request a fault lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer into the body.
    Pointer(String),
    /// The name of a query or path parameter.
    Parameter(String),
    /// The name of a header.
    Header(String),
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub place: Place,
    pub code: String,
    pub detail: Wording,
}

impl Fault {
    /// A fault of a member of the body.
    pub fn at(pointer: impl Into<String>, code: &str, detail: Wording) -> Self {
        Self { place: Place::Pointer(pointer.into()), code: code.to_owned(), detail }
    }

    /// A fault of a parameter.
    pub fn parameter(name: impl Into<String>, code: &str, detail: Wording) -> Self {
        Self { place: Place::Parameter(name.into()), code: code.to_owned(), detail }
    }
}

/// Anything that keeps the service from doing what it was asked.
#[derive(Debug)]
pub struct AppError {
    code: Code,
    detail: Wording,
    faults: Vec<Fault>,
    legal_moves: Option<(String, Vec<String>)>,
    retry_after: Option<u64>,
    lost_race: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl AppError {
    /// An error with a sentence of its own.
    #[must_use]
    pub fn new(code: Code, detail: Wording) -> Self {
        Self {
            code,
            detail,
            faults: Vec::new(),
            legal_moves: None,
            retry_after: None,
            lost_race: false,
            source: None,
        }
    }

    /// What is not there, or not for this caller to know of.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(
            Code::NotFound,
            say!("没有这个对象，或您无权查看。", "There is nothing here that you may see."),
        )
    }

    /// What somebody else has changed since it was read.
    #[must_use]
    pub fn stale() -> Self {
        Self::new(
            Code::VersionChanged,
            say!("内容刚被他人修改，请重新读取。", "Somebody has just changed it; read it again."),
        )
    }

    /// What this caller may not do.
    #[must_use]
    pub fn forbidden(detail: Wording) -> Self {
        Self::new(Code::Forbidden, detail)
    }

    /// A rule that the request breaks.
    #[must_use]
    pub fn rule(pointer: &str, code: &str, detail: Wording) -> Self {
        Self::rules(vec![Fault::at(pointer, code, detail)])
    }

    /// All the rules that the request breaks.
    #[must_use]
    pub fn rules(faults: Vec<Fault>) -> Self {
        let detail = faults.first().map(|fault| fault.detail.clone()).unwrap_or_default();
        Self { faults, ..Self::new(Code::RuleBroken, detail) }
    }

    /// All the ways in which a request does not fit the document.
    #[must_use]
    pub fn unfit(code: Code, faults: Vec<Fault>) -> Self {
        let n = faults.len();
        Self {
            faults, ..Self::new(code, say!("共 {n} 处不符合，见 errors。", "{n} fault(s), see errors."))
        }
    }

    /// Something broke inside: nothing of it is told outside, all of it is logged once.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            ..Self::new(
                Code::Internal,
                say!(
                    "请稍后重试；反馈时请提供 request_id。",
                    "Try again later; when you report it, name the request_id."
                ),
            )
        }
    }

    /// A part that the request needs is down for the moment.
    pub fn unavailable(code: Code, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            source: Some(source.into()),
            retry_after: Some(2),
            ..Self::new(code, say!("请稍后重试。", "Try again in a moment."))
        }
    }

    /// Another transaction took what this one was about to write: all of it is tried again, and then
    /// sees what the other one did.
    pub fn lost_race(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { lost_race: true, ..Self::unavailable(Code::Unavailable, source) }
    }

    /// Says after how many seconds to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Adds faults to be listed.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.code.status()
    }

    #[must_use]
    pub fn detail(&self) -> &Wording {
        &self.detail
    }

    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Whether trying the same transaction again may succeed: it lost against another one.
    #[must_use]
    pub fn is_lost_race(&self) -> bool {
        if self.lost_race {
            return true;
        }
        let Some(error) = self.source.as_ref().and_then(|source| source.downcast_ref::<DbErr>()) else {
            return false;
        };
        matches!(sql_state(error).as_deref(), Some("40001" | "40P01"))
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.detail.en)?;
        for fault in &self.faults {
            write!(f, "; {:?} {}: {}", fault.place, fault.code, fault.detail.en)?;
        }
        if let Some(source) = &self.source {
            write!(f, ": {source}")?;
        }
        Ok(())
    }
}

impl std::error::Error for AppError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

impl From<IllegalMove> for AppError {
    fn from(illegal: IllegalMove) -> Self {
        let IllegalMove { from, mv, legal } = illegal;
        let ways = if legal.is_empty() { "—".to_owned() } else { legal.join(", ") };
        Self {
            legal_moves: Some((from.clone(), legal)),
            ..Self::new(
                Code::IllegalMove,
                say!(
                    "状态 {from} 不能执行 {mv}；可执行：{ways}。",
                    "{mv} is not possible from {from}; possible: {ways}."
                ),
            )
        }
    }
}

impl From<DbErr> for AppError {
    fn from(error: DbErr) -> Self {
        match &error {
            // The pool gave no connection, or the server went away: it will come back.
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::unavailable(Code::Unavailable, error),
            _ if matches!(
                sql_state(&error).as_deref(),
                Some("57P01" | "57P02" | "57P03" | "55P03" | "57014")
            ) =>
            {
                Self::unavailable(Code::Unavailable, error)
            }
            _ if is_busy_or_broken(&error) => Self::unavailable(Code::Unavailable, error),
            _ => Self::internal(error),
        }
    }
}

/// Whether a write failed because the database keeps something unique; the constraint's name or
/// columns, as the database words them.
#[must_use]
pub fn unique_violation(error: &DbErr) -> Option<String> {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(text)) => Some(text),
        _ => None,
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sea_orm::sqlx::Error> {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

fn sql_state(error: &DbErr) -> Option<String> {
    sqlx_error(error)?.as_database_error()?.code().map(|code| code.into_owned())
}

fn is_busy_or_broken(error: &DbErr) -> bool {
    match sqlx_error(error) {
        Some(
            sea_orm::sqlx::Error::Io(_)
            | sea_orm::sqlx::Error::PoolTimedOut
            | sea_orm::sqlx::Error::PoolClosed,
        ) => true,
        // SQLite: 5 is BUSY, 261 and 517 its extended codes.
        Some(error) => error
            .as_database_error()
            .and_then(|error| error.code())
            .is_some_and(|code| matches!(code.as_ref(), "5" | "261" | "517")),
        None => false,
    }
}
