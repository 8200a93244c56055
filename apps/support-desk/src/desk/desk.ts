import type { Storage } from "@syntha/core";

import { type Progress, takeIn } from "../agents/intake.ts";
import { hiring } from "../agents/late-joiner.ts";
import { authorising } from "../agents/tasks.ts";
import type { Ticket } from "../tickets.ts";
import { CONCURRENCY, type Crew, type CrewOptions, localCrew } from "./crew.ts";
import { Workplace } from "./desk-agent.ts";
import { itemsOf, keyOf, TASKS } from "./records.ts";
import { MANAGER } from "./roster.ts";
import { TaskGroup } from "./task-group.ts";
import { workOnTasks } from "./task-queue.ts";

export type DeskProgress = Progress & { total: number; specialists: number };

export type DeskOptions = CrewOptions & {
  storage: Storage;
  /** @default a crew in this process */
  crew?: Crew | undefined;
  onProgress?: (progress: DeskProgress) => void;
};

/** Takes tickets in, decides on escalations, lets specialists join, and follows the work of the crew. */
export class Desk {
  readonly workplace: Workplace;
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.workplace = new Workplace(options.storage);
  }

  /** Counts what earlier runs left on the mesh. `held` tasks are free when their leases end. */
  async remains(): Promise<{ tickets: number; answered: number; held: number }> {
    const counts = { tickets: 0, answered: 0, held: 0 };
    for (const kind of TASKS) {
      for await (const { state } of itemsOf(this.workplace.mesh.system, kind)) {
        if (kind === "ticket") counts.tickets += 1;
        if (state === "claimed") counts.held += 1;
        if (state === "done" && (kind === "case" || kind === "strategy")) counts.answered += 1;
      }
    }
    return counts;
  }

  /** Resolves when every ticket on the mesh is answered, or when the signal is aborted and nothing is claimed. */
  async work(tickets: readonly Ticket[], parent: AbortSignal): Promise<void> {
    const { workplace } = this;
    const { decisions, leaseSeconds, specialists, onProgress } = this.#options;
    const { crew = localCrew(workplace, this.#options) } = this.#options;
    const end = new AbortController();
    const group = new TaskGroup(AbortSignal.any([parent, end.signal]));
    const manager = await workplace.agent(MANAGER);
    const hire = hiring(specialists, workplace);
    await hire.grow(0);
    group.start(crew);
    group.start((signal) => {
      const pace = { leaseSeconds, concurrency: CONCURRENCY };
      const handle = authorising(manager, decisions);
      return workOnTasks(manager, { prefix: keyOf("escalation", "") }, pace, signal, handle);
    });
    group.start(async (signal) => {
      await takeIn(workplace, tickets, signal, (progress) => {
        const total = Math.max(tickets.length, progress.triaged);
        group.start(() => hire.grow(progress.answered / total));
        onProgress?.({ ...progress, total, specialists: hire.joined() });
      });
      end.abort();
    });
    await group.finish();
  }
}
