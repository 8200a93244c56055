import { SynthaError } from "../error/syntha-error.ts";
import type { LogEntry, StoredChange } from "../log/change.ts";
import type { Route } from "../route/route.ts";
import type { RequestEncoder } from "../session/request-encoder.ts";
import { checkAgentName } from "../text/agent-name.ts";
import { describe } from "../text/describe.ts";
import { checkName } from "../text/name.ts";

type ChangeType = StoredChange["type"];

/** Selects entries of the log; every part given must match. */
export interface EntrySelection {
  /** Only changes of this item, as far back as its history reaches, which may be before the log's floor. */
  key?: string | undefined;
  /** Only changes that this agent made; `"system"` for those of the system. */
  actor?: string | undefined;
  /** Only changes of these types. */
  types?: readonly ChangeType[] | undefined;
  /** Only changes of this topic: items that are or were on it, its events, subscriptions to it, and its deletion. */
  topic?: string | undefined;
}

export const SELECTION = { key: true, actor: true, types: true, topic: true } as const;

const TYPES = Object.keys({
  put: true,
  delete: true,
  expire: true,
  lease: true,
  event: true,
  subscribe: true,
  unsubscribe: true,
  setPermissions: true,
  announce: true,
  topicDeleted: true,
  corrupt: true,
} satisfies Record<ChangeType, true>);

/**
 * Whether an entry is selected, apart from its key; undefined if all are.
 * @throws INVALID_ARGUMENTS, INVALID_TEXT, TOO_LARGE
 */
export function toEntryTest(
  encoder: RequestEncoder,
  { key, actor, types, topic }: EntrySelection,
): ((entry: LogEntry) => boolean) | undefined {
  if (key !== undefined) encoder.checkKey(key);
  if (actor !== undefined && actor !== "system") checkAgentName(actor, 'Pass "system" itself.');
  if (topic !== undefined) checkName("topic", topic);
  if (types !== undefined) checkTypes(types);
  if (actor === undefined && types === undefined && topic === undefined) return undefined;
  const name = actor === "system" ? null : actor;
  return (entry) =>
    (name === undefined || entry.actor === name) &&
    (types === undefined || types.includes(entry.change.type)) &&
    (topic === undefined || concerns(topic, entry));
}

function concerns(topic: string, { change, event }: LogEntry): boolean {
  const isOn = (route: Route | null): boolean => route?.topics.includes(topic) ?? false;
  switch (change.type) {
    case "put":
      return isOn(change.before) || isOn(change.after);
    case "delete":
    case "expire":
      return isOn(change.before);
    case "event":
      return isOn(event);
    case "subscribe":
    case "unsubscribe":
      return change.topics.includes(topic);
    case "topicDeleted":
      return change.topic === topic;
    case "lease":
    case "setPermissions":
    case "announce":
    case "corrupt":
      return false;
  }
}

function checkTypes(types: unknown): void {
  const isList = Array.isArray(types) && types.length > 0;
  if (isList && types.every((type) => TYPES.includes(type as string))) return;
  const wrong: unknown = isList ? types.find((type) => !TYPES.includes(type as string)) : types;
  throw new SynthaError(
    "INVALID_ARGUMENTS",
    `\`types\` must be a list of types, not ${describe(wrong)}.`,
    {
      hint: `Types of changes: ${TYPES.join(", ")}.`,
      details: { path: "types" },
    },
  );
}
