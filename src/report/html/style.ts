/** The whole look of the page. Colours have names once, for light and dark; every level is also a word. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1d2330; --dim: #5c6675; --paper: #ffffff; --sheet: #f5f6f8; --line: #d9dde3;
  --critical: #a4161a; --high: #d0440b; --medium: #9a6700; --low: #1f6f8b; --info: #5c6675; --hit: #2b5fb4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --dim: #9aa4b2; --paper: #14171c; --sheet: #1c2027; --line: #333a45;
  --critical: #ff7a7d; --high: #ff9b63; --medium: #e6b450; --low: #67c1dc; --info: #9aa4b2; --hit: #7fb0ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 1100px; margin: 0 auto; padding: 24px 20px 80px; }
h1 { font-size: 22px; margin: 0 0 4px; } h2 { font-size: 17px; margin: 36px 0 10px; } h3 { font-size: 16px; margin: 0; }
.dim { color: var(--dim); } code, .mono { font: 13px/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.level { display: inline-block; padding: 1px 8px; border-radius: 4px; border: 1px solid currentColor; font-weight: 600; font-size: 13px; text-transform: uppercase; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .info { color: var(--info); }
.card { border: 1px solid var(--line); border-left: 5px solid currentColor; border-radius: 6px; padding: 14px 16px; margin: 14px 0; background: var(--sheet); }
.card > * { color: var(--ink); } .card > .dim { color: var(--dim); }
.card header { display: flex; gap: 10px; align-items: baseline; flex-wrap: wrap; }
table { border-collapse: collapse; width: 100%; margin: 10px 0; } th, td { text-align: left; vertical-align: top; padding: 5px 8px; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--dim); font-size: 13px; } td.num, th.num { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.matched td:first-child { font-weight: 700; color: var(--hit); }
details { margin: 6px 0; } summary { cursor: pointer; } ul { margin: 6px 0; padding-left: 20px; }
.bar { fill: var(--hit); } .axis { stroke: var(--line); } .mark { stroke: var(--critical); stroke-width: 1.5; }
svg text { fill: var(--dim); font: 11px system-ui, sans-serif; }
.observable::before { content: "● "; } .partial::before { content: "◐ "; } .no_data::before { content: "○ "; }
.wide { overflow-x: auto; }
`;
