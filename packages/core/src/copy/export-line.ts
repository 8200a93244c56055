import { SynthaError } from "../error/syntha-error.ts";
import type { TenantHeader } from "../storage/tenant-record.ts";
import type { LoadRequest } from "../storage/tenant-record.ts";

/** The form of exports that this release writes, and the newest that it reads. */
export const EXPORT_VERSION = 1;

/** What an export begins with. */
export interface ExportHead {
  readonly version: number;
  readonly tenant: string;
  readonly epoch: TenantHeader["epoch"];
  /** About how much it holds: for people, and for progress. */
  readonly items: number;
  readonly events: number;
  readonly logEntries: number;
}

/** Some records, as they are loaded. */
export type ExportPage = Omit<LoadRequest, "tenantId">;

/** What an export ends with: how much stands before it. */
interface ExportEnd {
  readonly pages: number;
  readonly records: number;
}

interface Kinds {
  readonly tenant: ExportHead;
  readonly page: ExportPage;
  readonly end: ExportEnd;
}

export type ExportLine = {
  readonly [K in keyof Kinds]: { readonly kind: K; readonly content: Kinds[K] };
}[keyof Kinds];

const LINE = /^\{"sum":"([0-9a-f]{64})","(tenant|page|end)":/;

/**
 * The sums of an export's lines. Each is the SHA-256 of the sum before it and of its line, so that no line can be changed,
 * left out or put elsewhere: it finds damage, not forgery.
 */
export class Sums {
  #last = "";

  async write<K extends keyof Kinds>(kind: K, content: Kinds[K]): Promise<string> {
    const body = JSON.stringify(content);
    this.#last = await sumOf(this.#last, kind, body);
    return `{"sum":"${this.#last}","${kind}":${body}}\n`;
  }

  /** @throws STORAGE_MISMATCH for what is not the line that was written here. */
  async read(line: string, number: number): Promise<ExportLine> {
    const [start, sum, kind] = LINE.exec(line) ?? [];
    if (start === undefined || kind === undefined || !line.endsWith("}"))
      throw noExport(`line ${number} is none of an export's`);
    const body = line.slice(start.length, -1);
    this.#last = await sumOf(this.#last, kind, body);
    if (this.#last !== sum) throw noExport(`line ${number} is not as it was written`);
    return { kind, content: JSON.parse(body) } as ExportLine;
  }
}

/** @param why Such as `"it is cut off"`. */
export function noExport(why: string, cause?: unknown): SynthaError {
  return new SynthaError("STORAGE_MISMATCH", `This is no whole export of a tenant: ${why}.`, {
    hint: "Nothing of it was kept. Export the tenant again, and bring the file over as bytes.",
    cause,
  });
}

async function sumOf(last: string, kind: string, body: string): Promise<string> {
  const bytes = new TextEncoder().encode(`${last}${kind}:${body}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
