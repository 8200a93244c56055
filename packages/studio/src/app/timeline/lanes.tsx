import { useMemo } from "preact/hooks";
import type { TimelineEntry } from "../../api/index.ts";
import { Agent, hueStyle } from "../parts/names.tsx";
import { useWidth } from "../parts/use-width.ts";
import { at, go } from "../state/route.ts";
import { visibleText } from "../../text/visible-text.ts";

const MOST_LANES = 8;
const MOST_ENTRIES = 300;
const LANE = 18;
const LABEL = 120;

/** Who did what lately: a lane for each actor, a mark for each entry. */
export function Lanes({ entries }: { entries: readonly TimelineEntry[] }) {
  const [frame, width] = useWidth(innerWidth - 240);
  const recent = entries.slice(0, MOST_ENTRIES);
  const lanes = useMemo(() => lanesOf(recent), [entries]);
  const newest = recent[0]?.position;
  const oldest = recent.at(-1)?.position;
  if (newest === undefined || oldest === undefined || lanes.length === 0)
    return <div ref={frame} />;
  const room = Math.max(100, width - LABEL - 24);
  const x = (position: number): number =>
    LABEL + ((position - oldest) / Math.max(1, newest - oldest)) * room + 8;
  const height = lanes.length * LANE;
  const moment = at.value;
  return (
    <div class="lanes" ref={frame}>
      <div class="lane-names">
        {lanes.map((actor) => (
          <span key={actor ?? ""} class="lane-name">
            <Agent name={actor} />
          </span>
        ))}
      </div>
      <svg width={width} height={height} role="img" aria-label="Recent entries by actor">
        {lanes.map((actor, lane) => (
          <line
            key={actor ?? ""}
            class="lane-line"
            x1={LABEL}
            x2={LABEL + room + 16}
            y1={(lane + 0.5) * LANE}
            y2={(lane + 0.5) * LANE}
          />
        ))}
        {moment !== undefined && moment >= oldest && moment <= newest && (
          <line class="lane-moment" x1={x(moment)} x2={x(moment)} y1={0} y2={height} />
        )}
        {recent.map((entry) => {
          const lane = lanes.indexOf(entry.actor);
          if (lane < 0) return null;
          return (
            <Mark
              key={`${entry.position}.${entry.index}`}
              entry={entry}
              x={x(entry.position)}
              y={(lane + 0.5) * LANE}
            />
          );
        })}
      </svg>
    </div>
  );
}

/** A put is a dot, an event a diamond, an end a cross, all else a dash. */
function Mark({ entry, x, y }: { entry: TimelineEntry; x: number; y: number }) {
  const { type, actor, visible, text, position } = entry;
  const kind = visible === false ? "lane-mark unseen-mark" : "lane-mark";
  const style = actor === undefined ? {} : hueStyle(actor);
  const shape =
    type === "put" ? (
      <circle cx={x} cy={y} r="3.5" />
    ) : type === "event" ? (
      <path d={`M${x} ${y - 5}l5 5-5 5-5-5z`} />
    ) : type === "delete" || type === "expire" || type === "topicDeleted" ? (
      <path class="stroke" d={`M${x - 3} ${y - 3}l6 6m0-6-6 6`} />
    ) : (
      <rect x={x - 1.25} y={y - 4} width="2.5" height="8" rx="1" />
    );
  return (
    <g
      class={`${kind}${actor === undefined ? " system" : ""}`}
      style={style}
      onClick={() => go({ at: position })}
    >
      <title>{`#${position} ${visibleText(text).slice(0, 200)}`}</title>
      {shape}
    </g>
  );
}

/** The busiest actors, in a stable order. */
function lanesOf(entries: readonly TimelineEntry[]): readonly (string | undefined)[] {
  const counts = new Map<string | undefined, number>();
  for (const { actor } of entries) counts.set(actor, (counts.get(actor) ?? 0) + 1);
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .slice(0, MOST_LANES)
    .map(([actor]) => actor)
    .sort((left, right) => ((left ?? "") < (right ?? "") ? -1 : 1));
}
