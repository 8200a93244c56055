import { ContextMesh } from "@syntha/core";
import { expect, it } from "vitest";
import { newStorage } from "./support/open-storage.ts";
import { ownServer } from "./support/own-server.ts";
import { until } from "./support/until.ts";

it("reports an outage to watches and workers, which then resume", async () => {
  const server = await ownServer({ durable: true });
  const reports: string[] = [];
  const mesh = new ContextMesh({
    storage: newStorage({ connectionString: server.url, connections: 2, busyTimeout: "1s" }),
    onConnectionChange: ({ status }) => reports.push(status),
  });
  await mesh.agent("Worker").subscribe(["jobs"]);
  const seen: string[] = [];
  const watching = (async () => {
    for await (const change of mesh.system.watch())
      if (change.type === "put") seen.push(change.item.key);
  })();
  await mesh.system.push("first", 1, { global: true });
  await until(() => seen.length === 1);
  await server.kill();
  // No call is made.
  await until(() => reports.includes("disconnected"));
  const working = mesh.agent("Worker").work("jobs", () => "done");
  await server.start();
  const other = new ContextMesh({ storage: newStorage({ connectionString: server.url }) });
  await other.system.push("second", 1, { topics: ["jobs"] });
  await until(async () => (await other.system.get("second")) === "done");
  await until(() => seen.length === 3);
  await until(() => reports.includes("reconnected"));
  expect(seen).toEqual(["first", "second", "second"]);
  expect(reports).toEqual(["disconnected", "reconnected"]);
  await mesh.close();
  await Promise.all([watching, working, other.close()]);
});
