import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { fuzz, spell } from "./leaks/fuzz.ts";
import { tempFolder } from "./support/temp-folder.ts";

const seed = Number(process.env["SYNTHA_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const OPERATIONS = 100_000;

it(
  `sends no agent a byte of what it can't see, in ${OPERATIONS} operations`,
  { timeout: 3_600_000 },
  async () => {
    const storage = new SqliteStorage({ path: `${tempFolder()}/mesh.db` });
    const figures = await fuzz({ seed, operations: OPERATIONS, storage });
    console.log(spell(seed, figures));
    expect(figures.leaks).toEqual([]);
    expect(figures.errors.get(-32_603)).toBeUndefined();
  },
);
