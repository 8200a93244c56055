import { SynthaError } from "../error/syntha-error.ts";
import { isReservedName } from "../text/agent-name.ts";
import type { ItemRow } from "../model/item-row.ts";
import type { TenantRecord } from "./tenant-record.ts";

/**
 * Rejects records of an agent that has the system's reserved name: readers would mistake its items for the system's.
 * @throws INVALID_ARGUMENTS
 */
export function checkAgentNames(records: readonly TenantRecord[]): void {
  for (const record of records) {
    const name = agentsIn(record).find((each) => each !== null && isReservedName(each));
    if (typeof name !== "string") continue;
    throw new SynthaError(
      "INVALID_ARGUMENTS",
      `The ${describeRecord(record)} names an agent ${JSON.stringify(name)}, which is reserved.`,
      {
        hint: "Write its items as another agent at the source, end its subscriptions and permissions, and compact the log before you copy.",
        details: { path: "agent name" },
      },
    );
  }
}

function agentsIn(record: TenantRecord): readonly (string | null)[] {
  switch (record.type) {
    case "agent":
      return [record.name];
    case "pastSubscription":
      return [record.agent];
    case "item":
      return record.row === null ? [] : agentsOf(record.row);
    case "event":
      return [record.event.owner, ...record.event.subscribers];
    case "entry":
      return "agent" in record.change ? [record.actor, record.change.agent] : [record.actor];
  }
}

function agentsOf({ owner, author, subscribers, lease }: ItemRow): readonly (string | null)[] {
  return [owner, author, lease?.holder ?? null, ...subscribers];
}

function describeRecord(record: TenantRecord): string {
  switch (record.type) {
    case "agent":
      return "list of agents";
    case "pastSubscription":
      return `history of the topic "${record.topic}"`;
    case "item":
      return `item "${record.key}"`;
    case "event":
      return `event "${record.event.id}"`;
    case "entry":
      return `commit ${record.position}`;
  }
}
