import type { StrategyRecord } from "../desk/records.ts";
import type { TaskHandler } from "../desk/work.ts";
import { answeredEvent } from "./specialist.ts";

/** Answers an escalated ticket, within what the manager allowed. */
export const retain: TaskHandler<StrategyRecord> = async (task, decisions) => {
  const strategy = task.lease.item.value;
  const answer = await decisions.decide("retain", strategy, task);
  await task.lease.complete({ ...strategy, answer }, { events: [answeredEvent(strategy.id)] });
};
