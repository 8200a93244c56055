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

  // Their values fill several answers, and each claim is answered.
  const leases = await Promise.all(keys.map((key) => ann.claim({ key })));
  expect(leases.map((lease) => lease?.key)).toEqual(keys);
  expect(leases.every((lease) => lease?.item.value === VALUE)).toBe(true);
});

it("rejects one call that is too large, and none of those beside it", async () => {
  const mesh = objects.mesh("globex", objects.storage(), { limits: { valueBytes: 2_000_000 } });
  const ann = mesh.agent("Ann");
  const items = Array.from({ length: ITEMS }, (_, n) => ({ key: `item ${n}`, value: VALUE }));
  const tooLarge = { code: "TOO_LARGE", details: { what: "call", size: expect.any(Number) } };
  const [before, all, after] = await Promise.allSettled([
    ann.push("before", 1, { global: true }),
    ann.pushMany(items.map((item) => ({ ...item, global: true }))),
    ann.push("after", 1, { global: true }),
  ]);
  expect([before?.status, after?.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(all).toMatchObject({ status: "rejected", reason: tooLarge });
  expect(await ann.keys()).toEqual(["after", "before"]);

  for (const { key, value } of items) await ann.push(key, value, { global: true });
  await expect(ann.getMany(items.map(({ key }) => key))).rejects.toMatchObject(tooLarge);
});
