import Reports

/// The page's style sheet: a report's, and what a farm's page has beside.
enum FarmStyle {
  /// For the Content-Security-Policy: SHA-256 of `text`. FarmPageTests says what it must be after a change.
  static let hash = "sha256-KD0QYYwwX2dK6s4lqfim2fTqrz4ailAo1XAwfsMNp9g="

  static let text = PageStyle.text + own

  private static let own = #"""
    main, footer { max-width: 2300px }
    .tools select { font: inherit; max-width: min(16rem, 60vw); color: inherit; background: var(--panel);
      border: 1px solid var(--dim); border-radius: 3px; padding: .1rem .3rem }
    .tools label { color: var(--dim); font-size: .85rem }
    .real { --c: var(--real) } .undetermined { --c: var(--open) } .false-positive { --c: var(--good) }
    .topic { scroll-margin-top: 4rem; border-top: 1px solid var(--rule); margin-top: 1.6rem } .topic:focus { outline: none }
    .topic h2 { overflow-wrap: anywhere; margin-top: 1rem } .topic:target, .example:target { background: none }
    .answers td { padding-top: .4rem; padding-bottom: .4rem } .groups code { font-size: .8em; color: var(--dim) }
    .answers td:last-child a, .rises td:nth-child(-n+3) { white-space: nowrap } .topic figcaption::before { content: none }
    .spark { display: block; max-width: 100%; height: auto; overflow: visible }
    .spark .band { fill: var(--c, var(--dim)); opacity: .16 }
    .spark .curve { fill: none; stroke: var(--c, var(--dim)); stroke-width: 1.6; stroke-linejoin: round }
    .spark circle { fill: var(--c, var(--dim)) } .spark .up { fill: var(--ink) }
    .wide:focus-visible { outline: 2px solid var(--link) }
    .map { font-size: .82rem; line-height: 1.25; border-spacing: 0; border-collapse: separate }
    .map th, .map td { padding: .25rem .4rem; border-top: 1px solid var(--rule); white-space: nowrap; vertical-align: middle }
    .map thead th { border: 0; vertical-align: bottom; white-space: normal; overflow-wrap: anywhere; min-width: 4.1rem;
      max-width: 7rem; text-align: right }
    .map th:first-child { position: sticky; left: 0; z-index: 1; background: var(--paper); text-align: left; max-width: 11rem;
      white-space: normal; overflow-wrap: anywhere; color: var(--ink); min-width: 5rem }
    .map thead th:nth-child(2) { text-align: left } .map .spark { max-width: none }
    .map .c { text-align: right; font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; cursor: pointer }
    .map .c small { display: block; font-size: .82em; color: inherit; opacity: .72 }
    .map .h1 { background: color-mix(in srgb, var(--c) 7%, var(--paper)) }
    .map .h2 { background: color-mix(in srgb, var(--c) 13%, var(--paper)) }
    .map .h3 { background: color-mix(in srgb, var(--c) 20%, var(--paper)) }
    .map .h4 { background: color-mix(in srgb, var(--c) 28%, var(--paper)) }
    .map .h5 { background: color-mix(in srgb, var(--c) 38%, var(--paper)) }
    .map .h6 { background: color-mix(in srgb, var(--c) 50%, var(--paper)) }
    .map tr[data-b=""] > * { border-bottom: 2px solid var(--rule); font-weight: 600 }
    .example { border-top: 1px solid var(--rule); padding: .5rem 0; margin: 0; scroll-margin-top: 4rem }
    .example summary { color: var(--ink); overflow-wrap: anywhere }
    .recipe { max-width: 120ch }
    @media (max-width: 640px) { .tools { position: static } .answers tr { padding: .6rem 0 } .groups td:nth-child(2), .rises td:nth-child(n+4) {
      display: block; padding: 0 } .rises td:nth-child(-n+3) { white-space: normal } .map th:first-child { max-width: 6rem; min-width: 5.2rem } }
    [hidden] { display: none !important }
    @media print { .map .c { print-color-adjust: exact; -webkit-print-color-adjust: exact } }

    """#
}
