import { createHash } from "node:crypto";

/** A statement that the server plans once per connection. */
export interface Statement {
  readonly name: string | undefined;
  readonly text: string;
}

/** A statement with its values. */
export interface Call {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** What a statement gave: its rows as arrays, and what it did, such as `"COMMIT"`. */
export interface Answer {
  readonly command: string;
  readonly count: number;
  readonly rows: readonly Row[];
}

export type Row = readonly unknown[];

/** The same text has the same name on every connection, and no two texts share one. */
export function prepared(text: string): Statement {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 24);
  return { name: `syntha_${hash}`, text };
}

/** One that is too cheap, or too rare, to be kept by the server. */
export function plain(text: string): Statement {
  return { name: undefined, text };
}

export function call(statement: Statement, ...values: readonly unknown[]): Call {
  return { statement, values };
}

/** Quotes an identifier, which may contain any characters. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
