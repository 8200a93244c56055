import type { LoadRequest, TenantRecord } from "../storage/tenant-record.ts";
import type { TenantState } from "./tenant-state.ts";

/** Writes a page of another tenant's records. */
export function load(state: TenantState, { header, records }: LoadRequest): void {
  // First of all: a removed event's id may be that of one that is loaded.
  state.events.stand(header);
  state.log.stand(header);
  state.subscribed.forget(header.floor);
  state.recordedAt = header.now;
  // Then agents: what a line would end of theirs, they may have ended themselves before it.
  for (const record of records) if (record.type === "agent") state.hold(record);
  for (const record of records) loadOne(state, record);
}

function loadOne(state: TenantState, record: TenantRecord): void {
  switch (record.type) {
    case "agent":
      return;
    case "pastSubscription":
      state.subscribed.keep(record);
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
