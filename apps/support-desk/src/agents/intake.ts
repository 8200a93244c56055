import { setTimeout as wait } from "node:timers/promises";

import type { Workplace } from "../desk/desk-agent.ts";
import { keyOf, type TicketRecord } from "../desk/records.ts";
import { INTAKE, PROGRESS, TICKETS } from "../desk/roster.ts";
import { TaskGroup, WakeSignal } from "../desk/task-group.ts";
import { DeskError } from "../desk-error.ts";
import type { Ticket } from "../tickets.ts";

export type Progress = { taken: number; triaged: number; answered: number };

const BATCH = 64;
const LOOK_EVERY_MS = 1_000;
/** Events that arrive in this time are read by one call: longer for more tickets. */
const GATHER_MS_PER_TICKET = 0.01;
const MAX_GATHER_MS = 20;

/** Pushes the tickets, and follows the events until all on the mesh are answered, including those of earlier runs. */
export async function takeIn(
  workplace: Workplace,
  tickets: readonly Ticket[],
  parent: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const agent = await workplace.agent(INTAKE);
  await agent.call("subscribe_to_topics", { topics: [TICKETS, PROGRESS] });
  const progress: Progress = { taken: 0, triaged: 0, answered: 0 };
  const wake = new WakeSignal();
  const end = new AbortController();
  let isTaken = false;

  async function push(signal: AbortSignal): Promise<void> {
    for (let from = 0; from < tickets.length && !signal.aborted; from += BATCH) {
      const batch = tickets.slice(from, from + BATCH);
      const keys = batch.map(({ id }) => keyOf("ticket", id));
      const pushes = batch.map(({ id, text }) =>
        agent.pushNew({ key: keyOf("ticket", id), value: { id, text }, topics: [TICKETS] }),
      );
      const areNew = await Promise.all(pushes);
      const known = await agent.context.getMany<TicketRecord>(keys.filter((_, i) => !areNew[i]));
      for (const { id, text } of batch) checkText(id, text, known[keyOf("ticket", id)]);
      progress.taken += batch.length;
      onProgress({ ...progress });
    }
    isTaken = true;
    wake.notify();
  }

  async function readEvents(from: string | null): Promise<string> {
    for (let since = from; ;) {
      const { events, cursor, more } = await agent.call("read_events", { since });
      for (const { type } of events) {
        if (type === "ticket_triaged") progress.triaged += 1;
        if (type === "ticket_answered") progress.answered += 1;
      }
      if (events.length > 0) onProgress({ ...progress });
      if (!more) return cursor;
      since = cursor;
    }
  }

  async function isDone(): Promise<boolean> {
    const { taken, triaged, answered } = progress;
    if (!isTaken || answered < taken || triaged < taken) return false;
    const { topics } = await agent.call("discover_topics", { prefix: TICKETS });
    const items = topics[TICKETS]?.item_count ?? 0;
    return answered >= items && triaged >= items;
  }

  const group = new TaskGroup(AbortSignal.any([parent, end.signal]));
  group.signal.addEventListener("abort", wake.notify, { once: true });
  group.start(push);
  group.start(async (signal) => {
    const news = agent.context.watch({ topics: [PROGRESS], signal });
    for await (const _ of news) wake.notify();
  });
  group.start(async (signal) => {
    for (let since: string | null = null; !signal.aborted;) {
      since = await readEvents(since);
      if (await isDone()) break;
      await wake.wait(LOOK_EVERY_MS);
      await wait(Math.min(progress.taken * GATHER_MS_PER_TICKET, MAX_GATHER_MS));
    }
    end.abort();
  });
  await group.finish();
}

/** A mesh is for one file of tickets, which may grow. */
function checkText(id: string, text: string, known: TicketRecord | undefined): void {
  if (known === undefined || known.text === text) return;
  throw new DeskError(
    `Ticket ${id} is already on this mesh, with another text.`,
    "The mesh was made for another file of tickets: name another --storage, or none for a new one.",
  );
}
