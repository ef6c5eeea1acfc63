// A front-end's first day, by a client that knows the OpenAPI document alone: each step is one a page takes,
// and every body and answer has the type that the document gives it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { type Api, body, type Person, signedIn, until, visitor } from "./asking.js";
import { briefs } from "./catalogue.js";
import { keepCopies } from "./feed.js";
import { newKey, readWith } from "./keys.js";
import { CONTACT, content, publish } from "./offers.js";
import { receive } from "./webhooks.js";

async function readTheCatalogue(api: Api): Promise<void> {
  const all = await briefs(api, "achievement", 3);
  assert(all.length > 3, "the demo has several pages");

  const id = all[0]!.id;
  const first = await api.GET("/api/v1/achievements/{id}", { params: { path: { id } } });
  const listing = body(first);
  assert.equal(listing.content?.title, all[0]!.title);
  const tag = first.response.headers.get("ETag");
  assert(tag);
  const again = await api.GET("/api/v1/achievements/{id}", {
    params: { path: { id }, header: { "If-None-Match": tag } },
  });
  assert.equal(again.response.status, 304, "a version one has is not sent again");

  const nobody = await api.GET("/api/v1/achievements/{id}", { params: { path: { id: randomUUID() } } });
  assert.equal(nobody.error?.code, "not_found");
}

async function search(api: Api, q: string): Promise<string[]> {
  const answer = body(await api.GET("/api/v1/search", { params: { query: { q, kind: ["achievement"], limit: 5 } } }));
  assert(Object.keys(answer.facets ?? {}).length > 0, "a search counts its facets");
  return answer.items.map((hit) => hit.id);
}

async function publishOne({ api }: Person, broker: Person): Promise<{ id: string; title: string }> {
  const first = content();
  const header = { "Idempotency-Key": randomUUID() };
  const draft = body(await api.POST("/api/v1/achievements", { params: { header }, body: { content: first } }));
  const repeated = body(await api.POST("/api/v1/achievements", { params: { header }, body: { content: first } }));
  assert.equal(repeated.id, draft.id, "a repetition makes no second one");

  const path = { id: draft.id };
  const early = await api.POST("/api/v1/achievements/{id}/submit", { params: { path } });
  assert.equal(early.error?.code, "rule_broken");
  assert(early.error.errors?.some((fault) => fault.pointer?.includes("contact")), "it says what is lacking");

  const read = await api.GET("/api/v1/achievements/{id}/draft", { params: { path } });
  const patched = await api.PATCH("/api/v1/achievements/{id}/draft", {
    params: { path, header: { "If-Match": read.response.headers.get("ETag") ?? "" } },
    body: { content: { contact: CONTACT } },
  });
  assert.equal(body(patched).content?.title, first.title, "what is not named stays");
  const stale = await api.PATCH("/api/v1/achievements/{id}/draft", {
    params: { path, header: { "If-Match": read.response.headers.get("ETag") ?? "" } },
    body: { content: { trl: 7 } },
  });
  assert.equal(stale.error?.code, "version_changed");

  body(await api.POST("/api/v1/achievements/{id}/submit", { params: { path } }));
  const illegal = await api.POST("/api/v1/achievements/{id}/submit", { params: { path } });
  assert.equal(illegal.error?.code, "illegal_move");
  assert(illegal.error.legal_moves?.includes("recall"));

  await publish(draft.id, broker);
  return { id: draft.id, title: first.title };
}

const anybody = visitor();
await readTheCatalogue(anybody);
assert((await search(anybody, "激光焊接")).length > 0);
const [author, broker] = [await signedIn("university"), await signedIn("broker")];
const made = await publishOne(author, broker);
const shown = body(await anybody.GET("/api/v1/achievements/{id}", { params: { path: { id: made.id } } }));
assert.equal(shown.content?.title, made.title);
assert.equal(shown.content?.contact ?? null, null, "a contact is private");
await until("the new one is found", async () => (await search(anybody, made.title)).includes(made.id));
console.log("TypeScript: the catalogue read to its end, one found, one written, published and found again");

const key = await newKey(await signedIn("university_owner"), await signedIn("admin"));
await readWith(key, anybody);
console.log("TypeScript: a key asked for, approved and used; refused what it was not granted");
await receive(key, author, broker);
console.log("TypeScript: a publication and a withdrawal received, verified, and not when tampered with");
console.log(`TypeScript: ${await keepCopies(key, anybody)}`);
