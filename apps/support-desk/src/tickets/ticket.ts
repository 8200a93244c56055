/** A customer's message, as the agents see it. An id is text: "0004512" and "4512" are two tickets. */
export type Ticket = { id: string; text: string };

/** What a person says the message is about. Used only to grade triage afterwards. */
type Label = { category: string; intent: string };

/** Labels are kept beside the tickets, not in them, so that no agent can come to see them. */
export type TicketSet = { tickets: Ticket[]; labels: Map<string, Label> };

/** One record of a file, before the label is taken away. `line` is where it starts, from 1. */
export type TicketRecord = { line: number; id?: string; text: string; label?: Label };
