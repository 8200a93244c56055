import type { Attributes } from "@opentelemetry/api";
import type { MeshOperation } from "@syntha/core";
import { ATTRIBUTE } from "../signal/attributes.ts";
import type { Capture } from "../signal/capture.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What an operation was given, in the parts that may be asked for. */
interface Given {
  readonly keys?: readonly unknown[];
  readonly topics?: readonly unknown[];
  readonly eventType?: string;
  /** Written values by key, as far as they are arguments. */
  readonly written?: readonly (readonly [key: unknown, value: unknown])[];
}

/** What is captured of an operation's arguments. */
export function requestAttributes(operation: MeshOperation, capture: Capture): Attributes {
  if (!capture.keys && !capture.values) return {};
  const { keys, topics, eventType, written } = givenTo(operation);
  const told: Attributes = {};
  if (capture.keys) {
    if (keys?.length === 1) told[ATTRIBUTE.memoryRecord] = capture.text(String(keys[0]));
    else if (keys !== undefined) told[ATTRIBUTE.keys] = capture.names(keys);
    if (topics !== undefined) told[ATTRIBUTE.topics] = capture.names(topics);
    if (eventType !== undefined) told[ATTRIBUTE.eventType] = capture.text(eventType);
  }
  if (capture.values && written !== undefined)
    told[ATTRIBUTE.memoryRecords] = records(written, capture);
  return told;
}

/** What is told of an operation's result. */
export function resultAttributes(
  { name, args }: MeshOperation,
  result: unknown,
  capture: Capture,
): Attributes {
  const found = foundBy(name, args, result);
  if (found === undefined) return {};
  const told: Attributes = { [ATTRIBUTE.memoryCount]: found.length };
  if (capture.values && name !== "pushMany" && !name.startsWith("keys"))
    told[ATTRIBUTE.memoryRecords] = records(found, capture);
  return told;
}

function givenTo({ name, args }: MeshOperation): Given {
  const [first, second, third] = args;
  switch (name) {
    case "push":
      return { keys: [first], topics: listIn(third, "topics"), written: [[first, second]] };
    case "pushMany": {
      const pushes = asList(first).map(asFields);
      return {
        keys: pushes.map(({ key }) => key),
        topics: [...new Set(pushes.flatMap((push) => asList(push["topics"])))],
        written: pushes.map(({ key, value }) => [key, value] as const),
      };
    }
    case "complete":
      return { keys: [first], topics: listIn(third, "topics"), written: [[first, second]] };
    case "update":
      return { keys: [first], topics: listIn(third, "topics") };
    case "get":
    case "getItem":
    case "delete":
    case "history":
    case "extend":
    case "release":
      return { keys: [first] };
    case "explain":
      return { keys: [second ?? first] };
    case "getItems":
    case "getMany":
      return { keys: asList(first) };
    case "work":
      return { keys: [asFields(first)["key"]] };
    case "claim": {
      const { key, topic } = asFields(first);
      return key === undefined ? { topics: [topic] } : { keys: [key] };
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

/** What was found, or written, by key; undefined where nothing of the kind is. */
function foundBy(
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

function records(
  pairs: readonly (readonly [key: unknown, value: unknown])[],
  capture: Capture,
): string {
  const told = pairs.map(([key, value]) =>
    capture.keys ? { id: key, content: value } : { content: value },
  );
  return capture.json(told);
}

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const asFields = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

function listIn(options: unknown, name: string): readonly unknown[] {
  return asList(asFields(options)[name]);
}
