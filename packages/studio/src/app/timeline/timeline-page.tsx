import { useEffect, useRef, useState } from "preact/hooks";
import type { TimelineEntry } from "../../api/index.ts";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Select } from "../parts/filter-bar.tsx";
import { VirtualList } from "../parts/virtual-list.tsx";
import { agents } from "../state/directory.ts";
import { at, mode, place, replacePlace, viewer } from "../state/route.ts";
import { plural } from "../text/units.ts";
import { EntryRow } from "./entry-row.tsx";
import { Lanes } from "./lanes.tsx";
import { useLog } from "./log-entries.ts";
import { PositionSlider } from "./position-slider.tsx";

const ROW = 32;

/** The log as a live stream, and the mesh at any position of it. */
export function TimelinePage() {
  const { author, prefix } = place.value;
  const log = useLog({ actor: author, key: prefix === "" ? undefined : prefix }, at.value);
  const [paused, setPaused] = useState(false);
  const held = useRef<readonly TimelineEntry[]>([]);
  if (!paused) held.current = log.entries;
  const isOwn = viewer.value !== undefined && mode.value === "own";
  const shown = paused ? held.current : log.entries;
  const entries = isOwn ? shown.filter(({ visible }) => visible !== false) : shown;
  const waiting = log.entries.length - held.current.length;
  useEffect(() => {
    if (!paused) return undefined;
    // Earlier entries that scrolling loads are wanted also while it is paused.
    const last = held.current.at(-1);
    const older = log.entries.filter(
      ({ position }) => last !== undefined && position < last.position,
    );
    if (older.length > 0) held.current = [...held.current, ...older];
    return undefined;
  }, [log.entries, paused]);
  return (
    <div class="page timeline-page">
      <div class="page-head">
        <h1>Timeline</h1>
        <div class="filter-bar" role="search">
          <label class="filter-text">
            <span class="unseen">Only entries of this key</span>
            <input
              type="text"
              class="mono"
              data-filter
              placeholder="key"
              spellcheck={false}
              value={prefix ?? ""}
              onInput={({ currentTarget }) =>
                replacePlace({
                  prefix: currentTarget.value === "" ? undefined : currentTarget.value,
                })
              }
            />
            <kbd>/</kbd>
          </label>
          <Select
            label="actor"
            value={author}
            options={["system", ...(agents.value ?? []).map(({ name }) => name)]}
            onChange={(value) => replacePlace({ author: value === "" ? undefined : value })}
          />
        </div>
        <button
          type="button"
          class="button"
          aria-pressed={paused}
          onClick={() => setPaused(!paused)}
        >
          {paused ? `Resume${waiting > 0 ? ` (${waiting})` : ""}` : "Pause"}
        </button>
      </div>
      <PositionSlider floor={log.floor} entries={entries} />
      <Lanes entries={entries} />
      {log.entries.length === 0 && log.loading ? (
        <Loading rows={10} />
      ) : log.error !== undefined && log.entries.length === 0 ? (
        <Failed error={log.error} />
      ) : (
        <VirtualList
          items={entries}
          rowHeight={ROW}
          label="Log, newest first"
          keyOf={({ position, index }) => `${position}.${index}`}
          row={(entry) => <EntryRow entry={entry} isNew={entry.position > log.newAfter} />}
          onEnd={log.loadEarlier}
          class="entries"
          show={
            at.value === undefined
              ? undefined
              : entries.findIndex(({ position }) => position <= (at.value ?? 0))
          }
          empty={
            <Empty icon="timeline" title="The log has no such entry">
              {author !== undefined || prefix !== undefined
                ? "Clear the filter. A key is compared as a whole."
                : "Each change appears here as it is committed."}
            </Empty>
          }
        />
      )}
      <footer class="table-foot quiet number">
        {plural(entries.length, "entry", "entries")} loaded
        {viewer.value !== undefined && !isOwn && ` · grey: what ${viewer.value} did not see then`}
        {log.floor > 0 && ` · the log begins after #${log.floor}`}
      </footer>
    </div>
  );
}
