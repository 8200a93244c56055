import { parseJson } from "@syntha/core";
import type { Property } from "../schema/json-schema.ts";
import { parseDuration } from "./duration.ts";
import { MAX_NAMES } from "../schema/parameter.ts";

// These match without backtracking, because a model may write a megabyte in place of a number.
/** Words for an absent argument, for arguments that are not text. */
const ABSENT = /^(null|none|nil|undefined|n\/a)?$/i;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const FLAG = /^\s*(?:(true|yes)|false|no)\s*$/i;
/** Properties of an object written in place of its name. */
const NAME_PROPERTY = /^(name|key|topic|agent|type|id|title)$/i;
/** May separate the entries of a list that a model wrote as one text. */
const SEPARATOR = /[,;\n]/;

/**
 * The value that the model meant, if its meaning is unambiguous: undefined for an absent argument. Other values are returned
 * unchanged, and refused by validation.
 */
export function interpretArgument(property: Property, value: unknown): unknown {
  const { type, isOptional, format } = property;
  if (format === "json") return isOptional && (value === null || value === "") ? undefined : value;
  if (type === "array") return interpretList(property, value);
  if (isOptional && isAbsent(property, value)) return undefined;
  // A list of one, in place of its entry.
  const only = Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;
  switch (type) {
    case "boolean":
      return typeof only === "string" ? interpretFlag(only) : only;
    case "number":
    case "integer":
      return typeof only === "string" ? interpretNumber(format, only) : only;
    default:
      return toName(only);
  }
}

/** Whether the value of an optional argument means that it is absent. */
function isAbsent({ type, format }: Property, value: unknown): boolean {
  if (value === null || value === "") return true;
  if (typeof value === "string")
    return (type !== "string" || format === "opaque") && ABSENT.test(value.trim());
  return isEmpty(value);
}

/** An object or a short list without content. */
export function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value))
    return value.length <= MAX_NAMES && value.every((entry) => entry === null || entry === "");
  for (const _ in value) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

function interpretFlag(text: string): unknown {
  const flag = FLAG.exec(text);
  return flag === null ? text : flag[1] !== undefined;
}

function interpretNumber(format: Property["format"], text: string): unknown {
  const number = toNumber(format, text);
  // A text such as "1e400" is refused as it was written.
  return Number.isFinite(number) ? number : text;
}

function toNumber(format: Property["format"], text: string): number | undefined {
  if (NUMBER.test(text.trim())) return Number(text);
  if (format !== "hours" && format !== "minutes" && format !== "seconds") return undefined;
  return parseDuration(text, format);
}

function interpretList({ isOptional, format }: Property, value: unknown): unknown {
  const list = toList(value);
  if (!Array.isArray(list)) return list;
  if (list.length > 0 && list.every(isText)) return list;
  const entries = (list as unknown[])
    .filter((entry) => entry !== null && entry !== "")
    .map((entry) => toName(unwrapName(entry)));
  // An explicitly empty audience differs from an absent one.
  if (entries.length > 0 || !isOptional || format === "audience") return entries;
  return undefined;
}

/** Accepts `"q"` and `'["q"]'` for `["q"]`, and null and `""` for an empty list. */
function toList(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return [value];
  if (typeof value !== "string") return isEmpty(value) ? [] : value;
  const text = value.trim();
  if (text === "") return [];
  if (text.startsWith("[") || text.startsWith('"')) {
    const parsed = parse(text);
    return Array.isArray(parsed) ? parsed : typeof parsed === "string" ? [parsed] : value;
  }
  return SEPARATOR.test(text) ? value : [value];
}

/** Accepts `{ "name": "support" }` for `"support"`. */
function unwrapName(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return entry;
  const [[property, text] = [], ...others] = Object.entries(entry) as [string, unknown][];
  const isName =
    others.length === 0 && typeof text === "string" && NAME_PROPERTY.test(property ?? "");
  return isName ? text : entry;
}

const isText = (entry: unknown): boolean => typeof entry === "string" && entry !== "";

/** Accepts `42` for `"42"`. */
function toName(value: unknown): unknown {
  return Number.isSafeInteger(value) ? String(value) : value;
}

function parse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
