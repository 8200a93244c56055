// Shows: a live feed of what one agent sees, resumable from any place.
// Look at: what leaves an agent's sight is told without its value; after a disconnect nothing is missed or doubled.

import { ContextMesh, type Cursor, type WatchChange } from "@syntha/core";
import { setTimeout as sleep } from "node:timers/promises";

const mesh = new ContextMesh();
const [writer, reader] = [mesh.agent("Writer"), mesh.agent("Reader")];
const news = { topics: ["news"] };
await reader.subscribe(["news"]);
await writer.push("headline", "Rain", news);

function tell(change: WatchChange): void {
  const { type } = change;
  if (type === "put")
    console.log(`  put      ${change.item.key} = ${JSON.stringify(change.item.value)}`);
  else if (type === "event")
    console.log(`  event    ${change.event.type} ${JSON.stringify(change.event.data)}`);
  else if (type === "lagged") console.log(`  lagged   ${change.dropped} dropped`);
  else console.log(`  ${type.padEnd(8)} ${"key" in change ? change.key : ""}`.trimEnd());
}

/** Takes so many changes, and then hangs up. Gives the place behind the last of them. */
async function read(
  options: { initial?: boolean; since?: Cursor },
  count: number,
  onReady: () => Promise<void> = async () => {},
): Promise<Cursor> {
  for await (const change of reader.watch(options)) {
    tell(change);
    if (change.type === "ready") await onReady();
    if (--count === 0) return change.cursor;
  }
  throw new Error("The feed ended.");
}

console.log("What is there, then news:");
const cursor = await read({ initial: true }, 4, async () => {
  await writer.push("headline", "Sun", news);
  await writer.publish("flood_over", { place: "Harbour" }, news);
});

await writer.push("headline", "Wind", news);
await writer.push("secret", "for Reader alone", { subscribers: ["Reader"] });
await writer.push("secret", "no longer", { subscribers: ["Editor"] });
await writer.push("brief", "soon over", { ...news, ttl: "20ms" });
await writer.delete("headline");
await sleep(30);
await mesh.sweep();
console.log(
  "\nReader was away, and goes on with its cursor. What came and went has no value any more:",
);
await read({ since: cursor }, 4);

console.log("\nA slow reader, who has room for 2, does not hold up the writer:");
const slow = reader.watch({ buffer: 2 });
for (let i = 1; i <= 10; i++) await writer.push(`item:${i}`, i, news);
await sleep(20);
let caughtUp = 0;
for await (const change of slow) {
  tell(change);
  if (change.type !== "lagged") continue;
  const rest = await reader.changes({ since: change.cursor });
  caughtUp = rest.changes.length;
  break;
}
console.log(`  … and gets the ${caughtUp} dropped ones by the cursor that it was told.`);
await mesh.close();
