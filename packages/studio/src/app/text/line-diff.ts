export interface DiffLine {
  readonly kind: "same" | "added" | "removed" | "gap";
  readonly text: string;
}

/** Above this product of line counts, the middle is shown as removed and added: the table would take too long. */
const MOST_CELLS = 4_000_000;
const CONTEXT = 3;

/** The lines of two texts, with unchanged stretches shortened to their edges. */
export function diffLines(before: string, after: string): DiffLine[] {
  return shorten(compare(before.split("\n"), after.split("\n")));
}

function compare(before: readonly string[], after: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  )
    end++;
  return [
    ...before.slice(0, start).map(same),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...before.slice(before.length - end).map(same),
  ];
}

/** The longest common subsequence of lines, by a table. */
function middle(before: readonly string[], after: readonly string[]): DiffLine[] {
  const width = after.length + 1;
  if (before.length * after.length > MOST_CELLS)
    return [...before.map(removed), ...after.map(added)];
  const common = new Uint32Array((before.length + 1) * width);
  const at = (row: number, column: number): number => common[row * width + column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--)
      common[row * width + column] =
        before[row] === after[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
  const lines: DiffLine[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const left = before[row];
    const right = after[column];
    if (left !== undefined && left === right) {
      lines.push(same(left));
      row++;
      column++;
    } else if (
      left !== undefined &&
      (right === undefined || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push(removed(left));
      row++;
    } else {
      lines.push(added(right ?? ""));
      column++;
    }
  }
  return lines;
}

function shorten(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, index) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const shown: DiffLine[] = [];
  let skipped = 0;
  const closeGap = (): void => {
    if (skipped > 0)
      shown.push({ kind: "gap", text: `${skipped} unchanged line${skipped === 1 ? "" : "s"}` });
    skipped = 0;
  };
  lines.forEach((line, index) => {
    if (near[index] === 1) {
      closeGap();
      shown.push(line);
    } else skipped++;
  });
  closeGap();
  return shown;
}

const same = (text: string): DiffLine => ({ kind: "same", text });
const added = (text: string): DiffLine => ({ kind: "added", text });
const removed = (text: string): DiffLine => ({ kind: "removed", text });
