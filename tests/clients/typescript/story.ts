// A front-end's first day, by a client that knows the OpenAPI document alone: each step is one a page takes,
// and every body and answer has the type that the document gives it.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import createClient, { type Client, type Middleware } from "openapi-fetch";

import type { AchievementContent, ListingBrief, paths, Problem } from "./generated/techmart.js";

type Api = Client<paths>;

const baseUrl = process.env["TECHMART_API"] ?? "http://127.0.0.1:8080";
const password = process.env["TECHMART_PASSWORD"] ?? "";
const people = new Map(
  (process.env["TECHMART_PEOPLE"] ?? "").split("\n").map((line) => {
    const [role = "", email = "", organisation = ""] = line.split("=");
    return [role, { email, organisation }];
  }),
);

/** What an answer brings, or its problem as an exception. */
function body<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${answer.response.url}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

/** Asks again after the time that a busy service names. */
async function patient(request: Request): Promise<Response> {
  const end = Date.now() + 60_000;
  for (;;) {
    const answer = await fetch(request.clone());
    if (![429, 503].includes(answer.status) || Date.now() > end) return answer;
    const seconds = Number(answer.headers.get("Retry-After") ?? "1");
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  }
}

function visitor(): Api {
  return createClient<paths>({ baseUrl, fetch: patient, headers: { "Accept-Language": "en" } });
}

/** A client that acts as a person of the demo, for the person's organisation where there is one. */
async function signedIn(role: string): Promise<Api> {
  const person = people.get(role);
  assert(person, `${role} is nobody of the demo`);
  const api = visitor();
  const session = body(await api.POST("/api/v1/auth/login", { body: { email: person.email, password } }));
  const sign: Middleware = {
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${session.access_token}`);
      if (person.organisation) request.headers.set("Acting-Organisation", person.organisation);
      return request;
    },
  };
  api.use(sign);
  const me = body(await api.GET("/api/v1/me"));
  assert.equal(me.email, person.email);
  return api;
}

/** All pages of the achievements, three a page. */
async function catalogue(api: Api): Promise<ListingBrief[]> {
  const all: ListingBrief[] = [];
  let cursor: string | undefined;
  do {
    const page = body(
      await api.GET("/api/v1/achievements", { params: { query: { limit: 3, ...(cursor && { cursor }) } } }),
    );
    assert(page.items.length <= 3);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return all;
}

async function readTheCatalogue(api: Api): Promise<void> {
  const all = await catalogue(api);
  assert(all.length > 3, "the demo has several pages");
  assert.equal(new Set(all.map((item) => item.id)).size, all.length, "nothing comes twice");

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

async function publishOne(author: Api, broker: Api): Promise<{ id: string; title: string }> {
  const title = `轴承电腐蚀在线监测 ${randomUUID().slice(0, 8)}`;
  const content: AchievementContent = {
    title,
    summary: "面向驱动电机的轴承电流在线监测，已完成样机验证。",
    field: "advanced_manufacturing",
    trl: 6,
    trl_basis: "self",
    cooperation_modes: ["licence"],
    keywords: ["轴承", "电腐蚀"],
    language: "zh",
  };
  const header = { "Idempotency-Key": randomUUID() };
  const draft = body(await author.POST("/api/v1/achievements", { params: { header }, body: { content } }));
  const repeated = body(await author.POST("/api/v1/achievements", { params: { header }, body: { content } }));
  assert.equal(repeated.id, draft.id, "a repetition makes no second one");

  const path = { id: draft.id };
  const early = await author.POST("/api/v1/achievements/{id}/submit", { params: { path } });
  assert.equal(early.error?.code, "rule_broken");
  assert(early.error.errors?.some((fault) => fault.pointer?.includes("contact")), "it says what is lacking");

  const read = await author.GET("/api/v1/achievements/{id}/draft", { params: { path } });
  const patched = await author.PATCH("/api/v1/achievements/{id}/draft", {
    params: { path, header: { "If-Match": read.response.headers.get("ETag") ?? "" } },
    body: { content: { contact: { name: "张老师", phone: "13800000001" } } },
  });
  assert.equal(body(patched).content?.title, title, "what is not named stays");
  const stale = await author.PATCH("/api/v1/achievements/{id}/draft", {
    params: { path, header: { "If-Match": read.response.headers.get("ETag") ?? "" } },
    body: { content: { trl: 7 } },
  });
  assert.equal(stale.error?.code, "version_changed");

  body(await author.POST("/api/v1/achievements/{id}/submit", { params: { path } }));
  const illegal = await author.POST("/api/v1/achievements/{id}/submit", { params: { path } });
  assert.equal(illegal.error?.code, "illegal_move");
  assert(illegal.error.legal_moves?.includes("recall"));

  body(await broker.POST("/api/v1/achievements/{id}/claim", { params: { path } }));
  const published = body(await broker.POST("/api/v1/achievements/{id}/publish", { params: { path } }));
  assert.equal(published.status, "published");
  return { id: draft.id, title };
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    assert(Date.now() < end, `waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const anybody = visitor();
await readTheCatalogue(anybody);
assert((await search(anybody, "激光焊接")).length > 0);
const made = await publishOne(await signedIn("university"), await signedIn("broker"));
const shown = body(await anybody.GET("/api/v1/achievements/{id}", { params: { path: { id: made.id } } }));
assert.equal(shown.content?.title, made.title);
assert.equal(shown.content?.contact ?? null, null, "a contact is private");
await until("the new one is found", async () => (await search(anybody, made.title)).includes(made.id));
console.log("TypeScript: the catalogue read to its end, one found, one written, published and found again");
