import { SynthaError } from "@syntha/core";
import type * as z from "zod";
import { type Property, propertiesOf } from "../schema/json-schema.ts";
import type { ArgumentRecord, Tool } from "../tool.ts";

type Issue = z.core.$ZodIssue;
/** Issues reported at once: further ones show when these are corrected. */
const MAX_REPORTED = 3;
/** Characters of a value that a hint quotes. */
const MAX_SHOWN = 60;

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  integer: "a whole number",
  number: "a number",
  object: "an object",
  string: "text",
};

export interface InvalidArgumentsOptions {
  readonly path?: string | undefined;
  readonly maximum?: number | undefined;
  readonly hint: string;
}

export function invalidArguments(
  message: string,
  { path, maximum, hint }: InvalidArgumentsOptions,
): SynthaError<"INVALID_ARGUMENTS"> {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint,
    details: { ...(path !== undefined && { path }), ...(maximum !== undefined && { maximum }) },
  });
}

/** An error that states what is wrong with a call's arguments, and what to write instead. */
export function describeIssues(
  tool: Tool,
  issues: readonly Issue[],
  given: ArgumentRecord,
): SynthaError {
  // Only the first issue of each value: zod also reports text in place of a list as too long.
  const firsts = new Map(issues.toReversed().map((issue) => [formatPath(issue.path), issue]));
  const reported = issues
    .filter((issue) => firsts.get(formatPath(issue.path)) === issue)
    .slice(0, MAX_REPORTED);
  const isThere = ({ path }: Issue): boolean => Object.hasOwn(given, path[0] ?? "");
  const message = reported.map((issue) => toSentence(issue, isThere(issue))).join(" ");
  const [first] = issues;
  const path = formatPath(first?.path ?? []);
  if (first !== undefined && isInvalidText(first))
    return new SynthaError("INVALID_TEXT", message, {
      hint: "Omit those characters in names; inside a value they are allowed.",
      details: { what: path },
    });
  const properties = propertiesOf(tool.input);
  const hints = reported.map((issue) => {
    const name = String(issue.path[0]);
    const property = properties.get(name);
    return property === undefined ? "" : hintFor(issue, name, property, given);
  });
  const maximum = first?.code === "too_big" ? Number(first.maximum) : undefined;
  return invalidArguments(message, { path, maximum, hint: [...new Set(hints)].join(" ") });
}

function isInvalidText(issue: Issue): boolean {
  return issue.code === "custom" && issue.params?.["code"] === "INVALID_TEXT";
}

function toSentence(issue: Issue, isThere: boolean): string {
  const where = `\`${formatPath(issue.path)}\``;
  switch (issue.code) {
    case "invalid_type":
      return isThere
        ? `${where} must be ${TYPE_NAMES[issue.expected] ?? issue.expected}.`
        : `${where} is missing.`;
    case "too_big":
      return issue.origin === "array"
        ? `${where} may have at most ${issue.maximum} entries.`
        : `${where} must be at most ${issue.maximum}.`;
    case "too_small":
      if (issue.origin === "array" || issue.origin === "string")
        return `${where} must not be empty.`;
      return `${where} must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}.`;
    case "custom":
      return isInvalidText(issue)
        ? `${where} contains a NUL character or half of a surrogate pair.`
        : `${where} is missing.`;
    default:
      return `${where} is invalid.`;
  }
}

/** The next step for one argument, from what this call contains. */
function hintFor(issue: Issue, name: string, property: Property, given: ArgumentRecord): string {
  const value = given[name];
  const argument = `\`${name}\``;
  const otherwise = orAbsent(property);
  if (!Object.hasOwn(given, name)) return `Add ${argument}: ${typeNameOf(property)}.`;
  if (issue.code === "too_big" && issue.origin === "array")
    return property.format === "audience"
      ? `Name fewer: agents that subscribe to one topic are reached by that topic.`
      : `Call it several times, each with at most ${issue.maximum} entries in ${argument}.`;
  if (issue.code === "too_big")
    return `Write at most ${issue.maximum} for ${argument}${otherwise}.`;
  if (property.type === "array") return listHint(argument, value, issue, otherwise);
  if (Array.isArray(value) && value.length > 1)
    return `Call it once for each entry of ${argument}: it takes one at a time.`;
  const shown = quoteShort(value);
  const instead = shown === undefined ? "" : `, not ${shown}`;
  return `Write ${typeNameOf(property)} for ${argument}${otherwise}${instead}.`;
}

function typeNameOf({ type, format, description }: Property): string {
  if (format === "hours" || format === "minutes" || format === "seconds")
    return `a number of ${format}`;
  if (format === "json") return description ?? "text or JSON";
  return type === "array" ? "a list of names" : (TYPE_NAMES[type] ?? type);
}

function orAbsent({ isOptional, absent }: Property): string {
  if (!isOptional) return "";
  return absent === undefined ? ", or null" : `, or null for ${absent}`;
}

function listHint(argument: string, value: unknown, issue: Issue, otherwise: string): string {
  if (typeof value === "string") {
    const entries = value.split(/[,;\n]/).flatMap((part) => part.trim() || []);
    const [many, one] = [JSON.stringify(entries), JSON.stringify([value])];
    if (entries.length > 1 && many.length <= MAX_SHOWN)
      return `Write ${argument} as ${many}, or as ${one} if that is one name.`;
    return `Write ${argument} as a list with one entry for each name${otherwise}.`;
  }
  if (Array.isArray(value) && issue.path.length > 1)
    return `Write each entry of ${argument} as text.`;
  if (Array.isArray(value)) return `Name at least one entry in ${argument}${otherwise}.`;
  return `Write ${argument} as a list of text${otherwise}.`;
}

function quoteShort(value: unknown): string | undefined {
  if (!["string", "number", "boolean"].includes(typeof value)) return undefined;
  // JSON has no NaN and no infinity: it would show null, which may be a valid argument.
  const shown = typeof value === "number" ? String(value) : JSON.stringify(value);
  return shown.length <= MAX_SHOWN ? shown : undefined;
}

function formatPath(path: readonly PropertyKey[]): string {
  const [first = "arguments", ...rest] = path;
  return String(first) + rest.map((step) => `[${String(step)}]`).join("");
}
