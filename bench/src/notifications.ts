import { once } from "node:events";
import { hrtime } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { startServer } from "@syntha/testing-postgres";
import pg from "pg";
import { Child } from "./child.ts";
import { Conversation, PAUSE_MS } from "./conversation.ts";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";

const ANSWERER = new URL("answerer.ts", import.meta.url);
const NOTIFICATION_ANSWERER = new URL("notification-answerer.ts", import.meta.url);
const OBSERVER = new URL("observer.ts", import.meta.url);
const IDLER = new URL("idler.ts", import.meta.url);

const NAME = "a change there, and one back";
/** Microseconds for two changes. */
const SQLITE_OVER = 6_000;
/** After a change, a watch looks often for others. */
const SETTLES_MS = 3_000;
/** Microseconds of CPU time in a second. */
const IDLE_OVER = 1_000;

/** How long a change takes to the watches of another process, which answers it with a change of its own. */
export const notifications: readonly Chapter[] = [
  {
    title: `A change reaches another process, on SQLite, durability "process"`,
    async *figures(): AsyncGenerator<Figure> {
      const path = folder()("mesh.db");
      const conversation = await Conversation.start(
        new SqliteStorage({ path, durability: "process" }),
      );
      const answerer = await Child.start(ANSWERER, ["sqlite", path]);
      yield {
        name: NAME,
        baseline: "a message there and back over the channel of node:child_process",
        over: SQLITE_OVER,
        times: 200,
        rounds: 15,
        ours: spaced((i) => conversation.ask(i)),
        against: spaced((i) => answerer.ask(i % 10)),
      };
      await answerer.end();
      await conversation.close();
      yield* idling(path);
    },
  },
  {
    title: "A change reaches another process, on PostgreSQL, which does not wait for its disk",
    async *figures(): AsyncGenerator<Figure> {
      const server = await startServer({ durable: false });
      const conversation = await Conversation.start(
        new PostgresStorage({ connectionString: server.url }),
      );
      const answerer = await Child.start(ANSWERER, ["postgres", server.url]);
      const bareAnswerer = await Child.start(NOTIFICATION_ANSWERER, [server.url]);
      const client = new pg.Client({ connectionString: server.url });
      await client.connect();
      await client.query("LISTEN answers");
      const bare = {
        baseline: "a bare NOTIFY there, and one back",
        times: 100,
        rounds: 15,
        against: spaced(async () => {
          const answer = once(client, "notification");
          await client.query("NOTIFY questions");
          await answer;
        }),
      };
      yield { ...bare, name: NAME, ours: spaced((i) => conversation.ask(i)) };
      await answerer.end();
      await conversation.close();
      const observer = await Child.start(OBSERVER, [server.url]);
      const mesh = new ContextMesh({
        storage: new PostgresStorage({ connectionString: server.url }),
        sweepEvery: false,
      });
      let pushed = 0;
      yield {
        ...bare,
        name: "from a committed change until a watch there has it",
        within: 1.5,
        async ours(times): Promise<number> {
          let total = 0;
          for (let i = 0; i < times; i++) {
            await sleep(PAUSE_MS);
            await mesh.system.push("question", ++pushed, { topics: ["questions"] });
            const committed = Number(hrtime.bigint()) / 1_000;
            total += (await observer.ask(pushed)) - committed;
          }
          return total;
        },
      };
      await mesh.close();
      await observer.end();
      await bareAnswerer.end();
      await client.end();
      await server.stop();
    },
  },
];

/** Asks a number of times, with pauses. Returns how long the questions take, in microseconds. */
function spaced(ask: (i: number) => Promise<unknown>): (times: number) => Promise<number> {
  return async (times) => {
    let total = 0;
    for (let i = 0; i < times; i++) {
      await sleep(PAUSE_MS);
      const started = performance.now();
      await ask(i);
      total += performance.now() - started;
    }
    return 1_000 * total;
  };
}

/** What a watch costs while nothing happens, after a change. */
async function* idling(path: string): AsyncGenerator<Figure> {
  const watching = await Child.start(IDLER, [path]);
  const sleeping = await Child.start(IDLER, []);
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  await mesh.system.push("change", 1, { global: true });
  await mesh.close();
  await sleep(SETTLES_MS);
  yield {
    name: "CPU time of a watch, for each second without a change",
    baseline: "a process that sleeps",
    over: IDLE_OVER,
    times: 5,
    rounds: 3,
    ours: (times) => watching.ask(times),
    against: (times) => sleeping.ask(times),
  };
  await watching.end();
  await sleeping.end();
}
