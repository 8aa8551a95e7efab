import Writing

/// The page's style sheet, and what of it a picture alone needs.
package enum PageStyle {
  /// For the Content-Security-Policy: SHA-256 of `text`. PageTests says what it must be after a change.
  static let hash = "sha256-1ezbSpqNtS/6du+GPZrWgI1KzWHCimIhsf0p4xacXjk="

  /// All of it, as pages have it.
  package static let text = page + picture(.auto)

  /// Also for a picture that stands alone. Light and dark are told apart by the reader's system; what matters is told
  /// apart without colour, too.
  static func picture(_ look: TimelineSVG.Look) -> String {
    let colours =
      switch look {
      case .light: ":root { \(light) }"
      case .dark: ":root { \(dark) }"
      case .auto: ":root { \(light) }\n@media (prefers-color-scheme: dark) { :root { \(dark) } }"
      }
    return "\n" + colours + drawing
  }

  private static let light = """
    --ink: #1c2024; --dim: #5d6671; --paper: #ffffff; --panel: #f6f7f9; --rule: #d5dae0; --real: #c0182b;
    --open: #8a5a00; --good: #1a7440; --win: #f2c14e; --link: #0b57b5; --t0: #0067a5; --t1: #c04f00;
    --t2: #00785a; --t3: #8b3f96; --t4: #7a6300; --t5: #b3226b; --t6: #2f6f8f; --t7: #5b5f66;
    """

  private static let dark = """
    --ink: #e4e7eb; --dim: #98a2ad; --paper: #14171a; --panel: #1d2125; --rule: #363c43; --real: #ff7a85;
    --open: #f0b849; --good: #6fd096; --win: #d9a52b; --link: #7ab8ff; --t0: #5cb3f2; --t1: #ff9a4d;
    --t2: #4ecfa8; --t3: #d694e0; --t4: #d9c14a; --t5: #ff85bd; --t6: #86c5dd; --t7: #b5bbc3;
    """

  private static let drawing = #"""

    .t0 { --c: var(--t0) } .t1 { --c: var(--t1) } .t2 { --c: var(--t2) } .t3 { --c: var(--t3) }
    .t4 { --c: var(--t4) } .t5 { --c: var(--t5) } .t6 { --c: var(--t6) } .t7 { --c: var(--t7) }
    svg text { font: 11px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: var(--ink);
      paint-order: stroke; stroke: var(--paper); stroke-width: 3px; stroke-linejoin: round; }
    svg .tick { stroke: var(--dim) } svg .tk { fill: var(--dim) } svg .cut { fill: var(--dim); font-size: 10px }
    .fold { fill: url(#cut); opacity: .8 } .cut-back { fill: var(--panel) } .cut-line { fill: var(--rule) }
    .win { fill: var(--win); opacity: .17 } .win.warned { opacity: .3 }
    .wl { stroke: var(--open); stroke-width: 2 } svg .wt { fill: var(--open) }
    .s rect { fill: var(--c); fill-opacity: .34; stroke: var(--c); stroke-width: 1.2 }
    .s.d1 rect { fill-opacity: .2 } .s.d2 rect { fill-opacity: .1 }
    .s.inf rect { stroke-dasharray: 4 3 } .s.open rect { stroke-dasharray: 1 3 }
    .s .in { stroke: none } .no-room { display: none }
    svg .tn { fill: var(--c); font-weight: 600 }
    .m line { stroke: var(--dim); stroke-dasharray: 2 2 } .m path { fill: var(--ink) }
    .m.warning line { stroke: var(--real); stroke-width: 2; stroke-dasharray: none }
    .m.warning path { fill: var(--real) } .m.warning text { fill: var(--real); font-weight: 700 }
    .m.fault line, .m.fault path { stroke: var(--real); stroke-width: 2 } .m.fault text { fill: var(--real) }
    .no circle { fill: var(--ink) } .no text { fill: var(--paper); stroke: none; font-weight: 600 }
    .paper { fill: var(--paper) } .frame { fill: none; stroke: var(--rule) } .rule { stroke: var(--rule) }
    svg .dev { font-weight: 700 } svg .bad { fill: var(--real) } svg .open { fill: var(--open) }
    svg .good { fill: var(--good) } svg .dim { fill: var(--dim) }
    .more { fill: url(#cut); stroke: var(--dim); stroke-width: .6 }
    a:hover rect, a:focus rect { stroke-width: 2.4 } a:focus { outline: none }
    a:focus-visible rect, a:focus-visible circle, a:focus-visible path { stroke: var(--link); stroke-width: 3 }

    """#

  private static let page = #"""

    * { box-sizing: border-box } [hidden] { display: none !important }
    html { color-scheme: light dark; scroll-padding-top: 4rem }
    body { margin: 0; background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%;
      font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif }
    main, footer { max-width: 1720px; margin: 0 auto; padding: 0 1.25rem }
    code, pre, time, kbd, .num, .at { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
      font-size: .92em }
    code { overflow-wrap: anywhere } a { color: var(--link) } .defs { position: absolute }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: .2rem 0 .8rem } h1.good { color: var(--good) }
    h1.open { color: var(--open) }
    h2 { font-size: 1.15rem; margin: 2rem 0 .4rem } h3 { font-size: 1rem; margin: 1rem 0 .3rem }
    p { margin: .4rem 0; max-width: 100ch } small, .dim, .note, .facts, figcaption, .boot { color: var(--dim) }
    .boot { max-width: none; overflow-wrap: anywhere; margin-top: 1rem }
    .away { position: absolute; left: -9999px }
    .alarm { color: var(--real) } p.alarm { border-left: 4px solid; padding-left: .7rem }
    .badge { display: inline-block; font-size: .72rem; font-weight: 700; letter-spacing: .03em; line-height: 1;
      padding: .3em .5em; border-radius: 3px; border: 1.5px solid; white-space: nowrap; vertical-align: .1em }
    .badge.real { color: var(--paper); background: var(--real); border-color: var(--real) }
    .badge.undetermined { color: var(--open) } .badge.false-positive { color: var(--good) }
    table { border-collapse: collapse } th, td { text-align: left; padding: .25rem .9rem .25rem 0;
      vertical-align: baseline } th { color: var(--dim); font-weight: 500; font-size: .85rem }
    td { border-top: 1px solid var(--rule); overflow-wrap: anywhere } .num { text-align: right; white-space: nowrap }
    .tools { position: sticky; top: 0; z-index: 3; background: var(--paper); padding: .5rem 0; margin-top: 1rem;
      border-bottom: 1px solid var(--rule); display: flex; gap: .4rem 1rem; flex-wrap: wrap; align-items: center }
    .tools input { font: inherit; width: 16rem; max-width: 60vw; padding: .15rem .4rem;
      color: inherit; background: var(--panel); border: 1px solid var(--dim); border-radius: 3px }
    .keyhelp { color: var(--dim); font-size: .85rem } kbd { border: 1px solid var(--rule); border-radius: 3px;
      padding: 0 .3em; background: var(--panel) }
    .finding { border-top: 1px solid var(--rule); margin-top: 2rem; scroll-margin-top: 4rem } .finding:focus {
      outline: none } .finding h2 { margin-top: 1.1rem; overflow-wrap: anywhere }
    .tools + .finding, h2 + .finding { border: 0; margin-top: 0 } caption { text-align: left; font-weight: 600;
      padding-top: .8rem }
    .sum { font-size: 1.08rem } .facts { max-width: none } figure { margin: .8rem 0 } figcaption { font-size: .85rem }
    .pic { overflow-x: auto; position: relative; border: 1px solid var(--rule); border-radius: 4px;
      background: var(--paper) } .pic:focus-visible { outline: 2px solid var(--link) }
    .strip { min-width: 1000px; position: relative } .strip svg { display: block; overflow: visible }
    .strip > svg, .plot { width: 100% } .axis { border-bottom: 1px solid var(--rule) }
    .strip > .back { position: absolute; left: 0; top: 0; height: 100% } .axis, .plot { position: relative }
    .names { position: sticky; left: 0; height: 1px; margin-bottom: -1px; pointer-events: none; z-index: 1 }
    .lh { position: sticky; left: 0; display: inline-block; padding: .1rem .5rem 0; font-size: .82rem;
      max-width: min(100vw - 3rem, 1680px); overflow-wrap: anywhere }
    .lh span { color: var(--dim) } .lh em { color: var(--open); font-style: normal } .lh strong { color: var(--real) }
    .devices .lane { border-top: 1px solid var(--rule) }
    .keys { display: flex; flex-wrap: wrap; gap: .25rem .5rem; margin: .3rem 0; max-width: none }
    .key { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; color: var(--ink); background: none;
      border: 1px solid transparent; border-radius: 3px; padding: .1rem .35rem; overflow-wrap: anywhere }
    .key i { display: inline-block; width: .9em; height: .9em; margin-right: .4em; vertical-align: -.1em;
      background: var(--c); border-radius: 2px } .js .key { cursor: pointer }
    .key[aria-pressed=true] { border-color: var(--c); background: var(--panel) }
    .dimmed { opacity: .13 }
    .evidence { padding-left: 0; list-style: none; counter-reset: e; max-width: 120ch }
    .evidence li { counter-increment: e; position: relative; padding: .15rem 0 .15rem 2rem }
    .evidence li::before { content: counter(e); position: absolute; left: 0; top: .3rem; width: 1.35rem; height: 1.35rem;
      border-radius: 50%; background: var(--ink); color: var(--paper); font-size: .75rem; font-weight: 600;
      text-align: center; line-height: 1.35rem }
    .evidence time { color: var(--dim) } .at { white-space: nowrap }
    .raw { display: block; color: var(--dim); font-size: .8rem; line-height: 1.35; white-space: pre-wrap }
    .steps { font-size: .88rem } .steps td { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
      font-size: .85em } .wide { overflow-x: auto }
    .i1 { padding-left: 1.2rem } .i2 { padding-left: 2.4rem } .i3 { padding-left: 3.6rem } .i4 { padding-left: 4.8rem }
    .advice, .missing { border-left: 3px solid var(--rule); padding-left: .8rem } .missing ul { margin: .2rem 0 }
    .missing h3 { margin: .2rem 0 }
    details { margin: .5rem 0 } summary { cursor: pointer; color: var(--link) }
    pre { margin: 0; overflow-x: auto } .recipe { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--panel);
      padding: .6rem; border-radius: 4px; user-select: all }
    .lines pre { background: var(--panel); font-size: .8rem; line-height: 1.45; padding: .3rem 0 }
    .l { display: block; padding: 0 .6rem; white-space: pre-wrap; overflow-wrap: anywhere; scroll-margin-top: 35vh }
    .l i { font-style: normal; color: var(--dim); display: inline-block; min-width: 4.5em; padding-right: 1em;
      text-align: right; user-select: none }
    .skip { color: var(--dim); font-size: .8rem; margin: .3rem 0 .3rem 1rem }
    :target { background: color-mix(in srgb, var(--win) 40%, transparent) } .finding:target { background: none }
    #tip { position: fixed; z-index: 9; max-width: min(34rem, 94vw); padding: .45rem .65rem; white-space: pre-wrap;
      overflow-wrap: anywhere; background: var(--ink); color: var(--paper); border-radius: 4px;
      font: 12px/1.45 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace }
    #tip a { color: inherit }
    footer { color: var(--dim); font-size: .85rem; margin-top: 3rem; padding-bottom: 2rem }
    @media (min-width: 801px) { .answers td:nth-child(2) { min-width: 8.5em } .answers td:nth-child(3) { min-width: 7.5em }
      .answers td:nth-child(5) { white-space: nowrap } }
    @media (max-width: 800px) { .answers thead { display: none } .answers tr { display: block; border-top: 1px solid var(--rule);
        padding: .35rem 0 } .answers td { display: inline-block; border: 0; padding: 0 .6rem 0 0 } }
    @media screen and (max-width: 1040px) { figcaption::before { content: 'Scroll sideways. ' } }
    @media (max-width: 640px) { body { font-size: 14px } main, footer { padding: 0 .7rem } h1 { font-size: 1.25rem }
      .keyhelp { display: none } figcaption::before { content: 'Swipe sideways. ' } .l { padding: 0 .2rem } .l i { min-width: 3em; padding-right: .6em } }
    @media print { .tools, .keyhelp, #tip { display: none } .finding { break-before: auto } figure, li, .lane {
      break-inside: avoid } .pic { overflow: visible; border: 0; zoom: .9 } main { padding: 0 } body { font-size: 10pt }
      .badge, .key i, .evidence li::before { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
    @page { size: landscape; margin: 12mm }

    """#
}
