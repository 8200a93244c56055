import { isSpecialist, MANAGER } from "../desk/roster.ts";
import { type EscalationRecord, keyOf, type TicketRecord } from "../desk/records.ts";
import { departmentOf, PROGRESS, TICKETS } from "../desk/topics.ts";
import type { Mind } from "../mind.ts";
import type { Triage } from "../rules/triage.ts";
import type { Colleague } from "./colleague.ts";
import { Queue } from "./queue.ts";
import type { Pace, Task } from "./task.ts";

/** Decides what each message is about and who answers it. */
export class TriageAgent {
  readonly #who: Colleague;
  readonly #mind: Mind;
  readonly #queue: Queue;

  constructor(who: Colleague, mind: Mind, pace: Pace) {
    this.#who = who;
    this.#mind = mind;
    this.#queue = new Queue(who, [TICKETS], pace);
  }

  work(signal: AbortSignal): Promise<void> {
    return this.#queue.work((task, until) => this.#triage(task, until), signal);
  }

  /**
   * Hands on first, completes last: whoever is killed in between leaves a ticket that is triaged again when its lease
   * ends, and then finds the case or escalation there.
   */
  async #triage(task: Task, signal: AbortSignal): Promise<void> {
    const { id, text } = task.value as TicketRecord;
    const at = { who: this.#who, key: task.key, signal };
    const triage = await this.#mind.triage({ id, text }, at);
    const department = departmentOf(triage.category);
    if (triage.escalate) await this.#escalate({ id, text }, triage, department);
    else {
      const value = { id, text, triage };
      await this.#who.pushNew({ key: keyOf("case", id), value, topics: [department] });
    }
    const { category, intent, urgency } = triage;
    await this.#who.finish(
      task,
      { id, text, category, intent, urgency },
      {
        topics: [TICKETS, department],
        events: [
          {
            type: "ticket_triaged",
            id: `triaged:${id}`,
            data: { ticket: id, category },
            topics: [PROGRESS],
          },
        ],
      },
    );
  }

  /** To the manager and to the department's specialists of this moment; who joins later is not named. */
  async #escalate(
    { id, text }: { id: string; text: string },
    triage: Triage,
    department: string,
  ): Promise<void> {
    const { topics } = await this.#who.call("discover_topics", {
      prefix: department,
      include_subscriber_names: true,
    });
    const specialists = (topics[department]?.subscribers ?? []).filter(isSpecialist);
    const value: EscalationRecord = { id, text, triage, specialists };
    await this.#who.pushNew({
      key: keyOf("escalation", id),
      value,
      subscribers: [MANAGER, ...specialists],
    });
  }
}
