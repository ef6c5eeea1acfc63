// An organisation's API client, from the request to a key in use.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { type Api, body, type Person, withKey } from "./asking.js";
import type { ApiScope } from "./generated/techmart.js";
import { content } from "./offers.js";

const QUOTA = 1_000_000;

/** Whoever has the key of a client that the owner asked for and the admin approved. */
export async function newKey(owner: Person, admin: Person): Promise<Api> {
  const scopes: ApiScope[] = ["catalogue:read", "webhooks:manage"];
  const asked = body(
    await owner.api.POST("/api/v1/api-clients", {
      body: { name: "市科创门户", purpose: "在门户首页展示。", organisation_id: owner.organisation, scopes },
    }),
  );
  assert.equal(asked.status, "requested");
  const makeKey = (key: string) =>
    owner.api.POST("/api/v1/api-clients/{id}/keys", {
      params: { path: { id: asked.id }, header: { "Idempotency-Key": key } },
      body: { label: "门户" },
    });
  const early = await makeKey(randomUUID());
  assert.equal(early.error?.code, "illegal_move", "nobody has a key before an admin has looked");

  const granted = await admin.api.POST("/api/v1/api-clients/{id}/approve", {
    params: { path: { id: asked.id } },
    body: { daily_quota: QUOTA },
  });
  assert.equal(body(granted).status, "approved");
  assert.deepEqual(new Set(body(granted).scopes), new Set(scopes));

  const again = randomUUID();
  const [made, repeated] = [body(await makeKey(again)), body(await makeKey(again))];
  assert.equal(repeated.id, made.id);
  assert(made.live && made.key && !repeated.key, "a key is shown once");
  return withKey(made.key);
}

/** What is left of the day by the header RateLimit. */
function left(response: Response): number {
  return Number(/"day";r=(\d+);t=\d+/.exec(response.headers.get("RateLimit") ?? "")?.[1]);
}

/** Reads the catalogue as everybody does, is told what it costs, and refused what it was not granted. */
export async function readWith(key: Api, anybody: Api): Promise<void> {
  const params = { query: { limit: 100 } };
  const first = await key.GET("/api/v1/achievements", { params });
  assert.deepEqual(body(first), body(await anybody.GET("/api/v1/achievements", { params })));
  assert(first.response.headers.get("RateLimit-Policy")?.includes(`"day";q=${QUOTA};w=86400`));
  const second = await key.GET("/api/v1/achievements", { params });
  assert.equal(left(second.response), left(first.response) - 1);

  const list = { path: { list: "problem" } };
  const documented = body(await anybody.GET("/api/v1/code-lists/{list}", { params: list })).items;
  const refused = {
    missing_scope: await key.POST("/api/v1/achievements", { body: { content: content() } }),
    closed_to_api_keys: await key.GET("/api/v1/me"),
  };
  for (const [code, { response, error }] of Object.entries(refused)) {
    assert.deepEqual([response.status, error?.code], [403, code]);
    assert(documented.some((item) => item.code === code));
    assert.equal(error?.type, `/api/v1/code-lists/problem#${code}`);
  }
  assert(refused.missing_scope.error?.detail.includes("listings:write"));
  const unknown = await withKey("tm_0000000000_").GET("/api/v1/achievements");
  assert.deepEqual([unknown.response.status, unknown.error?.code], [401, "invalid_api_key"]);
}
