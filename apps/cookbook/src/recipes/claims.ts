// Shows: claims as leases with fencing tokens, results with events, and failed items.
// Look at: a holder whose lease has expired can no longer write.

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

// A claim by topic returns the oldest item and hides it from other workers.
const slept = await sleeper.claim({ topic: "work" }, { lease: "300ms" });
if (slept === undefined) throw new Error("No work found.");
note("Sleeper claims", slept.attempt, slept.key);
const rival = await helper.claim({ key: "letter" });
note("Helper claims the letter, too", rival?.attempt, rival?.key ?? "nothing");

// The lease expires while Sleeper sleeps. Helper claims the item with a greater token.
await sleep(320);
const lease = await helper.claim({ key: "letter" }, { lease: "30s" });
if (lease === undefined) throw new Error("The letter is not claimable.");
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
note("Helper claims the done item", again?.attempt, again?.key ?? "nothing");

// After three failed attempts, an item gets the state failed, and keeps the reason.
for (let i = 1; i <= 3; i++) {
  const torn = await helper.claim({ key: "page" });
  const released = await torn?.release({ maxAttempts: 3, error: "It is torn." });
  note("Helper can't read the page", torn?.attempt, released?.failed ? "failed" : "released");
}
printTable(steps);

console.log("");
const { items } = await mesh.system.list();
printTable(
  items.map(({ key, state, author, topics, lastFailure }) => ({
    item: key,
    state,
    "written by": author ?? "",
    "on topic": topics.join(),
    "last failure": lastFailure?.message ?? "",
  })),
);
await mesh.close();
