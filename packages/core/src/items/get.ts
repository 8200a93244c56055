import type { JsonValue } from "../json/json.ts";
import type { ItemRow } from "../model/item-row.ts";
import { knownOptions } from "../options/known-options.ts";
import type { Actor } from "../route/visibility.ts";
import type { Session } from "../session/session.ts";
import type { Storage } from "../storage/storage.ts";
import { checkNames } from "../text/name.ts";
import { type Item, toItem, valueOf } from "../view/item.ts";
import { checkReadOptions, readItems, type ReadOptions } from "./read-options.ts";

/** Keys that one call may name. */
export const MAX_KEYS = 1_000;

const GET_MANY = knownOptions<ReadOptions>("getMany", { onCorrupt: true });
const GET_ITEMS = knownOptions<ReadOptions>("getItems", { onCorrupt: true });

type Rows = Awaited<ReturnType<Storage["get"]>>;

/** Reads the row of one key, without an extra turn when the storage is open: most calls of agents are reads. */
export function readRow(session: Session, actor: Actor, key: string): Promise<Rows> {
  const { storage } = session;
  session.encoder.checkKey(key);
  const ready = storage.ready();
  if (!(ready instanceof Promise)) return ready.get(storage.tenantId, actor, [key]);
  return ready.then((opened) => opened.get(storage.tenantId, actor, [key]));
}

export async function get(
  session: Session,
  actor: Actor,
  key: string,
): Promise<JsonValue | undefined> {
  const [row] = (await readRow(session, actor, key)).items;
  return row && valueOf(row);
}

export async function getItem(
  session: Session,
  actor: Actor,
  key: string,
): Promise<Item | undefined> {
  const { items, now } = await readRow(session, actor, key);
  return items[0] && toItem(items[0], now);
}

export async function getItems(
  session: Session,
  actor: Actor,
  keys: readonly string[],
  options: ReadOptions,
): Promise<readonly Item[]> {
  checkReadOptions(options, GET_ITEMS);
  const { rows, now } = await readRows(session, actor, keys);
  return readItems(rows, now, (row) => toItem(row, now), options);
}

export async function getMany(
  session: Session,
  actor: Actor,
  keys: readonly string[],
  options: ReadOptions,
): Promise<Record<string, JsonValue>> {
  checkReadOptions(options, GET_MANY);
  const { rows, now } = await readRows(session, actor, keys);
  return Object.fromEntries(readItems(rows, now, (row) => [row.key, valueOf(row)], options));
}

async function readRows(
  { tenantId, encoder, storage }: Session,
  actor: Actor,
  keys: readonly string[],
): Promise<{ readonly rows: readonly ItemRow[]; readonly now: number }> {
  if (Array.isArray(keys) && keys.length === 0) return { rows: [], now: 0 };
  const names = checkNames("key", keys, MAX_KEYS, encoder.limits.keyBytes);
  const { items, now } = await (await storage.ready()).get(tenantId, actor, names);
  return { rows: items.filter((row) => row !== undefined), now };
}
