import { ContextMesh, type Storage } from "@syntha/core";
import { Random } from "@syntha/testing-random";
import { type BoundAgent, serveAgents } from "../support/agents-server.ts";
import { LiveListen } from "./live-listen.ts";
import { Markers } from "./markers.ts";
import { operate, type Tenant } from "./operations.ts";
import { barrierOf, isBarrier, Oracle } from "./oracle.ts";
import { type Leak, Reader } from "./reader.ts";
import { type Surface, SURFACES, type Targets } from "./surfaces.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Calls and writes of the system, at least. */
  readonly operations: number;
  readonly storage: Storage;
  /** Replaces the agents that the tokens stand for: a server with a mistake. @default none */
  readonly confuse?: (agents: readonly BoundAgent[]) => readonly BoundAgent[];
}

export interface FuzzFigures {
  readonly operations: number;
  /** The first of them. */
  readonly leaks: readonly Leak[];
  readonly leakCount: number;
  readonly bytes: number;
  readonly markersMade: number;
  /** Markers in what agents received. */
  readonly markersReceived: number;
  readonly notifications: number;
  /** Number of reads by surface. */
  readonly reads: ReadonlyMap<string, number>;
  /** Number of protocol errors by code. */
  readonly errors: ReadonlyMap<number, number>;
}

const TENANTS = 2;
const AGENTS = 5;
const TOPICS = 4;
const MAX_LEAKS = 100;
const MAX_SPELLED = 5;
/** Agents that read at once after each operation. */
const READERS = 3;
const STEPS_OF_EPOCH = 8;
const EPOCHS_OF_LISTEN = 6;

/** Has ten agents of two tenants work and read at random, and checks every byte that one receives. */
export async function fuzz({
  seed,
  operations,
  storage,
  confuse = (agents) => agents,
}: FuzzOptions): Promise<FuzzFigures> {
  const random = new Random(seed);
  const markers = new Markers(random);
  const leaks: Leak[] = [];
  let leakCount = 0;
  const onLeak = (leak: Leak): void => {
    leakCount++;
    if (leaks.length < MAX_LEAKS) leaks.push(leak);
  };

  const bound: BoundAgent[] = [];
  const oracles: Oracle[] = [];
  const tenants: Tenant[] = [];
  for (let t = 0; t < TENANTS; t++) {
    const mesh = new ContextMesh({ tenantId: markers.create(), storage });
    // One name is in both tenants, and so is a topic.
    const names = ["Claude", ...Array.from({ length: AGENTS - 1 }, () => `A-${markers.create()}`)];
    const topics = ["shared", ...Array.from({ length: TOPICS - 1 }, () => `t-${markers.create()}`)];
    const oracle = new Oracle(mesh, names, topics, markers);
    for (const agent of names) {
      await mesh.system.push(barrierOf(agent), 0, { global: true });
      bound.push({ mesh, agent, toolsets: ["context", "tasks", "events", "live"] });
    }
    await oracle.refresh();
    for (const agent of names) oracle.startEpoch(agent);
    oracles.push(oracle);
    tenants.push({ agents: names, topics, claims: [], tasks: [] });
  }
  const opaque: string[] = [];
  const targets: Targets = {
    get keys() {
      const keys = oracles.flatMap(({ items }) => items.map(({ key }) => key));
      return keys.filter((key) => !isBarrier(key)).concat("plan", "notes");
    },
    topics: tenants.flatMap(({ topics }) => topics),
    agents: tenants.flatMap(({ agents }) => agents),
    get tasks() {
      return tenants.flatMap(({ tasks }) => tasks);
    },
    opaque,
  };

  const server = await serveAgents(confuse(bound));
  const readers = await Promise.all(
    bound.map(({ agent }, i) =>
      Reader.connect({
        url: server.url,
        token: server.tokens[i]!,
        agent,
        era: i % 3 === 2 ? "legacy" : "modern",
        oracle: oracles[Math.floor(i / AGENTS)]!,
        markers,
        random,
        opaque,
        onLeak,
      }),
    ),
  );
  const listens = readers
    .filter((each) => LiveListen.isServed(each))
    .map((each) => new LiveListen(each, onLeak));
  const served = new Map<Reader, readonly Surface[]>(
    readers.map((reader) => [reader, SURFACES.filter((surface) => surface.isServed(reader))]),
  );
  const reads = new Map<string, number>();
  let done = 0;
  let alone: number | undefined;

  for (let step = 0; done < operations; step++) {
    const isEpoch = step % STEPS_OF_EPOCH === 0;
    if (isEpoch && step > 0) await Promise.all(listens.map((each) => each.endEpoch()));
    if (step % (STEPS_OF_EPOCH * EPOCHS_OF_LISTEN) === 0)
      for (const each of listens) await each.open(targets, random);

    // In half of the epochs one agent acts alone: most others see nothing of it.
    if (isEpoch) alone = random.chance(0.5) ? random.below(readers.length) : undefined;
    const at = alone ?? random.below(readers.length);
    const actor = readers[at]!;
    await operate(actor, tenants[Math.floor(at / AGENTS)]!, random, markers);
    actor.check();
    await actor.oracle.refresh();
    actor.check();
    actor.report();

    const chosen = new Set(Array.from({ length: READERS }, () => random.pick(readers)));
    await Promise.all(
      [...chosen].map(async (reader) => {
        const surface = random.pick(served.get(reader)!);
        reads.set(surface.name, (reads.get(surface.name) ?? 0) + 1);
        await surface.read(reader, targets, random);
        reader.check();
        reader.report();
      }),
    );
    done += 1 + chosen.size;
  }

  for (const each of listens) await each.close();
  for (const { client } of readers) await client.close();
  await server.close();
  for (const { mesh } of oracles) await mesh.close();
  const sum = (of: (reader: Reader) => number): number =>
    readers.reduce((total, reader) => total + of(reader), 0);
  const errors = new Map<number, number>();
  for (const reader of readers)
    for (const [code, count] of reader.errors) errors.set(code, (errors.get(code) ?? 0) + count);
  return {
    operations: done,
    leaks,
    leakCount,
    bytes: sum(({ received }) => received.bytes),
    markersMade: markers.count,
    markersReceived: sum(({ received }) => received.markers),
    notifications: listens.reduce((total, each) => total + each.notifications, 0),
    reads,
    errors,
  };
}

/** A few lines for people. */
export function spell(seed: number, figures: FuzzFigures): string {
  const { operations, leakCount, bytes, markersMade, markersReceived, notifications } = figures;
  const list = (entries: ReadonlyMap<string | number, number>): string =>
    [...entries].map(([name, count]) => `${name} ${count}`).join(", ");
  return [
    `seed ${seed}: ${operations} operations, ${leakCount} leaks; ${bytes} bytes received with ${markersReceived} markers of ${markersMade}; ${notifications} notifications`,
    `  reads: ${list(figures.reads)}`,
    `  protocol errors: ${list(figures.errors) || "none"}`,
    ...figures.leaks.slice(0, MAX_SPELLED).map((leak) => `  LEAK ${JSON.stringify(leak)}`),
  ].join("\n");
}
