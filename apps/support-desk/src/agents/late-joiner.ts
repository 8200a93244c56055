import type { DeskAgent, Workplace } from "../desk/desk-agent.ts";
import { itemsOf, type JoiningRecord, keyOf, TASKS } from "../desk/records.ts";
import { DEPARTMENT, DEPARTMENTS, PROGRESS, specialistName } from "../desk/roster.ts";

/** Departments that a late joiner helps. */
const MAX_DEPARTMENTS = 4;

/** Lets specialists join: half of them share all departments from the start, the others join while work goes on. */
export function hiring(size: number, workplace: Workplace) {
  // A founder without a department would have nothing to do.
  const founders = Math.min(Math.ceil(size / 2), DEPARTMENTS.length);
  const late = size - founders;
  let [wanted, joined] = [0, 0];
  let joining: Promise<void> = Promise.resolve();
  return {
    joined: () => joined,
    /** Resolves when as many have joined as there should be with this share of the tickets answered. */
    grow(share: number): Promise<void> {
      const arrived = Math.min(late, Math.floor(share * (late + 1)));
      for (; wanted < founders + arrived; wanted++) {
        const index = wanted;
        const departments = DEPARTMENTS.filter((_, i) => i % founders === index);
        joining = joining.then(async () => {
          await join(await workplace.agent(specialistName(index)), departments);
          joined += 1;
        });
      }
      return joining;
    },
  };
}

/**
 * Subscribes to the founder's departments, or to those with the most cases for each specialist, and records what is
 * visible there. That record starts the specialist's work in every process.
 */
async function join(agent: DeskAgent, founded: readonly string[]): Promise<void> {
  const { name, context } = agent;
  // After an earlier run the subscriptions still exist.
  const { topics_subscribed: earlier } = await agent.call("list_context", {});
  if (founded.length > 0 || earlier.length === 0) {
    const topics = founded.length > 0 ? [...founded] : await busiestDepartments(agent);
    await agent.call("subscribe_to_topics", { topics });
  }
  const { topics_subscribed: topics } = await agent.call("list_context", {});
  const saw = { ticket: 0, case: 0, escalation: 0, strategy: 0, answers: 0 };
  for (const kind of TASKS) {
    for await (const { state } of itemsOf(context, kind)) {
      saw[kind] += 1;
      if (kind === "case" && state === "done") saw.answers += 1;
    }
  }
  const value: JoiningRecord = { name, at: new Date().toISOString(), topics: [...topics], saw };
  await agent.pushNew({ key: keyOf("joining", name), value, topics: [PROGRESS] });
}

async function busiestDepartments(agent: DeskAgent): Promise<string[]> {
  const { topics } = await agent.call("discover_topics", { prefix: DEPARTMENT });
  return Object.entries(topics)
    .map(([topic, { item_count, subscriber_count }]) => ({
      topic,
      load: item_count / (subscriber_count + 1),
    }))
    .toSorted((a, b) => b.load - a.load)
    .slice(0, MAX_DEPARTMENTS)
    .map(({ topic }) => topic);
}
