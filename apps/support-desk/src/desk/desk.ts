import { ContextMesh, type Storage } from "@syntha/core";

import { Colleague } from "../agents/colleague.ts";
import { Intake, type Progress } from "../agents/intake.ts";
import { Manager } from "../agents/manager.ts";
import { Retention } from "../agents/retention.ts";
import { Slots } from "../agents/slots.ts";
import { TriageAgent } from "../agents/triage.ts";
import { CallMeter } from "../measure/call-meter.ts";
import type { Mind } from "../mind.ts";
import type { Ticket } from "../tickets/ticket.ts";
import { itemsOf } from "./items-of.ts";
import { Pool } from "./pool.ts";
import { tasks } from "./records.ts";
import { INTAKE, MANAGER, RETENTION, specialist, staff, TRIAGE } from "./roster.ts";
import { PROGRESS, TICKETS } from "./topics.ts";

export type DeskProgress = Progress & { total: number; specialists: number };

export type DeskOptions = {
  storage: Storage;
  mind: Mind;
  /** Specialists in the end; half of them are there from the start. */
  specialists: number;
  /** How long work stays with an agent that was killed. */
  leaseSeconds: number;
  onProgress: (progress: DeskProgress) => void;
};

/** What an earlier run left on the mesh. */
export type Remains = {
  tickets: number;
  answered: number;
  /** Work that nobody else gets before the lease of whoever took it ends. */
  held: number;
};

/** The mesh is one tenant of its storage. */
export const TENANT = "support-desk";
/** One agent for all tickets; several share the cases. */
const TRIAGE_CONCURRENCY = 32;
const CONCURRENCY = 8;

/** The agents, and the mesh that they share. */
export class Desk {
  readonly mesh: ContextMesh;
  readonly meter = new CallMeter();
  /** Every agent that has its place here, by name. */
  readonly colleagues = new Map<string, Colleague>();
  readonly #options: DeskOptions;

  constructor(options: DeskOptions) {
    this.#options = options;
    this.mesh = new ContextMesh({ tenantId: TENANT, storage: options.storage });
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
    const { mind, leaseSeconds, specialists } = this.#options;
    const end = new AbortController();
    const over = AbortSignal.any([signal, end.signal]);
    const crew = new Slots(1, () => end.abort());
    const pace = { leaseMinutes: leaseSeconds / 60, concurrency: CONCURRENCY };

    const intakeDesk = await this.#place(INTAKE);
    await intakeDesk.call("subscribe_to_topics", { topics: [TICKETS, PROGRESS] });
    const triageDesk = await this.#place(TRIAGE);
    await triageDesk.call("subscribe_to_topics", { topics: [TICKETS] });
    const pool = new Pool({
      size: specialists,
      mind,
      pace,
      place: (name) => this.#place(name),
      onWork: (loop) => crew.accompany(loop),
      signal: over,
    });
    await pool.grow(0);

    const triage = new TriageAgent(triageDesk, mind, { ...pace, concurrency: TRIAGE_CONCURRENCY });
    crew.accompany(triage.work(over));
    crew.accompany(new Manager(await this.#place(MANAGER), mind).work(over));
    crew.accompany(new Retention(await this.#place(RETENTION), mind, pace).work(over));
    const intake = new Intake(intakeDesk, (progress) => {
      const total = Math.max(tickets.length, progress.triaged);
      crew.accompany(pool.grow(progress.answered / total));
      this.#options.onProgress({ ...progress, total, specialists: pool.size });
    });
    crew.accompany(intake.work(tickets, over).finally(() => end.abort()));
    await crew.idle();
  }

  /** Gives an agent its tools, and its limits on the mesh. */
  async #place(name: string): Promise<Colleague> {
    const { tools, permissions } = staff[name] ?? specialist;
    await this.mesh.setPermissions(name, permissions);
    const colleague = new Colleague(this.mesh.agent(name), tools, this.meter);
    this.colleagues.set(name, colleague);
    return colleague;
  }
}
