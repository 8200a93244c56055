import {
  type ContextMesh,
  type Duration,
  type JsonValue,
  parseJson,
  type PushOptions,
  type RouteReport,
} from "@syntha/core";
import { toMs } from "@syntha/core/storage";
import { UsageError } from "@syntha/mcp/storage";
import type { Cli } from "../cli.ts";
import type { ReaderFlags } from "../commands/flags.ts";
import { routeText } from "../look/route-text.ts";
import { openMesh } from "../mesh/open-mesh.ts";
import { readText } from "../mesh/read-text.ts";
import { visible } from "../terminal/escape.ts";
import type { Paint } from "../terminal/paint.ts";
import { act, actorText } from "./action.ts";

export interface PushFlags extends ReaderFlags {
  readonly topic?: readonly string[] | undefined;
  readonly to?: readonly string[] | undefined;
  readonly global?: boolean | undefined;
  readonly ttl?: string | undefined;
  readonly text?: boolean | undefined;
  readonly ifRevision?: number | undefined;
  readonly priority?: number | undefined;
  readonly notBefore?: string | undefined;
  readonly dependsOn?: readonly string[] | undefined;
}

/** `syntha push` */
export async function pushItem(
  this: Cli,
  flags: PushFlags,
  key: string,
  input?: string,
): Promise<void> {
  const options = optionsOf(flags);
  const value = input === undefined ? undefined : await readValue(this, flags, input);
  // Without a route, a first item would be refused, and leave an empty file.
  const create = value !== undefined && isRouted(options);
  await using open = await openMesh(this, flags, { create });
  const { mesh } = open;
  const given = value === undefined ? await currentValue(mesh, key, options) : { value, options };
  const record = { action: "push", key };
  const { result, ...by } = await act(this, mesh, flags.as, record, (actor) =>
    actor.push(key, given.value, given.options),
  );
  if (flags.json) return this.out.json({ ...result, ...by });
  const { paint } = this.out;
  const route = routeText((await mesh.system.getItem(key)) ?? {});
  const verb = result.created ? "created" : input === undefined ? "re-routed" : "replaced";
  this.out.print(
    `${paint("green", "✓")} ${verb} ${paint("bold", visible(key))} at revision ${result.revision} as ${actorText(by)}, for ${route}`,
    ...routeWarnings(result, paint),
  );
}

async function readValue(cli: Cli, { text }: PushFlags, input: string): Promise<JsonValue> {
  const given = input === "-" ? await readText(cli) : input;
  if (text) return given;
  // The program before a pipe has failed, more often than an empty text is meant.
  if (given === "" && input === "-")
    throw new UsageError("Standard input is empty.\n--text pushes an empty text.");
  return parseValue(given);
}

function isRouted({ topics, subscribers, global }: PushOptions): boolean {
  return topics !== undefined || subscribers !== undefined || global !== undefined;
}

/** The item as it is, for a push that changes its route alone. */
async function currentValue(
  mesh: ContextMesh,
  key: string,
  options: PushOptions,
): Promise<{ readonly value: JsonValue; readonly options: PushOptions }> {
  if (!isRouted(options))
    throw new UsageError(
      "VALUE is missing.\nLeave it out only to change the route, with --topic, --to or --global.",
    );
  const item = await mesh.system.getItem(key);
  if (item === undefined)
    throw new UsageError(`VALUE is missing: there is no item "${visible(key)}".`);
  return { value: item.value, options: { ttl: "keep", ifRevision: item.revision, ...options } };
}

/** JSON, else the text itself. What begins like JSON and is none is refused: it is a slip more often than a text. */
function parseValue(input: string): JsonValue {
  try {
    const value = parseJson(input);
    if (Number.isInteger(value) && !Number.isSafeInteger(value) && /^\s*-?\d+\s*$/.test(input))
      throw new UsageError("A number of this size loses digits.\n--text pushes it as a text.");
    return value;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    if (!/^\s*[{["]/.test(input)) return input;
    throw new UsageError("The value is not valid JSON.\n--text pushes it as a text.");
  }
}

function optionsOf(flags: PushFlags): PushOptions {
  const { topic = [], to = [], dependsOn = [], notBefore } = flags;
  return {
    ...(topic.length > 0 && { topics: topic }),
    ...(to.length > 0 && { subscribers: to }),
    ...(flags.global && { global: true }),
    ...(flags.ttl !== undefined && { ttl: toTtl(flags.ttl) }),
    ...(flags.ifRevision !== undefined && { ifRevision: flags.ifRevision }),
    ...(flags.priority !== undefined && { priority: flags.priority }),
    ...(notBefore !== undefined && { notBefore: toStart(notBefore) }),
    ...(dependsOn.length > 0 && { dependsOn }),
  };
}

/** Checked before anything is opened. @throws INVALID_ARGUMENTS */
function toTtl(text: string): Duration | "keep" {
  return text === "keep" ? text : toMs("ttl", text as Duration);
}

/** A date, or a delay such as "10m". */
function toStart(text: string): Date | Duration {
  const date = new Date(text);
  if (/\d{4}-/.test(text) && !Number.isNaN(date.getTime())) return date;
  return toMs("notBefore", text as Duration);
}

/** Whom a route does not reach. */
export function routeWarnings(report: RouteReport, paint: Paint): readonly string[] {
  const mark = paint("yellow", "!");
  return [
    ...report.topicsWithoutSubscribers.map(
      (topic) => `${mark} No agent is subscribed to "${visible(topic)}".`,
    ),
    ...report.unknownSubscribers.map(({ name, nearest }) => {
      const guess = nearest === undefined ? "" : ` Did you mean "${visible(nearest)}"?`;
      return `${mark} No agent is known as "${visible(name)}".${guess}`;
    }),
  ];
}
