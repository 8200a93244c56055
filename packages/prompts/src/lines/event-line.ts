import type { JsonValue, MeshEvent } from "@syntha/core";
import { visibleJson } from "../fence/visible-json.ts";
import { toSeconds } from "./item-line.ts";

export function eventLine(event: MeshEvent): string {
  return visibleJson({ ...label(event), data: event.data });
}

/** An event whose data is more than fits. */
export function eventLabelLine(event: MeshEvent): string {
  return visibleJson({ ...label(event), omitted: "too_large" });
}

function label({ type, author, at }: MeshEvent): Record<string, JsonValue> {
  return { event: type, author: author ?? null, at: toSeconds(at) };
}
