import { statSync } from "node:fs";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { tempFile } from "./support/temp-file.ts";

const COUNT = 400;
const PAGE = 4_096;
/** Most of a row's other columns, its index entries, and its share of half-full pages. */
const OVERHEAD = 1_024;

it.each([100, 1_000, 3_000])(
  "stores values of %i bytes in little more than their size",
  async (size) => {
    const path = tempFile();
    const value = "v".repeat(size - 2);
    // A page has only one row of this size.
    const stored = size > PAGE / 2 ? PAGE : size;
    const empty = await sizeAfter(path, (mesh) => mesh.system.push("first", 1, { global: true }));

    const withItems = await sizeAfter(path, (mesh) => {
      const pushes = Array.from({ length: COUNT }, (_, i) => ({
        key: `key/${i}`,
        value,
        global: true,
      }));
      return mesh.system.pushMany(pushes);
    });
    // The item, and its entry in the log.
    expect((withItems - empty) / COUNT).toBeLessThan(2 * stored + OVERHEAD);

    const withEvents = await sizeAfter(path, async (mesh) => {
      for (let i = 0; i < COUNT; i++) await mesh.system.publish("news", value, { global: true });
    });
    expect((withEvents - withItems) / COUNT).toBeLessThan(stored + OVERHEAD);
  },
);

async function sizeAfter(
  path: string,
  work: (mesh: ContextMesh) => Promise<unknown>,
): Promise<number> {
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path, durability: "process" }) });
  await work(mesh);
  await mesh.close();
  return statSync(path).size;
}
