// SPDX-License-Identifier: Apache-2.0

/// How the page looks, in light and dark; on paper as in light.
enum PageStyle {
    static let sheet = """
        :root { color-scheme: light dark; --ground: #fcfcfa; --ink: #1d1d1b; --quiet: #6a6964;
          --line: #e3e2dd; --first: #1a5fd0; --second: #c2540a; --alarm: #9f1d1d; --alarm-ground: #fdf0ee; }
        @media (prefers-color-scheme: dark) { :root { --ground: #171716; --ink: #ebeae6; --quiet: #9b9991;
          --line: #32312e; --first: #7db0ff; --second: #ffa860; --alarm: #ffb4a8; --alarm-ground: #33201d; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 3rem 1.5rem 4rem; max-width: 60rem; background: var(--ground);
          color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        h1 { margin: 0; font-size: 1.6rem; font-weight: 600; letter-spacing: -0.01em; }
        h2 { margin: 3rem 0 0.75rem; font-size: 1.05rem; font-weight: 600; }
        p { margin: 0.35rem 0; } .quiet, footer { color: var(--quiet); } .small { font-size: 0.85rem; }
        .legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.75rem; margin: 1rem 0 0; padding: 0; list-style: none; }
        .legend svg { width: 1.75rem; height: 0.6rem; margin-right: 0.5rem; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1px;
          margin: 1.75rem 0 0; background: var(--line); border: 1px solid var(--line); border-radius: 0.5rem; overflow: hidden; }
        .tile { padding: 0.9rem 1.1rem 1rem; background: var(--ground); }
        .tile b { display: block; font-size: 1.75rem; font-weight: 600; line-height: 1.25; letter-spacing: -0.015em; }
        .tile span { color: var(--quiet); font-size: 0.85rem; }
        .alarm { margin: 1.75rem 0 0; padding: 0.75rem 1.1rem; border-radius: 0.5rem;
          background: var(--alarm-ground); color: var(--alarm); }
        figure { margin: 0; } figure svg { display: block; width: 100%; height: auto; }
        svg text { fill: var(--quiet); font: 12px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
        .grid { stroke: var(--line); } .division { stroke: var(--quiet); stroke-dasharray: 1 5; }
        polyline { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .first { stroke: var(--first); } .second { stroke: var(--second); stroke-dasharray: 7 4; }
        .faint { stroke-width: 1; stroke-dasharray: none; opacity: 0.28; }
        .wide { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-size: 0.95rem; }
        th, td { padding: 0.42rem 0 0.42rem 1.5rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th:first-child, td:first-child { padding-left: 0; text-align: left; white-space: normal; font-weight: 400; color: var(--quiet); }
        thead th { font-weight: 600; } td.quiet { font-size: 0.85rem; }
        footer { margin-top: 3rem; font-size: 0.85rem; }
        @media print { :root { color-scheme: light; } body { padding: 0; } }
        """
}
