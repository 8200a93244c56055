import { parseJson } from "@syntha/core";
import type { Property } from "../schema/parameters.ts";
import { parseDuration } from "./duration.ts";
import { MOST_NAMES } from "./fields.ts";

// Of trimmed text, with one way to match each character: a model may write a megabyte where a number is due.
/** Words for "nothing" where no word can be a value. */
const NOTHING = /^(null|none|nil|undefined|n\/a)?$/i;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const FLAG = /^\s*(?:(true|yes)|false|no)\s*$/i;
/** Properties of an object that stands where its name is due. */
const NAMING = /^(name|key|topic|agent|type|id|title)$/i;
/** What may separate the entries of a list that a model wrote as one text. */
const SEPARATOR = /[,;\n]/;

/**
 * An argument as the model meant it, where what it wrote can mean one thing only: undefined where it is not given.
 * Anything else comes back as it is, and is checked, and refused, as it is.
 */
export function interpret(property: Property, value: unknown): unknown {
  const { type, isOptional, reads } = property;
  if (reads === "json") return isOptional && (value === null || value === "") ? undefined : value;
  if (type === "array") return interpretList(property, value);
  if (isOptional && isNothing(property, value)) return undefined;
  // One entry where one thing is due.
  const only = Array.isArray(value) && value.length === 1 ? (value as unknown[])[0] : value;
  switch (type) {
    case "boolean":
      return typeof only === "string" ? interpretFlag(only) : only;
    case "number":
    case "integer":
      return typeof only === "string" ? interpretNumber(reads, only) : only;
    default:
      return toName(only);
  }
}

/** Whether an optional argument says that it is not given. */
function isNothing({ type, reads }: Property, value: unknown): boolean {
  if (value === null || value === "") return true;
  if (typeof value === "string")
    return (type !== "string" || reads === "opaque") && NOTHING.test(value.trim());
  return isEmpty(value);
}

/** A short list or an object with nothing in it. */
export function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value))
    return value.length <= MOST_NAMES && value.every((entry) => entry === null || entry === "");
  for (const _ in value) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

function interpretFlag(text: string): unknown {
  const flag = FLAG.exec(text);
  return flag === null ? text : flag[1] !== undefined;
}

function interpretNumber(reads: Property["reads"], text: string): unknown {
  if (NUMBER.test(text.trim())) return Number(text);
  if (reads !== "hours" && reads !== "minutes") return text;
  return parseDuration(text, reads) ?? text;
}

function interpretList({ isOptional, reads }: Property, value: unknown): unknown {
  const list = toList(value);
  if (!Array.isArray(list)) return list;
  if (list.length > 0 && list.every(isText)) return list;
  const entries = (list as unknown[])
    .filter((entry) => entry !== null && entry !== "")
    .map((entry) => toName(onlyText(entry)));
  // An audience that was named, and is empty, is not one that was not named.
  if (entries.length > 0 || !isOptional || reads === "audience") return entries;
  return undefined;
}

/** `"q"` and `'["q"]'` for `["q"]`; null and `""` for a list of nothing. */
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

/** `{ "name": "support" }` where a name is due. */
function onlyText(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return entry;
  const [[property, text] = [], ...others] = Object.entries(entry) as [string, unknown][];
  const isName = others.length === 0 && typeof text === "string" && NAMING.test(property ?? "");
  return isName ? text : entry;
}

const isText = (entry: unknown): boolean => typeof entry === "string" && entry !== "";

/** A number where a name is due is that name; models write them so. */
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
