import type { MeshLogEntry } from "@syntha/core";
import { clockTime, span } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { preview } from "../terminal/json-view.ts";
import { truncate, widthOf } from "../terminal/width.ts";
import { permissionText } from "./agents.ts";
import { authorCell, type ViewOptions } from "./items.ts";
import { listText, routeText, toRoute } from "./route-text.ts";

/** An entry of the log on one line, such as `#48213 12:01:07 Triage put inquiry → customers`. */
export function entryLine(entry: MeshLogEntry, view: ViewOptions): string {
  const { paint } = view;
  const head = [
    paint("dim", `#${entry.position}`),
    paint("dim", clockTime(entry.at, view.now)),
    nameText(entry.actor, view),
  ].join(" ");
  const { text, value } = describe(entry, view);
  const line = `${head} ${text}`;
  return value === undefined ? line : withPreview(line, value, view);
}

const LEAST_PREVIEW = 16;

/** The line, and as much of the value as fits after it. */
export function withPreview(line: string, value: unknown, { width, paint }: ViewOptions): string {
  const columns = Math.max(LEAST_PREVIEW, width - widthOf(line) - 2);
  return `${line}  ${paint("dim", preview(value, columns))}`;
}

/** Columns of a name or a description. */
const LONGEST_NAME = 200;

interface Described {
  readonly text: string;
  readonly value?: unknown;
}

function describe(entry: MeshLogEntry, view: ViewOptions): Described {
  const { paint } = view;
  switch (entry.type) {
    case "put": {
      const verb =
        entry.before === undefined
          ? "put new"
          : entry.state === "open"
            ? "put"
            : `put ${entry.state}`;
      const text = `${verb} ${nameOf(entry.key, view)} → ${routeText(entry.after)}`;
      if (entry.error !== undefined) return { text: `${text} ${paint("red", "damaged")}` };
      return entry.value === undefined ? { text } : { text, value: entry.value };
    }
    case "delete":
      return { text: `${paint("red", "deleted")} ${nameOf(entry.key, view)}` };
    case "expire":
      return { text: `${paint("red", "expired")} ${nameOf(entry.key, view)}` };
    case "lease": {
      const { lease } = entry;
      if (lease === undefined) return { text: `released ${nameOf(entry.key, view)}` };
      const term = span(lease.until.getTime() - entry.at.getTime());
      return { text: `${paint("yellow", "claimed")} ${nameOf(entry.key, view)} for ${term}` };
    }
    case "event": {
      const { event, corrupt } = entry;
      if (event === undefined)
        return {
          text:
            corrupt === undefined
              ? "published an event that was removed"
              : paint("red", "published a damaged event"),
        };
      return { text: `published ${nameOf(event.type, view)}${toRoute(event)}`, value: event.data };
    }
    case "subscribe":
    case "unsubscribe": {
      const verb = entry.type === "subscribe" ? "subscribed" : "unsubscribed";
      const preposition = entry.type === "subscribe" ? "to" : "from";
      return {
        text: `${verb}${whom(entry, view)} ${preposition} ${listText(entry.topics.map(visible))}`,
      };
    }
    case "setPermissions": {
      const what = entry.permissions === null ? "everything" : permissionText(entry.permissions);
      return { text: `allowed ${nameText(entry.agent, view)}: ${what}` };
    }
    case "announce":
      return {
        text: `announced itself: ${truncate(visible(entry.description ?? entry.capabilities.join(", ")), LONGEST_NAME)}`,
      };
    case "topicDeleted":
      return { text: `${paint("red", "deleted the topic")} ${nameOf(entry.topic, view)}` };
    case "corrupt":
      return {
        text: paint(
          "red",
          `a damaged entry (${entry.was})${entry.key === undefined ? "" : ` of ${visible(entry.key)}`}`,
        ),
      };
  }
}

/** The agent, if another one made the change. */
function whom(
  { agent, actor }: { readonly agent: string; readonly actor: string | undefined },
  view: ViewOptions,
): string {
  return agent === actor ? "" : ` ${nameText(agent, view)}`;
}

/** A key, type or topic. */
export function nameOf(name: string, { paint }: Pick<ViewOptions, "paint">): string {
  return paint("bold", truncate(visible(name), LONGEST_NAME));
}

/** An agent, or the system. */
export function nameText(agent: string | undefined, { paint }: Pick<ViewOptions, "paint">): string {
  const [text, style] = authorCell(agent) as readonly [string, "dim"];
  return paint(style, text);
}
