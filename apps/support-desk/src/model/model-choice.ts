import { DeskError } from "../desk-error.ts";

export type Provider = "openai" | "anthropic";

/** What carries the calls, and its name for each provider whose models it carries here. */
const WAYS = {
  sdk: { openai: "OpenAI's Chat Completions", anthropic: "Anthropic's Messages" },
  responses: { openai: "OpenAI's Responses" },
  "run-tools": { openai: "OpenAI's runTools", anthropic: "Anthropic's tool runner" },
  agents: { openai: "OpenAI Agents" },
  langchain: { openai: "LangChain" },
  "ai-sdk": { openai: "the AI SDK", anthropic: "the AI SDK" },
} as const satisfies Readonly<Record<string, Partial<Record<Provider, string>>>>;
export type Way = keyof typeof WAYS;
export const ways = Object.keys(WAYS) as Way[];
export const waysOf = (provider: Provider) => ways.filter((way) => provider in WAYS[way]);

/** Which model decides, and how it is asked. Plain data without keys: workers receive it from the desk. */
export type ModelChoice = {
  provider: Provider;
  name: string;
  through: Way;
  /** @default the vendor's own */
  baseUrl?: string | undefined;
  /** `tools`: the model reads the item by a tool. `prompt`: the item is part of the question. */
  context: "tools" | "prompt";
  stream: boolean;
  /** Decisions that one process asks for at once. */
  parallel: number;
  /** Who decides if the model does not. @default no one: the desk ends */
  fallback?: "rules" | undefined;
  /** The file to which requests and answers are written. */
  transcript?: string | undefined;
};

export function describeModel({ provider, name, through, stream }: ModelChoice): string {
  const names: Partial<Record<Provider, string>> = WAYS[through];
  return `${provider}:${name} through ${names[provider]}${stream ? ", streamed" : ""}`;
}

export const URL_EXPECTED =
  "a URL such as http://127.0.0.1:11434/v1, without name, password, ? or #: a key belongs into the environment";

/** Whether SDKs can add their paths to a base URL, and it holds no secret. */
export function isUsableUrl(given: string): boolean {
  const url = /^https?:\/\//i.test(given) ? URL.parse(given) : null;
  return url !== null && url.username + url.password + url.search + url.hash === "";
}

/** Where a model is asked, and with what key. */
export type Connection = Pick<ModelChoice, "provider" | "name" | "stream"> & {
  apiKey: string;
  baseURL: string | undefined;
};

/** Requests that an SDK repeats. */
export const MAX_RETRIES = 3;
/** Tokens of one message. */
export const MAX_TOKENS = 4_096;
/** Sent to a server of the user's own that needs no key: SDKs require one. */
export const NO_KEY = "none";

/** @throws DeskError if the key is missing or invalid */
export function connectionOf(
  { provider, name, baseUrl, stream }: ModelChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Connection {
  const vendor = provider.toUpperCase();
  const baseURL = baseUrl ?? (env[`${vendor}_BASE_URL`]?.trim() || undefined);
  if (baseURL !== undefined && !isUsableUrl(baseURL))
    throw new DeskError(`${vendor}_BASE_URL must be ${URL_EXPECTED}.`);
  const apiKey = env[`${vendor}_API_KEY`]?.trim() || (baseURL === undefined ? undefined : NO_KEY);
  if (apiKey === undefined) {
    const hint = `Set it: ${vendor}_API_KEY=... in the environment. For a server of your own name --base-url. Without --model, rules decide and no key is needed.`;
    throw new DeskError(`${vendor}_API_KEY is not set, and ${provider}:${name} needs a key.`, hint);
  }
  // The SDK would quote the key in an error about headers.
  if (!/[^!-~]/.test(apiKey)) return { provider, name, stream, apiKey, baseURL };
  throw new DeskError(`${vendor}_API_KEY holds a character that no key has.`, "Copy it again.");
}
