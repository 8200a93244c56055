import type { AgentContext, Cursor } from "@syntha/core";
import { newMark } from "../block/fence.ts";

/** The cursor at the end of an agent's events. Unlike a cursor of the log, it stays valid when the log is compacted. */
export async function endOfEvents(agent: AgentContext): Promise<Cursor> {
  // No event has a random type, so the listing is empty and ends at the last event.
  const { cursor } = await agent.events({ types: [newMark()], limit: 1 });
  return cursor;
}
