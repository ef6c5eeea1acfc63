// An achievement from the draft to its withdrawal.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { body, type Person } from "./asking.js";
import type { AchievementContent, Contact } from "./generated/techmart.js";

export const CONTACT: Contact = { name: "张老师", phone: "13800000001" };

/** One whose title nothing else has. */
export function content(): AchievementContent & { title: string } {
  return {
    title: `轴承电腐蚀在线监测 ${randomUUID().slice(0, 8)}`,
    summary: "面向驱动电机的轴承电流在线监测，已完成样机验证。",
    field: "advanced_manufacturing",
    trl: 6,
    trl_basis: "self",
    cooperation_modes: ["licence"],
    keywords: ["轴承", "电腐蚀"],
    language: "zh",
  };
}

/** Writes one and submits it. */
export async function submitted({ api }: Person): Promise<string> {
  const { id } = body(await api.POST("/api/v1/achievements", { body: { content: { ...content(), contact: CONTACT } } }));
  body(await api.POST("/api/v1/achievements/{id}/submit", { params: { path: { id } } }));
  return id;
}

/** Publishes what was submitted. */
export async function publish(id: string, broker: Person): Promise<void> {
  const params = { path: { id } };
  body(await broker.api.POST("/api/v1/achievements/{id}/claim", { params }));
  const published = body(await broker.api.POST("/api/v1/achievements/{id}/publish", { params }));
  assert.equal(published.status, "published");
}

export async function withdraw(id: string, author: Person): Promise<void> {
  const gone = await author.api.POST("/api/v1/achievements/{id}/withdraw", {
    params: { path: { id } },
    body: { reason: "已转让。" },
  });
  assert.equal(body(gone).status, "withdrawn");
}
