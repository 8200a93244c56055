import type { RequestId } from "@modelcontextprotocol/server";

/** An answer that no agent's server has seen. */
export function rejection(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(toError(-32_000, message, null), { status, headers });
}

/** The error that the SDK answers a listen with that is one too many. */
export function tooManyListens(id: RequestId): Response {
  return Response.json(toError(-32_603, "Subscription limit reached", id));
}

/** The event that ends a call over an open stream: without it, clients wait for the answer until they time out. */
export function endedEvent(id: RequestId, message: string): string {
  const error = toError(-32_000, message, id);
  return `event: message\ndata: ${JSON.stringify(error)}\n\n`;
}

function toError(code: number, message: string, id: RequestId | null) {
  return { jsonrpc: "2.0", error: { code, message }, id };
}
