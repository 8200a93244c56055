import { type AgentContext, ContextMesh } from "@syntha/core";
import { type SqliteDriver, SqliteStorage } from "@syntha/storage-sqlite";
import { nodeSqlite as driver } from "@syntha/storage-sqlite/node-sqlite";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";
import { repeat } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const AT_ONCE = 64;
const HELD = 2_000;

interface Side {
  readonly mesh: ContextMesh;
  readonly reader: AgentContext;
  readonly push: () => Promise<unknown>;
}

/** A mesh with some items on one of the drivers. */
async function open(path: string, by: SqliteDriver | undefined): Promise<Side> {
  const storage = new SqliteStorage({ path, driver: by, durability: "process" });
  const mesh = new ContextMesh({ storage, sweepEvery: false });
  const reader = mesh.agent("Reader");
  await reader.subscribe(["work"]);
  const agent = mesh.agent("Writer");
  let i = 0;
  const push = () => agent.push(sampleKey(++i), sample(i), { topics: ["work"] });
  while (i < HELD) await Promise.all(Array.from({ length: AT_ONCE }, push));
  return { mesh, reader, push };
}

/** The same work by both drivers. */
export const nodeSqlite: Chapter = {
  title: "On SQLite, by node:sqlite",
  async *figures(): AsyncGenerator<Figure> {
    const at = folder();
    const ours = await open(at("node-sqlite.db"), driver());
    const theirs = await open(at("better-sqlite3.db"), undefined);
    const both = (of: (side: Side) => (times: number) => Promise<void>) => ({
      baseline: "by better-sqlite3",
      within: 1.3,
      rounds: 15,
      ours: of(ours),
      against: of(theirs),
    });
    yield { name: "push, awaited", times: 500, ...both(({ push }) => repeat(push)) };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      times: AT_ONCE * 10,
      ...both(({ push }) => async (times) => {
        for (let i = 0; i < times; i += AT_ONCE)
          await Promise.all(Array.from({ length: AT_ONCE }, push));
      }),
    };
    const get = ({ reader }: Side) => repeat((i) => reader.get(sampleKey(1 + ((i * 31) % HELD))));
    yield { name: "get", times: 5_000, ...both(get) };
    const list = ({ reader }: Side) => repeat(() => reader.list({ topics: ["work"], limit: 100 }));
    yield { name: "list, 100 items", times: 100, ...both(list) };
    await ours.mesh.close();
    await theirs.mesh.close();
  },
};
