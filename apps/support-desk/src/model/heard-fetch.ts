import type { TokenCount } from "../measure/model-meter.ts";

/** One request, when its answer is complete. */
export type HeardRequest = {
  /** Undefined when no answer came. */
  status: number | undefined;
  tokens: TokenCount;
};

/** A `fetch` that hears what each request came to, whichever SDK sends it. */
export class HeardFetch {
  readonly #hear: (request: HeardRequest) => void;
  readonly #reading = new Set<Promise<void>>();

  constructor(hear: (request: HeardRequest) => void) {
    this.#hear = hear;
  }

  readonly fetch = async (...args: Parameters<typeof fetch>): Promise<Response> => {
    const response = await fetch(...args).catch((error: unknown) => {
      this.#hear({ status: undefined, tokens: { input: 0, output: 0 } });
      throw error;
    });
    const reading = this.#read(response.clone()).finally(() => this.#reading.delete(reading));
    this.#reading.add(reading);
    return response;
  };

  /** Resolves when all answers are read that were begun. */
  async settled(): Promise<void> {
    await Promise.all(this.#reading);
  }

  async #read(response: Response): Promise<void> {
    const { status } = response;
    // A stream may be cut off: what had come counts.
    const tokens = { input: 0, output: 0 };
    try {
      for await (const part of partsOf(response)) {
        const told = tokensIn(part);
        tokens.input = Math.max(tokens.input, told.input);
        tokens.output = Math.max(tokens.output, told.output);
      }
    } catch {}
    this.#hear({ status, tokens });
  }
}

/** JSON values of an answer: one, or one for each event of a stream. */
async function* partsOf(response: Response): AsyncGenerator<unknown> {
  const isStream = response.headers.get("content-type")?.includes("event-stream");
  if (!isStream || response.body === null) {
    yield await response.json();
    return;
  }
  let rest = "";
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = `${rest}${text}`.split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("data: {")) yield JSON.parse(line.slice("data: ".length));
    }
  }
}

type Told = {
  usage?: Usage | null;
  response?: { usage?: Usage | null };
  message?: { usage?: Usage };
};
/** As Chat Completions, Responses and Messages call them. */
type Usage = {
  prompt_tokens?: number;
  completion_tokens?: number;
  input_tokens?: number;
  output_tokens?: number;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
};

function tokensIn(part: unknown): TokenCount {
  const { usage, response, message } = (part ?? {}) as Told;
  const told = usage ?? response?.usage ?? message?.usage;
  if (told === undefined || told === null) return { input: 0, output: 0 };
  // Anthropic does not count what its cache held among its input tokens.
  const cached = (told.cache_creation_input_tokens ?? 0) + (told.cache_read_input_tokens ?? 0);
  return {
    input: (told.prompt_tokens ?? told.input_tokens ?? 0) + cached,
    output: told.completion_tokens ?? told.output_tokens ?? 0,
  };
}
