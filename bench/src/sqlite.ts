import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { BareSqlite } from "./bare-sqlite.ts";
import type { Chapter, Figure } from "./figure.ts";
import { folder } from "./folder.ts";
import { repeat, repeatSync } from "./measure.ts";
import { sample, sampleKey } from "./sample.ts";

const AT_ONCE = 64;

/** Writes and reads of one mesh in a file, in each durability. */
export const sqlite: readonly Chapter[] = (["process", "power"] as const).map((durability) => ({
  title: `On SQLite, durability "${durability}"`,
  async *figures(): AsyncGenerator<Figure> {
    const at = folder();
    const bare = await BareSqlite.open(at("bare.db"), durability === "power" ? "FULL" : "NORMAL");
    const mesh = new ContextMesh({
      storage: new SqliteStorage({ path: at("mesh.db"), durability }),
      sweepEvery: false,
    });
    await mesh.agent("Reader").subscribe(["work"]);
    const agent = mesh.agent("Writer");
    const reader = mesh.agent("Reader");
    let [ours, theirs] = [1, 1];
    const push = () => agent.push(sampleKey(ours), sample(ours++), { topics: ["work"] });
    const oneByOne = repeat(push);
    const inFlight = async (times: number): Promise<void> => {
      for (let i = 0; i < times; i += AT_ONCE)
        await Promise.all(Array.from({ length: AT_ONCE }, push));
    };
    yield {
      name: "push, awaited",
      baseline: "a bare transaction with the same row writes",
      within: 1.5,
      times: 500,
      rounds: 15,
      ours: oneByOne,
      against: repeatSync(() => bare.push(theirs++)),
    };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      baseline: "push, one by one",
      faster: 2.5,
      times: AT_ONCE * 10,
      rounds: 15,
      ours: inFlight,
      against: oneByOne,
    };
    yield {
      name: `push, ${AT_ONCE} in flight`,
      baseline: `one bare transaction with the same row writes for ${AT_ONCE} items`,
      within: 1.5,
      times: AT_ONCE * 10,
      rounds: 15,
      ours: inFlight,
      against(times): void {
        for (let i = 0; i < times; i += AT_ONCE) {
          bare.pushAll(theirs, AT_ONCE);
          theirs += AT_ONCE;
        }
      },
    };
    const held = Math.min(ours, theirs) - 1;
    yield {
      name: "get",
      baseline: "a bare prepared select with JSON.parse",
      within: 3,
      times: 5_000,
      ours: repeat((i) => reader.get(sampleKey(1 + ((i * 31) % held)))),
      against: repeatSync((i) => bare.get(1 + ((i * 31) % held))),
    };
    await mesh.close();
    bare.close();
  },
}));
