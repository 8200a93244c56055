/** Writes in every way until it is killed, and reports each acknowledged write. */
import { isSynthaError } from "@syntha/core";
import { Random } from "@syntha/testing-random";
import { type ChildTask, command, readTask, send } from "../harness/parent.ts";
import { createMesh, createStorage } from "../harness/storage.ts";

export interface WriterTask extends ChildTask {
  readonly seed: number;
}

/** A write that was acknowledged. */
export type Acknowledged =
  /** Items or events with these ids; `revision` is null when it is not known. */
  | { readonly wrote: readonly string[]; readonly revision: number | null }
  /** The item that was written with this id was deleted. */
  | { readonly deleted: string };

const LANES = 4;
const OWN_KEYS = 10;
const SHARED_KEYS = 5;

const { address, name, seed } = readTask<WriterTask>();
const random = new Random(seed);
await command("go");
const mesh = createMesh(createStorage(address));
const agent = mesh.agent(name.split(" ")[0] as string);
let ids = 0;
const newId = (): string => `${name} ${ids++}`;
await agent.subscribe(["work", "own"]);
await Promise.all(Array.from({ length: LANES }, (_, lane) => write(lane)));

async function write(lane: number): Promise<void> {
  const own = (): string => `${agent.name} ${lane} ${random.below(OWN_KEYS)}`;
  for (;;) {
    try {
      await random.pick([push, push, push, share, batch, publish, remove, work, maintain])(own);
    } catch (error) {
      // Another lane or process wrote first.
      if (!isSynthaError(error) || !["CONFLICT", "STALE_TOKEN"].includes(error.code)) throw error;
    }
  }
}

async function push(own: () => string): Promise<void> {
  const id = newId();
  const { revision } = await agent.push(own(), id, { topics: ["work"] });
  send({ wrote: [id], revision });
}

async function share(): Promise<void> {
  const id = newId();
  const key = `shared ${random.below(SHARED_KEYS)}`;
  const ifRevision = (await agent.getItem(key))?.revision ?? 0;
  const { revision } = await agent.push(key, id, { global: true, ifRevision });
  send({ wrote: [id], revision });
}

async function batch(own: () => string): Promise<void> {
  const keys = [...new Set([own(), own(), own()])];
  const pushes = keys.map((key) => ({ key, value: newId(), topics: ["own"] }));
  const [pushed] = await agent.pushMany(pushes);
  send({ wrote: pushes.map(({ value }) => value), revision: pushed?.revision ?? null });
}

async function publish(): Promise<void> {
  const id = newId();
  await agent.publish("happened", longText(), { topics: ["own"], id });
  send({ wrote: [id], revision: null });
}

async function remove(own: () => string): Promise<void> {
  const item = await agent.getItem<string>(own());
  if (item === undefined) return;
  await agent.delete(item.key, { ifRevision: item.revision });
  send({ deleted: item.value });
}

async function work(): Promise<void> {
  const lease = await agent.claim({ topic: "work" }, { lease: "1s" });
  if (lease === undefined) return;
  if (random.chance(0.2)) return;
  const [id, event] = [newId(), newId()];
  const { revision } = await lease.complete(id, {
    events: [{ type: "done", data: null, topics: ["own"], id: event }],
  });
  send({ wrote: [id, event], revision: revision ?? null });
}

/** Sometimes compacts the log; changes a subscription. */
async function maintain(): Promise<void> {
  if (random.chance(0.02)) await mesh.compact({ log: { commits: 5_000 } });
  await (random.chance(0.5) ? agent.subscribe(["more"]) : agent.unsubscribe(["more"]));
}

/** Text of up to several database pages. */
function longText(): string {
  return "x".repeat(random.below(12_000));
}
