import { type AgentContext, type ContextMesh, isSynthaError, type JsonValue } from "@syntha/core";
import type { Cli } from "../cli.ts";
import { actorOf } from "../mesh/person.ts";
import { visible } from "../terminal/escape.ts";

/** The type of the events that say on whose behalf the system acted; Studio publishes it too. */
const RECORD_TYPE = "person.action";

/** What was done, for the record. */
export type ActionRecord = { readonly action: string } & { readonly [detail: string]: JsonValue };

export interface Acted<T> {
  readonly result: T;
  /** Who did it: a name, or `system`. */
  readonly actor: string;
  /** The person for whom the system did it. */
  readonly person?: string | undefined;
}

/** Who did it, for a person. */
export function actorText({ actor, person }: Omit<Acted<unknown>, "result">): string {
  return visible(person === undefined ? actor : `the ${actor}, for ${person}`);
}

/** What the rules answer an agent that does not own an item, or does not see it. */
const REFUSALS = ["NOT_OWNER", "KEY_TAKEN", "NOT_FOUND"] as const;

/**
 * Acts as the person, or as `--as` says. What the rules refuse the person, the system does instead, and an event names the
 * person. With `--as`, the rules of that agent hold.
 *
 * @param isRefused whether a result means that the person does not see what it is about
 */
export async function act<T>(
  cli: Cli,
  mesh: ContextMesh,
  as: string | undefined,
  record: ActionRecord,
  operation: (actor: AgentContext) => Promise<T>,
  isRefused: (result: T) => boolean = () => false,
): Promise<Acted<T>> {
  const actor = actorOf(cli, mesh, as);
  if (as !== undefined) return { result: await operation(actor), actor: actor.name };
  try {
    const result = await operation(actor);
    if (!isRefused(result)) return { result, actor: actor.name };
  } catch (error) {
    if (!REFUSALS.some((code) => isSynthaError(error, code))) throw error;
    // There, the system sees no more than the person.
    if (await isEmpty(mesh)) throw error;
  }
  return actAsSystem(cli, mesh, record, operation);
}

/**
 * Acts as the system, which leaves no name in the log: an event has that of the person. It precedes the act, so that no act
 * is without; a second one follows an act that failed.
 */
export async function actAsSystem<T>(
  cli: Cli,
  mesh: ContextMesh,
  record: ActionRecord,
  operation: (system: ContextMesh["system"]) => Promise<T>,
): Promise<Acted<T>> {
  const person = actorOf(cli, mesh, undefined);
  if (person.isSystem) return { result: await operation(mesh.system), actor: person.name };
  const data = { ...record, person: person.name };
  // In an empty mesh, the record of an act that is refused would be all that the mesh holds, such as a tenant that is misspelt.
  const isFirst = await isEmpty(mesh);
  if (!isFirst) await publishRecord(mesh, person, data);
  try {
    const result = await operation(mesh.system);
    if (isFirst && !(await isEmpty(mesh))) await publishRecord(mesh, person, data);
    return { result, actor: mesh.system.name, person: person.name };
  } catch (error) {
    // Otherwise the record says that it was done.
    if (!isFirst && isSynthaError(error))
      await recordFailure(mesh, person, { ...data, failed: error.code });
    throw error;
  }
}

async function isEmpty(mesh: ContextMesh): Promise<boolean> {
  return (await mesh.stats()).revision === 0;
}

/** What says that permissions deny an agent something, or are damaged. */
const DENIALS = ["FORBIDDEN", "CORRUPT_DATA"] as const;

/** By the person; by the system if the person's permissions deny it: they must not keep the system from acting. */
async function publishRecord(
  mesh: ContextMesh,
  person: AgentContext,
  data: ActionRecord,
): Promise<void> {
  const route = { subscribers: [person.name] };
  try {
    await person.publish(RECORD_TYPE, data, route);
  } catch (error) {
    if (!DENIALS.some((code) => isSynthaError(error, code))) throw error;
    await mesh.system.publish(RECORD_TYPE, data, route);
  }
}

/** The act's own error says more than one of this. */
async function recordFailure(
  mesh: ContextMesh,
  person: AgentContext,
  data: ActionRecord,
): Promise<void> {
  try {
    await publishRecord(mesh, person, data);
  } catch (error) {
    if (!isSynthaError(error)) throw error;
  }
}
