import { ContextMesh, isSynthaError, type Push } from "@syntha/core";
import { expect, it } from "vitest";

const good: Push = { key: "good", value: 1, global: true };

it.each<[string, string, string, Push]>([
  [
    "too many readers",
    "INVALID_ARGUMENTS",
    'pushes[2], "rules": A route of 65 agent names is too long: 64 are allowed.',
    { key: "rules", value: 1, subscribers: Array.from({ length: 65 }, (_, n) => `Agent ${n}`) },
  ],
  [
    "a value that is not JSON",
    "INVALID_VALUE",
    'pushes[2], "score": JSON cannot represent NaN (at $).',
    { key: "score", value: Number.NaN, global: true },
  ],
  [
    "a key that is too long",
    "TOO_LARGE",
    `pushes[2], "${"x".repeat(60)}…": This key takes 300 bytes; 256 are allowed.`,
    { key: "x".repeat(300), value: 1, global: true },
  ],
  [
    "a time to live of 0",
    "INVALID_ARGUMENTS",
    'pushes[2], "short": `ttl` must be a positive duration, not 0.',
    { key: "short", value: 1, global: true, ttl: 0 },
  ],
  [
    "an empty list of topics",
    "INVALID_ROUTE",
    'pushes[2], "lost": The list of topics is empty.',
    { key: "lost", value: 1, topics: [] },
  ],
])("refuses a whole batch with %s, and names the push", async (_, code, message, bad) => {
  await using mesh = new ContextMesh();
  const batch = [good, { ...good, key: "also good" }, bad];
  const error: unknown = await mesh.system.pushMany(batch).catch((each: unknown) => each);
  expect(isSynthaError(error) && error.code).toBe(code);
  expect((error as Error).message).toBe(message);
  expect(await mesh.system.keys()).toEqual([]);
});

it("refuses a completion with an invalid event, and names the event", async () => {
  await using mesh = new ContextMesh();
  await mesh.system.push("task", 1, { global: true });
  const lease = await mesh.system.claim({ key: "task" });
  const events = [
    { type: "done", data: 1, global: true },
    { type: "done", data: 1, topics: [] },
  ];
  const error: unknown = await lease?.complete("done", { events }).catch((each: unknown) => each);
  expect((error as Error).message).toBe("events[1]: The list of topics is empty.");
  expect(await mesh.system.get("task")).toBe(1);
  expect((await mesh.system.events()).events).toEqual([]);
});
