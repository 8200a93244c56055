import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { synthaOn } from "../support/syntha.ts";
import { tempFolder } from "../support/temp-folder.ts";

/** A mesh with more items and agents than a page of a listing has; `zebra` and `Zoe` are the last ones. */
async function largeStorage(): Promise<string> {
  const path = join(tempFolder(), "mesh.db");
  await using mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  const names = Array.from({ length: 1_000 }, (_, i) => `a${i}`);
  await mesh.system.pushMany(
    [...names, "zebra"].map((key) => ({ key, value: 1, topics: ["animals"] })),
  );
  await Promise.all(names.map((name) => mesh.agent(name).announce({ description: "One of many" })));
  await mesh.agent("Zoe").announce({ description: "The last one" });
  return `sqlite:${path}`;
}

it("knows an agent, and guesses at names, of a mesh with more than a page of them", async () => {
  const on = synthaOn(await largeStorage());
  const { out } = await on("why", "Zoe", "zebra");
  expect(out).not.toContain("No agent is known");
  expect(out).toContain("What would change it:\n  syntha subscribe animals --as Zoe\n");
  expect((await on("why", "Zoee", "zebra")).out).toContain("syntha why Zoe zebra");
  expect((await on("get", "zebar")).err).toContain('Did you mean "zebra"?');
});
