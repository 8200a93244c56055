/** What one decision of a model took. `decisions` is 0 if it made none. */
export type Usage = {
  agent: string;
  decisions: number;
  requests: number;
  toolCalls: number;
  wrong: number;
  tokens: number;
};

/** The names of the counts in the answers of OpenAI and Anthropic. */
const TOKENS = /^(?:prompt|completion|input|output|cache_creation_input|cache_read_input)_tokens$/;

/** A `fetch` that counts requests and tokens, for any SDK. */
export function countingFetch(usage: Pick<Usage, "requests" | "tokens">): typeof fetch {
  return async (...args) => {
    usage.requests += 1;
    const response = await fetch(...args);
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null);
    const counts = (body as { usage?: Record<string, unknown> } | null)?.usage ?? {};
    for (const [name, count] of Object.entries(counts))
      if (TOKENS.test(name)) usage.tokens += Number(count);
    return response;
  };
}

/** Sums by agent. */
export function sumUsage(all: readonly Usage[]): Usage[] {
  const names = ["decisions", "requests", "toolCalls", "wrong", "tokens"] as const;
  const sums = new Map<string, Usage>();
  for (const usage of all) {
    const sum = sums.get(usage.agent);
    if (sum === undefined) sums.set(usage.agent, { ...usage });
    else for (const name of names) sum[name] += usage[name];
  }
  return [...sums.values()].toSorted((a, b) => b.decisions - a.decisions);
}
