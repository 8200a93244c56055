import { setTimeout as wait } from "node:timers/promises";

import { PROGRESS, TICKETS } from "../desk/topics.ts";
import { DeskError } from "../desk/desk-error.ts";
import { keyOf, type TicketRecord } from "../desk/records.ts";
import type { Ticket } from "../tickets/ticket.ts";
import { changesFor } from "./changes.ts";
import type { Colleague } from "./colleague.ts";
import { Nudge } from "./nudge.ts";
import { Slots } from "./slots.ts";

export type Progress = { taken: number; triaged: number; answered: number };

const TOGETHER = 64;
const LOOK_EVERY_MS = 1_000;
/** News that comes in this time is read by one call: the longer, the more there is to come. */
const GATHER_MS_PER_TICKET = 0.01;
const LONGEST_GATHER_MS = 20;

/** Takes the messages in, and follows them until each of them is answered. */
export class Intake {
  readonly #who: Colleague;
  readonly #onProgress: (progress: Progress) => void;
  readonly #progress: Progress = { taken: 0, triaged: 0, answered: 0 };

  constructor(who: Colleague, onProgress: (progress: Progress) => void) {
    this.#who = who;
    this.#onProgress = onProgress;
  }

  async work(tickets: readonly Ticket[], signal: AbortSignal): Promise<void> {
    const taking = this.#take(tickets, signal);
    await Promise.all([taking, this.#follow(taking, signal)]);
  }

  async #take(tickets: readonly Ticket[], signal: AbortSignal): Promise<void> {
    for (let from = 0; from < tickets.length && !signal.aborted; from += TOGETHER) {
      const some = tickets.slice(from, from + TOGETHER);
      const areNew = await Promise.all(some.map((ticket) => this.#push(ticket)));
      await this.#compare(some.filter((_, i) => !areNew[i]));
      this.#progress.taken += some.length;
      this.#onProgress({ ...this.#progress });
    }
  }

  #push({ id, text }: Ticket): Promise<boolean> {
    return this.#who.pushNew({ key: keyOf("ticket", id), value: { id, text }, topics: [TICKETS] });
  }

  /** What was there already must be the same message: a mesh is for one set of tickets. */
  async #compare(tickets: readonly Ticket[]): Promise<void> {
    const known = await this.#who.read(tickets.map(({ id }) => keyOf("ticket", id)));
    for (const { id, text } of tickets) {
      const record = known.get(keyOf("ticket", id)) as TicketRecord | undefined;
      if (record?.text === text) continue;
      throw new DeskError(
        `Ticket ${id} is on this mesh already, with another text.`,
        "It was made for another file of tickets: name another --storage, or none for a new one.",
      );
    }
  }

  /** Reads what the others tell until all tickets on the mesh are done, those of an earlier run included. */
  async #follow(taking: Promise<void>, signal: AbortSignal): Promise<void> {
    const nudge = new Nudge();
    const over = new AbortController();
    const ending = AbortSignal.any([signal, over.signal]);
    ending.addEventListener("abort", nudge.now, { once: true });
    let isTaken = false;
    const taken = taking.then(() => {
      isTaken = true;
      nudge.now();
    });
    const slots = new Slots(1, () => over.abort());
    slots.accompany(taken);
    slots.accompany(this.#listen(nudge, ending));
    for (let since: string | null = null; !ending.aborted;) {
      since = await this.#readEvents(since);
      if (isTaken && (await this.#isDone())) break;
      await nudge.sleep(LOOK_EVERY_MS);
      await wait(Math.min(this.#progress.taken * GATHER_MS_PER_TICKET, LONGEST_GATHER_MS));
    }
    over.abort();
    await slots.idle();
  }

  async #listen(nudge: Nudge, signal: AbortSignal): Promise<void> {
    const news = changesFor(this.#who.agent, { topics: [PROGRESS], signal });
    for await (const _ of news) nudge.now();
  }

  async #readEvents(from: string | null): Promise<string> {
    for (let since = from; ;) {
      const { events, cursor, more } = await this.#who.call("read_events", { since });
      for (const { type } of events) {
        if (type === "ticket_triaged") this.#progress.triaged += 1;
        if (type === "ticket_answered") this.#progress.answered += 1;
      }
      if (events.length > 0) this.#onProgress({ ...this.#progress });
      since = cursor;
      if (!more) return cursor;
    }
  }

  async #isDone(): Promise<boolean> {
    const { taken, triaged, answered } = this.#progress;
    if (answered < taken || triaged < taken) return false;
    const { topics } = await this.#who.call("discover_topics", { prefix: TICKETS });
    const there = topics[TICKETS]?.item_count ?? 0;
    return answered >= there && triaged >= there;
  }
}
