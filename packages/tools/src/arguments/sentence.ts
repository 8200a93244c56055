import { SynthaError } from "@syntha/core";
import type * as z from "zod";
import { type Property, propertiesOf } from "../schema/parameters.ts";
import type { Tool } from "../tool.ts";

type Issue = z.core.$ZodIssue;
type Bag = Readonly<Record<string, unknown>>;

/** Issues that are reported at once; the rest shows when these are corrected. */
const MOST_REPORTED = 3;
/** Characters of a value that a hint repeats. */
const MOST_SHOWN = 60;

const KINDS: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  integer: "a whole number",
  number: "a number",
  object: "an object",
  string: "text",
};

export interface InvalidOptions {
  readonly path?: string | undefined;
  readonly maximum?: number | undefined;
  readonly hint: string;
}

export function invalid(
  message: string,
  { path, maximum, hint }: InvalidOptions,
): SynthaError<"INVALID_ARGUMENTS"> {
  return new SynthaError("INVALID_ARGUMENTS", message, {
    hint,
    details: { ...(path !== undefined && { path }), ...(maximum !== undefined && { maximum }) },
  });
}

/** What is wrong with a call's arguments, in sentences, and what to write in their place. */
export function describeIssues(tool: Tool, issues: readonly Issue[], given: Bag): SynthaError {
  // The first of a value: text where a list is due is also reported as too long for one.
  const firsts = new Map(issues.toReversed().map((issue) => [spell(issue.path), issue]));
  const reported = issues
    .filter((issue) => firsts.get(spell(issue.path)) === issue)
    .slice(0, MOST_REPORTED);
  const isThere = ({ path }: Issue): boolean => Object.hasOwn(given, path[0] ?? "");
  const message = reported.map((issue) => toSentence(issue, isThere(issue))).join(" ");
  const [first] = issues;
  const path = spell(first?.path ?? []);
  if (first !== undefined && isBadText(first))
    return new SynthaError("INVALID_TEXT", message, {
      hint: "Leave those characters out of names; inside a value they are allowed.",
      details: { what: path },
    });
  const properties = propertiesOf(tool.input);
  const hints = reported.map((issue) => {
    const name = String(issue.path[0]);
    const property = properties.get(name);
    return property === undefined ? "" : hintFor(issue, name, property, given);
  });
  const maximum = first?.code === "too_big" ? Number(first.maximum) : undefined;
  return invalid(message, { path, maximum, hint: [...new Set(hints)].join(" ") });
}

function isBadText(issue: Issue): boolean {
  return issue.code === "custom" && issue.params?.["code"] === "INVALID_TEXT";
}

function toSentence(issue: Issue, isThere: boolean): string {
  const where = `\`${spell(issue.path)}\``;
  switch (issue.code) {
    case "invalid_type":
      return isThere
        ? `${where} must be ${KINDS[issue.expected] ?? issue.expected}.`
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
      return isBadText(issue)
        ? `${where} contains a NUL character or half of a surrogate pair.`
        : `${where} is missing.`;
    default:
      return `${where} is invalid.`;
  }
}

/** The next step for one argument, made from what this call says. */
function hintFor(issue: Issue, name: string, property: Property, given: Bag): string {
  const value = given[name];
  const argument = `\`${name}\``;
  const otherwise = orNothing(property);
  if (!Object.hasOwn(given, name)) return `Add ${argument}: ${kindOf(property)}.`;
  if (issue.code === "too_big" && issue.origin === "array")
    return property.reads === "audience"
      ? `Name fewer: agents that subscribe to one topic are reached by that topic.`
      : `Call it several times, each with at most ${issue.maximum} entries in ${argument}.`;
  if (issue.code === "too_big")
    return `Write at most ${issue.maximum} for ${argument}${otherwise}.`;
  if (property.type === "array") return listHint(argument, value, issue, otherwise);
  if (Array.isArray(value) && value.length > 1)
    return `Call it once for each entry of ${argument}: it takes one at a time.`;
  const shown = show(value);
  const instead = shown === undefined ? "" : `, not ${shown}`;
  return `Write ${kindOf(property)} for ${argument}${otherwise}${instead}.`;
}

function kindOf({ type, reads, description }: Property): string {
  if (reads === "hours" || reads === "minutes") return `a number of ${reads}`;
  if (reads === "json") return description ?? "text";
  return type === "array" ? "a list of names" : (KINDS[type] ?? type);
}

function orNothing({ isOptional, absent }: Property): string {
  if (!isOptional) return "";
  return absent === undefined ? ", or null" : `, or null for ${absent}`;
}

function listHint(argument: string, value: unknown, issue: Issue, otherwise: string): string {
  if (typeof value === "string") {
    const entries = value.split(/[,;\n]/).flatMap((part) => part.trim() || []);
    const [many, one] = [JSON.stringify(entries), JSON.stringify([value])];
    if (entries.length > 1 && many.length <= MOST_SHOWN)
      return `Write ${argument} as ${many}, or as ${one} if that is one name.`;
    return `Write ${argument} as a list with one entry for each name${otherwise}.`;
  }
  if (Array.isArray(value) && issue.path.length > 1)
    return `Write each entry of ${argument} as text.`;
  if (Array.isArray(value)) return `Name at least one entry in ${argument}${otherwise}.`;
  return `Write ${argument} as a list of text${otherwise}.`;
}

function show(value: unknown): string | undefined {
  if (!["string", "number", "boolean"].includes(typeof value)) return undefined;
  const shown = JSON.stringify(value);
  return shown.length <= MOST_SHOWN ? shown : undefined;
}

function spell(path: readonly PropertyKey[]): string {
  const [first = "arguments", ...rest] = path;
  return String(first) + rest.map((step) => `[${String(step)}]`).join("");
}
