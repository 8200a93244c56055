import { DeskError } from "../desk-error.ts";
import { type Connection, NO_KEY } from "./model-choice.ts";

/** Why a model made no decision this time. Another try may succeed. */
export class UndecidedError extends Error {
  override readonly name = "UndecidedError";
  readonly hint =
    "Start again with the same --storage: a named one keeps everything else. Name another --model, or --fallback rules to let rules decide what the model does not.";
}

/** SDKs and frameworks wrap errors in each other. */
type Wrapped = Partial<Record<"status" | "statusCode", number>> &
  Partial<Record<"code" | "name" | "message", string>> & { cause?: unknown; lastError?: unknown };

/** Without the codes that may also end an answer that has begun. */
const UNREACHABLE =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|APIConnectionError)$/;
const RESUME =
  "Then start again with the same --tickets and --storage: a named storage keeps what is done.";

/** A DeskError if the next request would fail alike, so that the desk ends; else an UndecidedError. */
export function toModelFailure(
  error: unknown,
  { apiKey, baseURL, ...connection }: Connection,
): Error {
  const parts: Wrapped[] = [];
  for (let each = error; typeof each === "object" && each !== null && parts.length < 6;) {
    parts.push(each);
    each = (each as Wrapped).lastError ?? (each as Wrapped).cause;
  }
  const status = parts.flatMap((each) => [each.status, each.statusCode]).find(Number.isInteger);
  const isOut = parts.some(
    ({ code = "", name = "" }) => UNREACHABLE.test(code) || UNREACHABLE.test(name),
  );
  // The innermost message says most. Some servers repeat the key in it.
  const said = parts.findLast(({ message }) => message?.trim())?.message ?? "no reason given";
  const hidden = apiKey === NO_KEY ? said : said.replaceAll(apiKey, "[the key]");
  const text = hidden.replaceAll(/[\s\p{Cc}]+/gu, " ").slice(0, 300);
  const model = `${connection.provider}:${connection.name}`;
  const where = baseURL ?? "the vendor's server";
  const fail = (message: string, hint: string): DeskError =>
    new DeskError(`${message}: ${text}`, `${hint} ${RESUME}`, error);
  switch (status) {
    case 401:
    case 403:
      return fail(
        `The server refused the key for ${model}`,
        `Check ${connection.provider.toUpperCase()}_API_KEY: it must be of the account that has this model.`,
      );
    case 404:
      return fail(
        `There is no model ${model} at ${where}`,
        "Check the name in --model and the path of the base URL, and that your account has the model.",
      );
    case 429:
      return fail(
        `${model} stays over its rate limit or quota`,
        "Wait or raise the limit, or ask for less at a time with --parallel.",
      );
    case undefined:
      if (isOut)
        return fail(
          `${model} cannot be reached at ${where}`,
          "Check the network and the base URL.",
        );
      break;
  }
  return new UndecidedError(text, { cause: error });
}
