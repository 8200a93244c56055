type Cell = string | number | boolean;

/** Prints rows as a table with their field names as header; numbers are aligned to the right. */
export function printTable(rows: readonly Readonly<Record<string, Cell>>[]): void {
  const names = Object.keys(rows[0] ?? {});
  const widths = names.map((name) =>
    Math.max(name.length, ...rows.map((row) => format(row[name]).length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd();
  console.log(line(names));
  console.log(line(widths.map((width) => "─".repeat(width))));
  for (const row of rows)
    console.log(
      line(
        names.map((name, i) => {
          const cell = row[name];
          return typeof cell === "number" ? format(cell).padStart(widths[i] ?? 0) : format(cell);
        }),
      ),
    );
}

function format(cell: Cell | undefined): string {
  if (typeof cell === "boolean") return cell ? "yes" : "no";
  return cell === undefined || cell === "" ? "–" : String(cell);
}
