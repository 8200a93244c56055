import { ContextMesh, type Storage } from "@syntha/core";
import { expect } from "vitest";

import { itemsOf } from "../src/desk/items-of.ts";
import { type CaseRecord, keyOf, type StrategyRecord, tasks } from "../src/desk/records.ts";
import { TENANT } from "../src/desk/workplace.ts";
import type { Ticket } from "../src/tickets/ticket.ts";

export function meshOn(storage: Storage): ContextMesh {
  return new ContextMesh({ tenantId: TENANT, storage });
}

/**
 * Checks that the mesh holds every ticket, each task done by one completion, one answer to each ticket and one event of
 * each type for it. Returns the answers by ticket.
 */
export async function expectEachAnsweredOnce(
  mesh: ContextMesh,
  tickets: readonly Ticket[],
): Promise<Map<string, string>> {
  const ids = tickets.map(({ id }) => id);
  const answers = new Map<string, string>();
  for (const kind of tasks) {
    for await (const item of itemsOf<CaseRecord | StrategyRecord>(mesh, kind)) {
      expect(item).toMatchObject({ state: "done" });
      const completions = (await mesh.system.history(item.key)).filter(
        ({ type, state }) => type === "put" && state === "done",
      );
      expect([item.key, completions.length]).toEqual([item.key, 1]);
      if (kind === "ticket") continue;
      expect([...answers.keys()]).not.toContain(item.value.id);
      answers.set(item.value.id, item.value.answer ?? "");
    }
  }
  expect([...answers.keys()].toSorted()).toEqual(ids);
  expect([...answers.values()]).not.toContain("");
  for (const { id, text } of tickets) {
    expect(await mesh.system.get(keyOf("ticket", id))).toMatchObject({ id, text });
  }
  const events = await eventsByType(mesh);
  expect([...events.keys()].toSorted()).toEqual(["ticket_answered", "ticket_triaged"]);
  for (const told of events.values()) expect(told.toSorted()).toEqual(ids);
  return answers;
}

/** The tickets that events tell of. */
async function eventsByType(mesh: ContextMesh): Promise<Map<string, string[]>> {
  const events = new Map<string, string[]>();
  for (let since: string | undefined; ;) {
    const page = await mesh.system.events({ since, limit: 1_000 });
    for (const { type, data } of page.events) {
      const { ticket } = data as { ticket: string };
      events.set(type, [...(events.get(type) ?? []), ticket]);
    }
    if (page.events.length < 1_000) return events;
    since = page.cursor;
  }
}
