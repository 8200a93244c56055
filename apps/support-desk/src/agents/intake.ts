import { setTimeout as wait } from "node:timers/promises";
import { type AgentContext, isSynthaError } from "@syntha/core";
import { keyOf, type TicketRecord } from "../desk/records.ts";
import { PROGRESS, TICKETS } from "../desk/roster.ts";
import { DeskError } from "../desk-error.ts";
import type { Ticket } from "../tickets.ts";

/** Tickets on the mesh, those of earlier runs included. */
export type Progress = { total: number; triaged: number; answered: number };

const BATCH = 100;
const LOOK_EVERY_MS = 50;

/** Pushes the tickets, and follows the events until all on the mesh are answered, including those of earlier runs. */
export async function takeIn(
  intake: AgentContext,
  tickets: readonly Ticket[],
  signal: AbortSignal,
  onProgress: (progress: Progress) => Promise<void>,
): Promise<void> {
  await intake.subscribe([TICKETS, PROGRESS]);
  for (let from = 0; from < tickets.length && !signal.aborted; from += BATCH)
    await pushNew(intake, tickets.slice(from, from + BATCH));
  const progress = { total: await countTickets(intake), triaged: 0, answered: 0 };
  for (let since: string | undefined; !signal.aborted;) {
    const { events, cursor } = await intake.events({ since, limit: 1_000 });
    since = cursor;
    for (const { type } of events) {
      if (type === "ticket_triaged") progress.triaged += 1;
      if (type === "ticket_answered") progress.answered += 1;
    }
    if (events.length > 0) await onProgress({ ...progress });
    else if (Math.min(progress.triaged, progress.answered) >= progress.total) {
      progress.total = await countTickets(intake);
      if (progress.answered >= progress.total) return;
    } else await wait(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}

/** All or none of a batch. If another desk pushes the same tickets at this moment, those that are still missing. */
async function pushNew(intake: AgentContext, tickets: readonly Ticket[]): Promise<void> {
  for (;;) {
    const known = await intake.getMany<TicketRecord>(tickets.map(({ id }) => keyOf("ticket", id)));
    const missing = tickets.filter(({ id, text }) => {
      const earlier = known[keyOf("ticket", id)];
      if (earlier === undefined || earlier.text === text) return earlier === undefined;
      throw new DeskError(
        `Ticket ${id} is already on this mesh, with another text.`,
        "The mesh was made for another file of tickets: name another --storage, or none for a new one.",
      );
    });
    if (missing.length === 0) return;
    const pushes = missing.map(({ id, text }) => {
      return { key: keyOf("ticket", id), value: { id, text }, topics: [TICKETS], ifRevision: 0 };
    });
    try {
      await intake.pushMany(pushes);
      return;
    } catch (error) {
      if (!isSynthaError(error, "CONFLICT")) throw error;
    }
  }
}

async function countTickets(intake: AgentContext): Promise<number> {
  const { topics } = await intake.topics({ prefix: TICKETS });
  return topics[0]?.items ?? 0;
}
