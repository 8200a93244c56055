import type { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { type Dice, diceOf } from "./support/hostile.ts";
import { openMesh } from "./support/mesh.ts";
import { openStudio, type StudioClient } from "./support/studio.ts";
import type { ReceivedMessage } from "./support/live-client.ts";

const COMMITS = 2_500;
const AGENTS = ["Ann", "Bob", "Cid"];
const TOPICS = ["news", "sport", "weather"];

it(
  "shows every change once to clients that come and go at random",
  { timeout: 600_000 },
  async () => {
    const seed = Date.now() % 1e9;
    const roll = diceOf(seed);
    const mesh = openMesh();
    await mesh.system.push("start", 0, { global: true });
    const studio = await openStudio({ mesh });
    const everyone = [0, 1, 2].map(() => follow(studio, {}, roll));
    const own = AGENTS.map((as) => follow(studio, { as, mode: "own" }, roll));
    const { cursor: start } = await mesh.system.changes();
    await Promise.all([...everyone, ...own].map(({ ready }) => ready));
    for (let n = 0; n < COMMITS; n++) await commitSomething(mesh, roll, n);
    await mesh.system.push("end", 0, { global: true });

    const expected = await everyChange(mesh, start);
    for (const { done } of everyone) {
      const shown = (await done).flatMap((message) => lineOf(message) ?? []);
      // A difference of thousands of lines would take minutes to print.
      const at = shown.findIndex((line, index) => line !== expected[index]);
      const [from, to] = [Math.max(0, at - 3), at + 4];
      expect([seed, at, shown.slice(from, to)]).toEqual([seed, -1, expected.slice(from, to)]);
      expect([seed, shown.length]).toEqual([seed, expected.length]);
    }
    for (const [at, { done }] of own.entries()) {
      const keys = visibleAfter(await done);
      const agent = mesh.agent(AGENTS[at] as string);
      const known = (await agent.keys()).filter((key) => key !== "start");
      expect([seed, keys.toSorted()]).toEqual([seed, known.toSorted()]);
    }
  },
);

interface Following {
  readonly ready: Promise<void>;
  /** All messages of all connections, once the last item was shown. */
  readonly done: Promise<readonly ReceivedMessage[]>;
}

function follow(
  { live }: StudioClient,
  query: Readonly<Record<string, string>>,
  roll: Dice,
): Following {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const run = async (): Promise<readonly ReceivedMessage[]> => {
    const all: ReceivedMessage[] = [];
    for (let since = ""; ;) {
      const client = await live(query, since === "" ? {} : { "last-event-id": since });
      await client.first(({ type }) => type === "ready");
      resolve();
      const enough = 1 + roll(120);
      await client.first(() => client.messages.length > enough || client.keys.includes("end"));
      since = client.lastId;
      all.push(...client.messages);
      client.disconnect();
      if (all.some((message) => lineOf(message) === "put end")) return all;
    }
  };
  return { ready, done: run() };
}

async function commitSomething(mesh: ContextMesh, roll: Dice, n: number): Promise<void> {
  const agent = mesh.agent(AGENTS[roll(AGENTS.length)] as string);
  const topics = [TOPICS[roll(TOPICS.length)] as string];
  const key = `item:${roll(200)}`;
  switch (roll(8)) {
    case 0:
      return void (await mesh.system.delete(key));
    case 1:
      return void (await agent.subscribe(topics));
    case 2:
      return void (await agent.unsubscribe(topics));
    case 3:
      return void (await mesh.system.publish("event", n, { topics }));
    case 4:
      return void (await mesh.system.pushMany(
        Array.from({ length: 5 }, (_, i) => ({
          key: `item:${i * 40 + roll(40)}`,
          value: n,
          topics,
        })),
      ));
    default:
      return void (await mesh.system.push(key, n, { topics }));
  }
}

async function everyChange(mesh: ContextMesh, start: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (let since = start, more = true; more;) {
    const page = await mesh.system.changes({ since, limit: 1_000 });
    for (const change of page.changes) {
      if (change.type === "put") lines.push(`put ${change.item.key}`);
      else if (change.type === "event") lines.push(`event ${change.event.id}`);
      else lines.push(`${change.type} ${change.key}`);
    }
    ({ cursor: since, more } = page);
  }
  return lines;
}

function lineOf(message: ReceivedMessage): string | undefined {
  switch (message.type) {
    case "put":
      return `put ${message.item.key}`;
    case "event":
      return `event ${message.event.id}`;
    case "hide":
    case "delete":
    case "expire":
      return `${message.type} ${message.key}`;
    default:
      return undefined;
  }
}

/** What an agent sees after these messages. */
function visibleAfter(messages: readonly ReceivedMessage[]): readonly string[] {
  const keys = new Set<string>();
  for (const message of messages) {
    if (message.type === "put") keys.add(message.item.key);
    else if (message.type === "hide" || message.type === "delete" || message.type === "expire")
      keys.delete(message.key);
  }
  return [...keys];
}
