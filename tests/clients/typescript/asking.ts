// Who asks: everybody, the people of the demo, and whoever has a key.

import assert from "node:assert/strict";

import createClient, { type Client } from "openapi-fetch";

import type { paths, Problem } from "./generated/techmart.js";

/** Lists come as files, too; asked for is JSON. */
export type Api = Client<paths, "application/json" | "application/problem+json">;

/** Somebody of the demo, for the organisation where there is one. */
export type Person = { api: Api; organisation: string };

/** For how long anything is waited for, in milliseconds. */
export const PATIENCE = 60_000;

const baseUrl = process.env["TECHMART_API"] ?? "http://127.0.0.1:8080";
const password = process.env["TECHMART_PASSWORD"] ?? "";
const people = new Map(
  (process.env["TECHMART_PEOPLE"] ?? "").split("\n").map((line) => {
    const [role = "", email = "", organisation = ""] = line.split("=");
    return [role, { email, organisation }];
  }),
);

/** What an answer brings, or its problem as an exception. */
export function body<T>(answer: { data?: T; error?: Problem; response: Response }): T {
  if (answer.data === undefined) {
    throw new Error(`${answer.response.status} ${answer.response.url}: ${JSON.stringify(answer.error)}`);
  }
  return answer.data;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Asks again after the time that a busy service names. */
async function patient(request: Request): Promise<Response> {
  const signal = AbortSignal.timeout(PATIENCE);
  for (;;) {
    const answer = await fetch(request.clone(), { signal });
    if (![429, 503].includes(answer.status)) return answer;
    await pause(Number(answer.headers.get("Retry-After") ?? "1") * 1000);
  }
}

export function visitor(): Api {
  return createClient({ baseUrl, fetch: patient, headers: { "Accept-Language": "en" } });
}

export function withKey(key: string): Api {
  const api = visitor();
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${key}`);
    },
  });
  return api;
}

/** A client that acts as a person of the demo, signed in for as long as it takes. */
export async function signedIn(role: string): Promise<Person> {
  const person = people.get(role);
  assert(person, `${role} is nobody of the demo`);
  const signIn = async () => {
    const tokens = body(await visitor().POST("/api/v1/auth/login", { body: { email: person.email, password } }));
    return { token: tokens.access_token, renewal: Date.now() + tokens.expires_in * 500 };
  };
  let session = await signIn();
  const api = visitor();
  api.use({
    async onRequest({ request }) {
      if (Date.now() > session.renewal) session = await signIn();
      request.headers.set("Authorization", `Bearer ${session.token}`);
      if (person.organisation) request.headers.set("Acting-Organisation", person.organisation);
    },
  });
  const me = body(await api.GET("/api/v1/me"));
  assert.equal(me.email, person.email);
  return { api, organisation: person.organisation };
}

export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!(await condition())) {
    assert(Date.now() < end, `waited in vain until ${what}`);
    await pause(100);
  }
}
