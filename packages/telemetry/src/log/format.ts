import type { LogRecord } from "./log-record.ts";

/** A record as one line of JSON, for machines. */
export function toJsonLine(record: LogRecord): string {
  return JSON.stringify(record);
}

/** A record as one short line, for terminals: `12:00:00.000 INFO  tool.call push_context Triage 0.3ms`. */
export function toTextLine(record: LogRecord): string {
  const { time, level, event, name, tenant, agent, code, duration_ms } = record;
  const words = [
    time.slice(11, 23),
    level.toUpperCase().padEnd(5),
    event,
    name,
    agent && shown(agent),
    tenant && `(${shown(tenant)})`,
    `${duration_ms}ms`,
    code,
  ];
  return words.filter((word) => word !== undefined && word !== "").join(" ");
}

/** Names are their users' own: one may not begin a line of its own, nor tell a terminal what to do. */
function shown(name: string): string {
  if (/^[\p{L}\p{N}_.@:/-]+$/u.test(name)) return name;
  return JSON.stringify(name).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
