import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { fuzz, spell } from "./leaks/fuzz.ts";
import { tempFolder } from "./support/temp-folder.ts";

const seed = Number(process.env["SYNTHA_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

it("sends no agent a byte of what it can't see", async () => {
  const storage = new SqliteStorage({ path: `${tempFolder()}/mesh.db` });
  const figures = await fuzz({ seed, operations: 1_000, storage });
  console.log(spell(seed, figures));
  expect(figures.leaks).toEqual([]);
  expect(figures.markersReceived).toBeGreaterThan(500);
  expect(figures.notifications).toBeGreaterThan(100);
  // Internal errors.
  expect(figures.errors.get(-32_603)).toBeUndefined();
});

it("notices a server that takes one agent for another", async () => {
  const storage = new SqliteStorage({ path: `${tempFolder()}/mesh.db` });
  const figures = await fuzz({
    seed,
    operations: 400,
    storage,
    confuse: ([first, second, ...others]) => [
      { ...first!, agent: second!.agent },
      second!,
      ...others,
    ],
  });
  const surfaces = new Set(figures.leaks.map(({ during }) => during === "listen"));
  expect(surfaces).toEqual(new Set([true, false]));
});
