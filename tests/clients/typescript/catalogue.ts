// What everybody reads.

import assert from "node:assert/strict";

import { type Api, body } from "./asking.js";
import type { ListingBrief, ListingKind, PublicDocument } from "./generated/techmart.js";

export const KINDS = ["achievement", "demand", "provider"] as const satisfies ListingKind[];

/** All pages of a list. */
export async function briefs(api: Api, kind: ListingKind, limit: number): Promise<ListingBrief[]> {
  const all: ListingBrief[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit, ...(cursor && { cursor }) };
    const page = body(await api.GET(`/api/v1/${kind}s`, { params: { query } }));
    assert(page.items.length <= limit);
    all.push(...page.items);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  assert.equal(new Set(all.map((item) => item.id)).size, all.length, "nothing comes twice");
  return all;
}

/** All pages of all lists, each item as its own page shows it. */
export async function everything(api: Api): Promise<Map<string, PublicDocument>> {
  const all = new Map<string, PublicDocument>();
  for (const kind of KINDS) {
    for (const { id, title } of await briefs(api, kind, 100)) {
      const item: PublicDocument = body(await api.GET(`/api/v1/${kind}s/{id}`, { params: { path: { id } } }));
      assert.equal(item.content?.title, title);
      all.set(id, item);
    }
  }
  return all;
}
