import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { parse } from "csv-parse/sync";
import { DeskError } from "./desk-error.ts";

/** A customer's message. An id is text: "0004512" and "4512" are two tickets. */
export type Ticket = { id: string; text: string };

/** Labels are kept apart from the tickets, so that no agent can see them. They only grade triage afterwards. */
export type Labels = Map<string, { category: string; intent: string }>;

type Row = { line: number; fields: Readonly<Record<string, unknown>> };

/** The names under which files carry the message, best first. */
const TEXT_FIELDS = ["utterance", "text", "message"];

const atLine = (line: number, problem: string): Error => new Error(`line ${line}: ${problem}`);

/**
 * Reads a `.csv` or `.jsonl` file, whole or not at all. A ticket without an id gets its number in the file: "T00001",
 * "T00002"…
 *
 * @throws DeskError that names the line
 */
export async function readTickets(path: string): Promise<{ tickets: Ticket[]; labels: Labels }> {
  try {
    const format = extname(path).toLowerCase();
    if (format !== ".csv" && format !== ".jsonl") throw new Error("expected .csv or .jsonl");
    // Without `fatal`, letters of another encoding would be replaced silently.
    const content = new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
    return toTickets(format === ".csv" ? csvRows(content) : jsonRows(content));
  } catch (cause) {
    throw new DeskError(`${path} cannot be read: ${(cause as Error).message}`, "", cause);
  }
}

function toTickets(rows: readonly Row[]): { tickets: Ticket[]; labels: Labels } {
  if (rows.length === 0) throw new Error("there are no tickets in this file");
  const [tickets, labels, lines] = [[] as Ticket[], new Map() as Labels, new Map<string, number>()];
  for (const [index, { line, fields }] of rows.entries()) {
    const field = (name: string): string | undefined => {
      const value = fields[name] ?? "";
      if (typeof value === "string") return value.trim() || undefined;
      // A number would lose its leading zeros.
      throw atLine(line, `"${name}" must be a string, not ${JSON.stringify(value)}`);
    };
    const text = TEXT_FIELDS.map(field).find((value) => value !== undefined);
    if (text === undefined) throw atLine(line, `no message text in ${TEXT_FIELDS.join(" or ")}`);
    const id = field("id") ?? `T${String(index + 1).padStart(5, "0")}`;
    if (lines.has(id)) throw atLine(line, `id "${id}" was already used on line ${lines.get(id)}`);
    lines.set(id, line);
    tickets.push({ id, text });
    const [category, intent] = [field("category"), field("intent")];
    if (category !== undefined && intent !== undefined) labels.set(id, { category, intent });
  }
  return { tickets, labels };
}

function csvRows(content: string): Row[] {
  const rows: Row[] = [];
  const columns = (header: string[]) => header.map((name) => name.trim().toLowerCase());
  const onRecord = (fields: Record<string, string>, { lines }: { lines: number }): null => {
    rows.push({ line: lines - (Object.values(fields).join("").split("\n").length - 1), fields });
    return null;
  };
  // The parser counts a quoted CRLF as two lines.
  const text = content.replaceAll("\r\n", "\n");
  parse(text, { bom: true, skipEmptyLines: true, columns, onRecord });
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
      throw atLine(line, `not valid JSON: ${(cause as Error).message}`);
    }
    if (typeof fields === "object" && fields !== null && !Array.isArray(fields))
      return { line, fields: fields as Row["fields"] };
    throw atLine(line, "expected one JSON object");
  });
}
