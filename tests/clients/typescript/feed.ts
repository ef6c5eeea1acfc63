// Copies of the catalogue that the change feed keeps equal, one by asking and one by listening, while several write.

import assert from "node:assert/strict";

import { type Api, body, PATIENCE, type Person, signedIn } from "./asking.js";
import { briefs, everything, KINDS } from "./catalogue.js";
import type { ChangeOut, ListingBrief, PublicDocument } from "./generated/techmart.js";
import { publish, submitted, withdraw } from "./offers.js";

/** It is written until both readers were told so much. */
const CHANGES = Number(process.env["TECHMART_STORY_CHANGES"] ?? "200");
/** Who hide and show; one more writes. */
const BROKERS = 6;
/** How many listings the one who writes keeps published. */
const KEPT = 20;
/** After how many seconds a listener comes again. */
const STREAM = 5;

/** What a reader of the feed holds. */
class Copy {
  readonly documents = new Map<string, PublicDocument>();
  readonly gone = new Set<string>();
  since = "0";
  told = 0;
  #end = Date.now() + PATIENCE;

  lay(item: ChangeOut): void {
    assert(item.position > this.since, "the feed went back");
    this.since = item.position;
    this.told += 1;
    this.#end = Date.now() + PATIENCE;
    if (item.kind === "upsert") {
      assert(item.document && item.document.id === item.id && item.document.kind === item.type);
      this.documents.set(item.id, item.document);
      this.gone.delete(item.id);
    } else {
      assert(!item.document && item.reason);
      this.documents.delete(item.id);
      this.gone.add(item.id);
    }
  }

  /** Whether it was told less. */
  lacks(changes: number): boolean {
    assert(Date.now() < this.#end, `nothing more was told after ${this.since}`);
    return this.told < changes;
  }
}

/** Asks from the beginning until it is told of that item, and what else is there. */
async function ask(copy: Copy, reader: Api, last: string): Promise<void> {
  let more = true;
  while (more || !copy.documents.has(last)) {
    copy.lacks(0);
    const query = { since: copy.since, limit: 37, wait: 30 };
    const page = body(await reader.GET("/api/v1/changes", { params: { query } }));
    page.items.forEach((item) => copy.lay(item));
    assert(page.next >= copy.since, "the feed went back");
    copy.since = page.next;
    more = page.more;
  }
}

type StreamEvent = { event: string; id: string; data: string };

/** The events of a stream, until it ends. */
async function* events(stream: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  let rest = "";
  // The types of Node and of browsers name the same stream.
  for await (const chunk of stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    const blocks = (rest + chunk).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const line = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(block)?.[1] ?? "";
      yield { event: line("event"), id: line("id"), data: line("data") };
    }
  }
}

/** Listens until it is told of that item, and comes again where it was whenever the stream ends. */
async function listen(copy: Copy, reader: Api, last: string): Promise<void> {
  let caughtUp = false;
  while (!caughtUp || !copy.documents.has(last)) {
    copy.lacks(0);
    const answer = await reader.GET("/api/v1/changes/stream", {
      params: { query: { seconds: STREAM }, header: { "Last-Event-ID": copy.since } },
      parseAs: "stream",
    });
    for await (const { event, id, data } of events(body(answer) as ReadableStream<Uint8Array>)) {
      if (event === "change") copy.lay(JSON.parse(data) as ChangeOut);
      caughtUp = event === "caught_up";
      if (caughtUp) copy.since = id;
      if (caughtUp && copy.documents.has(last)) break;
    }
  }
}

/** Small and the same every time. */
function chance(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n);
    return Number(state >> 33n) % below;
  };
}

/** Hides what is shown and shows what is hidden, unless another was faster than the feed. */
async function hasTurned({ id, kind }: ListingBrief, { api }: Person, copy: Copy): Promise<boolean> {
  const params = { path: { id } };
  const answer = copy.gone.has(id)
    ? await api.POST(`/api/v1/${kind}s/{id}/resume`, { params })
    : await api.POST(`/api/v1/${kind}s/{id}/suspend`, { params, body: { reason: "信息有误，请核实。" } });
  const code = answer.error?.code;
  assert(code === undefined || ["illegal_move", "version_changed"].includes(code), JSON.stringify(answer.error));
  return code === undefined;
}

/** Meets the others at the same items; says how often it was first. */
async function hideAndShow(copies: Copy[], items: ListingBrief[], seed: number): Promise<number> {
  const broker = await signedIn("broker");
  const below = chance(seed);
  let done = 0;
  while (copies.some((copy) => copy.lacks(CHANGES))) {
    const copy = copies[below(copies.length)]!;
    if (await hasTurned(items[below(items.length)]!, broker, copy)) done += 1;
  }
  return done;
}

/** Changes what everything of the author's organisation shows of it. */
async function rename({ api, organisation: id }: Person, name_en: string): Promise<void> {
  const read = await api.GET("/api/v1/organisations/{id}", { params: { path: { id } } });
  const renamed = await api.PATCH("/api/v1/organisations/{id}", {
    params: { path: { id }, header: { "If-Match": read.response.headers.get("ETag") ?? "" } },
    body: { name_en },
  });
  assert.equal(body(renamed).name_en, name_en);
}

/** Publishes new ones, withdraws older ones, and changes how the owner is called; says how often. */
async function write(copies: Copy[]): Promise<number> {
  const [author, broker] = [await signedIn("university"), await signedIn("broker")];
  const published: string[] = [];
  let done = 0;
  for (; copies.some((copy) => copy.lacks(CHANGES)); done += 1) {
    if (done % 2 === 0) {
      await rename(author, `University ${done}`);
    } else if (published.length > KEPT) {
      await withdraw(published.shift()!, author);
    } else {
      const offer = await submitted(author);
      await publish(offer, broker);
      published.push(offer);
    }
  }
  return done;
}

/** Says what was read. */
export async function keepCopies(reader: Api, anybody: Api): Promise<string> {
  const [author, broker] = [await signedIn("university"), await signedIn("broker")];
  const items = (await Promise.all(KINDS.map((kind) => briefs(anybody, kind, 100)))).flat();
  const last = await submitted(author);
  const [asked, listened, late] = [new Copy(), new Copy(), new Copy()];
  const copies = [asked, listened];
  const began = Date.now();
  const writing = async () => {
    const brokers = Array.from({ length: BROKERS }, (_, seed) => hideAndShow(copies, items, seed));
    const acts = await Promise.all([...brokers, write(copies)]);
    // Everything else is over, so this is told last.
    await publish(last, broker);
    return acts.reduce((sum, one) => sum + one);
  };
  const [acts] = await Promise.all([writing(), ask(asked, reader, last), listen(listened, reader, last)]);
  const took = (Date.now() - began) / 1000;

  await ask(late, reader, last);
  assert.equal(late.told, late.documents.size + late.gone.size, "an item stands in the feed once");
  const there = await everything(anybody);
  for (const copy of [...copies, late]) {
    assert.deepEqual(copy.documents, there);
    assert(copy.gone.size > 0);
  }
  return (
    `through ${acts} acts of ${BROKERS + 1} people in ${took.toFixed(1)} s two copies were told ${asked.told} and ` +
    `${listened.told} changes and ended equal to the catalogue of ${there.size}, with ${late.gone.size} gone`
  );
}
