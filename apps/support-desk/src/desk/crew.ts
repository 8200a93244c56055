import { answering, triaging } from "../agents/tasks.ts";
import type { DecisionMaker } from "./decision-maker.ts";
import type { Workplace } from "./desk-agent.ts";
import { keyOf } from "./records.ts";
import { RETENTION, specialistName, TICKETS, TRIAGE } from "./roster.ts";
import { TaskGroup } from "./task-group.ts";
import { workOnTasks } from "./task-queue.ts";

/** Works on tasks until the signal is aborted. Resolves when the claimed tasks are done or given back. */
export type Crew = (signal: AbortSignal) => Promise<void>;

/** `specialists` is the number that may join. */
export type CrewOptions = { decisions: DecisionMaker; specialists: number; leaseSeconds: number };

/** Tasks at once: one agent takes all tickets, several share the cases. */
const TRIAGE_CONCURRENCY = 32;
export const CONCURRENCY = 8;

/** Triage, Retention and the specialists, in this process. Other processes may have the same crew on the same mesh. */
export function localCrew(workplace: Workplace, options: CrewOptions): Crew {
  const { decisions, specialists, leaseSeconds } = options;
  const pace = { leaseSeconds, concurrency: CONCURRENCY };
  return async (parent) => {
    const triage = await workplace.agent(TRIAGE);
    const retention = await workplace.agent(RETENTION);
    const source = { topics: [TICKETS] };
    await triage.call("subscribe_to_topics", source);
    const group = new TaskGroup(parent);
    group.start((signal) => {
      const many = { leaseSeconds, concurrency: TRIAGE_CONCURRENCY };
      return workOnTasks(triage, source, many, signal, triaging(triage, decisions));
    });
    group.start((signal) => {
      const handle = answering(retention, decisions, "retain");
      return workOnTasks(retention, { prefix: keyOf("strategy", "") }, pace, signal, handle);
    });
    group.start(async (signal) => {
      const names = Array.from({ length: specialists }, (_, i) => specialistName(i));
      const waiting = new Map(names.map((name) => [keyOf("joining", name), name]));
      const keys = [...waiting.keys()];
      // Whichever process they joined from.
      for await (const change of workplace.mesh.system.watch({ initial: true, keys, signal })) {
        const name = change.type === "put" ? waiting.get(change.item.key) : undefined;
        if (name === undefined || !waiting.delete(keyOf("joining", name))) continue;
        const agent = await workplace.agent(name);
        const { topics_subscribed: topics } = await agent.call("list_context", {});
        const handle = answering(agent, decisions, "answer");
        group.start(() => workOnTasks(agent, { topics }, pace, signal, handle));
      }
    });
    await group.finish();
  };
}
