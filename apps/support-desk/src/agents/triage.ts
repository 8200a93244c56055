import { create, keyOf, type TicketRecord } from "../desk/records.ts";
import { departmentOf, isSpecialist, MANAGER, PROGRESS, TICKETS } from "../desk/roster.ts";
import type { TaskHandler } from "../desk/work.ts";

/**
 * Decides what a ticket is about and who answers it. The case or escalation is created first and the ticket completed
 * last: after a crash in between the ticket is triaged again, and the item is already there.
 */
export const triageTicket: TaskHandler<TicketRecord> = async (task, decisions) => {
  const { agent, lease } = task;
  const { id, text } = lease.item.value;
  const triage = await decisions.decide("triage", { id, text }, task);
  const { category, intent, urgency } = triage;
  const department = departmentOf(category);
  if (triage.escalate) {
    // A specialist that joins the department later is not named.
    const specialists = (await agent.mesh.subscribers(department)).filter(isSpecialist);
    const value = { id, text, triage, specialists };
    await create(agent, keyOf("escalation", id), value, { subscribers: [MANAGER, ...specialists] });
  } else {
    await create(agent, keyOf("case", id), { id, text, triage }, { topics: [department] });
  }
  const result: TicketRecord = { id, text, category, intent, urgency };
  await lease.complete(result, {
    topics: [TICKETS, department],
    // In the same commit. The id makes the event unique: a repeated completion publishes nothing.
    events: [
      { type: "ticket_triaged", id: `triaged:${id}`, data: { ticket: id }, topics: [PROGRESS] },
    ],
  });
};
