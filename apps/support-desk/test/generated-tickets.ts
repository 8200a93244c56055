import type { Ticket } from "../src/tickets/ticket.ts";

const templates: readonly ((n: number) => string)[] = [
  (n) => `Please cancel order 00${40_000 + n}, I chose the wrong size.`,
  (n) => `Where is the parcel for order 00${70_000 + n}? It should be here by now.`,
  () => "I forgot my password and the link never arrives.",
  (n) => `Could you send me invoice INV-${10_000 + n} once more?`,
  () => "Which ways to pay do you offer?",
  (n) => `When do I get my refund of $${20 + n}?`,
  () => "I would like to change my delivery address.",
  () => "Take me off the newsletter, please.",
  (n) => `You charged me $${100 + n} twice and nobody answers, I am furious!`,
  (n) => `We have ${60 + n} seats. Fix the login or we cancel our contract and go to a competitor.`,
  () => "My lawyer will hear of this if the money is not back by Friday.",
];

/** Messages of every kind, some of which escalate. */
export function generatedTickets(count: number): Ticket[] {
  return Array.from({ length: count }, (_, n) => ({
    id: String(n + 1).padStart(7, "0"),
    text: (templates[n % templates.length] as (n: number) => string)(n),
  }));
}

export function toJsonl(tickets: readonly Ticket[]): string {
  return tickets.map((ticket) => `${JSON.stringify(ticket)}\n`).join("");
}
