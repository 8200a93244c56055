import { Hint } from "../parts/hint.tsx";
import { Icon } from "../parts/icons.tsx";
import { liveFailure, liveState } from "../state/live.ts";
import { visibleText } from "../../text/visible-text.ts";

/** Says on every page that what it shows is no longer live, and what to do. */
export function ConnectionBanner() {
  const state = liveState.value;
  if (state === "connecting" || state === "live") return null;
  return (
    <div class={`connection-banner ${state.replace(" ", "-")}`} role="status">
      <Icon name="warning" />
      <span>{textOf(state)}</span>
    </div>
  );
}

function textOf(state: "offline" | "storage away" | "ended") {
  const failure = liveFailure.value;
  if (state === "offline")
    return "The server does not answer. What you see may be outdated; the page reconnects by itself.";
  if (state === "storage away")
    return "The server can’t reach its storage. What you see may be outdated until it can.";
  return (
    <>
      {visibleText(failure?.message ?? "The server ended the stream.").slice(0, 400)}{" "}
      <Hint text={failure?.hint ?? ""} /> What you see is outdated.
    </>
  );
}
