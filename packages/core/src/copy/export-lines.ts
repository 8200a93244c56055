import { SynthaError } from "../error/syntha-error.ts";
import type { TenantHeader } from "../storage/tenant-record.ts";
import type { LoadRequest } from "../storage/tenant-record.ts";

/** The export format that this release writes, and the newest that it reads. */
export const EXPORT_VERSION = 1;

/** The first line of an export. */
export interface ExportHead {
  readonly version: number;
  readonly tenantId: string;
  readonly epoch: TenantHeader["epoch"];
  /** About how much the export has, for people and for progress. */
  readonly items: number;
  readonly events: number;
  readonly logEntries: number;
}

/** A page of records, as `load` takes it. */
export type ExportPage = Omit<LoadRequest, "tenantId">;

/** The last line of an export: how much precedes it. */
interface ExportEnd {
  readonly pages: number;
  readonly records: number;
}

interface LineContents {
  readonly tenant: ExportHead;
  readonly page: ExportPage;
  readonly end: ExportEnd;
}

export type ExportLine = {
  readonly [K in keyof LineContents]: { readonly kind: K; readonly content: LineContents[K] };
}[keyof LineContents];

const LINE = /^\{"sum":"([0-9a-f]{64})","(tenant|page|end)":/;

/**
 * The checksums of an export's lines. Each is the SHA-256 of the previous checksum and of its line, so that a line that
 * is changed, missing or moved is detected. That detects damage, not forgery.
 */
export class LineChecksums {
  #last = "";

  async write<K extends keyof LineContents>(kind: K, content: LineContents[K]): Promise<string> {
    const body = JSON.stringify(content);
    this.#last = await checksumOf(this.#last, kind, body);
    return `{"sum":"${this.#last}","${kind}":${body}}\n`;
  }

  /** @throws STORAGE_MISMATCH if this is not the line that was written here. */
  async read(line: string, number: number): Promise<ExportLine> {
    const [start, sum, kind] = LINE.exec(line) ?? [];
    if (start === undefined || kind === undefined || !line.endsWith("}"))
      throw invalidExport(`line ${number} is not a line of an export`);
    const body = line.slice(start.length, -1);
    this.#last = await checksumOf(this.#last, kind, body);
    if (this.#last !== sum) throw invalidExport(`line ${number} has a wrong checksum`);
    return { kind, content: JSON.parse(body) } as ExportLine;
  }
}

/** @param why such as `"it is truncated"` */
export function invalidExport(why: string, cause?: unknown): SynthaError {
  return new SynthaError("STORAGE_MISMATCH", `Invalid export: ${why}.`, {
    hint: "Nothing was imported. Export the tenant again, and transfer the file as bytes.",
    cause,
  });
}

async function checksumOf(last: string, kind: string, body: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${last}${kind}:${body}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Splits text or UTF-8 in pieces of any size into lines. @throws TypeError for invalid UTF-8. */
export async function* splitLines(
  pieces: AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  // The pieces of a line are joined once: a long line comes in many.
  let parts: string[] = [];
  const text = (piece: string | Uint8Array): string =>
    typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
  for await (const piece of pieces) {
    const [first = "", ...others] = text(piece).split("\n");
    parts.push(first);
    for (const next of others) {
      yield parts.join("");
      parts = [next];
    }
  }
  parts.push(decoder.decode());
  const last = parts.join("");
  if (last !== "") yield last;
}
