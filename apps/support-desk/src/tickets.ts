import { readFile } from "node:fs/promises";
import { extname } from "node:path";

import { CsvError, parse } from "csv-parse/sync";

import { DeskError } from "./desk-error.ts";

/** A customer's message. An id is text: "0004512" and "4512" are two tickets. */
export type Ticket = { id: string; text: string };

/** Labels are kept apart from the tickets, so that no agent can see them. They only grade triage afterwards. */
export type Labels = Map<string, { category: string; intent: string }>;

type Row = { line: number; fields: Readonly<Record<string, unknown>> };

/** What is wrong with a line. */
class RowError extends Error {
  readonly line: number | undefined;

  constructor(problem: string, line?: number) {
    super(problem);
    this.line = line;
  }
}

/** The names under which files carry the message, best first. */
const TEXT_FIELDS = ["utterance", "text", "message"];
const EXPECTED = `"${TEXT_FIELDS.join('", "')}"`;

/**
 * Reads a `.csv`, `.jsonl` or `.ndjson` file, whole or not at all. A ticket without an id gets its number in the file:
 * "T00001", "T00002"…
 *
 * @throws DeskError that names the line
 */
export async function readTickets(path: string): Promise<{ tickets: Ticket[]; labels: Labels }> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new DeskError(`${path} cannot be read: ${cause.message}`, "", cause);
  });
  try {
    const format = extname(path).toLowerCase();
    if (![".csv", ".jsonl", ".ndjson"].includes(format))
      throw new RowError("expected a .csv or .jsonl file");
    // Without `fatal`, letters of another encoding would be replaced silently.
    const content = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return toTickets(format === ".csv" ? csvRows(content) : jsonRows(content));
  } catch (cause) {
    const { message, line } = cause as RowError;
    throw new DeskError(`${path}${line === undefined ? "" : `:${line}`}: ${message}`, "", cause);
  }
}

function toTickets(rows: readonly Row[]): { tickets: Ticket[]; labels: Labels } {
  if (rows.length === 0) throw new RowError("there are no tickets in this file");
  const [tickets, labels, lines] = [[] as Ticket[], new Map() as Labels, new Map<string, number>()];
  for (const [index, { line, fields }] of rows.entries()) {
    const field = (name: string): string | undefined => {
      const value = fields[name] ?? "";
      if (typeof value === "string") return value.trim() || undefined;
      const hint = typeof value === "number" ? " (a number would lose its leading zeros)" : "";
      throw new RowError(`"${name}" must be a string, not ${JSON.stringify(value)}${hint}`, line);
    };
    const text = TEXT_FIELDS.map(field).find((value) => value !== undefined);
    if (text === undefined) throw new RowError(`no message text in ${EXPECTED}`, line);
    const id = field("id") ?? `T${String(index + 1).padStart(5, "0")}`;
    if (lines.has(id))
      throw new RowError(`id "${id}" was already used on line ${lines.get(id)}`, line);
    lines.set(id, line);
    tickets.push({ id, text });
    const [category, intent] = [field("category"), field("intent")];
    if (category !== undefined && intent !== undefined) labels.set(id, { category, intent });
  }
  return { tickets, labels };
}

function csvRows(content: string): Row[] {
  const rows: Row[] = [];
  const columns = (header: string[]): string[] => {
    const names = header.map((name) => name.trim().toLowerCase());
    if (TEXT_FIELDS.some((name) => names.includes(name))) return names;
    throw new RowError(
      `no column for the message: expected one of ${EXPECTED}, found "${names.join('", "')}"`,
      1,
    );
  };
  const onRecord = (fields: Record<string, string>, { lines }: { lines: number }): null => {
    rows.push({ line: lines - (Object.values(fields).join("").split("\n").length - 1), fields });
    return null;
  };
  try {
    // The parser counts a quoted CRLF as two lines.
    parse(content.replaceAll("\r\n", "\n"), { bom: true, skipEmptyLines: true, columns, onRecord });
  } catch (cause) {
    throw cause instanceof CsvError ? new RowError(cause.message) : cause;
  }
  return rows;
}

function jsonRows(content: string): Row[] {
  return content.split(/\r?\n/).flatMap((source, index) => {
    const text = source.replace(/^\uFEFF/, "").trim();
    if (text === "") return [];
    const line = index + 1;
    let fields: unknown;
    try {
      fields = JSON.parse(text);
    } catch (cause) {
      throw new RowError(`not valid JSON: ${(cause as Error).message}`, line);
    }
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields))
      return { line, fields: fields as Row["fields"] };
    throw new RowError("expected one JSON object on this line", line);
  });
}
