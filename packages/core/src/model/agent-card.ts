/** How an agent describes itself to others (R19). */
export interface AgentCard {
  readonly description: string | null;
  /** In the order in which they were announced. */
  readonly capabilities: readonly string[];
}

/** The JSON text of a card. */
export function encodeCard({ description, capabilities }: AgentCard): string {
  return JSON.stringify({ description, capabilities });
}

/** The card of a stored text; null if it is damaged. */
export function parseCard(text: string): AgentCard | null {
  try {
    const { description, capabilities } = JSON.parse(text) as Partial<AgentCard>;
    const isWhole =
      (description === null || typeof description === "string") &&
      Array.isArray(capabilities) &&
      capabilities.every((name) => typeof name === "string");
    return isWhole ? ({ description, capabilities } as AgentCard) : null;
  } catch {
    return null;
  }
}
