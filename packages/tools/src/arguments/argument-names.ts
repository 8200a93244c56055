import { nearest } from "@syntha/core/storage";
import { type Property, propertiesOf } from "../schema/json-schema.ts";
import type { ArgumentRecord, Tool } from "../tool.ts";
import { isEmpty } from "./interpret.ts";
import { invalidArguments } from "./invalid-arguments.ts";

export interface NamedArguments {
  /** By the tool's own names. */
  readonly args: ArgumentRecord;
  /** Names of arguments that are not empty and that the tool does not use. */
  readonly ignored: readonly string[];
}

/** Names for error messages. */
export interface Caller {
  readonly agent: string;
  /** The tool's name, with the handler's prefix. */
  readonly tool: string;
}

/** A model's comments on its own call. */
const REMARKS = setOf("reason reasoning thought thoughts thinking explanation rationale");
/** For tools that read: their results are paged anyway. */
const PAGING = setOf("limit count maxresults maxitems pagesize topk");
/** Who acts, and in which tenant: decided by the handler, never by an argument. */
const IDENTITY = setOf(
  "tenant tenantid agent agentname agentid author owner role user userid username from sender as actor actas onbehalfof identity namespace",
);
/** Who can see something: never guessed. */
const AUDIENCE = setOf(
  "topic topics subscriber subscribers global audience recipient recipients to for sendto sharewith sharedwith public private visibility visibleto scope channel channels group groups everyone everybody permissions access",
);
/** Names under which some models nest all arguments of a call. */
const WRAPPERS = setOf("arguments args parameters params input toolinput kwargs");
/** Other names of an argument that are unambiguous. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  value: ["content", "data", "text", "body", "message"],
  data: ["value", "content", "payload", "body", "message"],
  result: ["value", "output", "answer", "content", "data"],
  message: ["question", "content", "text", "body", "value", "data", "prompt", "payload"],
  merge: ["patch", "fields", "set"],
  append: ["entry", "element", "item", "add"],
  increment: ["by", "amount"],
  error: ["reason", "failure", "cause", "message"],
  depends_on: ["dependencies", "blockedby"],
  key: ["name", "id", "task", "taskid"],
  keys: ["name", "names", "id", "ids"],
  type: ["name", "event", "eventname", "eventtype"],
};
/** Other names that are suggested but never assumed: for an audience, a unit or a condition. */
const SUGGESTIONS: Readonly<Record<string, readonly string[]>> = {
  subscribers: ["recipient", "recipients", "to", "sendto", "sharewith", "agent", "agents"],
  global: ["public", "everyone", "everybody", "broadcast", "visibility"],
  ttl_hours: ["ttl", "expires", "expiresin", "expiry", "hours"],
  agent: ["agentname", "agentid", "name", "subscriber", "to", "recipient"],
  add: ["topics", "topic", "subscribe"],
  prefix: ["topic", "query", "search", "filter", "startswith"],
  if_revision: ["revision", "version", "ifmatch", "expectedrevision"],
  retry_in_minutes: ["retryin", "delay", "delayminutes"],
  timeout_seconds: ["timeout", "wait", "seconds", "maxwait"],
  lease_minutes: ["lease", "minutes", "duration", "timeout"],
};

const NONE: readonly string[] = [];

function setOf(names: string): ReadonlySet<string> {
  return new Set(names.split(" "));
}

/** Without case and separators: `ifRevision` equals `if_revision`. */
const normalize = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, "");

/**
 * Arguments by the tool's own names. Other spellings, singulars, plurals and synonyms are accepted; comments and empty
 * arguments are ignored. All others are refused, especially those that would choose who acts or who can see.
 * @throws INVALID_ARGUMENTS
 */
