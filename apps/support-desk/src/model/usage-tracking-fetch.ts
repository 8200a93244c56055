/** One request, when its answer is complete. The status is undefined if no answer arrived. */
export type RequestUsage = { status?: number; inputTokens: number; outputTokens: number };

/** A `fetch` that reports the status and the tokens of each request, for any SDK. */
export class UsageTrackingFetch {
  readonly #report: (usage: RequestUsage) => void;
  readonly #reading: Promise<void>[] = [];

  constructor(report: (usage: RequestUsage) => void) {
    this.#report = report;
  }

  readonly fetch = async (...args: Parameters<typeof fetch>): Promise<Response> => {
    const response = await fetch(...args).catch((error: unknown) => {
      this.#report({ inputTokens: 0, outputTokens: 0 });
      throw error;
    });
    this.#reading.push(this.#read(response.clone()));
    return response;
  };

  /** Resolves when all answers that have begun are read. */
  async settled(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #read({ status, body }: Response): Promise<void> {
    let text = "";
    try {
      for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) text += part;
    } catch {
      // What arrived of a stream that broke off counts.
    }
    // Counts grow in a stream. Inside a JSON string these names have a backslash before the second quote.
    const most = (names: string): number => {
      const found = text.matchAll(new RegExp(`"(?:${names})":\\s*(\\d+)`, "g"));
      return Math.max(0, ...[...found].map(([, count]) => Number(count)));
    };
    // Anthropic does not count cached tokens among the input tokens.
    const cached = most("cache_creation_input_tokens") + most("cache_read_input_tokens");
    const inputTokens = most("prompt_tokens|input_tokens") + cached;
    this.#report({ status, inputTokens, outputTokens: most("completion_tokens|output_tokens") });
  }
}
