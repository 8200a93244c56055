import { isSynthaError, parseJson, SynthaError } from "@syntha/core";
import { propertiesOf } from "../schema/parameters.ts";
import type { Tool } from "../tool.ts";
import { MOST_NAMES } from "./fields.ts";
import type { ArgumentLimits } from "./limits.ts";
import { nestingOf, roundedNumber } from "./scan-json.ts";
import { describeIssues, invalid } from "./sentence.ts";
import { roundedError } from "./structured.ts";
import { checkBytes, tooComplex, utf8Bytes, weigh } from "./weigh.ts";

type Bag = Readonly<Record<string, unknown>>;

/** Arguments as a model or code gave them, checked: an object, or its JSON text. @throws SynthaError only. */
export function readArguments(tool: Tool, given: unknown, limits: ArgumentLimits): Bag {
  try {
    const bag = typeof given === "string" ? parse(tool, given, limits) : given;
    return check(tool, toBag(tool, bag), limits);
  } catch (error) {
    // A getter or proxy that throws when it is looked at.
    if (!isSynthaError(error)) throw invalid(tool, "The arguments can't be read.");
    throw error;
  }
}

function parse(tool: Tool, text: string, limits: ArgumentLimits): unknown {
  // Some models say "no arguments" with no text at all.
  if (text === "") return {};
  checkBytes(text.length > limits.bytes ? text.length : utf8Bytes(text), limits.bytes);
  // One level is that of the arguments themselves.
  if (nestingOf(text) > limits.depth + 1) throw tooComplex("levels of nesting", limits.depth);
  let bag: unknown;
  try {
    bag = parseJson(text);
  } catch {
    throw invalid(tool, "The arguments are no JSON that can be read.");
  }
  const rounded = roundedNumber(text);
  if (rounded !== undefined) throw roundedError("arguments", rounded);
  return bag;
}

/** Own properties only, read once. */
function toBag(tool: Tool, given: unknown): Bag {
  if (given === undefined) return {};
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw invalid(tool, "The arguments must be a JSON object.");
  const known = Object.keys(tool.input.shape);
  const unknown = Object.keys(given).filter((name) => !known.includes(name));
  if (unknown.length > 0) throw unknownArguments(tool, unknown, known);
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries);
}

function check(tool: Tool, bag: Bag, limits: ArgumentLimits): Bag {
  let bytes = 0;
  let inexact: SynthaError | undefined;
  for (const [name, value] of Object.entries(bag)) {
    // Told before its weight, so that a long list of names hears what is allowed.
    if (Array.isArray(value) && value.length > MOST_NAMES && isList(tool, name))
      throw invalid(tool, `\`${name}\` may hold at most ${MOST_NAMES} entries.`, name, MOST_NAMES);
    const weight = weigh(value, limits);
    bytes += weight.bytes;
    if (weight.inexact !== undefined) inexact ??= roundedError(name, String(weight.inexact));
  }
  checkBytes(bytes, limits.bytes);
  const result = tool.input.safeParse(bag);
  // First what an argument must be: a limit out of bounds is not mended by writing it as text.
  if (!result.success) throw describeIssues(tool, result.error.issues, bag);
  if (inexact !== undefined) throw inexact;
  return result.data;
}

/** Whether an argument is a list of names; a value may be a list of any length. */
function isList(tool: Tool, name: string): boolean {
  return propertiesOf(tool.input).get(name)?.type === "array";
}

function unknownArguments(
  tool: Tool,
  unknown: readonly string[],
  known: readonly string[],
): SynthaError {
  const [first = ""] = unknown;
  const sentence = `There is no argument ${JSON.stringify(first.slice(0, 40))}.`;
  const path = first.slice(0, 40);
  return new SynthaError("INVALID_ARGUMENTS", sentence, {
    hint: `Arguments of this tool: ${known.join(", ")}. Who acts, and where, can't be chosen.`,
    details: { path },
  });
}
