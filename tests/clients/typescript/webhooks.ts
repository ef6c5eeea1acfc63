// A receiver of webhooks that takes what the published library of Standard Webhooks verifies.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { Webhook, WebhookVerificationError } from "standardwebhooks";

import { type Api, body, PATIENCE, type Person, until } from "./asking.js";
import type { WebhookMessage } from "./generated/techmart.js";
import { publish, submitted, withdraw } from "./offers.js";

type Call = { headers: Record<string, string>; text: string };

/** A server on a free port that takes all calls. */
class Receiver {
  readonly calls: Call[] = [];
  readonly #arrived = new EventEmitter();
  readonly #server = createServer((request, answer) => {
    void text(request).then((text) => {
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
      this.calls.push({ headers: Object.fromEntries(headers), text });
      answer.writeHead(204).end();
      this.#arrived.emit("call");
    });
  });

  async start(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/techmart`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The call of that type about that listing, once it has come. Every call is genuine. */
  async about(id: string, type: string, secret: string): Promise<[Call, WebhookMessage]> {
    const signal = AbortSignal.timeout(PATIENCE);
    for (let next = 0; ; ) {
      for (; next < this.calls.length; next += 1) {
        const call = this.calls[next]!;
        const message = new Webhook(secret).verify(call.text, call.headers) as WebhookMessage;
        if (message.data.id === id && message.type === type) return [call, message];
      }
      await once(this.#arrived, "call", { signal });
    }
  }
}

function isGenuine(call: Call, secret: string): boolean {
  try {
    new Webhook(secret).verify(call.text, call.headers);
    return true;
  } catch (error) {
    assert(error instanceof WebhookVerificationError);
    return false;
  }
}

export async function receive(key: Api, author: Person, broker: Person): Promise<void> {
  const receiver = new Receiver();
  const url = await receiver.start();
  try {
    const made = body(
      await key.POST("/api/v1/webhooks", {
        body: { url, event_types: ["achievement.published", "achievement.withdrawn"] },
      }),
    );
    const secret = made.secret;
    assert(secret);
    const offer = await submitted(author);
    await publish(offer, broker);
    const [call, told] = await receiver.about(offer, "achievement.published", secret);
    const path = `/api/v1/achievements/${offer}`;
    const event_id = call.headers["webhook-id"];
    assert.deepEqual(told.data, { resource: "achievement", status: "published", id: offer, path, event_id });
    const shown = await key.GET("/api/v1/achievements/{id}", { params: { path: { id: offer } } });
    assert.equal(body(shown).id, offer);

    assert(isGenuine(call, secret));
    const tampered = call.text.replace('"published"', '"withdrawn"');
    assert(tampered !== call.text && !isGenuine({ ...call, text: tampered }, secret));
    assert(!isGenuine({ ...call, headers: { ...call.headers, "webhook-id": randomUUID() } }, secret));
    assert(!isGenuine(call, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwVJHh8Ym8x2g="));

    await withdraw(offer, author);
    const [gone, toldAgain] = await receiver.about(offer, "achievement.withdrawn", secret);
    assert.equal(toldAgain.data.status, "withdrawn");

    const ids = [call, gone].map((one) => one.headers["techmart-delivery-id"]);
    const params = { path: { id: made.id }, query: { status: "delivered" as const } };
    await until("both calls stand in the log", async () => {
      const log = body(await key.GET("/api/v1/webhooks/{id}/deliveries", { params }));
      return ids.every((id) => log.items.some((row) => row.id === id));
    });
    const read = await key.GET("/api/v1/webhooks/{id}", { params: { path: { id: made.id } } });
    const ended = await key.DELETE("/api/v1/webhooks/{id}", {
      params: { path: { id: made.id }, header: { "If-Match": read.response.headers.get("ETag") ?? "" } },
    });
    assert.equal(ended.response.status, 204);
  } finally {
    receiver.stop();
  }
}
