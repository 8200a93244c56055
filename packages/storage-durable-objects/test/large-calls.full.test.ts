import { afterAll, beforeAll, expect, it } from "vitest";
import { TestedObjects } from "./support/tested-objects.ts";

// Each takes two bytes in a message: 48 MiB in all, more than a call may have.
const VALUE = "\u{4E2D}".repeat(256 * 1024);
const ITEMS = 96;

let objects: TestedObjects;
beforeAll(async () => {
  objects = await TestedObjects.start();
});
afterAll(() => objects.stop());

it("writes and reads more at a time than fits a call", async () => {
  const mesh = objects.mesh("acme", objects.storage(), { limits: { valueBytes: 2_000_000 } });
  const ann = mesh.agent("Ann");
  const keys = Array.from({ length: ITEMS }, (_, n) => `item ${String(n).padStart(3, "0")}`);
  await Promise.all(keys.map((key) => ann.push(key, VALUE, { global: true })));
  const all = await ann.getAll();
  expect(Object.keys(all)).toEqual(keys);
  expect(Object.values(all).every((value) => value === VALUE)).toBe(true);
  const log = await mesh.system.log({ limit: 1_000 });
  expect(log.entries.length).toBeGreaterThan(0);
});
