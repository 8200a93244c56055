import { type AgentContext, ContextMesh, MemoryStorage, type Storage } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { ArrayLog, type BareLog, SqliteLog } from "./bare-log.ts";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";
import { sample, sampleKey } from "./sample.ts";
import { Watchers } from "./watchers.ts";

const CHANGES = 10_000;
const AT_ONCE = 500;
const WATCHERS = 1_000;

interface Kind {
  readonly name: string;
  readonly create: (path: string) => Storage;
  readonly bare: (path: string) => BareLog;
  readonly baseline: string;
}

const kinds: readonly Kind[] = [
  {
    name: "in memory",
    create: () => new MemoryStorage(),
    bare: () => new ArrayLog(CHANGES),
    baseline: "a loop over an array of as many entries, with the same filter and JSON.parse",
  },
  {
    name: "on SQLite",
    create: (path) => new SqliteStorage({ path, durability: "process" }),
    bare: (path) => new SqliteLog(path),
    baseline: "a bare select of the same entries, with the same filter and JSON.parse",
  },
];

/** What a watch adds to the log that it reads, and what a thousand of them cost. */
export const watch: readonly Chapter[] = kinds.map(({ name: kind, create, bare, baseline }) => ({
  title: `Watching, ${kind}`,
  async *figures(): AsyncGenerator<Figure> {
    const at = folder();
    const mesh = new ContextMesh({
      storage: create(at("mesh.db")),
      sweepEvery: false,
      compactEvery: false,
    });
    const reader = mesh.agent("Reader");
    await reader.subscribe(["work"]);
    const { cursor } = await reader.changes();
    await fill(mesh.agent("Writer"));
    const log = bare(at("mesh.db"));
    const name = `a change, of ${CHANGES.toLocaleString("en")} through one watch`;
    const watchAll = async (times: number): Promise<void> => {
      const changes = reader.watch({ since: cursor });
      for (let i = 0; i < times; i++) {
        const { value } = await changes.next();
        if (value?.type !== "put") throw new Error(`Not a put: ${value?.type}`);
      }
      await changes.return();
    };
    yield {
      name,
      baseline,
      within: 2,
      times: CHANGES,
      ours: watchAll,
      against(times): void {
        if (log.read(times).length !== times) throw new Error("The log has fewer entries.");
      },
    };
    if (log instanceof ArrayLog)
      yield {
        name,
        baseline: "an async generator over that array, which makes whole items",
        times: CHANGES,
        ours: watchAll,
        async against(times): Promise<void> {
          const items = log.items();
          for (let i = 0; i < times; i++) await items.next();
        },
      };
    log.close();
    await mesh.close();
    const one = new Watchers(create(at("one.db")), 1);
    const many = new Watchers(create(at("many.db")), WATCHERS);
    yield {
      name: `a change, with ${WATCHERS.toLocaleString("en")} watches of one mesh`,
      baseline: "with one watch",
      unit: "reads of the log",
      within: 1.2,
      times: 100,
      rounds: 5,
      ours: (times) => many.change(times),
      against: (times) => one.change(times),
    };
    await one.close();
    await many.close();
  },
}));

async function fill(writer: AgentContext): Promise<void> {
  for (let from = 0; from < CHANGES; from += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) =>
        writer.push(sampleKey(from + i), sample(from + i), { topics: ["work"] }),
      ),
    );
}
