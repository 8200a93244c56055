import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import type { Duration } from "@syntha/core";
import { nearest, toMs } from "@syntha/core/storage";
import type { Role, Toolset } from "@syntha/tools";
import { checkRights } from "../identity/check-identity.ts";
import { parseIsoDate } from "../identity/iso-date.ts";
import type { Scope } from "../identity/scope.ts";
import { UsageError } from "./usage-error.ts";

const TEXT = { type: "string" } as const;
const FLAG = { type: "boolean" } as const;

const SERVE = {
  storage: TEXT,
  agent: TEXT,
  tenant: TEXT,
  role: TEXT,
  toolsets: TEXT,
  approval: TEXT,
  http: TEXT,
  tokens: TEXT,
  "allow-host": { type: "string", multiple: true },
  "allow-origin": { type: "string", multiple: true },
  "no-compact": FLAG,
  help: { type: "boolean", short: "h" },
  version: FLAG,
} as const satisfies ParseArgsOptionsConfig;

const TOKEN = {
  tokens: TEXT,
  name: TEXT,
  agent: TEXT,
  tenant: TEXT,
  role: TEXT,
  toolsets: TEXT,
  scopes: TEXT,
  expires: TEXT,
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsOptionsConfig;

const HOOK = {
  storage: TEXT,
  agent: TEXT,
  tenant: TEXT,
  budget: TEXT,
  state: TEXT,
  help: { type: "boolean", short: "h" },
} as const satisfies ParseArgsOptionsConfig;

/** Who the clients act as. */
interface AgentArguments {
  readonly agent: string | undefined;
  readonly tenantId: string;
  readonly role: Role | undefined;
  readonly toolsets: readonly Toolset[] | undefined;
}

/** Where to listen. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ServeArguments extends AgentArguments {
  readonly storage: string;
  readonly approval: "allow" | "deny" | undefined;
  /** Undefined: stdio. */
  readonly http: Address | undefined;
  readonly tokens: string | undefined;
  readonly allowedHosts: readonly string[] | undefined;
  readonly allowedOrigins: readonly string[] | undefined;
  /** Whether what is past the default retention is removed from the log, histories and events. */
  readonly compact: boolean;
}

export interface TokenArguments extends AgentArguments {
  readonly agent: string;
  readonly tokens: string;
  readonly name: string;
  readonly scopes: readonly Scope[] | undefined;
  readonly expiresAt: Date | undefined;
}

export interface HookArguments {
  readonly storage: string;
  readonly agent: string;
  readonly tenantId: string;
  /** Tokens of what is printed. */
  readonly budget: number;
  /** The file with the cursor. */
  readonly state: string | undefined;
}

/** What the command line asks for. */
export type Command =
  | { readonly name: "help"; readonly topic: Topic }
  | { readonly name: "hook"; readonly args: HookArguments }
  | { readonly name: "version" }
  | { readonly name: "serve"; readonly args: ServeArguments }
  | { readonly name: "token"; readonly args: TokenArguments };

/** What help is about. */
export type Topic = "serve" | "token" | "hook";

/** @throws UsageError; SynthaError for the names of agents */
export function parseCommand(argv: readonly string[]): Command {
  const [first, second] = argv;
  if (first === "help")
    return { name: "help", topic: second === "token" || second === "hook" ? second : "serve" };
  if (first === "token") return parseToken(argv.slice(1));
  return first === "hook" ? parseHook(argv.slice(1)) : parseServe(argv);
}

function parseServe(argv: readonly string[]): Command {
  const values = parse(argv, SERVE);
  if (values.help) return { name: "help", topic: "serve" };
  if (values.version) return { name: "version" };
  const http = values.http === undefined ? undefined : parseAddress(values.http);
  const { storage, agent, tokens, approval } = values;
  if (storage === undefined)
    throw new UsageError("--storage is required, such as --storage sqlite:mesh.db");
  if (tokens !== undefined && http === undefined)
    throw new UsageError("--tokens is for --http; over stdio, --agent names the agent.");
  if (tokens === undefined && agent === undefined)
    throw new UsageError("--agent is required, such as --agent Claude");
  if (tokens !== undefined && agent !== undefined)
    throw new UsageError("With --tokens, each token names its agent: leave --agent out.");
  if (approval !== undefined && approval !== "allow" && approval !== "deny")
    throw new UsageError('--approval is "allow" or "deny".');
  if (http !== undefined && tokens === undefined && !isLoopback(http.host))
    throw new UsageError(
      `${http.host} can be reached by other machines: add --tokens, or use 127.0.0.1.`,
    );
  return {
    name: "serve",
    args: {
      ...parseAgent(values),
      storage,
      approval,
      http,
      tokens,
      allowedHosts: values["allow-host"],
      allowedOrigins: values["allow-origin"],
      compact: !values["no-compact"],
    },
  };
}

