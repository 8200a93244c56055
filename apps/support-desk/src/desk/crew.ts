import { changesFor } from "../agents/changes.ts";
import { Retention } from "../agents/retention.ts";
import { Slots } from "../agents/slots.ts";
import { Specialist } from "../agents/specialist.ts";
import { TriageAgent } from "../agents/triage.ts";
import type { Mind } from "../mind.ts";
import { keyOf } from "./records.ts";
import { RETENTION, specialistName, TRIAGE } from "./roster.ts";
import { TICKETS } from "./topics.ts";
import type { Workplace } from "./workplace.ts";

/** Whoever does the work that is claimed, until the signal; resolves when what was begun is done. */
export interface Crew {
  work(signal: AbortSignal): Promise<void>;
}

export type CrewOptions = {
  mind: Mind;
  /** Specialists that may come; those who joined work here. */
  specialists: number;
  /** How long work stays with an agent that was killed. */
  leaseSeconds: number;
};

/** One agent for all tickets; several share the cases. */
const TRIAGE_CONCURRENCY = 32;
const CONCURRENCY = 8;

/**
 * All agents that take work by claims, in this process. As many processes as there are may each have such a crew on the
 * same mesh: who claims a task does it, wherever it is.
 */
export class LocalCrew implements Crew {
  readonly #workplace: Workplace;
  readonly #options: CrewOptions;

  constructor(workplace: Workplace, options: CrewOptions) {
    this.#workplace = workplace;
    this.#options = options;
  }

  async work(signal: AbortSignal): Promise<void> {
    const { mind, leaseSeconds } = this.#options;
    const failed = new AbortController();
    const over = AbortSignal.any([signal, failed.signal]);
    const slots = new Slots(1, () => failed.abort());
    const pace = { leaseMinutes: leaseSeconds / 60, concurrency: CONCURRENCY };

    const triageDesk = await this.#workplace.place(TRIAGE);
    await triageDesk.call("subscribe_to_topics", { topics: [TICKETS] });
    const triage = new TriageAgent(triageDesk, mind, { ...pace, concurrency: TRIAGE_CONCURRENCY });
    slots.accompany(triage.work(over));
    const retention = new Retention(await this.#workplace.place(RETENTION), mind, pace);
    slots.accompany(retention.work(over));
    slots.accompany(
      this.#welcome(async (name) => {
        const specialist = new Specialist(await this.#workplace.place(name), mind, pace);
        slots.accompany(specialist.work(over));
      }, over),
    );
    await slots.idle();
  }

  /** Starts each specialist that joined, as soon as the mesh tells of it, whichever process it joined from. */
  async #welcome(start: (name: string) => Promise<void>, signal: AbortSignal): Promise<void> {
    const names = Array.from({ length: this.#options.specialists }, (_, i) => specialistName(i));
    const awaited = new Map(names.map((name) => [keyOf("joining", name), name]));
    const keys = [...awaited.keys()];
    const { system } = this.#workplace.mesh;
    for await (const change of changesFor(system, { initial: true, keys, signal })) {
      if (change.type !== "put") continue;
      const name = awaited.get(change.item.key);
      if (name === undefined) continue;
      awaited.delete(change.item.key);
      await start(name);
    }
  }
}
