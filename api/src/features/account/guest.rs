//! Who asks without having signed in.

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};

use crate::{
    auth::{Actor, Context},
    clock::day_of,
    error::{AppError, Result},
    state::State,
    web::request,
};

/// A request of somebody who need not have signed in. Its Authorization is not looked at: a client that
/// sends its old access token along must be able to get a new one.
#[derive(Clone, Debug)]
pub struct Guest {
    context: Context,
    pub http: HttpRequest,
    pub state: Data<State>,
}

impl Deref for Guest {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

impl FromRequest for Guest {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<Data<State>>().cloned().ok_or_else(|| AppError::internal("no state"));
        ready(state.map(|state| {
            let info = request::info(request);
            let now = state.clock.now();
            let context = Context {
                actor: Actor::Visitor,
                acting: None,
                via: None,
                now,
                today: day_of(now),
                request_id: Some(info.id),
                client: info.client,
            };
            Self { context, http: request.clone(), state }
        }))
    }
}
