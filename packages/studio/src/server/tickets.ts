import { hashToken, newToken } from "@syntha/http";
import { z } from "zod";
import type { TicketAnswer, TicketBody } from "../api/index.ts";
import { checkInput } from "./http/check-input.ts";
import { StudioError } from "./http/studio-error.ts";

/** Until the browser that gets it has started. */
const LASTS_MS = 60_000;

const BODY: z.ZodType<TicketBody> = z.strictObject({ ticket: z.string().min(1).max(256) });

/**
 * Tickets for the token, each valid once and for a minute. The address that a browser is started with is visible to other
 * users of the machine, in the list of processes.
 */
export class Tickets {
  readonly #token: string;
  readonly #now: () => number;
  /** When they end, by the hash of the ticket. */
  readonly #valid = new Map<string, number>();

  /** @param now in milliseconds */
  constructor(token: string, now: () => number = () => performance.now()) {
    this.#token = token;
    this.#now = now;
  }

  async issue(): Promise<string> {
    const now = this.#now();
    for (const [hash, end] of this.#valid) if (end <= now) this.#valid.delete(hash);
    const ticket = newToken();
    this.#valid.set(await hashToken(ticket), now + LASTS_MS);
    return ticket;
  }

  /** @throws UNAUTHORIZED for a ticket that was used, has ended, or never was one */
  async exchange(body: unknown): Promise<TicketAnswer> {
    const hash = await hashToken(checkInput(BODY, body).ticket);
    const end = this.#valid.get(hash);
    this.#valid.delete(hash);
    if (end !== undefined && end > this.#now()) return { token: this.#token };
    throw new StudioError(
      "UNAUTHORIZED",
      "This address was opened before, or is more than a minute old.",
      "Open the address that `syntha studio` prints.",
    );
  }
}
