import { expect, it } from "vitest";
import { runClients } from "./kills/run-clients.ts";
import { tempFolder } from "./support/temp-folder.ts";

const seed = Number(process.env["SYNTHA_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

it("loses no acknowledged write of two clients whose servers are killed", async () => {
  const path = `${tempFolder()}/mesh.db`;
  const { lost, doubled, failures, ...figures } = await runClients({
    path,
    seed,
    kills: 2,
    tasks: 60,
  });
  console.log(`seed ${seed}: ${JSON.stringify(figures)}`);
  expect({ lost, doubled, failures }).toEqual({ lost: [], doubled: [], failures: [] });
  expect(figures.acknowledged).toBeGreaterThan(0);
});
