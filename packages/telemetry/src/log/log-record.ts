export type LogLevel = "debug" | "info" | "warn" | "error";

/** A completed operation. It contains neither keys nor values. */
export interface LogRecord {
  /** When the operation ended, in ISO 8601. */
  readonly time: string;
  /** `error`: something is broken; `warn`: a rule refused the operation; `info`: a tool call; `debug`: other operations. */
  readonly level: LogLevel;
  readonly event: "tool.call" | "mesh.operation" | "storage.operation";
  /** The name of the tool or of the operation. */
  readonly name: string;
  /** The label of the tenant, according to the option `tenants`. */
  readonly tenant_id?: string | undefined;
  readonly agent?: string | undefined;
  /** Why the operation failed: the code of a SynthaError, or the name of an error's class. */
  readonly code?: string | undefined;
  readonly duration_ms: number;
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
}

/** Formats a record as one line of JSON. */
export function toJsonLine(record: LogRecord): string {
  return JSON.stringify(record);
}

/**
 * Formats a record as one short line for terminals.
 * @example
 * toTextLine(record); // 12:00:00.000 INFO  tool.call push_context Triage 0.3ms
 */
export function toTextLine(record: LogRecord): string {
  const { time, level, event, name, tenant_id, agent, code, duration_ms } = record;
  const words = [
    time.slice(11, 23),
    level.toUpperCase().padEnd(5),
    event,
    name,
    agent && quoted(agent),
    tenant_id && `(${quoted(tenant_id)})`,
    `${duration_ms}ms`,
    code,
  ];
  return words.filter((word) => word !== undefined && word !== "").join(" ");
}

/** Names are arbitrary text: they must neither start a new line nor send escape sequences to a terminal. */
function quoted(name: string): string {
  if (/^[\p{L}\p{N}_.@:/-]+$/u.test(name)) return name;
  return JSON.stringify(name).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
