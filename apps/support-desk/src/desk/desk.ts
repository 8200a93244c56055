import { setTimeout as wait } from "node:timers/promises";
import { ContextMesh, type Storage } from "@syntha/core";
import { type Progress, takeIn } from "../agents/intake.ts";
import { authorise } from "../agents/manager.ts";
import { retain } from "../agents/retention.ts";
import { answerCase, joinDesk } from "../agents/specialist.ts";
import { triageTicket } from "../agents/triage.ts";
import type { Ticket } from "../tickets.ts";
import type { DecisionMaker } from "./decision-maker.ts";
import { Jobs } from "./jobs.ts";
import { itemsOf, keyOf, TASKS } from "./records.ts";
import * as roster from "./roster.ts";
import { type Pace, workByName, workOnTopic } from "./work.ts";

/** The mesh is one tenant of its storage. */
export const TENANT = "support-desk";

export type DeskOptions = {
  storage: Storage;
  decisions: DecisionMaker;
  /** How long work stays with an agent whose process was killed. */
  leaseMs: number;
  /** Tasks that each agent works on at once. */
  concurrency: number;
};

/** A support desk: a mesh, and the agents that work on it. */
export class Desk {
  readonly mesh: ContextMesh;
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
    // Progress is counted by the events of every run, so they are kept as long as their tickets.
    const retention = { events: false } as const;
    this.mesh = new ContextMesh({ tenantId: TENANT, storage: options.storage, retention });
  }

  /** Counts what earlier runs left on the mesh. `held` tasks are free when their leases end. */
  async remains(): Promise<{ tickets: number; answered: number; held: number }> {
    const counts = { tickets: 0, answered: 0, held: 0 };
    for (const kind of TASKS) {
      for await (const { state } of itemsOf(this.mesh.system, kind)) {
        if (kind === "ticket") counts.tickets += 1;
        if (state === "claimed") counts.held += 1;
        if (state === "done" && (kind === "case" || kind === "strategy")) counts.answered += 1;
      }
    }
    return counts;
  }

  /**
   * Resolves when every ticket on the mesh is answered and every task is done, or when the signal is aborted and nothing
   * is claimed.
   *
   * @param crew those who take tasks: the agents in this process, or other processes with the same agents
   */
  async work(
    tickets: readonly Ticket[],
    parent: AbortSignal,
    onProgress: (progress: Progress) => void = () => {},
    crew = (signal: AbortSignal) => this.takeTasks(signal),
  ): Promise<void> {
    const { mesh } = this;
    const jobs = new Jobs(parent);
    for (const [name, permissions] of Object.entries(roster.STAFF))
      await mesh.setPermissions(name, permissions);
    const waiting = [...roster.SPECIALISTS];
    const join = async () => joinDesk(mesh.agent(waiting.shift() ?? ""));
    for (const _ of roster.FOUNDERS) await join();
    jobs.start(crew(jobs.signal));
    const intake = takeIn(mesh.agent(roster.INTAKE), tickets, jobs.signal, async (progress) => {
      onProgress(progress);
      // After one third of the answers, and after two.
      const due = Math.floor((progress.answered / progress.total) * 3);
      while (waiting.length > roster.LATE_JOINERS.length - due && waiting.length > 0) await join();
    });
    jobs.start(intake.then(() => this.#allDone(jobs.signal)).then(() => jobs.stop()));
    await jobs.finish();
  }

  /** A ticket may be answered while a task that led to it is still held by a process that was killed. */
  async #allDone(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#isAnyUnfinished())) await wait(100);
  }

  async #isAnyUnfinished(): Promise<boolean> {
    for (const prefix of TASKS.map((kind) => keyOf(kind, "")))
      for (const state of ["open", "claimed"] as const) {
        const one = { prefix, state, limit: 1, values: false } as const;
        if ((await this.mesh.system.list(one)).items.length > 0) return true;
      }
    return false;
  }

  /** Triage, Manager, Retention and the specialists, until the signal is aborted. */
  async takeTasks(parent: AbortSignal): Promise<void> {
    const { mesh } = this;
    const jobs = new Jobs(parent);
    const pace = { ...this.#options, jobs };
    const triage = mesh.agent(roster.TRIAGE);
    await triage.subscribe([roster.TICKETS]);
    workOnTopic(triage, roster.TICKETS, triageTicket, pace);
    const [manager, retention] = [mesh.agent(roster.MANAGER), mesh.agent(roster.RETENTION)];
    jobs.start(workByName(manager, keyOf("escalation", ""), authorise, pace));
    jobs.start(workByName(retention, keyOf("strategy", ""), retain, pace));
    jobs.start(this.#startSpecialists(pace));
    await jobs.finish();
  }

  /** Starts each specialist when it has joined, from whichever process. */
  async #startSpecialists(pace: Pace): Promise<void> {
    const { system } = this.mesh;
    const waiting = new Map(roster.SPECIALISTS.map((name) => [keyOf("joining", name), name]));
    const watched = { initial: true, keys: [...waiting.keys()], signal: pace.jobs.signal };
    for await (const change of system.watch(watched)) {
      const name = change.type === "put" ? waiting.get(change.item.key) : undefined;
      if (name === undefined || !waiting.delete(keyOf("joining", name))) continue;
      const agent = this.mesh.agent(name);
      const topics = await agent.subscriptions();
      const concurrency = Math.ceil(pace.concurrency / topics.length);
      for (const topic of topics) workOnTopic(agent, topic, answerCase, { ...pace, concurrency });
    }
  }
}
