import type { DumpRange, TenantRecord } from "../storage/tenant-record.ts";
import { compareCodePoints } from "../text/code-point-order.ts";

/** A section of a tenant's records. */
export type DumpSection = Exclude<DumpRange["section"], "changes">;

/** In the order in which they are copied. */
export const DUMP_SECTIONS: readonly DumpSection[] = [
  "agents",
  "pastSubscriptions",
  "items",
  "events",
  "log",
];

/** The records after this one in its section. */
export function rangeAfter(record: TenantRecord): DumpRange & { readonly section: DumpSection } {
  switch (record.type) {
    case "agent":
      return { section: "agents", after: record.name };
    case "pastSubscription": {
      const { agent, until, topic } = record;
      return { section: "pastSubscriptions", after: { agent, until, topic } };
    }
    case "item":
      return { section: "items", after: record.key };
    case "event": {
      const { position, index } = record.event;
      return { section: "events", after: { position, index } };
    }
    case "entry":
      return { section: "log", after: { position: record.position, index: record.index } };
  }
}

/** Compares two records of one section. */
export function compareRecords(a: TenantRecord, b: TenantRecord): number {
  if (a.type === "agent" && b.type === "agent") return compareCodePoints(a.name, b.name);
  if (a.type === "item" && b.type === "item") return compareCodePoints(a.key, b.key);
  if (a.type === "event" && b.type === "event")
    return a.event.position - b.event.position || a.event.index - b.event.index;
  if (a.type === "entry" && b.type === "entry") return a.position - b.position || a.index - b.index;
  if (a.type === "pastSubscription" && b.type === "pastSubscription") {
    return (
      compareCodePoints(a.agent, b.agent) ||
      a.until - b.until ||
      compareCodePoints(a.topic, b.topic)
    );
  }
  throw new Error(`Records of type ${a.type} and ${b.type} are in different sections.`);
}

/** The name of a record for people. */
export function nameOf(record: TenantRecord): string {
  switch (record.type) {
    case "agent":
      return `agent "${record.name}"`;
    case "pastSubscription":
      return `past subscription of "${record.agent}" to "${record.topic}" until ${record.until}`;
    case "item":
      return `item "${record.key}"`;
    case "event":
      return `event "${record.event.id}" at ${record.event.position}.${record.event.index}`;
    case "entry":
      return `log entry ${record.position}.${record.index}`;
  }
}
