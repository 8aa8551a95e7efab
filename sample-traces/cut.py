#!/usr/bin/env python3
"""Makes a capture smaller without touching what matters. Standard library only.

  cut.py trace IN OUT --keep 5.2-5.6 --keep 6.9-8.0
      keeps the events (with their stacks) inside these seconds of an ftrace text; the header's
      entries-in-buffer/entries-written numbers are corrected, so that the text stays consistent.
  cut.py log IN OUT --without 'deferred list' --without pl031 [--spare 6.8-7.1]
      drops the lines of a kernel log that hold one of these texts, unless they lie inside --spare.

Both print what they dropped. The recipe of each cut sample stands in its README.md.
"""
import argparse
import re

EVENT = re.compile(r'^.{16,64}?\s(\d+\.\d{6}): ')
ENTRIES = re.compile(r'^(# entries-in-buffer/entries-written: )(\d+)/(\d+)')
STAMP = re.compile(r'^\[ *(\d+\.\d+)\]')


def span(text):
    low, high = text.split('-')
    return float(low), float(high)


def inside(time, spans):
    return any(low <= time <= high for low, high in spans)


def cut_trace(lines, spans):
    kept, dropped, keeping = [], 0, True
    for line in lines:
        event = EVENT.match(line)
        if event:
            keeping = inside(float(event[1]), spans)
            dropped += not keeping
        # Lines without a time (stacks) belong to the event above; the header comes before any event.
        if keeping or line.startswith('#'):
            kept.append(line)
    def header(match):
        return f'{match[1]}{int(match[2]) - dropped}/{int(match[3]) - dropped}'
    return [ENTRIES.sub(header, line) for line in kept], dropped


def cut_log(lines, texts, spans):
    kept = []
    for line in lines:
        stamp = STAMP.match(line)
        spared = stamp and inside(float(stamp[1]), spans)
        if spared or not any(text in line for text in texts):
            kept.append(line)
    return kept, len(lines) - len(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('kind', choices=['trace', 'log'])
    parser.add_argument('source')
    parser.add_argument('target')
    parser.add_argument('--keep', type=span, action='append', default=[])
    parser.add_argument('--without', action='append', default=[])
    parser.add_argument('--spare', type=span, action='append', default=[])
    options = parser.parse_args()
    # Latin-1 keeps every byte as it is.
    with open(options.source, encoding='latin-1', newline='') as file:
        lines = file.readlines()
    if options.kind == 'trace':
        kept, dropped = cut_trace(lines, options.keep)
    else:
        kept, dropped = cut_log(lines, options.without, options.spare)
    with open(options.target, 'w', encoding='latin-1', newline='') as file:
        file.writelines(kept)
    print(f'{options.target}: {dropped} of {len(lines)} lines or events dropped')


if __name__ == '__main__':
    main()
