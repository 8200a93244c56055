/** The page's look. Colours are named once for light and once for dark. */
export const style = `
:root {
  --page: #f4f6f8; --card: #fff; --text: #17202b; --quiet: #5b6675; --line: #dfe4ea;
  --one: #2f6fde; --two: #d97706; --three: #0e9384; --faint: #b6c3d4; --bad: #d13438; --good: #1a7f4b;
  color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --card: #182028; --text: #e7ecf2; --quiet: #9aa7b6; --line: #2b3641;
    --one: #6c9dfb; --two: #eea43f; --three: #3cc4b2; --faint: #51606f; --bad: #ff7b7b; --good: #4cc38a;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 74rem; padding: 1.5rem 1rem 3rem; background: var(--page); color: var(--text); }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 0 0 .5rem; font-size: 1rem; }
p, li { margin: 0 0 .4rem; overflow-wrap: anywhere; }
header p, .note, .figures p, .axis, summary { color: var(--quiet); font-size: .85rem; }
.state { display: inline-block; margin: .75rem 0 0; padding: .3rem .8rem; border-radius: 1rem; font-weight: 600; font-size: .9rem; }
.state.good { color: var(--good); background: color-mix(in srgb, var(--good) 14%, transparent); }
ul.state { display: block; list-style: none; border-radius: .5rem; color: var(--bad); background: color-mix(in srgb, var(--bad) 12%, transparent); }
.state.good::before { content: "✓ "; } ul.state li::before { content: "✗ "; }
main { display: grid; gap: 1rem; margin-top: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(27rem, 100%), 1fr)); }
section, .figures > div { min-width: 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.figures { grid-column: 1 / -1; display: grid; gap: .75rem; margin: 0; grid-template-columns: repeat(4, 1fr); }
section.wide { grid-column: 1 / -1; }
.figures > div { padding: .75rem .9rem; }
dt { font-size: .85rem; font-weight: 600; }
dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.3; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
dd.long { font-size: 1rem; }
.figures p { margin: 0; line-height: 1.35; }
.yes, .no { padding-left: 1.4rem; text-indent: -1.4rem; }
.yes::before, .no::before { display: inline-block; width: 1.4rem; text-indent: 0; font-weight: 700; }
.yes::before { content: "✓"; color: var(--good); } .no::before { content: "✗"; color: var(--quiet); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: left; }
th { font-weight: 600; color: var(--quiet); }
td { background: color-mix(in srgb, var(--tone, transparent) calc(var(--share, 0%) * .45), transparent); }
td:first-child:not(:only-child) { overflow-wrap: normal; word-break: keep-all; white-space: nowrap; max-width: 60vw; overflow: hidden; text-overflow: ellipsis; }
.number { text-align: right; } .zero { color: var(--quiet); opacity: .6; }
details { margin-top: .6rem; } summary { cursor: pointer; }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1rem; font-size: .85rem; color: var(--quiet); }
.key::before { content: ""; display: inline-block; width: .7rem; height: .7rem; margin-right: .35rem; border-radius: .15rem; background: currentColor; }
.key.one::before { background: var(--one); } .key.two::before { background: var(--two); } .key.three::before { background: var(--three); }
.key.faint::before { background: var(--faint); } .key.bad::before { background: var(--bad); }
.key.dashed::before { width: 1rem; height: 0; margin-bottom: .25rem; background: none; border-top: 2px dashed; }
.bars { display: grid; grid-template-columns: fit-content(40%) 1fr auto; gap: .3rem .6rem; align-items: center; font-size: .88rem; }
.bars span { overflow-wrap: anywhere; } .bars b { font-weight: 500; text-align: right; font-variant-numeric: tabular-nums; }
.bars svg { width: 100%; height: .85rem; border-radius: .2rem; }
.plot { display: grid; grid-template-columns: auto 1fr; gap: .2rem .5rem; }
.plot svg { width: 100%; height: 11rem; border-bottom: 1px solid var(--line); overflow: visible; }
.axis { display: flex; justify-content: space-between; font-variant-numeric: tabular-nums; grid-column: 2; }
.axis.up { grid-column: 1; flex-direction: column; text-align: right; line-height: 1; }
.flow { display: block; width: 100%; max-width: 34rem; margin: .5rem auto 0; }
.flow text { fill: var(--text); font-size: 11px; text-anchor: middle; } .flow .before { text-anchor: end; }
.node { fill: var(--page); stroke: var(--line); }
rect.one { fill: var(--one); } rect.two { fill: var(--two); } rect.three { fill: var(--three); } rect.faint { fill: var(--faint); } rect.bad { fill: var(--bad); }
.line { fill: none; } .plot .line { stroke-width: 2; vector-effect: non-scaling-stroke; }
.tip.one { fill: var(--one); } .tip.two { fill: var(--two); }
.line.one { stroke: var(--one); } .line.two { stroke: var(--two); } .line.three { stroke: var(--three); }
.grid, .mark { fill: none; stroke: var(--line); vector-effect: non-scaling-stroke; }
.mark { stroke: var(--quiet); stroke-dasharray: 3 4; }
@media (max-width: 48rem) {
  .figures { grid-template-columns: 1fr 1fr; }
  table { font-size: .78rem; } th, td { padding: .25rem .2rem; }
}
@media print { body { background: none; } section { break-inside: avoid; } }
`;
