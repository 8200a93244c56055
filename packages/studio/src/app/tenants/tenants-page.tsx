import { useState } from "preact/hooks";
import { Empty, Failed, Loading } from "../parts/empty.tsx";
import { Icon } from "../parts/icons.tsx";
import { Name } from "../parts/names.tsx";
import { Usage } from "../parts/usage.tsx";
import { useResource } from "../state/resource.ts";
import { read } from "../state/request.ts";
import { hashOf, tenant } from "../state/route.ts";
import { session } from "../state/session.ts";
import { bytes, count } from "../text/units.ts";

/** The meshes of this storage, with their sizes. */
export function TenantsPage() {
  const [prefix, setPrefix] = useState("");
  const query = { prefix: prefix === "" ? undefined : prefix, limit: 100 };
  const { data, error, reload } = useResource(JSON.stringify(query), (signal) =>
    read("api/tenants", query, signal),
  );
  const largest = Math.max(1, ...(data?.tenants ?? []).map(({ stats }) => stats.bytes));
  const isLimited = data?.tenants.some(({ limits }) => limits.items !== undefined) ?? false;
  return (
    <div class="page tenants-page">
      <div class="page-head">
        <h1>Tenants</h1>
        <div class="filter-bar" role="search">
          <label class="filter-text">
            <Icon name="search" size={14} />
            <span class="unseen">Filter by the beginning of the id</span>
            <input
              type="text"
              class="mono"
              data-filter
              placeholder="tenant id"
              value={prefix}
              onInput={({ currentTarget }) => setPrefix(currentTarget.value)}
            />
            <kbd>/</kbd>
          </label>
        </div>
      </div>
      <div class="page-scroll">
        {data === undefined ? (
          error === undefined ? (
            <Loading />
          ) : (
            <Failed error={error} retry={reload} />
          )
        ) : data.tenants.length === 0 ? (
          <Empty icon="tenants" title="No tenant">
            {session.value?.tenantIds === undefined
              ? "This Studio shows a single mesh."
              : "A tenant appears with its first write."}
          </Empty>
        ) : (
          <div class="table-frame">
            <table>
              <thead>
                <tr>
                  <th>Tenant</th>
                  <th class={isLimited ? undefined : "right"}>Items</th>
                  <th>Size</th>
                  <th class="right">Topics</th>
                  <th class="right">Agents</th>
                  <th class="right">Events</th>
                  <th class="right">Log</th>
                  <th class="right">Position</th>
                </tr>
              </thead>
              <tbody>
                {data.tenants.map(({ tenantId, stats, limits }) => (
                  <tr key={tenantId} class={tenant.value === tenantId ? "selected" : ""}>
                    <td>
                      <a
                        class="link row"
                        data-nav
                        href={hashOf({ page: "board", tenant: tenantId })}
                      >
                        <Name text={tenantId} mono />
                      </a>
                    </td>
                    <td class={limits.items === undefined ? "right number" : undefined}>
                      {limits.items === undefined ? (
                        count(stats.items)
                      ) : (
                        <Usage used={stats.items} limit={limits.items} />
                      )}
                    </td>
                    <td class="number size-cell">
                      {limits.bytes === undefined ? (
                        <>
                          <span class="size-bar" aria-hidden="true">
                            <span style={{ transform: `scaleX(${stats.bytes / largest})` }} />
                          </span>
                          {bytes(stats.bytes)}
                        </>
                      ) : (
                        <Usage used={stats.bytes} limit={limits.bytes} format={bytes} />
                      )}
                    </td>
                    <td class="right number">{count(stats.topics)}</td>
                    <td class="right number">{count(stats.agents)}</td>
                    <td class="right number">{count(stats.events)}</td>
                    <td class="right number">{count(stats.logEntries)}</td>
                    <td class="right number mono">#{count(stats.revision)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
        {data !== undefined && data.total > data.tenants.length && (
          <p class="note quiet">
            {count(data.tenants.length)} of {count(data.total)}: type the beginning of an id.
          </p>
        )}
      </div>
    </div>
  );
}
