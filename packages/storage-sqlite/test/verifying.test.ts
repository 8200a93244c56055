import SqliteDatabase from "better-sqlite3";
import { ContextMesh, verifyTenant, type VerificationDifference } from "@syntha/core";
import { expect, it } from "vitest";
import { SqliteStorage } from "../src/index.ts";
import { tempFile } from "./support/temp-file.ts";

/** A mesh with a write of each kind, closed. Position 7 is the last of `plan`. */
async function writtenFile(): Promise<string> {
  const path = tempFile();
  const storage = new SqliteStorage({ path });
  await using mesh = new ContextMesh({ storage, tenantId: "acme", sweepEvery: false });
  const [ann, bea] = [mesh.agent("Ann"), mesh.agent("Bea")];
  await bea.subscribe(["news", "work"]);
  await ann.push("plan", "first", { topics: ["news"] });
  await ann.push("note", "kept", { subscribers: ["Bea"] });
  await ann.announce({ description: "Plans" });
  await bea.unsubscribe(["work"]);
  await ann.publish("planned", 1, { topics: ["news"], id: "e1" });
  await ann.push("plan", "second");
  await mesh.setPermissions("Cid", { post: ["news"] });
  await bea.claim({ key: "plan" });
  await ann.push("gone", 1, { global: true });
  await ann.delete("gone");
  return path;
}

async function verify(path: string): Promise<readonly VerificationDifference[]> {
  const storage = new SqliteStorage({ path });
  const verification = await verifyTenant({ storage, tenantId: "acme" });
  return verification.equal ? [] : verification.differences;
}

/** Damages a file by hand, and verifies it. */
async function damaged(
  ...statements: readonly string[]
): Promise<readonly VerificationDifference[]> {
  const path = await writtenFile();
  const database = new SqliteDatabase(path);
  for (const sql of statements) expect(database.prepare(sql).run().changes).toBeGreaterThan(0);
  database.close();
  return verify(path);
}

it("finds nothing in a file that only Syntha wrote", async () => {
  const path = await writtenFile();
  const storage = new SqliteStorage({ path });
  expect(await verifyTenant({ storage, tenantId: "acme" })).toEqual({
    equal: true,
    entries: 11,
    items: 2,
    events: 1,
    agents: 2,
    head: 11,
    floor: 0,
  });
});

