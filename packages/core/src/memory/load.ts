import type { LoadRequest, TenantRecord } from "../storage/tenant-record.ts";
import type { TenantState } from "./tenant-state.ts";

/** Writes a page of another storage's records. */
export function load(state: TenantState, { header, records }: LoadRequest): void {
  // First, because an event that is loaded may have the id of a removed one.
  state.events.adopt(header);
  state.log.adopt(header);
  state.subscribed.removePast(header.floor);
  state.recordedAt = header.now;
  // Then agents: a log entry must not end subscriptions that they ended themselves before it.
  for (const record of records) if (record.type === "agent") state.setAgent(record);
  for (const record of records) loadOne(state, record);
}

function loadOne(state: TenantState, record: TenantRecord): void {
  switch (record.type) {
    case "agent":
      return;
    case "pastSubscription":
      state.subscribed.addPast(record);
      return;
    case "item":
      state.replaceItem(record.key, record.row);
      return;
    case "event":
      state.events.put(record.event);
      return;
    case "entry":
      state.log.load(record);
      if (record.change.type === "topicDeleted")
        state.removeTopic(record.change.topic, record.position);
      return;
  }
}
