import { hrtime } from "node:process";
import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";

// Watches the mesh of the server that the first argument names. Answers a number with the time at which the watch emitted
// the change that has it as its value, in microseconds of the machine's clock.
const [, , connectionString = ""] = process.argv;
const end = new AbortController();
process.once("disconnect", () => end.abort());

const times = new Map<unknown, number>();
let asked: number | undefined;
process.on("message", (value: number) => {
  asked = value;
  answer();
});

function answer(): void {
  const time = times.get(asked);
  if (time === undefined) return;
  asked = undefined;
  times.clear();
  process.send?.(time);
}

const mesh = new ContextMesh({
  storage: new PostgresStorage({ connectionString }),
  sweepEvery: false,
});
const agent = mesh.agent("Observer");
await agent.subscribe(["questions"]);
const { signal } = end;
for await (const change of agent.watch({ topics: ["questions"], initial: true, signal })) {
  if (change.type === "ready") process.send?.("ready");
  if (change.type !== "put") continue;
  times.set(change.item.value, Number(hrtime.bigint()) / 1_000);
  answer();
}
await mesh.close();
