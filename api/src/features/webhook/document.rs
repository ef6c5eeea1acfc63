//! The section `webhooks` of the OpenAPI document: what is sent, an example for each type.

use serde_json::{Map, Value, json};
use techmart_entity::{value::code_list::Coded, webhook::EventType};

const EVENT: &str = "019ad2f0-9d10-7c52-8a41-5f0b6c1de7a2";
const ID: &str = "019ad2f0-7c1e-7d3a-9b53-0c7a3f5e2b11";
const ACHIEVEMENT: &str = "019ad2ee-1b7c-7f60-a1d2-3e4f5a6b7c8d";
const DEMAND: &str = "019ad2ee-2c8d-7a71-b2e3-4f5a6b7c8d9e";
const DOCKING: &str = "019ad2ef-3d9e-7b82-83f4-5a6b7c8d9e0f";

/// The section.
#[must_use]
pub fn webhooks() -> Value {
    let mut all = Map::new();
    for event_type in EventType::ALL {
        all.insert(event_type.code().to_owned(), json!({ "post": operation(*event_type) }));
    }
    all.into()
}

fn operation(event_type: EventType) -> Value {
    let header = |name: &str, description: &str, schema: Value| json!({ "name": name, "in": "header", "required": true, "description": description, "schema": schema });
    let scope = event_type.scope().map(|scope| format!(" Its client needs the scope `{scope}`."));
    json!({
        "operationId": format!("webhook_{}", event_type.code().replace('.', "_")),
        "tags": ["webhooks"],
        "summary": format!("{} / {}", event_type.label_zh(), event_type.label_en()),
        "description": format!(
            "Sent to endpoints that hear of it, signed by Standard Webhooks.{} Answer 2xx within 15 seconds; 410 ends \
             all further calls, every other answer (redirects too) is tried again after 5 s, 5 min, 30 min, 2, 5, 10, \
             14, 20 and 24 h. It may come more than once: `webhook-id` stays the same.",
            scope.unwrap_or_default()
        ),
        "parameters": [
            header("webhook-id", "The event's id, the same for each call about it.", json!({ "type": "string", "format": "uuid" })),
            header("webhook-timestamp", "When this call was made, in seconds since 1970.", json!({ "type": "integer" })),
            header(
                "webhook-signature",
                "`v1,` and the signature; two of them, with a space between, for a day after the secret was rotated.",
                json!({ "type": "string", "example": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" }),
            ),
            header("techmart-delivery-id", "The delivery in the endpoint's log.", json!({ "type": "string", "format": "uuid" })),
        ],
        "requestBody": {
            "required": true,
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/WebhookMessage" },
                "example": example(event_type),
            } },
        },
        "responses": {
            "2XX": { "description": "Taken." },
            "410": { "description": "No more calls, please: the endpoint is disabled." },
        },
    })
}

/// What a message of a type looks like.
#[must_use]
pub fn example(event_type: EventType) -> Value {
    let (noun, what) = event_type.code().split_once('.').unwrap_or((event_type.code(), ""));
    let mut data = json!({ "event_id": EVENT });
    let mut about = |members: Value| {
        if let (Some(data), Value::Object(members)) = (data.as_object_mut(), members) {
            data.extend(members);
        }
    };
    let at = |path: &str, resource: &str, status: &str| json!({ "resource": resource, "id": ID, "status": status, "path": path });
    match noun {
        "achievement" | "demand" | "provider" => {
            let status = if what == "withdrawn" { "withdrawn" } else { "published" };
            about(at(&format!("/api/v1/{noun}s/{ID}"), noun, status));
        }
        "review" => about(at(&format!("/api/v1/achievements/{ID}"), "achievement", what)),
        "recommendation" => {
            about(at(&format!("/api/v1/demands/{DEMAND}"), noun, "open"));
            about(json!({ "achievement_id": ACHIEVEMENT, "demand_id": DEMAND }));
        }
        "docking" => {
            about(at(&format!("/api/v1/dockings/{ID}"), noun, what));
            about(json!({ "achievement_id": ACHIEVEMENT }));
        }
        "contract" => {
            about(at(&format!("/api/v1/contracts/{ID}"), noun, what));
            about(json!({ "docking_id": DOCKING }));
        }
        // A test says nothing else.
        _ => {}
    }
    json!({ "type": event_type.code(), "timestamp": "2026-12-01T02:30:00.000Z", "data": data })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use techmart_entity::webhook::EventType;

    use super::example;
    use crate::features::webhook::dto::WebhookMessage;

    #[test]
    fn every_example_is_a_message_and_small() {
        for event_type in EventType::ALL {
            let value = example(*event_type);
            let read: WebhookMessage = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(serde_json::to_value(&read).unwrap(), value);
            assert!(value.to_string().len() < 1_000);
        }
    }
}
