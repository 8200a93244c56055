import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it } from "vitest";
import { synthaOn } from "../support/syntha.ts";
import { tempFolder } from "../support/temp-folder.ts";

it("marks whatever it leaves out of a long name, description or list", async () => {
  const path = join(tempFolder(), "mesh.db");
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  const topics = Array.from({ length: 25 }, (_, i) => `topic-${i}`);
  const agent = mesh.agent("Worker");
  await agent.announce({ description: "Describes itself. ".repeat(20) });
  await agent.subscribe(topics);
  for (let i = 0; i < 7; i++) await agent.push(`part:${i}`, i, { topics: ["topic-0"] });
  const dependsOn = Array.from({ length: 7 }, (_, i) => `part:${i}`);
  await agent.push("k".repeat(250), 1, { topics, dependsOn });
  await mesh.close();
  const on = synthaOn(`sqlite:${path}`, { env: { COLUMNS: "2000" } });
  const { out } = await on("tail", "--once");
  expect(out).toMatch(/announced itself: Describes .*…\n/);
  expect(out).toMatch(/subscribed to topic-0, .*topic-19, … 5 more\n/);
  expect(out).toMatch(/put new k{199}… → topic-0, .*topic-19, … 5 more {2}1\n/);
  expect((await on("agents")).out).toMatch(/topic-\d+, … 5 more/);
  expect((await on("tasks")).out).toContain(
    "waits for part:0, part:1, part:2, part:3, part:4, … 2 more",
  );
  expect((await on("why", "Visitor", "k".repeat(250))).out).toContain("… 5 more, to which");
});
