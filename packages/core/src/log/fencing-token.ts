import { SynthaError } from "../error/syntha-error.ts";

/** What tells one lease from every other. */
export interface TokenParts {
  /** Of the commit that granted it. */
  readonly position: number;
  /** Random. */
  readonly leaseId: number;
  /** The tenant's. */
  readonly epoch: string;
}

/**
 * The fencing token of a lease, as text: later ones compare greater (`<` on strings), so that a resource outside the
 * mesh can refuse a holder that was overtaken. The first character is the length of the number that follows.
 */
export function toToken({ position, leaseId, epoch }: TokenParts): string {
  const digits = position.toString(36);
  return `${digits.length.toString(36)}${digits}-${epoch}-${leaseId.toString(36)}`;
}

const FORM = /^([1-9ab])([0-9a-z]{1,11})-([0-9a-z]+)-([0-9a-z]{1,11})$/;

/** Undefined for text that was never a token: it is answered like a stale one. */
export function parseToken(token: string): TokenParts | undefined {
  const [, length = "", digits = "", epoch = "", mark = ""] = FORM.exec(token) ?? [];
  if (length === "" || Number.parseInt(length, 36) !== digits.length) return undefined;
  return { position: Number.parseInt(digits, 36), leaseId: Number.parseInt(mark, 36), epoch };
}

export function staleToken(key: string): SynthaError<"STALE_TOKEN"> {
  return new SynthaError("STALE_TOKEN", `This token no longer holds "${key}".`, {
    hint: "Its lease ended or somebody wrote the item. Drop this work, and claim anew.",
    details: { key },
  });
}
