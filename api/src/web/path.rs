//! Ids in paths. What is no UUID names nothing, so it is 404 and not a fault of form.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::error::{AppError, Result};

/// The path parameter `id`.
#[derive(Clone, Copy, Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr + 'static> FromRequest for Id<T> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request, "id").map(Self))
    }
}

/// A path parameter of another name.
///
/// # Errors
/// 404 when it is not of its type's form.
pub fn segment<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T> {
    request.match_info().query(name).parse().map_err(|_| AppError::not_found())
}
