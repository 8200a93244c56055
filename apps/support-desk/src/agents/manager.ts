import { create, type EscalationRecord, keyOf } from "../desk/records.ts";
import { RETENTION } from "../desk/roster.ts";
import type { TaskHandler } from "../desk/work.ts";

/** Decides what may be offered, and sends it to Retention and to the specialists that the escalation names. */
export const authorise: TaskHandler<EscalationRecord> = async (task, decisions) => {
  const { agent, lease } = task;
  const escalation = lease.item.value;
  const { specialists, ...ticket } = escalation;
  const allowed = await decisions.decide("authorise", escalation, task);
  const subscribers = [RETENTION, ...specialists];
  await create(agent, keyOf("strategy", ticket.id), { ...ticket, allowed }, { subscribers });
  await lease.complete(escalation);
};
