import type { ComponentChildren, VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

const OVERSCAN = 8;
/** Scrolling renders once in so many rows. */
const STEP = 4;

/**
 * A list that renders only the rows in sight. All rows have one height. A row is rendered again only if its item is another
 * object: what else it shows, it reads from signals.
 *
 * @param props.onEnd is called when the last loaded row comes near, to load more
 */
export function VirtualList<T extends object>({
  items,
  rowHeight,
  row,
  keyOf,
  label,
  onEnd,
  empty,
  class: kind = "",
  role = "list",
  show,
}: {
  items: readonly T[];
  rowHeight: number;
  row: (item: T, index: number) => VNode;
  keyOf: (item: T, index: number) => string | number;
  label: string;
  onEnd?: (() => void) | undefined;
  empty?: ComponentChildren;
  class?: string;
  role?: "list" | "tree";
  /** The index of a row to scroll to, when it changes. */
  show?: number | undefined;
}) {
  const frame = useRef<HTMLDivElement>(null);
  // Only of the rows in sight: each holds the tree in which it was first rendered.
  const rows = useRef<ReadonlyMap<T, VNode>>(new Map());
  const [first, setFirst] = useState(0);
  const [height, setHeight] = useState(() => innerHeight);

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    setHeight(element.clientHeight);
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null || show === undefined || show < 0) return;
    const [top, bottom] = [element.scrollTop, element.scrollTop + element.clientHeight];
    const place = show * rowHeight;
    if (place < top || place + rowHeight > bottom)
      element.scrollTop = place - element.clientHeight / 3;
  }, [show]);

  const visible = Math.ceil(height / rowHeight) + STEP;
  const start = Math.max(0, Math.min(first - OVERSCAN, items.length - visible));
  const end = Math.min(items.length, first + visible + OVERSCAN);
  useEffect(() => {
    if (onEnd !== undefined && end >= items.length - OVERSCAN) onEnd();
  }, [end, items.length, onEnd]);

  const shown = items.slice(start, end);
  rows.current = new Map(
    shown.map((item, index) => [item, rows.current.get(item) ?? row(item, start + index)]),
  );
  return (
    <div
      ref={frame}
      class={`virtual ${kind}`}
      role="presentation"
      onScroll={({ currentTarget }) => {
        const row = Math.floor(currentTarget.scrollTop / rowHeight);
        setFirst(row - (row % STEP));
      }}
    >
      {items.length === 0 ? (
        empty
      ) : (
        <div
          class="virtual-space"
          role={role}
          aria-label={label}
          style={{ height: `${items.length * rowHeight}px` }}
        >
          {shown.map((item, index) => (
            <div
              key={keyOf(item, start + index)}
              class="virtual-row"
              role={role === "list" ? "listitem" : "none"}
              aria-setsize={role === "list" ? items.length : undefined}
              aria-posinset={role === "list" ? start + index + 1 : undefined}
              style={{ top: `${(start + index) * rowHeight}px`, height: `${rowHeight}px` }}
            >
              {rows.current.get(item)}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
