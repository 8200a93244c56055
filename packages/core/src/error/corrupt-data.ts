import type { ErrorDetails } from "./details.ts";
import { SynthaError } from "./syntha-error.ts";

type Corrupt = SynthaError<"CORRUPT_DATA">;

/** The value of an item, or what the log holds of it. */
export function corruptItem(key: string, cause: unknown): Corrupt {
  return corrupt(
    `The value of "${key}" is damaged where it is stored, and can't be read.`,
    "Push a new value, delete the item, or restore the database from a backup.",
    { key },
    cause,
  );
}

/** A value of an earlier position (R8, retention). */
export function missingValue(key: string): Corrupt {
  return corrupt(
    `The log no longer holds the value that "${key}" had at this position: it was compacted, or the item has expired since.`,
    "Read a later position, or keep the log for longer: `retention`.",
    { key, missing: true },
  );
}

/** Permissions of an earlier position. */
export function missingPermissions(agent: string): Corrupt {
  return corrupt(
    `The log no longer holds the permissions that "${agent}" had at this position.`,
    "Read a later position, or keep the log for longer: `retention`.",
    { agent, missing: true },
  );
}

/** What an item has as a task: its priority, dependencies and last failure. */
export function corruptTask(key: string): Corrupt {
  return corrupt(
    `What "${key}" has as a task is damaged where it is stored, and can't be read.`,
    "Push the item again with its priority, notBefore and dependsOn, delete it, or restore the database from a backup.",
    { key },
  );
}

/** The values of several items that one call asked for. */
export function corruptItems(errors: readonly Corrupt[]): Corrupt {
  const [first] = errors as readonly [Corrupt];
  const keys = errors.flatMap(({ details }) => details.key ?? []);
  return corrupt(
    keys.length === 1
      ? first.message
      : `The values of ${keys.length} items, "${keys[0]}" among them, are damaged where they are stored, and can't be read.`,
    "Pass onCorrupt to read the others. To repair an item, push a new value or delete it.",
    { key: keys[0], keys },
    first.cause,
  );
}

export function corruptEvent(event: string, cause: unknown): Corrupt {
  return corrupt(
    `The data of event "${event}" is damaged where it is stored, and can't be read.`,
    "Publish it again with another id, or restore the database from a backup.",
    { event },
    cause,
  );
}

export function corruptEntry(position: number, key: string | null): Corrupt {
  const of = key === null ? "" : ` of "${key}"`;
  return corrupt(
    `The log entry${of} at position ${position} is damaged where it is stored, and can't be read.`,
    "Read what is there now, with get, list or watch({ initial: true }). compact() removes the entry.",
    { position, ...(key !== null && { key }) },
  );
}

export function corruptPermissions(agent: string): Corrupt {
  return corrupt(
    `The permissions of "${agent}" are damaged where they are stored: it is allowed nothing.`,
    "Set them again with mesh.setPermissions.",
    { agent },
  );
}

function corrupt(
  message: string,
  hint: string,
  details: ErrorDetails["CORRUPT_DATA"],
  cause?: unknown,
): Corrupt {
  return new SynthaError("CORRUPT_DATA", message, { hint, details, cause });
}
