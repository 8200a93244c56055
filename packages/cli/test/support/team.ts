import { join } from "node:path";
import { ContextMesh } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { tempFolder } from "./temp-folder.ts";

/** The storage of a small team in a SQLite file: who sees what, tasks in every state, and two slips. */
export async function teamStorage(): Promise<string> {
  const path = join(tempFolder(), "mesh.db");
  await using mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  const triage = mesh.agent("Triage");
  const manager = mesh.agent("Manager");
  const sales = mesh.agent("Sales");
  await triage.push(
    "inquiry",
    { customer: "BigCo", tier: "basic", tags: ["a", "b"] },
    { topics: ["customers"], subscribers: ["Manager"] },
  );
  await triage.announce({ description: "Sorts inquiries" });
  await mesh.agent("Visitor").announce({ description: "Looks around" });
  await sales.subscribe(["customers", "work"]);
  await triage.push("inquiry", { customer: "BigCo", tier: "gold", tags: ["a", "x", "b"] });
  await triage.push("policy", "Refunds within 30 days", { global: true });
  await triage.push("retention", true, { topics: ["escalations"], subscribers: ["Menager"] });
  await manager.push("task:1", { do: "call" }, { topics: ["work"], priority: 5 });
  await manager.push("task:2", { do: "mail" }, { topics: ["work"], dependsOn: ["task:1"] });
  await manager.push("task:3", { do: "fail" }, { topics: ["work"] });
  await sales.claim({ key: "task:1" }, { lease: "1h" });
  const lease = await sales.claim({ key: "task:3" }, { lease: "1h" });
  await lease?.release({ error: "SMTP is down", maxAttempts: 1 });
  await triage.publish("order_created", { id: 7 }, { topics: ["customers"] });
  return `sqlite:${path}`;
}
