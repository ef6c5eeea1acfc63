//! A writing request: who acts, for whom, on which version, and whether it is a repetition. `run`
//! opens the one transaction in which the act, its audit, its outbox and the stored answer commit.

use std::{future::Future, ops::Deref, pin::Pin};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{StatusCode, header},
    web::Data,
};
use chrono::Duration;
use sea_orm::{ActiveModelTrait, EntityTrait, Set, sea_query::OnConflict};
use serde::Serialize;
use sha2::{Digest, Sha256};
use techmart_entity::idempotency;

use super::{answer::Answer, body::BodyHash, etag::Precondition};
use crate::{
    auth::{Actor, Context, authenticate},
    db::Tx,
    error::{AppError, Code, Fault, Place, Result},
    say,
    state::State,
};

/// A reading request: who looks, and for whom.
#[derive(Clone, Debug)]
pub struct Look {
    context: Context,
    pub http: HttpRequest,
    pub state: Data<State>,
}

impl Deref for Look {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

/// Who reads, kept with a request of an auditor: what they are shown is logged before they are shown it.
#[derive(Clone, Debug)]
pub struct Looker(pub Context);

impl FromRequest for Look {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let http = request.clone();
        Box::pin(async move {
            let state =
                http.app_data::<Data<State>>().cloned().ok_or_else(|| AppError::internal("no state"))?;
            let context = authenticate(&http, &state).await?;
            if context.actor.is_auditor() {
                http.extensions_mut().insert(Looker(context.clone()));
            }
            Ok(Self { context, http, state })
        })
    }
}

/// A writing request.
#[derive(Clone, Debug)]
pub struct Act {
    look: Look,
    key: Option<String>,
    pub precondition: Precondition,
}

impl Deref for Act {
    type Target = Look;

    fn deref(&self) -> &Look {
        &self.look
    }
}

impl FromRequest for Act {
    type Error = AppError;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let look = Look::from_request(request, payload);
        Box::pin(async move {
            let look = look.await?;
            let key = idempotency_key(&look.http)?;
            let precondition = Precondition::of(&look.http);
            Ok(Self { look, key, precondition })
        })
    }
}