export function resolveNames(
  tool: Tool,
  given: ArgumentRecord,
  caller: Caller,
  mayUnwrap = true,
): NamedArguments {
  const properties = propertiesOf(tool.input);
  if (Object.keys(given).every((name) => properties.has(name)))
    return { args: given, ignored: NONE };
  // Assign only declared names: never `__proto__`.
  const args: Record<string, unknown> = {};
  const others: [name: string, value: unknown][] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (properties.has(name)) args[name] = value;
    else others.push([name, value]);
  }
  if (others.length === 0) return { args, ignored: [] };
  const [first] = others;
  const isAlone = mayUnwrap && others.length === 1 && Object.keys(args).length === 0;
  const inner = isAlone && first !== undefined ? unwrap(...first) : undefined;
  if (inner !== undefined) return resolveNames(tool, inner, caller, false);
  const ignored: string[] = [];
  for (const [name, value] of others) {
    const meant = findIntendedName(properties, name);
    if (meant !== undefined && !Object.hasOwn(args, meant)) args[meant] = value;
    else if (!isIgnorable(tool, name, value)) throw unknownArgument(tool, name, value, caller);
    else if (value !== null && value !== "" && !isEmpty(value)) ignored.push(name);
  }
  return { args, ignored };
}

function unwrap(name: string, inner: unknown): ArgumentRecord | undefined {
  const isObject = typeof inner === "object" && inner !== null && !Array.isArray(inner);
  return isObject && WRAPPERS.has(normalize(name)) ? (inner as ArgumentRecord) : undefined;
}

/** The argument with another spelling, number or synonym of the name. Never an audience, which is not guessed. */
function findIntendedName(
  properties: ReadonlyMap<string, Property>,
  name: string,
): string | undefined {
  const spelled = normalize(name);
  const isSpelling = (known: string): boolean => {
    const other = normalize(known);
    return other === spelled || other === `${spelled}s` || `${other}s` === spelled;
  };
  const names = [...properties.keys()];
  const spellings = names.filter(isSpelling);
  const found =
    spellings.length > 0 ? spellings : names.filter((known) => isSynonym(known, spelled));
  const [meant = ""] = found;
  return found.length === 1 && properties.get(meant)?.format !== "audience" ? meant : undefined;
}

const isSynonym = (known: string, spelled: string): boolean =>
  SYNONYMS[known]?.includes(spelled) ?? false;

function isIgnorable(tool: Tool, name: string, value: unknown): boolean {
  const spelled = normalize(name);
  if (IDENTITY.has(spelled) || AUDIENCE.has(spelled) || name === "__proto__") return false;
  if (REMARKS.has(spelled) || (tool.effect === "read" && PAGING.has(spelled))) return true;
  return value === null || value === "" || isEmpty(value);
}

function unknownArgument(tool: Tool, name: string, value: unknown, caller: Caller): Error {
  const short = name.slice(0, 40);
  const names = [...propertiesOf(tool.input).keys()];
  const meant = suggestion(name, value, names, caller);
  const hint =
    meant === undefined && IDENTITY.has(normalize(name))
      ? `Leave out \`${short}\`: every call acts as ${caller.agent}.`
      : `${meant ?? ""}${caller.tool} has: ${names.join(", ")}.`;
  return invalidArguments(`${caller.tool} has no argument \`${short}\`.`, { path: short, hint });
}

function suggestion(
  name: string,
  value: unknown,
  names: readonly string[],
  { agent }: Caller,
): string | undefined {
  const spelled = normalize(name);
  const guess = names.find(
    (known) => isSynonym(known, spelled) || SUGGESTIONS[known]?.includes(spelled),
  );
  const near = guess ?? (IDENTITY.has(spelled) ? undefined : nearest(name, names, 1)[0]);
  if (near === undefined) return undefined;
  const isCaller = value === agent || value === null || value === "" || isEmpty(value);
  if (near === "subscribers" && IDENTITY.has(spelled) && isCaller) return undefined;
  const text = typeof value === "string" ? JSON.stringify(value) : undefined;
  const isList = near === "topics" || near === "subscribers";
  if (isList && text !== undefined && text.length < 60) return `Use \`${near}\`: [${text}]. `;
  return `Did you mean \`${near}\`? `;
}
