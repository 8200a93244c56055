import { once } from "node:events";
import { PostgresStore } from "@langchain/langgraph-checkpoint-postgres/store";
import { ContextMesh } from "@syntha/core";
import { PostgresStorage } from "@syntha/storage-postgres";
import { startServer } from "@syntha/testing-postgres";
import { BarePostgres } from "./bare-postgres.ts";
import type { Chapter, Figure } from "./figure.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const AT_ONCE = 64;
const CONNECTIONS = 10;

/** Writes and reads of one mesh on a server that waits for its disk. */
export const postgres: Chapter = {
  title: "On PostgreSQL, which waits for its disk",
  async *figures(): AsyncGenerator<Figure> {
    const server = await startServer({ durable: true });
    const bare = await BarePostgres.open(server.url);
    const storage = new PostgresStorage({
      connectionString: server.url,
      connections: CONNECTIONS,
    });
    const mesh = new ContextMesh({ storage, sweepEvery: false });
    const disconnected: Promise<unknown>[] = [];
    const store = new PostgresStore({
      connectionOptions: {
        connectionString: server.url,
        max: CONNECTIONS,
        onConnect(client): void {
          disconnected.push(once(client, "end"));
        },
      },
    });
    await store.setup();
    await mesh.agent("Reader").subscribe(["work"]);
    const agent = mesh.agent("Writer");
    const reader = mesh.agent("Reader");
    let [ours, theirs, stored] = [1, 1, 1];
    const push = () => agent.push(sampleKey(ours), sample(ours++), { topics: ["work"] });
    const oneByOne = repeat(push);
    const inFlight = atOnce(push);
    yield {
      name: "push, awaited",
      baseline: "the same statements bare: lock, check, write, in two round trips",
      within: 1.25,
      times: 300,
      rounds: 15,
      ours: oneByOne,
      against: repeat(() => bare.push(theirs++)),
    };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      baseline: "push, one by one",
      faster: 4,
      times: AT_ONCE * 5,
      rounds: 15,
      ours: inFlight,
      against: oneByOne,
    };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      baseline: `one bare statement for ${AT_ONCE} items, nothing locked, nothing checked`,
      within: 1.8,
      times: AT_ONCE * 10,
      rounds: 15,
      ours: inFlight,
      async against(times): Promise<void> {
        for (let i = 0; i < times; i += AT_ONCE) {
          await bare.pushAll(theirs, AT_ONCE);
          theirs += AT_ONCE;
        }
      },
    };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      baseline: `LangGraph PostgresStore.put, ${AT_ONCE} in flight, an equal pool`,
      faster: 2.5,
      times: AT_ONCE * 5,
      rounds: 15,
      ours: inFlight,
      against: atOnce(() =>
        store.put(["acme", "work"], sampleKey(stored), { ...sample(stored++) }),
      ),
    };
    const held = Math.min(ours, theirs) - 1;
    const get = repeat((i) => reader.get(sampleKey(1 + ((i * 31) % held))));
    yield {
      name: "get",
      baseline: "a bare prepared select by primary key, with JSON.parse",
      within: 1.5,
      times: 1_000,
      rounds: 15,
      ours: get,
      against: repeat((i) => bare.get(1 + ((i * 31) % held))),
    };
    yield {
      name: "get",
      baseline: "LangGraph PostgresStore.get",
      times: 1_000,
      ours: get,
      against: repeat((i) => store.get(["acme", "work"], sampleKey(1 + ((i * 31) % (stored - 1))))),
    };
    await mesh.close();
    await bare.close();
    await store.stop();
    // It does not wait for its connections, and a server that stops ends them with an error that would not be caught.
    await Promise.all(disconnected);
    await server.stop();
  },
};

function atOnce(call: () => Promise<unknown>): (times: number) => Promise<void> {
  return async (times) => {
    for (let i = 0; i < times; i += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, call));
  };
}
