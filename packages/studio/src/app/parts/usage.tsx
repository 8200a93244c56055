import { count } from "../text/units.ts";

/** From this share of a limit on, it is marked. */
const NEAR = 0.8;

type Level = "" | "near" | "full";

/** How close a figure is to its limit. */
function levelOf(used: number, limit: number | undefined): Level {
  if (limit === undefined || used < limit * NEAR) return "";
  return used < limit ? "near" : "full";
}

/** A figure against its limit: a bar, and both as text. */
export function Usage({
  used,
  limit,
  format = count,
}: {
  used: number;
  limit: number;
  format?: (value: number) => string;
}) {
  const level = levelOf(used, limit);
  const share = limit === 0 ? 1 : Math.min(1, used / limit);
  return (
    <span class={`usage ${level}`} title={`${count(used)} of ${count(limit)}`}>
      <span class="size-bar" aria-hidden="true">
        <span style={{ transform: `scaleX(${share})` }} />
      </span>
      <span class="number">
        {format(used)} <span class="quiet">of {format(limit)}</span>
      </span>
      {level !== "" && (
        <span class="usage-level">{level === "full" ? "limit reached" : "near its limit"}</span>
      )}
    </span>
  );
}