fn idempotency_key(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    let key = value.to_str().unwrap_or_default();
    // The draft writes it as a quoted string; clients write it bare.
    let key = key.strip_prefix('"').and_then(|key| key.strip_suffix('"')).unwrap_or(key);
    let fits =
        (8..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if fits {
        return Ok(Some(key.to_owned()));
    }
    let detail = say!(
        "Idempotency-Key 应为 8-64 位字母、数字、- 或 _。",
        "An Idempotency-Key has 8 to 64 letters, digits, - or _."
    );
    Err(AppError::unfit(
        Code::InvalidHeader,
        vec![Fault { place: Place::Header("Idempotency-Key".to_owned()), code: "format".to_owned(), detail }],
    ))
}

impl Act {
    /// The request has to bring an Idempotency-Key.
    ///
    /// # Errors
    /// 400 when it brings none.
    pub fn require_key(&self) -> Result<()> {
        if self.key.is_some() {
            return Ok(());
        }
        let detail = say!(
            "请在 Idempotency-Key 中携带一个随机值（如 UUID），重试时不变。",
            "Send a random value (such as a UUID) in Idempotency-Key, and the same one when you try again."
        );
        Err(AppError::unfit(
            Code::InvalidHeader,
            vec![Fault {
                place: Place::Header("Idempotency-Key".to_owned()),
                code: "required".to_owned(),
                detail,
            }],
        ))
    }

    /// Runs `act` in one write transaction and answers with what it says. A repetition of a request
    /// that was answered already is answered alike and does nothing.
    ///
    /// # Errors
    /// What `act` refuses with; 409 and 422 when the Idempotency-Key is in flight or was used for
    /// another request.
    pub async fn run<T: Serialize>(
        &self,
        act: impl AsyncFn(&Tx) -> Result<Answer<T>>,
    ) -> Result<HttpResponse> {
        self.run_showing_once(act, |_| ()).await
    }

    /// The same for what is shown this once: `show` puts it into the answer, and never into the one that is kept for a
    /// repetition.
    ///
    /// # Errors
    /// As [`Act::run`].
    pub async fn run_showing_once<T: Serialize>(
        &self,
        act: impl AsyncFn(&Tx) -> Result<Answer<T>>,
        show: impl FnOnce(&mut serde_json::Value),
    ) -> Result<HttpResponse> {
        let guard = self.key.as_ref().map(|key| self.guard(key));
        let outcome = self
            .state
            .db
            .write(async |tx| {
                if let Some(guard) = &guard
                    && let Some(answered) = guard.begin(tx, self).await?
                {
                    return Ok(Outcome::Replayed(answered));
                }
                let answer = act(tx).await?;
                let body =
                    answer.body.as_ref().map(serde_json::to_value).transpose().map_err(AppError::internal)?;
                let answer =
                    Answer { status: answer.status, body, etag: answer.etag, location: answer.location };
                if let Some(guard) = &guard {
                    guard.finish(tx, &answer).await?;
                }
                Ok(Outcome::Done(answer))
            })
            .await?;
        match outcome {
            Outcome::Done(mut answer) => {
                self.state.outbox.wake();
                if let Some(body) = &mut answer.body {
                    show(body);
                }
                Ok(answer.respond(&self.http))
            }
            Outcome::Replayed(answer) => {
                let mut response = answer.respond(&self.http);
                response.headers_mut().insert(
                    header::HeaderName::from_static("idempotent-replayed"),
                    header::HeaderValue::from_static("true"),
                );
                Ok(response)
            }
        }
    }

    fn guard(&self, key: &str) -> Guard {
        let caller = match (self.via, &self.actor) {
            // Whichever of its keys it uses, and whoever answers for it.
            (Some(client), _) => format!("client:{client}"),
            (None, Actor::Person(person)) => person.account_id.to_string(),
            (None, Actor::Visitor) => self.client.clone(),
            (None, Actor::System) => "system".to_owned(),
        };
        let scope = format!("{caller}\n{}\n{}\n{key}", self.http.method(), self.http.path());
        let body = self.http.extensions().get::<BodyHash>().map(|hash| hash.0.clone()).unwrap_or_default();
        let acting = self.acting.map(|id| id.to_string()).unwrap_or_default();
        let request = format!("{body}\n{}\n{acting}", self.http.query_string());
        Guard {
            scope: hex::encode(Sha256::digest(scope)),
            request_hash: hex::encode(Sha256::digest(request)),
        }
    }
}

enum Outcome {
    Done(Answer<serde_json::Value>),
    Replayed(Answer<serde_json::Value>),
}

/// The unique row that keeps a repeated request from acting twice.
struct Guard {
    scope: String,
    request_hash: String,
}

impl Guard {
    /// Takes the key, or finds the answer that was given under it.
    async fn begin(&self, tx: &Tx, act: &Act) -> Result<Option<Answer<serde_json::Value>>> {
        if let Some(found) = idempotency::Entity::find_by_id(self.scope.clone()).one(tx).await? {
            if found.expires_at > act.now {
                return self.replay(found).map(Some);
            }
            idempotency::Entity::delete_by_id(self.scope.clone()).exec(tx).await?;
        }
        let row = idempotency::ActiveModel {
            scope: Set(self.scope.clone()),
            request_hash: Set(self.request_hash.clone()),
            // Until the act has answered; nobody else sees the row before that.
            status: Set(0),
            body: Set(None),
            headers: Set(serde_json::json!({})),
            created_at: Set(act.now),
            expires_at: Set(act.now + Duration::hours(24)),
        };
        // Of two requests at once the second waits here for the first one's commit, then finds it.
        let inserted = idempotency::Entity::insert(row)
            .on_conflict(OnConflict::column(idempotency::Column::Scope).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
        if inserted == 1 {
            return Ok(None);
        }
        match idempotency::Entity::find_by_id(self.scope.clone()).one(tx).await? {
            Some(found) => self.replay(found).map(Some),
            None => Err(in_flight()),
        }
    }

    fn replay(&self, found: idempotency::Model) -> Result<Answer<serde_json::Value>> {
        if found.request_hash != self.request_hash {
            return Err(AppError::new(
                Code::KeyReused,
                say!(
                    "同一个 Idempotency-Key 只能用于相同的请求；请换一个。",
                    "One Idempotency-Key is for one request; take another one."
                ),
            ));
        }
        let status = u16::try_from(found.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let Some(status) = status else {
            return Err(in_flight());
        };
        let text = |name: &str| found.headers[name].as_str().map(str::to_owned);
        Ok(Answer { status, body: found.body.clone(), etag: text("etag"), location: text("location") })
    }

    async fn finish(&self, tx: &Tx, answer: &Answer<serde_json::Value>) -> Result<()> {
        idempotency::ActiveModel {
            scope: Set(self.scope.clone()),
            status: Set(i16::try_from(answer.status.as_u16()).unwrap_or_default()),
            body: Set(answer.body.clone()),
            headers: Set(serde_json::json!({ "etag": answer.etag, "location": answer.location })),
            ..Default::default()
        }
        .update(tx)
        .await?;
        Ok(())
    }
}

fn in_flight() -> AppError {
    AppError::new(
        Code::RequestInFlight,
        say!("相同请求正在处理，请稍后重试。", "The same request is being handled; try again in a moment."),
    )
    .retry_after(1)
}
