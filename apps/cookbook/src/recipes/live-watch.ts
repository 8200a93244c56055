// Shows: a live feed of what an agent can see, resumable from any cursor.
// Look at: an item that becomes hidden is reported without its value; resuming has no gaps or duplicates.

import { ContextMesh, type Cursor, type WatchChange } from "@syntha/core";
import { setTimeout as sleep } from "node:timers/promises";

const mesh = new ContextMesh();
const [writer, reader] = [mesh.agent("Writer"), mesh.agent("Reader")];
const news = { topics: ["news"] };
await reader.subscribe(["news"]);
await writer.push("headline", "Rain", news);

function print(change: WatchChange): void {
  const { type } = change;
  if (type === "put")
    console.log(`  put      ${change.item.key} = ${JSON.stringify(change.item.value)}`);
  else if (type === "event")
    console.log(`  event    ${change.event.type} ${JSON.stringify(change.event.data)}`);
  else if (type === "lagged") console.log(`  lagged   ${change.dropped} dropped`);
  else console.log(`  ${type.padEnd(8)} ${"key" in change ? change.key : ""}`.trimEnd());
}

/** Reads a number of changes and stops. Returns the cursor after the last one. */
async function read(
  options: { initial?: boolean; since?: Cursor },
  count: number,
  onReady: () => Promise<void> = async () => {},
): Promise<Cursor> {
  for await (const change of reader.watch(options)) {
    print(change);
    if (change.type === "ready") await onReady();
    if (--count === 0) return change.cursor;
  }
  throw new Error("The feed ended.");
}

console.log("Initial items, then changes:");
const cursor = await read({ initial: true }, 4, async () => {
  await writer.push("headline", "Sun", news);
  await writer.publish("flood_over", { place: "Harbour" }, news);
});

await writer.push("headline", "Wind", news);
await writer.push("secret", "for Reader only", { subscribers: ["Reader"] });
await writer.push("secret", "no longer", { subscribers: ["Editor"] });
await writer.push("brief", "short-lived", { ...news, ttl: "20ms" });
await writer.delete("headline");
await sleep(30);
await mesh.sweep();
console.log(
  "\nReader was offline and resumes from its cursor. Values that no longer exist are not reported:",
);
await read({ since: cursor }, 4);

console.log("\nA slow reader with a buffer of 2 does not block the writer:");
const slow = reader.watch({ buffer: 2 });
for (let i = 1; i <= 10; i++) await writer.push(`item:${i}`, i, news);
await sleep(20);
let caughtUp = 0;
for await (const change of slow) {
  print(change);
  if (change.type !== "lagged") continue;
  const rest = await reader.changes({ since: change.cursor });
  caughtUp = rest.changes.length;
  break;
}
console.log(`  … and reads the ${caughtUp} dropped changes from the cursor of the report.`);
await mesh.close();
