import { useState } from "preact/hooks";
import { count } from "../text/units.ts";
import { startOf, visibleLines, visibleText } from "../../text/visible-text.ts";
import { Icon } from "./icons.tsx";

const CHILDREN = 100;
const STRING = 2000;
const OPEN_DEPTH = 2;
const LONG_LIST = 20;

/** A JSON value as a tree. Values are text only; long ones are shown in parts. */
export function JsonTree({ value }: { value: unknown }) {
  return (
    <div class="json mono" role="tree" aria-label="Value">
      <Node value={value} depth={0} />
    </div>
  );
}

function Node({ name, value, depth }: { name?: string; value: unknown; depth: number }) {
  const children = childrenOf(value);
  const [open, setOpen] = useState(depth < OPEN_DEPTH && (children?.length ?? 0) <= LONG_LIST * 5);
  const [shown, setShown] = useState(CHILDREN);
  if (children === undefined || children.length === 0)
    return (
      <div class="json-row" role="treeitem" style={indent(depth)}>
        <span class="json-toggle" />
        {name !== undefined && <NodeName name={name} />}
        {children === undefined ? (
          <Leaf value={value} />
        ) : (
          <span class="quiet">{emptyOf(value)}</span>
        )}
      </div>
    );
  return (
    <>
      <div class="json-row" role="treeitem" aria-expanded={open} style={indent(depth)}>
        <button type="button" class="json-fold" onClick={() => setOpen(!open)}>
          <span class="json-toggle">
            <Icon name={open ? "down" : "right"} size={12} />
          </span>
          {name !== undefined && <NodeName name={name} />}
          <span class="quiet">
            {Array.isArray(value) ? `[${count(children.length)}]` : `{${count(children.length)}}`}
          </span>
          {!open && <span class="quiet cut">{hint(children)}</span>}
        </button>
      </div>
      {open &&
        children
          .slice(0, shown)
          .map(([childName, child]) => (
            <Node key={childName} name={childName} value={child} depth={depth + 1} />
          ))}
      {open && children.length > shown && (
        <div class="json-row" role="treeitem" style={indent(depth + 1)}>
          <button type="button" class="link" onClick={() => setShown(shown + 5 * CHILDREN)}>
            Show more of {count(children.length)}
          </button>
        </div>
      )}
    </>
  );
}

function NodeName({ name }: { name: string }) {
  const { text, cut } = startOf(name, 200);
  return (
    <bdi dir="ltr" class="json-name">
      {visibleText(text)}
      {cut && "…"}
      <span class="quiet">:</span>
    </bdi>
  );
}

function Leaf({ value }: { value: unknown }) {
  const [all, setAll] = useState(false);
  if (typeof value !== "string") {
    const kind = typeof value === "number" ? "json-number" : "json-keyword";
    return <span class={kind}>{String(value)}</span>;
  }
  const { text, cut } = startOf(value, all ? Number.POSITIVE_INFINITY : STRING);
  return (
    <span class="json-text">
      <bdi dir="ltr" class="json-string">
        {visibleLines(text)}
        {cut && "…"}
      </bdi>
      {cut && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          Show all {count(value.length)} characters
        </button>
      )}
    </span>
  );
}

type Child = readonly [string, unknown];

function childrenOf(value: unknown): readonly Child[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value)
    ? value.map((child, index): Child => [String(index), child])
    : Object.entries(value);
}

function emptyOf(value: unknown): string {
  return Array.isArray(value) ? "[ ]" : "{ }";
}

function hint(children: readonly Child[]): string {
  const names = children.slice(0, 6).map(([name]) => visibleText(startOf(name, 24).text));
  return names.join(", ");
}

/** Deep levels stop moving to the right, so that they stay readable on a narrow screen. */
function indent(depth: number): Record<string, string> {
  return { "--depth": String(Math.min(depth, 14)) };
}
