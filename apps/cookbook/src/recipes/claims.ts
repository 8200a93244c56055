// Shows: a claim is a lease with a token; results and failures stay with the item.
// Look at: the holder that slept past its lease can't write any more, however it tries.

import { ContextMesh, isSynthaError } from "@syntha/core";
import { setTimeout as sleep } from "node:timers/promises";
import { printTable } from "../print/table.ts";

const mesh = new ContextMesh();
const [sleeper, helper] = [mesh.agent("Sleeper"), mesh.agent("Helper")];
await sleeper.subscribe(["work"]);
await helper.subscribe(["work", "done"]);
await mesh.agent("Desk").pushMany([
  { key: "letter", value: { write: "a letter" }, topics: ["work"] },
  { key: "page", value: { read: "a torn page" }, topics: ["work"] },
  { key: "parcel", value: { weigh: "a parcel" }, topics: ["work"] },
]);

const steps: { step: string; attempt: number | string; result: string }[] = [];
const codeOf = (error: unknown): string => (isSynthaError(error) ? error.code : String(error));
const note = (step: string, attempt: number | undefined, result: string): void => {
  steps.push({ step, attempt: attempt ?? "", result });
};

// Of a topic the oldest comes first, and nobody else gets it.
const slept = await sleeper.claim({ topic: "work" }, { lease: "300ms" });
if (slept === undefined) throw new Error("There is work.");
note("Sleeper claims", slept.attempt, slept.key);
const rival = await helper.claim({ key: "letter" });
note("Helper claims the letter, too", rival?.attempt, rival?.key ?? "nothing");

// The lease ends while Sleeper sleeps. Helper takes over, with a greater token.
await sleep(320);
const lease = await helper.claim({ key: "letter" }, { lease: "30s" });
if (lease === undefined) throw new Error("The letter is free.");
note("300 ms later Helper claims it", lease.attempt, lease.key);
note("Its token is greater", lease.attempt, String(lease.token > slept.token));
const late = await slept.complete({ text: "mine!" }).then(() => "written", codeOf);
note("Sleeper wakes and completes", slept.attempt, late);
note("Sleeper extends", slept.attempt, await slept.extend("1m").then(() => "extended", codeOf));

// The result, a new route for it and an event, all in one commit.
const done = { topics: ["done"] };
await lease.complete(
  { text: "Dear customer, …" },
  { ...done, events: [{ type: "letter_written", data: {}, ...done }] },
);
const { events } = await helper.events();
note("Helper completes", lease.attempt, `${events.length} event: ${events[0]?.type}`);
const again = await helper.claim({ key: "letter" });
note("Helper claims what is done", again?.attempt, again?.key ?? "nothing");

// What keeps failing is put aside.
for (let i = 1; i <= 3; i++) {
  const torn = await helper.claim({ key: "page" });
  const released = await torn?.release({ maxAttempts: 3 });
  note("Helper can't read the page", torn?.attempt, released?.failed ? "put aside" : "given back");
}
printTable(steps);

console.log("");
const { items } = await mesh.system.list();
printTable(
  items.map(({ key, state, author, topics }) => ({
    item: key,
    state,
    "written by": author ?? "",
    "on topic": topics.join(),
  })),
);
await mesh.close();
