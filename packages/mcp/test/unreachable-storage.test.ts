import { ERAS } from "./support/eras.ts";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { expect, it, onTestFinished } from "vitest";
import { connect } from "./support/connect.ts";

it.each(ERAS)("does not show a %s client where the storage is", async (era) => {
  const path = "/nonexistent/customer-42/mesh.db";
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  onTestFinished(() => mesh.close());
  const { client, received } = await connect(mesh.agent("Bob"), era);
  const failures = [
    client.readResource({ uri: "syntha://item/plan" }),
    client.readResource({ uri: "syntha://changes" }),
    client.listResources(),
    client.complete({
      ref: { type: "ref/resource", uri: "syntha://item/{key}" },
      argument: { name: "key", value: "" },
    }),
  ];
  for (const failure of failures) await expect(failure).rejects.toMatchObject({ code: -32603 });
  expect(JSON.stringify(received)).toMatch(/"code":"(?:MISCONFIGURED|UNAVAILABLE)"/);
  expect(JSON.stringify(received)).not.toContain("customer-42");
});
