import { SynthaError } from "../error/syntha-error.ts";

/**
 * The fencing token of a lease, as text: later ones compare greater (`<` on strings), so that a resource outside the
 * mesh can refuse a holder that was overtaken. The first character is the length of the number that follows.
 */
export function toToken(position: number, epoch: string): string {
  const digits = position.toString(36);
  return `${digits.length.toString(36)}${digits}-${epoch}`;
}

const FORM = /^([1-9ab])([0-9a-z]{1,11})-([0-9a-z]+)$/;

/** Undefined for text that was never a token: it is answered like a stale one. */
export function parseToken(token: string): { position: number; epoch: string } | undefined {
  const match = FORM.exec(token);
  if (!match || Number.parseInt(match[1] as string, 36) !== (match[2] as string).length)
    return undefined;
  return { position: Number.parseInt(match[2] as string, 36), epoch: match[3] as string };
}

export function staleToken(key: string): SynthaError<"STALE_TOKEN"> {
  return new SynthaError("STALE_TOKEN", `This token no longer holds "${key}".`, {
    hint: "Its lease ended or somebody wrote the item. Drop this work, and claim anew.",
    details: { key },
  });
}
