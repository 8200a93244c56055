import type { DecisionMaker } from "../desk/decision-maker.ts";
import type { DeskAgent } from "../desk/desk-agent.ts";
import {
  type EscalationRecord,
  keyOf,
  type StrategyRecord,
  type TicketRecord,
} from "../desk/records.ts";
import {
  departmentOf,
  isSpecialist,
  MANAGER,
  PROGRESS,
  RETENTION,
  TICKETS,
} from "../desk/roster.ts";
import type { TaskHandler } from "../desk/task-queue.ts";

/**
 * Triage decides what a ticket is about and who answers it. It creates the case or escalation first and completes the
 * ticket last: after a crash in between the ticket is triaged again, and the item is already there.
 */
export function triaging(agent: DeskAgent, decisions: DecisionMaker): TaskHandler {
  return async (task, signal) => {
    const { id, text } = task.value as TicketRecord;
    const triage = await decisions.decide("triage", { id, text }, { agent, key: task.key, signal });
    const { category, intent, urgency } = triage;
    const department = departmentOf(category);
    const value = { id, text, triage };
    if (triage.escalate) {
      const args = { prefix: department, include_subscriber_names: true };
      const { topics } = await agent.call("discover_topics", args);
      // A specialist that joins the department later is not named.
      const specialists = (topics[department]?.subscribers ?? []).filter(isSpecialist);
      const subscribers = [MANAGER, ...specialists];
      const key = keyOf("escalation", id);
      await agent.pushNew({ key, value: { ...value, specialists }, subscribers });
    } else await agent.pushNew({ key: keyOf("case", id), value, topics: [department] });
    const result: TicketRecord = { id, text, category, intent, urgency };
    const events = [eventOf("triaged", id)];
    await agent.finish(task, result, { topics: [TICKETS, department], events });
  };
}

/** Manager decides what may be offered, and sends it to Retention and to the specialists that the escalation names. */
export function authorising(agent: DeskAgent, decisions: DecisionMaker): TaskHandler {
  return async (task, signal) => {
    const escalation = task.value as EscalationRecord;
    const { specialists, ...ticket } = escalation;
    const context = { agent, key: task.key, signal };
    const allowed = await decisions.decide("authorise", escalation, context);
    const subscribers = [RETENTION, ...specialists];
    const key = keyOf("strategy", ticket.id);
    await agent.pushNew({ key, value: { ...ticket, allowed }, subscribers });
    await agent.finish(task, escalation);
  };
}

/** Specialists answer cases; Retention answers strategies, within what the manager allowed. */
export function answering(
  agent: DeskAgent,
  decisions: DecisionMaker,
  kind: "answer" | "retain",
): TaskHandler {
  return async (task, signal) => {
    const record = task.value as StrategyRecord;
    const answer = await decisions.decide(kind, record, { agent, key: task.key, signal });
    await agent.finish(task, { ...record, answer }, { events: [eventOf("answered", record.id)] });
  };
}

/** The id makes the event unique: a repeated completion publishes nothing. */
function eventOf(what: string, ticket: string) {
  return { type: `ticket_${what}`, id: `${what}:${ticket}`, data: { ticket }, topics: [PROGRESS] };
}
