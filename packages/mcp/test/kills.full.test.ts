import { expect, it } from "vitest";
import { runClients } from "./kills/run-clients.ts";
import { tempFolder } from "./support/temp-folder.ts";

const seed = Number(process.env["SYNTHA_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

it("loses no acknowledged write in many lives", { timeout: 1_800_000 }, async () => {
  const path = `${tempFolder()}/mesh.db`;
  const options = { path, seed, kills: 60, tasks: 2_000 };
  const { lost, doubled, failures, ...figures } = await runClients(options);
  console.log(`seed ${seed}: ${JSON.stringify(figures)}`);
  expect({ lost, doubled, failures }).toEqual({ lost: [], doubled: [], failures: [] });
  expect(figures.completed).toBeGreaterThan(0);
});
