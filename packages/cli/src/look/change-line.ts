import type { WatchChange } from "@syntha/core";
import { clockTime, count } from "../terminal/age.ts";
import { visible } from "../terminal/escape.ts";
import { nameOf, nameText, withPreview } from "./entry-line.ts";
import type { ViewOptions } from "./items.ts";
import { routeText, toRoute } from "./route-text.ts";

/** A change that an agent sees, on one line. */
export function changeLine(change: WatchChange, view: ViewOptions): string {
  const { paint, now } = view;
  switch (change.type) {
    case "put": {
      const { item } = change;
      const verb = item.state === "done" || item.state === "failed" ? `put ${item.state}` : "put";
      const head = `${paint("dim", `#${item.revision} ${clockTime(item.updatedAt, now)}`)} ${nameText(item.author, view)}`;
      return withPreview(
        `${head} ${verb} ${nameOf(item.key, view)} → ${routeText(item)}`,
        item.value,
        view,
      );
    }
    case "event": {
      const { event } = change;
      const head = `${paint("dim", clockTime(event.at, now))} ${nameText(event.author, view)}`;
      return withPreview(
        `${head} published ${nameOf(event.type, view)}${toRoute(event)}`,
        event.data,
        view,
      );
    }
    case "hide":
      return `${nameOf(change.key, view)} ${paint("yellow", "is no longer visible")}`;
    case "delete":
      return `${nameOf(change.key, view)} ${paint("red", "was deleted")}`;
    case "expire":
      return `${nameOf(change.key, view)} ${paint("red", "expired")}`;
    case "corrupt":
      return paint("red", `${visible(change.key ?? "An entry of the log")} is damaged.`);
    case "lagged":
      return paint(
        "yellow",
        `${count(change.dropped, "change")} dropped: --since ${change.cursor} reads them.`,
      );
    case "ready":
      return "";
  }
}
