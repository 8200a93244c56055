import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { UsageError } from "./desk-error.ts";
import { type ModelChoice, type Provider, type Way, WAYS } from "./model/model-choice.ts";
import { parseStorage } from "./storage.ts";

/** Long enough to see the agents share the work on a few dozen tickets. */
const OWN_THINKING_MS = 50;
const OWN_TICKETS = fileURLToPath(new URL("../data/tickets.jsonl", import.meta.url));
/** More than a vendor's rate limit allows would only be refused. */
const CONCURRENCY = { rules: 32, model: 8 };

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const OPTIONS = {
  tickets: text,
  storage: text,
  workers: text,
  lease: text,
  concurrency: text,
  think: text,
  model: text,
  through: text,
  "base-url": text,
  transcript: text,
  full: flag,
  report: text,
  help: flag,
};
const MODEL_OPTIONS = ["through", "base-url", "transcript"] as const;

export type Options = ReturnType<typeof parseOptions>;

/** @throws UsageError */
export function parseOptions(args: readonly string[]) {
  const given = parse(args);
  type Numeric = "workers" | "lease" | "think" | "concurrency";
  const number = (name: Numeric, least: number, most: number): number | undefined => {
    const value = given[name];
    if (value === undefined) return undefined;
    if (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most)
      return Number(value);
    throw new UsageError(
      `--${name} must be a whole number from ${least} to ${most}, not "${value}"`,
    );
  };
  const storage = given.storage === undefined ? undefined : parseStorage(given.storage);
  const [workers = 1, think] = [number("workers", 1, 32), number("think", 0, 60_000)];
  if (storage?.kind === "memory" && workers > 1)
    throw new UsageError("--workers needs a storage that processes can share, not memory");
  if (given.report !== undefined && extname(given.report).toLowerCase() !== ".html")
    throw new UsageError(`--report must be a file that ends with .html, not "${given.report}"`);
  const model = given.model === undefined ? undefined : parseModel(given.model, given);
  const unused = MODEL_OPTIONS.find((name) => given[name] !== undefined);
  if (model === undefined && unused !== undefined)
    throw new UsageError(`--${unused} is for models: name one with --model`);
  if (model !== undefined && think !== undefined)
    throw new UsageError("--think is for rules: a model takes the time that it takes");
  const { tickets = OWN_TICKETS, report, full = false, help = false } = given;
  const isDemo = given.tickets === undefined && model === undefined;
  const thinkingMs = think ?? (isDemo ? OWN_THINKING_MS : 0);
  const concurrency = number("concurrency", 1, 256) ?? CONCURRENCY[model ? "model" : "rules"];
  const leaseMs = (number("lease", 1, 3_600) ?? 10) * 1_000;
  return { tickets, storage, workers, leaseMs, thinkingMs, concurrency, model, report, full, help };
}

function parse(args: readonly string[]) {
  // Script runners pass on the "--" between their options and ours.
  const own = args.filter((arg) => arg !== "--").map((arg) => (arg === "-h" ? "--help" : arg));
  try {
    return parseArgs({ args: own, options: OPTIONS }).values;
  } catch (cause) {
    // The rest of the parser's message is advice about "--" that does not apply here.
    throw new UsageError((cause as Error).message.split(/\. |\n/)[0]);
  }
}

function parseModel(model: string, given: ReturnType<typeof parse>): ModelChoice {
  const [, vendor, name] = /^(openai|anthropic):(.*\S.*)$/.exec(model) ?? [];
  if (name === undefined)
    throw new UsageError(
      `--model must be a provider and its model, such as openai:gpt-5-mini or anthropic:claude-sonnet-4-5, not "${model}" (any server with OpenAI's protocol is openai:NAME with --base-url)`,
    );
  const provider = vendor as Provider;
  const ways: readonly Way[] = WAYS[provider];
  const through = ways.find((way) => way === (given.through ?? "sdk"));
  if (through === undefined)
    throw new UsageError(`--through must be ${ways.join(" or ")} for ${provider}`);
  return { provider, name, through, baseUrl: given["base-url"], transcript: given.transcript };
}
