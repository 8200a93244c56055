import { ERAS } from "./support/eras.ts";
import { DatabaseSync } from "node:sqlite";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { itemUri, topicUri } from "../src/resources/resource-uri.ts";
import { connect } from "./support/connect.ts";
import { readJson } from "./support/resource-client.ts";
import { tempFile } from "./support/temp-file.ts";

it.each(ERAS)("shows a %s client which items are damaged, and all others", async (era) => {
  const path = tempFile();
  const writer = new ContextMesh({ storage: new SqliteStorage({ path }) });
  for (const key of ["a", "b", "c"])
    await writer.system.push(key, key, { topics: ["work"], subscribers: ["Bob"] });
  await writer.close();
  const database = new DatabaseSync(path);
  database.prepare("UPDATE syntha_item SET value = '{' WHERE key = ?").run("b");
  database.close();
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  onTestFinished(() => mesh.close());
  const { client } = await connect(mesh.agent("Bob"), era);
  await expect(client.readResource({ uri: itemUri("b") })).rejects.toMatchObject({
    code: -32603,
    data: { code: "CORRUPT_DATA" },
  });
  expect(await readJson(client, topicUri("work"))).toMatchObject({
    items: [
      { key: "a", value: "a" },
      { key: "b", unreadable: true },
      { key: "c", value: "c" },
    ],
    next: null,
  });
  const { resources } = await client.listResources();
  expect(resources.map(({ name }) => name)).toEqual(["agents", "changes", "a", "b", "c"]);
});
