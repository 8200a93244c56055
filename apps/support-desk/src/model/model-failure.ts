import { DeskError } from "../desk/desk-error.ts";
import { type Connection, NO_KEY } from "./connection.ts";
import { type ModelChoice, spellModel } from "./model-choice.ts";
import { UndecidedError } from "./undecided-error.ts";

/** Parts of errors that SDKs and frameworks wrap in each other. */
type Parts = {
  status?: unknown;
  statusCode?: unknown;
  code?: unknown;
  name?: unknown;
  message?: unknown;
  cause?: unknown;
  lastError?: unknown;
};

/** How deep errors are wrapped, at most. */
const DEEPEST = 6;

/** Without those that also end an answer that has begun. */
const unreachable: ReadonlySet<unknown> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * What a failed request comes to: a DeskError where the next one would fail alike, so that the desk ends and says what
 * to do; else an UndecidedError, and the task is tried again.
 */
export function toModelFailure(
  error: unknown,
  choice: ModelChoice,
  { apiKey, baseUrl: url }: Pick<Connection, "apiKey" | "baseUrl">,
): Error {
  const parts = [...partsOf(error)];
  const status = parts.map(statusOf).find((each) => each !== undefined);
  const told = textOf(parts, apiKey);
  const where = url ?? `the vendor's server`;
  const which = `${choice.provider}:${choice.name}`;
  const key = choice.provider === "openai" ? "OPENAI_API_KEY" : "ANTHROPIC_API_KEY";
  const fail = (message: string, hint: string): DeskError => new DeskError(message, hint, error);
  if (status === 401 || status === 403)
    return fail(
      `The server refused the key for ${which}: ${told}`,
      `Check ${key}: it must be of the account that has this model. ${KEPT}`,
    );
  if (status === 404)
    return fail(
      `There is no model ${which} at ${where}: ${told}`,
      `Check the name behind --model${url === undefined ? "" : " and the path of the base URL"}, and that your account has it. ${KEPT}`,
    );
  if (status === 429)
    return fail(
      `${which} is over its rate limit or quota, and stayed so: ${told}`,
      `Wait or raise the limit, or ask for less at a time with --parallel. ${KEPT}`,
    );
  const isOut = parts.some(
    ({ code, name }) => unreachable.has(code) || name === "APIConnectionError",
  );
  if (status === undefined && isOut)
    return fail(
      `${spellModel(choice)} can't be reached at ${where}: ${told}`,
      `Check the network and the base URL. ${KEPT}`,
    );
  return new UndecidedError(told, { cause: error });
}

const KEPT =
  "Then start again with the same --tickets and --storage: a storage that you name keeps what is done.";

function* partsOf(error: unknown): Generator<Parts> {
  let each = error;
  for (let depth = 0; depth < DEEPEST && typeof each === "object" && each !== null; depth++) {
    const parts: Parts = each;
    yield parts;
    each = parts.lastError ?? parts.cause;
  }
}

function statusOf({ status, statusCode }: Parts): number | undefined {
  return [status, statusCode].find((each) => typeof each === "number");
}

/** The innermost says most, in one line, and without the key, which some servers repeat. */
function textOf(parts: readonly Parts[], apiKey: string): string {
  const texts = parts.map(({ message }) => message).filter((each) => typeof each === "string");
  const text = texts.findLast((each) => each.trim() !== "") ?? "no reason given";
  const hidden = apiKey === NO_KEY ? text : text.replaceAll(apiKey, "[the key]");
  return hidden.replaceAll(/[\s\p{Cc}]+/gu, " ").slice(0, 300);
}
