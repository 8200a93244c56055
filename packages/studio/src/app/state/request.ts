import { signal } from "@preact/signals";
import type {
  StudioActions,
  StudioFailure,
  StudioReads,
  TicketAnswer,
  TicketBody,
} from "../../api/index.ts";
import { authorization, currentTicket, keepToken } from "./token.ts";

/** Reads that are on their way. */
export const pendingReads = signal(0);

/** An answer of the server that is not 200, or none at all. */
export class RequestError extends Error {
  readonly code: string;
  readonly hint: string;
  constructor({ code, error, hint }: { code: string; error: string; hint: string }) {
    super(error);
    this.code = code;
    this.hint = hint;
  }
}

export function urlOf(path: string, query: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") parameters.set(name, String(value));
  const text = parameters.toString();
  return text === "" ? path : `${path}?${text}`;
}

export async function read<P extends keyof StudioReads>(
  path: P,
  query: StudioReads[P]["query"],
  abort?: AbortSignal,
): Promise<StudioReads[P]["answer"]> {
  pendingReads.value++;
  try {
    return await send(urlOf(path, query), { headers: authorization(), signal: abort ?? null });
  } finally {
    pendingReads.value--;
  }
}

export function act<P extends keyof StudioActions>(
  path: P,
  body: StudioActions[P]["body"],
): Promise<StudioActions[P]["answer"]> {
  return send(path, {
    method: "POST",
    headers: { ...authorization(), "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Exchanges the ticket with which the page was opened, if it was, for the token. */
export async function redeemTicket(): Promise<void> {
  const ticket = currentTicket();
  if (ticket === undefined) return;
  const answer = await send<TicketAnswer>("api/ticket", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ticket } satisfies TicketBody),
  });
  keepToken(answer.token);
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, cache: "no-store", referrerPolicy: "no-referrer" });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new RequestError({
      code: "UNREACHABLE",
      error: "Studio's server does not answer.",
      hint: "Start it again with `syntha studio`; the page reconnects by itself.",
    });
  }
  if (response.ok) return (await response.json()) as T;
  throw new RequestError(await failureOf(response));
}

export async function failureOf(response: Response): Promise<StudioFailure> {
  try {
    return (await response.json()) as StudioFailure;
  } catch {
    return { code: "INTERNAL", error: `The server answered ${response.status}.`, hint: "" };
  }
}
