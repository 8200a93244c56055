import type { HistoryEntry } from "@syntha/core";
import { z } from "zod";
import type { ItemRevision } from "../../api/index.ts";
import { previewOf } from "../json/preview.ts";
import { parts } from "./query-parts.ts";
import type { MeshRead } from "./read.ts";

const MAX_ENTRIES = 200;
/** Bytes of all values that one answer has. */
const MAX_VALUES = 1_048_576;

export const itemHistory: MeshRead<"api/item/history"> = {
  query: z.strictObject({ ...parts.TENANT, key: parts.text }),
  async answer({ mesh }, { key }) {
    const all = await mesh.system.history(key);
    let left = MAX_VALUES;
    const entries = all
      .slice(-MAX_ENTRIES)
      .toReversed()
      .map((entry) => {
        const bytes = entry.value === undefined ? undefined : previewOf(entry.value).bytes;
        left -= bytes ?? 0;
        return toRevision(entry, bytes, left >= 0);
      });
    return { entries: entries.toReversed(), isPartial: all.length > MAX_ENTRIES };
  },
};

function toRevision(
  { value, error, at, ...rest }: HistoryEntry,
  bytes: number | undefined,
  isShown: boolean,
): ItemRevision {
  return {
    ...rest,
    at: at.toISOString(),
    value: isShown ? value : undefined,
    bytes,
    unreadable: error?.message,
  };
}
