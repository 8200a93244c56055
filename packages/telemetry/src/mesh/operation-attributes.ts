import type { Attributes } from "@opentelemetry/api";
import type { MeshOperation } from "@syntha/core";
import { ATTRIBUTE } from "../signal/attributes.ts";
import type { Capture } from "../signal/capture.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The arguments of an operation that may be captured. */
interface Request {
  readonly keys?: readonly unknown[] | undefined;
  readonly topics?: readonly unknown[];
  readonly eventType?: string;
  /** Written values by key, if they are arguments. */
  readonly records?: readonly (readonly [key: unknown, value: unknown])[];
}

/** The captured arguments of an operation. */
export function requestAttributes(operation: MeshOperation, capture: Capture): Attributes {
  if (!capture.keys && !capture.values) return {};
  const { keys, topics, eventType, records } = requestOf(operation);
  const attributes: Attributes = {};
  if (capture.keys) {
    if (keys?.length === 1) attributes[ATTRIBUTE.memoryRecord] = capture.text(String(keys[0]));
    else if (keys !== undefined) attributes[ATTRIBUTE.keys] = capture.names(keys);
    if (topics !== undefined) attributes[ATTRIBUTE.topics] = capture.names(topics);
    if (eventType !== undefined) attributes[ATTRIBUTE.eventType] = capture.text(eventType);
  }
  if (capture.values && records !== undefined)
    attributes[ATTRIBUTE.memoryRecords] = toJson(records, capture);
  return attributes;
}

/** The number of records in an operation's result, and the captured records. */
export function resultAttributes(
  { name, args }: MeshOperation,
  result: unknown,
  capture: Capture,
): Attributes {
  const found = recordsIn(name, args, result);
  if (found === undefined) return {};
  const attributes: Attributes = { [ATTRIBUTE.memoryCount]: found.length };
  if (capture.values && name !== "pushMany" && !name.startsWith("keys"))
    attributes[ATTRIBUTE.memoryRecords] = toJson(found, capture);
  return attributes;
}

function requestOf({ name, args }: MeshOperation): Request {
  const [first, second, third] = args;
  switch (name) {
    case "push":
      return { keys: [first], topics: listIn(third, "topics"), records: [[first, second]] };
    case "pushMany": {
      const pushes = asList(first).map(asFields);
      return {
        keys: pushes.map(({ key }) => key),
        topics: [...new Set(pushes.flatMap((push) => asList(push["topics"])))],
        records: pushes.map(({ key, value }) => [key, value] as const),
      };
    }
    case "complete":
    case "handOff":
      return { keys: [first], topics: listIn(third, "topics"), records: [[first, second]] };
    case "update":
    case "merge":
    case "append":
    case "increment":
      return { keys: [first], topics: listIn(third, "topics") };
    case "get":
    case "getItem":
    case "delete":
    case "audience":
    case "history":
    case "restore":
    case "extend":
    case "release":
    case "retry":
    case "waitFor":
      return { keys: [first] };
    case "ask": {
      const { key } = asFields(third);
      return { keys: key === undefined ? undefined : [key], records: [[key, second]] };
    }
    case "explain":
      return { keys: [second ?? first] };
    case "explainMany":
      return { keys: asList(second) };
    case "getItems":
    case "getMany":
    case "deleteMany":
      return { keys: asList(first) };
    case "work":
      return { keys: [asFields(first)["key"]] };
    case "log": {
      const { key } = asFields(first);
      return { keys: key === undefined ? undefined : [key] };
    }
    case "claim": {
      const { key, topic, topics } = asFields(first);
      if (key !== undefined) return { keys: [key] };
      return { topics: topic === undefined ? asList(topics) : [topic] };
    }
    case "subscribe":
    case "unsubscribe":
      return { topics: asList(first) };
    case "subscribers":
    case "deleteTopic":
      return { topics: [first] };
    case "publish":
      return { eventType: String(first), topics: listIn(third, "topics") };
    default:
      return {};
  }
}

/** The records that an operation found or wrote; undefined for other operations. */
function recordsIn(
  name: MeshOperation["name"],
  args: readonly unknown[],
  result: unknown,
): readonly (readonly [key: unknown, value: unknown])[] | undefined {
  const items = (list: unknown): (readonly [unknown, unknown])[] =>
    asList(list).map((item) => [asFields(item)["key"], asFields(item)["value"]] as const);
  switch (name) {
    case "get":
      return result === undefined ? [] : [[args[0], result]];
    case "getItem":
    case "waitFor":
      return result === undefined ? [] : items([result]);
    case "getItems":
    case "pushMany":
      return items(result);
    case "list":
      return items(asFields(result)["items"]);
    case "getMany":
    case "getAll":
      return Object.entries(asFields(result));
    case "keys":
      return asList(result).map((key) => [key, undefined] as const);
    default:
      return undefined;
  }
}

function toJson(
  pairs: readonly (readonly [key: unknown, value: unknown])[],
  capture: Capture,
): string {
  const attributes = pairs.map(([key, value]) =>
    capture.keys ? { id: key, content: value } : { content: value },
  );
  return capture.json(attributes);
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const asFields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

function listIn(options: unknown, name: string): readonly unknown[] {
  return asList(asFields(options)[name]);
}
