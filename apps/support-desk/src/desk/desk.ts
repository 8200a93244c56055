import type { ContextMesh, Storage } from "@syntha/core";

import { Intake, type Progress } from "../agents/intake.ts";
import { Manager } from "../agents/manager.ts";
import { Slots } from "../agents/slots.ts";
import type { Ticket } from "../tickets/ticket.ts";
import { type Crew, type CrewOptions, LocalCrew } from "./crew.ts";
import { Hiring } from "./hiring.ts";
import { itemsOf } from "./items-of.ts";
import { tasks } from "./records.ts";
import { INTAKE, MANAGER } from "./roster.ts";
import { PROGRESS, TICKETS } from "./topics.ts";
import { Workplace } from "./workplace.ts";

export type DeskProgress = Progress & { total: number; specialists: number };

export type DeskOptions = CrewOptions & {
  storage: Storage;
  /** Who does the work that is claimed. Default: a crew in this process. */
  crew?: Crew;
  onProgress: (progress: DeskProgress) => void;
};

/** What an earlier run left on the mesh. */
export type Remains = {
  tickets: number;
  answered: number;
  /** Work that nobody else gets before the lease of whoever took it ends. */
  held: number;
};

/** The front of the desk: takes messages in, decides on escalations, hires, and follows what the crew does. */
export class Desk {
  readonly workplace: Workplace;
  readonly #options: DeskOptions;
  readonly #crew: Crew;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.workplace = new Workplace(options.storage);
    this.#crew = options.crew ?? new LocalCrew(this.workplace, options);
  }

  get mesh(): ContextMesh {
    return this.workplace.mesh;
  }

  async remains(): Promise<Remains> {
    const { topics } = await this.mesh.topics({ prefix: TICKETS });
    const tickets = topics.find(({ name }) => name === TICKETS)?.items ?? 0;
    let answered = 0;
    let held = 0;
    for (const kind of tasks) {
      for await (const { state } of itemsOf(this.mesh, kind)) {
        if (state === "claimed") held += 1;
        if (state === "done" && kind !== "ticket") answered += 1;
      }
    }
    return { tickets, answered, held };
  }

  /** Works until every ticket on the mesh is answered, or until the signal. */
  async work(tickets: readonly Ticket[], signal: AbortSignal): Promise<void> {
    const end = new AbortController();
    const over = AbortSignal.any([signal, end.signal]);
    const slots = new Slots(1, () => end.abort());

    const intakeDesk = await this.workplace.place(INTAKE);
    await intakeDesk.call("subscribe_to_topics", { topics: [TICKETS, PROGRESS] });
    const hiring = new Hiring(this.#options.specialists, this.workplace);
    await hiring.grow(0);

    slots.accompany(this.#crew.work(over));
    const manager = new Manager(await this.workplace.place(MANAGER), this.#options.mind);
    slots.accompany(manager.work(over));
    const intake = new Intake(intakeDesk, (progress) => {
      const total = Math.max(tickets.length, progress.triaged);
      slots.accompany(hiring.grow(progress.answered / total));
      this.#options.onProgress({ ...progress, total, specialists: hiring.joined });
    });
    slots.accompany(intake.work(tickets, over).finally(() => end.abort()));
    await slots.idle();
  }
}
