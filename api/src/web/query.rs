//! Query parameters, checked against the document. A repeated parameter means "or".

use std::{
    collections::BTreeMap,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use utoipa::{
    IntoParams,
    openapi::{Required, path::ParameterIn},
};

use crate::{
    error::{AppError, Code, Fault, Result},
    say,
    state::State,
};

/// The query parameters of type `T`. Unknown ones are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + IntoParams + 'static> FromRequest for Query<T> {
    type Error = AppError;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(parse(request).map(Self))
    }
}

fn parse<T: DeserializeOwned + IntoParams>(request: &HttpRequest) -> Result<T> {
    let state = request.app_data::<Data<State>>().ok_or_else(|| AppError::internal("no state"))?;
    read_string(state, request.query_string())
}

/// A query string as an address has it, read and judged like that of a request.
///
/// # Errors
/// 400 with all faults.
pub fn read_string<T: DeserializeOwned + IntoParams>(state: &State, text: &str) -> Result<T> {
    let parameters = T::into_params(|| Some(ParameterIn::Query));
    let required: Vec<&str> = parameters
        .iter()
        .filter(|parameter| matches!(parameter.required, Required::True))
        .map(|parameter| parameter.name.as_str())
        .collect();
    let known: BTreeMap<String, Value> = parameters
        .iter()
        .filter_map(|parameter| Some((parameter.name.clone(), serde_json::to_value(&parameter.schema).ok()?)))
        .collect();
    let pairs: Vec<(String, String)> = serde_html_form::from_str(text).map_err(|_| {
        AppError::new(
            Code::InvalidParameter,
            say!("查询字符串无法解析。", "The query string cannot be read."),
        )
    })?;
    let mut faults = Vec::new();
    let mut given: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, value) in &pairs {
        if !known.contains_key(name) {
            let names = known.keys().cloned().collect::<Vec<_>>().join(", ");
            faults.push(Fault::parameter(
                name,
                "unknown",
                say!("没有这个参数；可用：{names}。", "There is no such parameter; there are: {names}."),
            ));
        } else if value.contains('\0') {
            faults.push(Fault::parameter(name, "nul", say!("不能包含空字符。", "It must not contain NUL.")));
        } else {
            given.entry(name).or_default().push(value);
        }
    }
    let mut object = Map::new();
    for (name, values) in given {
        let schema = &known[name];
        if is_type(schema, "array") {
            let item = &schema["items"];
            object.insert(name.to_owned(), values.iter().map(|value| read(item, value)).collect());
        } else if let [value] = values[..] {
            object.insert(name.to_owned(), read(schema, value));
        } else {
            faults.push(Fault::parameter(
                name,
                "repeated",
                say!("只能给一次。", "It can be given once only."),
            ));
        }
    }
    let object = Value::Object(object);
    let schema = || json!({ "type": "object", "properties": known, "required": required });
    faults.extend(state.schemas.faults_of_query::<T>(schema, &object));
    if !faults.is_empty() {
        return Err(AppError::unfit(Code::InvalidParameter, faults));
    }
    serde_path_to_error::deserialize(object).map_err(|error| {
        let name = error.path().to_string();
        let inner = error.inner().to_string();
        AppError::unfit(
            Code::InvalidParameter,
            vec![Fault::parameter(
                name,
                "invalid",
                say!("值不符合要求：{inner}。", "The value does not fit: {inner}."),
            )],
        )
    })
}

/// Reads one value as its schema asks; what cannot be read so stays text, and the schema says so.
fn read(schema: &Value, text: &str) -> Value {
    if is_type(schema, "integer") {
        if let Ok(number) = text.parse::<i64>() {
            return number.into();
        }
    } else if is_type(schema, "number") {
        // What is no number of JSON (NaN, infinity) stays text.
        if let Some(number) = text.parse().ok().and_then(serde_json::Number::from_f64) {
            return number.into();
        }
    } else if is_type(schema, "boolean") {
        match text {
            "true" => return true.into(),
            "false" => return false.into(),
            _ => {}
        }
    }
    text.into()
}

fn is_type(schema: &Value, wanted: &str) -> bool {
    match &schema["type"] {
        Value::String(kind) => kind == wanted,
        Value::Array(kinds) => kinds.iter().any(|kind| kind == wanted),
        _ => false,
    }
}
