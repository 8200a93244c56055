import { useState } from "preact/hooks";
import type { KeyNode } from "../../api/index.ts";
import { Icon } from "../parts/icons.tsx";
import { Name } from "../parts/names.tsx";
import { useResource } from "../state/resource.ts";
import { read } from "../state/request.ts";
import { at, linkTo, mode, place, tenant, viewer } from "../state/route.ts";
import { count } from "../text/units.ts";

/** The beginnings of the keys, level by level. */
export function PrefixTree() {
  const current = place.value.prefix ?? "";
  return (
    <nav class="tree" aria-label="Key prefixes">
      <h3>Keys</h3>
      <a
        class={`tree-node${current === "" ? " selected" : ""}`}
        href={linkTo({ prefix: undefined })}
        aria-current={current === "" ? "true" : undefined}
      >
        <span class="tree-space" />
        <span class="grow">all</span>
      </a>
      <Level prefix="" depth={0} current={current} />
    </nav>
  );
}

function Level({ prefix, depth, current }: { prefix: string; depth: number; current: string }) {
  // An agent's own tree has what it sees; otherwise all keys.
  const as = mode.value === "own" ? viewer.value : undefined;
  const query = { prefix, as, tenant: tenant.value, at: at.value };
  const { data, error } = useResource(
    JSON.stringify(query),
    (signal) => read("api/tree", query, signal),
    ({ type }) => type === "put" || type === "delete" || type === "expire" || type === "hide",
  );
  if (error !== undefined && data === undefined)
    return <p class="tree-note quiet">{error.message}</p>;
  const branches = (data?.nodes ?? []).filter(({ isBranch }) => isBranch);
  return (
    <ul>
      {branches.slice(0, 200).map((node) => (
        <Branch key={node.prefix} node={node} depth={depth} current={current} />
      ))}
      {data?.isPartial === true && <li class="tree-note quiet">and more</li>}
    </ul>
  );
}

function Branch({ node, depth, current }: { node: KeyNode; depth: number; current: string }) {
  const [open, setOpen] = useState(current.startsWith(node.prefix) && current !== node.prefix);
  const isCurrent = current === node.prefix;
  return (
    <li>
      <div
        class={`tree-node${isCurrent ? " selected" : ""}`}
        style={{ "--depth": String(Math.min(depth, 8)) }}
      >
        <button
          type="button"
          class="tree-fold"
          aria-expanded={open}
          aria-label={`${open ? "Fold" : "Unfold"} ${node.label}`}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "down" : "right"} size={12} />
        </button>
        <a
          class="row grow"
          href={linkTo({ prefix: node.prefix })}
          aria-current={isCurrent ? "true" : undefined}
        >
          <span class="row grow">
            <Name text={node.label} mono />
          </span>
          <span class="quiet number">{count(node.items)}</span>
        </a>
      </div>
      {open && <Level prefix={node.prefix} depth={depth + 1} current={current} />}
    </li>
  );
}
