import { ContextMesh, MemoryStorage, type Storage } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import type { Chapter, Figure } from "./figure.ts";
import { fill, READS } from "./fill.ts";
import { folder } from "./folder.ts";
import { repeat } from "./measure.ts";
import { queues } from "./queues.ts";
import { sample, sampleKey } from "./sample.ts";

const SMALL = 1_000;
const LARGE = 100_000;
const VISIBLE = 100;

const CROWD = 10_000;

interface Kind {
  readonly name: string;
  /** A new, empty storage. */
  readonly create: () => Storage;
}

const at = folder();
let files = 0;
const newFile = (): string => at(`growth-${files++}.db`);

const kinds: readonly Kind[] = [
  { name: "in memory", create: () => new MemoryStorage() },
  {
    name: "on SQLite",
    create: () => new SqliteStorage({ path: newFile(), durability: "process" }),
  },
];

/** The cost of a call in a large mesh, compared with a small one. */
export const growth: readonly Chapter[] = kinds.map(({ name, create }) => ({
  title: `A larger mesh, ${name}`,
  async *figures(): AsyncGenerator<Figure> {
    const small = await filled(create(), SMALL);
    const large = await filled(create(), LARGE);
    // Enough for some tens of milliseconds a round.
    const times = name === "in memory" ? 2_000 : 100;
    for (const call of ["keys", "getAll"] as const) {
      yield {
        name: `${call} of ${VISIBLE} visible among ${LARGE.toLocaleString("en")}`,
        baseline: `among ${SMALL.toLocaleString("en")}`,
        within: 1.5,
        times,
        ours: repeat(() => READS[call](large.agent("Reader"))),
        against: repeat(() => READS[call](small.agent("Reader"))),
      };
    }
    yield* crowds(create);
    yield* queues(create);
    await small.close();
    await large.close();
  },
}));

async function* crowds(create: () => Storage): AsyncGenerator<Figure> {
  const quiet = new ContextMesh({ storage: create(), sweepEvery: false });
  const loud = new ContextMesh({ storage: create(), sweepEvery: false });
  await quiet.agent("Agent 0").subscribe(["news"]);
  await inParts(CROWD, (i) => loud.agent(`Agent ${i}`).subscribe(["news"]));
  let [a, b] = [0, 0];
  yield {
    name: `push to a topic with ${CROWD.toLocaleString("en")} subscribers`,
    baseline: "with 1",
    within: 1.2,
    times: 1_000,
    ours: repeat(() => loud.system.push(sampleKey(a), sample(a++), { topics: ["news"] })),
    against: repeat(() => quiet.system.push(sampleKey(b), sample(b++), { topics: ["news"] })),
  };
  await quiet.close();
  await loud.close();
}

/** Opens a mesh and reads one item. */
export const opening: Chapter = {
  title: "Opening",
  async *figures(): AsyncGenerator<Figure> {
    const [empty, full] = [newFile(), newFile()];
    const first = new ContextMesh({ storage: new SqliteStorage({ path: empty }) });
    await first.agent("Reader").subscribe(["rare"]);
    await first.close();
    await (await filled(new SqliteStorage({ path: full, durability: "process" }), LARGE)).close();
    const open = (path: string) => async (): Promise<void> => {
      const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
      await mesh.agent("Reader").get("anything");
      await mesh.close();
    };
    yield {
      name: `opening a mesh of ${LARGE.toLocaleString("en")} items`,
      baseline: "opening an empty one",
      within: 1.5,
      times: 20,
      rounds: 15,
      ours: repeat(open(full)),
      against: repeat(open(empty)),
    };
  },
};

/** A mesh with a number of items, of which 100 are visible to the agent "Reader". */
async function filled(storage: Storage, size: number): Promise<ContextMesh> {
  const mesh = new ContextMesh({ storage, sweepEvery: false });
  await fill(mesh, size, VISIBLE);
  return mesh;
}

async function inParts(count: number, call: (i: number) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < count; start += 500) {
    await Promise.all(
      Array.from({ length: Math.min(500, count - start) }, (_, i) => call(start + i)),
    );
  }
}
