import { useMemo } from "preact/hooks";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { FilterBar } from "../parts/filter-bar.tsx";
import { useWidth } from "../parts/use-width.ts";
import { useResource } from "../state/resource.ts";
import { read } from "../state/request.ts";
import { at, mode, place, tenant, viewer } from "../state/route.ts";
import { count } from "../text/units.ts";
import { RoutingDrawing } from "./routing-drawing.tsx";
import { RoutingProblems } from "./routing-problems.tsx";
import { idOf, layOut } from "./graph-layout.ts";

/** Who gets what, and by which way. */
export function RoutingPage() {
  const { prefix, topic } = place.value;
  const query = { prefix, topic, tenant: tenant.value, as: viewer.value, at: at.value };
  const { data, error, reload } = useResource(
    JSON.stringify(query),
    (signal) => read("api/graph", query, signal),
    ({ type }) => type === "put" || type === "delete" || type === "visibility" || type === "head",
  );
  const [frame, width] = useWidth(832);
  const isOwn = viewer.value !== undefined && mode.value === "own";
  const shown = useMemo(() => {
    if (data === undefined || !isOwn) return data;
    const hidden = new Set(
      data.items.flatMap((item) => (item.visible === false ? [item.key] : [])),
    );
    return {
      ...data,
      items: data.items.filter(({ key }) => !hidden.has(key)),
      edges: data.edges.filter((edge) => !("key" in edge) || !hidden.has(edge.key)),
    };
  }, [data, isOwn]);
  const first = viewer.value === undefined ? undefined : idOf("agent", viewer.value);
  const layout = useMemo(
    () => (shown === undefined ? undefined : layOut(shown, width - 32, first)),
    [shown, width, first],
  );
  const omitted = data?.omitted;
  const isEmpty =
    data !== undefined &&
    data.agents.length === 0 &&
    data.topics.length === 0 &&
    data.items.length === 0;
  return (
    <div class="page routing-page">
      <div class="page-head">
        <h1>Routing</h1>
        <FilterBar names={["prefix", "topic"]} />
        <Legend />
      </div>
      <div class="routing-body">
        <div class="graph-frame" ref={frame}>
          {shown === undefined || layout === undefined ? (
            error === undefined ? (
              <Loading />
            ) : (
              <Failed error={error} retry={reload} />
            )
          ) : isEmpty ? (
            <Empty
              icon="routing"
              title="Nothing is routed yet"
              command="syntha subscribe customers --as Triage"
            >
              Subscribe an agent to a topic, and push an item to it.
            </Empty>
          ) : (
            <RoutingDrawing graph={shown} layout={layout} />
          )}
          {omitted !== undefined && omitted.agents + omitted.topics + omitted.items > 0 && (
            <p class="note quiet">
              Not drawn: {count(omitted.agents)} agents, {count(omitted.topics)} topics,{" "}
              {count(omitted.items)} items. A topic or a prefix narrows it.
            </p>
          )}
        </div>
        {data !== undefined && <RoutingProblems graph={data} />}
      </div>
    </div>
  );
}

function Legend() {
  return (
    <ul class="legend quiet" aria-label="Legend">
      <li>
        <svg width="20" height="8" aria-hidden="true">
          <path class="edge edge-subscription" d="M0 4h20" />
        </svg>
        subscription
      </li>
      <li>
        <svg width="20" height="8" aria-hidden="true">
          <path class="edge edge-recipient" d="M0 4h20" />
        </svg>
        by name
      </li>
      <li>
        <svg width="20" height="8" aria-hidden="true">
          <path class="edge edge-alarm" d="M0 4h20" />
        </svg>
        reaches no one
      </li>
    </ul>
  );
}