function parseToken(argv: readonly string[]): Command {
  const values = parse(argv, TOKEN);
  if (values.help) return { name: "help", topic: "token" };
  const { tokens, agent, name = agent, scopes, expires } = values;
  if (tokens === undefined)
    throw new UsageError("--tokens is required: the file, such as --tokens tokens.json");
  if (agent === undefined || name === undefined)
    throw new UsageError("--agent is required: whom the token lets act, such as --agent Claude");
  const rights = { ...parseAgent(values), agent, scopes: listOf(scopes)?.map(toScope) };
  checkRights(rights);
  return { name: "token", args: { ...rights, tokens, name, expiresAt: parseExpiry(expires) } };
}

const DEFAULT_BUDGET = 2_000;

function parseHook(argv: readonly string[]): Command {
  const values = parse(argv, HOOK);
  if (values.help) return { name: "help", topic: "hook" };
  const { storage, agent, state } = values;
  if (storage === undefined)
    throw new UsageError("--storage is required: the one of the servers, such as sqlite:mesh.db");
  if (storage === "memory:" || storage === "memory")
    throw new UsageError(
      "--storage memory: is a mesh inside one process: name the one of the servers, such as sqlite:mesh.db",
    );
  if (agent === undefined)
    throw new UsageError("--agent is required: whose turn it is, such as --agent Claude");
  const budget = Number(values.budget ?? DEFAULT_BUDGET);
  if (!(Number.isSafeInteger(budget) && budget >= 100))
    throw new UsageError(`--budget is a number of tokens from 100, not "${values.budget}".`);
  return {
    name: "hook",
    args: { storage, agent, tenantId: parseAgent(values).tenantId, budget, state },
  };
}

function parseAgent(values: {
  agent?: string | undefined;
  tenant?: string | undefined;
  role?: string | undefined;
  toolsets?: string | undefined;
}): AgentArguments {
  const { agent, tenant: tenantId = "default" } = values;
  const role = values.role as Role | undefined;
  const toolsets = listOf(values.toolsets) as readonly Toolset[] | undefined;
  checkRights({ tenantId, agent: agent ?? "any", role, toolsets });
  return { agent, tenantId, role, toolsets };
}

const SHORT_SCOPE = /^(read|write|destroy)$/;

function toScope(name: string): Scope {
  return (SHORT_SCOPE.test(name) ? `syntha:${name}` : name) as Scope;
}

const ADDRESS = /^(?:(?<host>\[[\da-f:.]+\]|[\w.-]+):)?(?<port>\d{1,5})$/i;

function parseAddress(text: string): Address {
  const { host = "127.0.0.1", port } = ADDRESS.exec(text)?.groups ?? {};
  if (port !== undefined && Number(port) < 65_536)
    return { host: host.replaceAll(/[[\]]/g, ""), port: Number(port) };
  throw new UsageError(`--http is an address and a port, such as 127.0.0.1:3111, not "${text}".`);
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

const DURATION = /^\d+(?:\.\d+)?(?:ms|s|m|h|d)$/;

/** A date, or a duration from now; not in the past. */
function parseExpiry(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const date = DURATION.test(text)
    ? new Date(Date.now() + parseDuration(text))
    : parseIsoDate(text);
  if (date === undefined)
    throw new UsageError(
      `--expires is a date or a time from now, such as 2027-01-31 or 90d, not "${text}".`,
    );
  if (date.getTime() > Date.now()) return date;
  throw new UsageError(`--expires ${text} is not in the future: the token would never be valid.`);
}

function parseDuration(text: string): number {
  try {
    return toMs("expires", text as Duration, true);
  } catch {
    throw new UsageError(`--expires is at most 100 years from now, not "${text}".`);
  }
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text?.split(",").map((name) => name.trim());
}

function parse<const O extends ParseArgsOptionsConfig>(argv: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw toUsageError(error as NodeJS.ErrnoException, argv, Object.keys(options));
  }
}

function toUsageError(
  error: NodeJS.ErrnoException,
  argv: readonly string[],
  known: readonly string[],
): UsageError {
  if (error.code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") {
    const stray = argv.find((arg, at) => !arg.startsWith("-") && !/^--./.test(argv[at - 1] ?? ""));
    return new UsageError(`Unexpected argument "${stray ?? ""}".`);
  }
  if (error.code !== "ERR_PARSE_ARGS_UNKNOWN_OPTION")
    return new UsageError(error.message.split("\n")[0] as string);
  const unknown = /'(?<option>-[^']*)'/.exec(error.message)?.groups?.["option"] ?? "";
  const [near] = nearest(unknown.replace(/^-+/, ""), known, 1);
  const guess = near === undefined ? "" : ` Did you mean --${near}?`;
  return new UsageError(`Unknown option ${unknown}.${guess}`);
}
