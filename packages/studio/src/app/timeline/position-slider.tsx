import { useEffect, useRef, useState } from "preact/hooks";
import type { TimelineEntry } from "../../api/index.ts";
import { head } from "../state/live.ts";
import { at, replacePlace } from "../state/route.ts";
import { count, fullTime } from "../text/units.ts";

/** While it is dragged, the other pages follow this often, in milliseconds. */
const SETTLE = 150;

/** Moves every page to a position of the log; the part that the log no longer holds is marked. */
export function PositionSlider({
  floor,
  entries,
}: {
  floor: number;
  entries: readonly TimelineEntry[];
}) {
  const last = head.value;
  const moment = at.value;
  const [dragged, setDragged] = useState<number>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const shown = Math.min(last, dragged ?? moment ?? last);
  const choose = (position: number): void => {
    const wanted = Math.max(floor, Math.min(last, position));
    setDragged(wanted);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      replacePlace({ at: wanted >= last ? undefined : wanted });
      setDragged(undefined);
    }, SETTLE);
  };
  if (last === 0) return null;
  const entry = entries.find(({ position }) => position <= shown);
  return (
    <div class="slider">
      <button
        type="button"
        class="button small"
        disabled={shown <= floor}
        onClick={() => choose(shown - 1)}
      >
        −1<span class="unseen"> position</span>
      </button>
      <div
        class="slider-track"
        style={{ "--floor": String(floor / last), "--at": String(shown / last) }}
      >
        <span class="slider-floor" aria-hidden="true" title={`Compacted: up to #${count(floor)}`} />
        <span class="slider-fill" aria-hidden="true" />
        <input
          type="range"
          min={0}
          max={last}
          value={shown}
          aria-label="Position of the log"
          aria-valuetext={`#${count(shown)}${shown === last ? ", now" : ""}`}
          onInput={({ currentTarget }) => choose(Number(currentTarget.value))}
        />
      </div>
      <button
        type="button"
        class="button small"
        disabled={shown >= last}
        onClick={() => choose(shown + 1)}
      >
        +1<span class="unseen"> position</span>
      </button>
      <output class="slider-text number">
        <span class="mono">#{count(shown)}</span>{" "}
        <span class="quiet">
          {shown >= last ? "now" : entry === undefined ? "" : fullTime(Date.parse(entry.at))}
        </span>
      </output>
    </div>
  );
}
