import {
  ContextMesh,
  TenantRegistry,
  type TenantRegistryOptions,
  type Untyped,
} from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";
import { onTestFinished } from "vitest";
import { tempFile } from "./temp-file.ts";

/** A mesh in a new SQLite file. */
export function openMesh(path = tempFile()): ContextMesh {
  const mesh = new ContextMesh({ storage: new SqliteStorage({ path }) });
  onTestFinished(() => mesh.close());
  return mesh;
}

/** Tenants in a SQLite file, a new one by default. */
export function openTenants(
  path = tempFile(),
  options: TenantRegistryOptions<Untyped> = {},
): TenantRegistry {
  const tenants = new TenantRegistry({ ...options, storage: new SqliteStorage({ path }) });
  onTestFinished(() => tenants.close());
  return tenants;
}

/** A support desk: 3 agents that are known, a topic without subscribers, and a recipient that does not exist. */
export async function fillDesk(mesh: ContextMesh): Promise<void> {
  const triage = mesh.agent("Triage");
  await triage.announce({ description: "Sorts inquiries.", capabilities: ["triage"] });
  await triage.subscribe(["support"]);
  await mesh.agent("Sales").subscribe(["customers"]);
  await mesh.agent("Manager").announce({ description: "Decides." });
  await triage.push("inquiry:1", { customer: "BigCo" }, { topics: ["customers"] });
  await triage.push("note", "For you.", { subscribers: ["Mananger"] });
  await mesh.system.push("escalation", "Help!", { topics: ["escalations"] });
  await mesh.system.push("task:1", { step: 1 }, { topics: ["support"], priority: 1 });
  await mesh.system.push("task:2", { step: 2 }, { topics: ["support"], dependsOn: ["task:1"] });
  await triage.publish("inquiry.opened", { customer: "BigCo" }, { topics: ["support"] });
}
