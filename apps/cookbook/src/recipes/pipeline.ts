// Shows: documents that are handed off from stage to stage, with several workers each.
// Look at: each document is one item for the whole way, and no stage knows the one before it.

import { setTimeout as sleep } from "node:timers/promises";
import { ContextMesh } from "@syntha/core";
import { printTable } from "../print/table.ts";

type Document = { readonly text: string; readonly stages: readonly string[] };

const DOCUMENTS = 12;
const WORKERS = 3;
const NEXT: Record<string, string> = { draft: "edit", edit: "translate", translate: "print" };

const mesh = new ContextMesh();
const author = mesh.agent("Author");
await author.subscribe(["print"]);
await author.pushMany(
  Array.from({ length: DOCUMENTS }, (_, i) => ({
    key: `doc:${String(i + 1).padStart(2, "0")}`,
    value: { text: `Chapter ${i + 1}`, stages: [] } satisfies Document,
    topics: ["draft"],
    ...(i + 1 === DOCUMENTS && { priority: 10 }), // the last one is urgent
  })),
);

// One worker claims a document and crashes: its lease ends, and another worker takes the document.
const crashed = mesh.agent("draft 0");
await crashed.subscribe(["draft"]);
const held = await crashed.claim({ topic: "draft" }, { lease: "100ms" });

const stop = new AbortController();
async function work(stage: string, number: number): Promise<void> {
  const agent = mesh.agent(`${stage} ${number}`);
  await agent.subscribe([stage]);
  await agent.work<Document>(
    stage,
    async ({ value }, lease) => {
      await sleep(5);
      const stages = [...value.stages, stage];
      await lease.handOff({ ...value, stages }, { topics: [NEXT[stage] ?? ""] });
    },
    { signal: stop.signal },
  );
}
const working = Object.keys(NEXT).flatMap((stage) =>
  Array.from({ length: WORKERS }, (_, i) => work(stage, i + 1)),
);

// The last stage: one reader, who completes what arrives.
const printed: Document[] = [];
await author.work<Document>(
  "print",
  ({ value }) => {
    if (printed.push(value) === DOCUMENTS) stop.abort();
    return value;
  },
  { signal: stop.signal },
);
await Promise.all(working);

const { items } = await mesh.system.list<Document>({ prefix: "doc:" });
const stages = printed.flatMap((document) => document.stages);
printTable(
  Object.keys(NEXT).map((stage) => ({
    stage,
    workers: WORKERS,
    documents: stages.filter((each) => each === stage).length,
  })),
);
console.log(`\nThe crashed worker had claimed ${held?.key}, the urgent one.`);
const isInOrder = items.every(({ value }) => value.stages.join() === Object.keys(NEXT).join());
console.log(`Each document passed through all stages in order: ${isInOrder}`);
const done = items.filter(({ state, owner }) => state === "done" && owner === "Author");
console.log(`Done, and still the author's: ${done.length} of ${DOCUMENTS}`);
await mesh.close();
