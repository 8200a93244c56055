import { SynthaError } from "../error/syntha-error.ts";

/** Identifies a lease. */
export interface TokenParts {
  /** The position of the commit that granted it. */
  readonly position: number;
  /** Random. */
  readonly leaseId: number;
  /** The epoch of the tenant. */
  readonly epoch: string;
}

/**
 * The fencing token of a lease, as text. Later tokens compare greater (`<` on strings), so that an external resource
 * can reject a holder whose lease was lost. The first character is the length of the number that follows.
 */
export function toToken({ position, leaseId, epoch }: TokenParts): string {
  const digits = position.toString(36);
  return `${digits.length.toString(36)}${digits}-${epoch}-${leaseId.toString(36)}`;
}

const PATTERN = /^([1-9ab])([0-9a-z]{1,11})-([0-9a-z]+)-([0-9a-z]{1,11})$/;

/** Undefined for text that was never a token, which is handled like a stale one. */
export function parseToken(token: string): TokenParts | undefined {
  const [, length = "", digits = "", epoch = "", leaseId = ""] = PATTERN.exec(token) ?? [];
  if (length === "" || Number.parseInt(length, 36) !== digits.length) return undefined;
  return { position: Number.parseInt(digits, 36), leaseId: Number.parseInt(leaseId, 36), epoch };
}

export function staleToken(key: string): SynthaError<"STALE_TOKEN"> {
  return new SynthaError("STALE_TOKEN", `The token is not the current lease of "${key}".`, {
    hint: "The lease expired or was released, or the item was written. Stop this work, and claim again.",
    details: { key },
  });
}
