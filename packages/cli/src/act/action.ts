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
    // In an empty mesh the system sees no more than the person, and its record would be all that the mesh holds.
    if ((await mesh.stats()).revision === 0) throw error;
  }
  return actAsSystem(cli, mesh, record, operation);
}

/**
 * Acts as the system, which leaves no name in the log: an event by the person has it. The record precedes the act, so that
 * none is without; a second one follows an act that failed.
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
  await person.publish(RECORD_TYPE, data, { subscribers: [person.name] });
  try {
    return { result: await operation(mesh.system), actor: mesh.system.name, person: person.name };
  } catch (error) {
    // Otherwise the record says that it was done.
    if (isSynthaError(error)) await recordFailure(person, { ...data, failed: error.code });
    throw error;
  }
}

/** The act's own error says more than one of this. */
async function recordFailure(person: AgentContext, data: ActionRecord): Promise<void> {
  try {
    await person.publish(RECORD_TYPE, data, { subscribers: [person.name] });
  } catch (error) {
    if (!isSynthaError(error)) throw error;
  }
}
