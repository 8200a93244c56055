import { DeskError } from "../desk/desk-error.ts";
import { problemOfUrl } from "./base-url.ts";
import type { ModelChoice } from "./model-choice.ts";

/** Where a model is asked, and with what key. */
export type Connection = {
  apiKey: string;
  /** Undefined: the vendor's own. */
  baseUrl: string | undefined;
  /** The model's name, as the vendor calls it. */
  model: string;
  stream: boolean;
};

const variables = {
  openai: { key: "OPENAI_API_KEY", url: "OPENAI_BASE_URL", from: "platform.openai.com" },
  anthropic: { key: "ANTHROPIC_API_KEY", url: "ANTHROPIC_BASE_URL", from: "console.anthropic.com" },
} as const;

/** How often an SDK repeats a request that was refused for the moment, before it tells us. */
export const MOST_RETRIES = 3;

/** Tokens of one message, for vendors that want a number: an answer or a decision is far below. */
export const MOST_TOKENS = 4_096;

/** Sent where a server of the user's own needs none: SDKs want one. */
export const NO_KEY = "none";

/** @throws DeskError where there is no key, and no server of the user's own that may do without; or what is there is none */
export function connectionOf(
  choice: ModelChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Connection {
  const { key, url, from } = variables[choice.provider];
  const baseUrl = choice.baseUrl ?? (env[url]?.trim() || undefined);
  const problem = baseUrl === undefined ? undefined : problemOfUrl(baseUrl);
  if (problem !== undefined)
    throw new DeskError(`${url} ${problem}.`, "Mend it in the environment, or name --base-url.");
  const apiKey = env[key]?.trim() || (baseUrl === undefined ? undefined : NO_KEY);
  if (apiKey === undefined) {
    throw new DeskError(
      `${key} is not set, and ${choice.provider}:${choice.name} needs a key.`,
      `Get one at ${from} and set it: ${key}=... in the environment. For a server of your own name --base-url. Without --model, rules decide and no key is needed.`,
    );
  }
  // The SDK would tell it as it is, in an error about headers.
  if (/[^!-~]/.test(apiKey)) {
    throw new DeskError(
      `${key} holds a blank, a line break or a character that no key has.`,
      "Copy it anew, in one piece, and set it in the environment.",
    );
  }
  return { apiKey, baseUrl, model: choice.name, stream: choice.stream };
}
