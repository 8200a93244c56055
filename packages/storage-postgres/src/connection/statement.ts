import { createHash } from "node:crypto";

/** SQL text. With a name, the server prepares it once per connection. */
export interface Statement {
  readonly name: string | undefined;
  readonly text: string;
}

/** A statement with the values of its parameters. */
export interface Call {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** The result of a call. */
export interface Answer {
  /** The server's command tag, such as `"COMMIT"`. */
  readonly command: string;
  /** The number of rows that were read or changed. */
  readonly count: number;
  readonly rows: readonly Row[];
}

/** The columns of a row, in order. */
export type Row = readonly unknown[];

/** The name is a hash of the text, so that a text has the same name on every connection, and no other text has it. */
export function prepared(text: string): Statement {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 24);
  return { name: `syntha_${hash}`, text };
}

/** For a statement that is too cheap or too rare to prepare. */
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
