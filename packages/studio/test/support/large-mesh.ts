import { ContextMesh, type Push } from "@syntha/core";
import { SqliteStorage } from "@syntha/storage-sqlite";

const BATCH = 1000;

/** Fills a file with many items on 40 topics, and agents that are each subscribed to three of them. */
export async function fillLargeMesh(
  path: string,
  { items, agents, tenantId = "acme" }: { items: number; agents: number; tenantId?: string },
): Promise<void> {
  await using mesh = new ContextMesh({ tenantId, storage: new SqliteStorage({ path }) });
  for (let index = 0; index < agents; index++) {
    const topics = [0, 7, 19].map((step) => topicOf(index + step));
    await mesh.agent(`agent-${String(index).padStart(3, "0")}`).subscribe(topics);
  }
  for (let start = 0; start < items; start += BATCH) {
    const writer = mesh.agent(`agent-${String((start / BATCH) % agents).padStart(3, "0")}`);
    const count = Math.min(BATCH, items - start);
    await writer.pushMany(Array.from({ length: count }, (_, index) => itemOf(start + index)));
  }
}

function itemOf(index: number): Push {
  const group = ["order", "ticket", "note", "fact"][index % 4] ?? "";
  return {
    key: `${group}:${String(index % 97).padStart(2, "0")}/${String(index).padStart(6, "0")}`,
    value: {
      index,
      customer: `customer-${index % 977}`,
      total: (index * 37) % 1000,
      open: index % 3 === 0,
    },
    topics: [topicOf(index)],
  };
}

function topicOf(index: number): string {
  return `topic-${String(index % 40).padStart(2, "0")}`;
}
