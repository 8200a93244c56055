import type { StudioFailure } from "../../api/index.ts";
import { statusOf } from "./studio-error.ts";

/** No page may embed, sniff, keep or refer to an answer. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

export function jsonAnswer(answer: unknown): Response {
  return Response.json(answer, { headers: SAFE_HEADERS });
}

export function failureAnswer(
  failure: StudioFailure,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const status = statusOf(failure.code);
  return Response.json(failure, { status, headers: { ...SAFE_HEADERS, ...headers } });
}

/** What a browser sees of an error that only the server's owner should. */
export const SERVER_FAILED: StudioFailure = {
  code: "INTERNAL",
  error: "The server failed.",
  hint: "",
};
