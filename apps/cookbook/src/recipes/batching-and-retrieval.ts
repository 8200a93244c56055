// Shows: batches in one commit, listings by page, and times to live.
// Look at: a batch is written completely or not at all; an expired item disappears at once; without a ttl, items never expire.

import { ContextMesh, isSynthaError, type Page } from "@syntha/core";
import { setTimeout as sleep } from "node:timers/promises";
import { printTable } from "../print/table.ts";
import { createLocation, storageAt } from "../storage/location.ts";

const { location, text, remove } = await createLocation();
const mesh = new ContextMesh({ storage: storageAt(location), sweepEvery: false });
const [collector, analyst] = [mesh.agent("Collector"), mesh.agent("Analyst")];
await analyst.subscribe(["metrics"]);
console.log(`Storage: ${text}\n`);

// 300 items, one commit, one revision.
const metrics = ["cpu", "disk", "memory"].flatMap((metric) =>
  Array.from({ length: 100 }, (_, minute) => ({
    key: `${metric}:${String(minute).padStart(3, "0")}`,
    value: { percent: (minute * 7) % 100 },
    topics: ["metrics"],
  })),
);
const pushed = await collector.pushMany(metrics);
const revisions = new Set(pushed.map(({ revision }) => revision));

// One of these conflicts, so neither is written.
const refused = await collector
  .pushMany([
    { key: "net:000", value: 1, topics: ["metrics"] },
    { key: "cpu:000", value: 2, ifRevision: 0 },
  ])
  .catch((error: unknown) => (isSynthaError(error) ? error.code : error));

printTable([
  { batch: "300 metrics", "items written": pushed.length, revisions: revisions.size, refused: "" },
  {
    batch: "2, one in conflict",
    "items written": (await analyst.keys({ prefix: "net:" })).length,
    revisions: 0,
    refused: String(refused),
  },
]);

// List keys without values, page by page, then read only the values you need.
const pages: number[] = [];
let page: Page | undefined;
do {
  const listing = await analyst.list({ prefix: "cpu:", values: false, limit: 40, page });
  pages.push(listing.items.length);
  page = listing.nextPage;
} while (page !== undefined);
console.log(`\nKeys of cpu, in pages of 40: ${pages.join(" + ")}`);
console.log(`Two of them: ${JSON.stringify(await analyst.getMany(["cpu:001", "cpu:002"]))}`);

const lifetimes = [
  { key: "status", ttl: "50ms" },
  { key: "session", ttl: "1h" },
  { key: "config", ttl: undefined },
] as const;
for (const { key, ttl } of lifetimes) await collector.push(key, "…", { topics: ["metrics"], ttl });
await sleep(60);
console.log("\n60 ms later:");
const before = await mesh.stats();
printTable(
  await Promise.all(
    lifetimes.map(async ({ key, ttl }) => {
      const item = await analyst.getItem(key);
      const ends = item === undefined ? "" : item.expiresAt === undefined ? "never" : "in an hour";
      return { key, lifetime: ttl ?? "", "is there": item !== undefined, ends };
    }),
  ),
);
console.log(`\nExpired and still stored: ${before.expired}; swept: ${await mesh.sweep()}`);
await mesh.close();
await remove();