it.each<[string, string, VerificationDifference]>([
  [
    "a changed value",
    `UPDATE syntha_item SET value = '"other"' WHERE key = 'plan'`,
    { record: 'item "plan"', field: "row.value" },
  ],
  [
    "a value that is no JSON",
    "UPDATE syntha_item SET value = '{' WHERE key = 'note'",
    { record: 'item "note"', field: "row.value" },
  ],
  [
    "a changed owner",
    "UPDATE syntha_item SET owner = 'Bea' WHERE key = 'plan'",
    { record: 'item "plan"', field: "row.owner" },
  ],
  [
    "another holder of a lease",
    "UPDATE syntha_item SET lease_holder = 'Cid' WHERE key = 'plan'",
    { record: 'item "plan"', field: "lease.holder" },
  ],
  [
    "a missing row",
    "DELETE FROM syntha_item WHERE key = 'note'",
    { record: 'item "note"', only: "log" },
  ],
  [
    "a row that the log does not name",
    "UPDATE syntha_item SET key = 'new' WHERE key = 'note'",
    { record: 'item "new"', only: "state" },
  ],
  [
    "a missing commit",
    "DELETE FROM syntha_log WHERE position = 7",
    { record: "log entry 7.0", only: "state" },
  ],
  [
    "a missing last commit",
    "DELETE FROM syntha_log WHERE position = 11",
    { record: "log entry 11.0", only: "state" },
  ],
  [
    "an entry of another commit",
    "UPDATE syntha_log SET at = 5 WHERE position = 8",
    { record: "log entry 8.0", field: "at" },
  ],
  [
    "an entry that can't be read",
    "UPDATE syntha_log SET detail = '[' WHERE position = 2",
    { record: "log entry 2.0", field: "change" },
  ],
  [
    "an entry with another audience before",
    "UPDATE syntha_log SET detail = replace(detail, '[2,', '[1,') WHERE position = 7",
    { record: "log entry 7.0", field: "before.revision" },
  ],
  [
    "a wrong counter",
    "UPDATE syntha_tenant SET items = items + 1",
    { record: "tenant", field: "items" },
  ],
  [
    "a wrong size",
    "UPDATE syntha_tenant SET bytes = bytes - 1",
    { record: "tenant", field: "bytes" },
  ],
  [
    "a wrong counter of a topic",
    "UPDATE syntha_topic SET subscribers = 5 WHERE name = 'news'",
    { record: 'topic "news"', field: "subscribers" },
  ],
  [
    "a place that is missing in the index of a topic",
    "DELETE FROM syntha_item_audience WHERE bucket = 'tnews'",
    { record: 'item "plan"', field: "audience.news" },
  ],
  [
    "a place that is missing in the index of an agent",
    "DELETE FROM syntha_item_audience WHERE bucket = 'sBea'",
    { record: 'agent "Bea"', field: "audience" },
  ],
  [
    "a missing subscription",
    "DELETE FROM syntha_subscription WHERE topic = 'news'",
    { record: 'agent "Bea"', field: "subscriptions.news" },
  ],
  [
    "a subscription that was ended",
    "INSERT INTO syntha_subscription SELECT tenant, agent, topic, from_position FROM syntha_past_subscription",
    { record: 'agent "Bea"', field: "subscriptions.work" },
  ],
  [
    "a missing past subscription",
    "DELETE FROM syntha_past_subscription",
    { record: 'past subscription of "Bea" to "work" until 5', only: "log" },
  ],
  [
    "other permissions",
    "UPDATE syntha_agent SET permissions = replace(permissions, 'news', 'work') WHERE name = 'Cid'",
    { record: 'agent "Cid"', field: "permissions.post.0" },
  ],
  [
    "a missing card",
    "UPDATE syntha_agent SET card = NULL WHERE name = 'Ann'",
    { record: 'agent "Ann"', field: "card" },
  ],
  [
    "a missing event",
    "DELETE FROM syntha_event WHERE id = 'e1'",
    { record: "event at 6.0", only: "log" },
  ],
  [
    "an event that can't be read",
    "UPDATE syntha_event SET data = '{' WHERE id = 'e1'",
    { record: 'event "e1" at 6.0', field: "data" },
  ],
])("finds %s", async (_, sql, difference) => {
  expect(await damaged(sql)).toContainEqual(difference);
});

it("names each damage once, and none that only follows from another", async () => {
  const differences = await damaged(
    "UPDATE syntha_log SET detail = '[' WHERE position = 2",
    "UPDATE syntha_item SET task = '{' WHERE key = 'note'",
    "UPDATE syntha_agent SET permissions = '{' WHERE name = 'Cid'",
  );
  expect(differences).toEqual([
    { record: "log entry 2.0", field: "change" },
    { record: 'agent "Cid"', field: "permissions" },
    { record: 'item "note"', field: "row.task" },
  ]);
});

it("names a hundred differences at most", async () => {
  const path = tempFile();
  const storage = new SqliteStorage({ path });
  const mesh = new ContextMesh({ storage, tenantId: "acme", sweepEvery: false });
  const keys = Array.from({ length: 300 }, (_, n) => `k${n}`);
  await mesh.system.pushMany(keys.map((key) => ({ key, value: 1, global: true })));
  await mesh.close();
  const database = new SqliteDatabase(path);
  database.prepare("UPDATE syntha_item SET author = 'Eve'").run();
  database.close();
  const differences = await verify(path);
  expect(differences).toHaveLength(100);
});
