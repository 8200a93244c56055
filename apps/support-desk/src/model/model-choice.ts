import { DeskError } from "../desk-error.ts";

/** What carries the calls, for each provider whose models it carries here. `sdk` is the vendor's own. */
export const WAYS = {
  openai: ["sdk", "agents", "langchain", "ai-sdk"],
  anthropic: ["sdk", "ai-sdk"],
} as const;
export type Provider = keyof typeof WAYS;
export type Way = (typeof WAYS)[Provider][number];

/** Which model decides, and how it is asked. */
export type ModelChoice = {
  provider: Provider;
  name: string;
  through: Way;
  /** @default the vendor's own */
  baseUrl?: string | undefined;
  /** The file to which each decision is appended. */
  transcript?: string | undefined;
};

export function describeModel({ provider, name, through }: ModelChoice): string {
  return `${provider}:${name} through ${through === "sdk" ? "its own SDK" : through}`;
}

/** Where a model is asked, and with what key. */
export type Connection = { provider: Provider; name: string; apiKey: string; baseURL?: string };

/** Requests that an SDK repeats. */
export const MAX_RETRIES = 3;
/** Tokens of one message. */
export const MAX_TOKENS = 4_096;

/** @throws DeskError if the key is missing, or the URL holds a secret */
export function connectionOf(
  { provider, name, baseUrl }: ModelChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Connection {
  const vendor = provider.toUpperCase();
  const given = baseUrl ?? env[`${vendor}_BASE_URL`]?.trim();
  const apiKey = env[`${vendor}_API_KEY`]?.trim();
  if (given) {
    const url = /^https?:\/\//i.test(given) ? URL.parse(given) : null;
    if (url === null || url.username + url.password + url.search + url.hash !== "") {
      const example = "a URL such as http://127.0.0.1:11434/v1, without name, password, ? or #";
      throw new DeskError(`The base URL must be ${example}.`, "A key belongs in the environment.");
    }
    // A server of the user's own may need no key, but SDKs require one.
    return { provider, name, apiKey: apiKey || "none", baseURL: given };
  }
  if (apiKey) return { provider, name, apiKey };
  throw new DeskError(
    `${vendor}_API_KEY is not set, and ${provider}:${name} needs a key.`,
    "Set it in the environment. For a server of your own name --base-url. Without --model, rules decide and no key is needed.",
  );
}
