#!/usr/bin/env python3
"""page_facts.py PAGE: opens a page in headless Chromium, uses it as a reader would, and prints what it saw as JSON."""
import json
import sys

from browser import Browser

# What is drawn, as text that a test can compare.
CONTENT = """(() => {
  const all = (what, root = document) => Array.from(root.querySelectorAll(what));
  const figure = node => ({
    threads: all('.names .tn', node).map(text => text.textContent),
    bars: all('.plot .s', node).map(bar => (bar.getAttribute('aria-label') || bar.querySelector('title').textContent)
      .split('\\n')[0]),
    marks: all('.plot .m', node).map(mark => mark.textContent.split('\\n')[0].trim()),
    kinds: all('.plot .m', node).map(mark => mark.className.baseVal),
    numbers: all('.plot .no text', node).map(text => text.textContent),
    windows: all('.plot .win', node).length,
    folds: all('.back .fold', node).length,
    label: node.querySelector('.pic').getAttribute('aria-label'),
  });
  return {
    title: document.title, heading: document.querySelector('h1').textContent,
    badges: all('.answers .badge').map(badge => badge.textContent),
    findings: all('.finding').map(node => node.querySelector('h2 code').textContent),
    figures: all('figure').map(figure),
    lanes: all('.devices .lane[data-f] .lh code').map(node => node.textContent),
    scripts: all('script').length, foreign: all('img, iframe, object, embed, link, video, audio, form, base').length,
    handlers: all('*').filter(node => Array.from(node.attributes).some(a => /^on/i.test(a.name))).length,
    lines: all('.lines .l').length,
    evidence: all('.finding .evidence li').length,
    quoted: all('.finding .evidence .raw').map(node => node.textContent),
    csp: document.querySelector('meta[http-equiv="Content-Security-Policy"]').content,
    dead: all('a[href^="#"]').filter(a => !document.getElementById(decodeURIComponent(a.getAttribute('href').slice(1))))
      .map(a => a.getAttribute('href')),
    notes: all('.note, figcaption').map(node => node.textContent),
  };
})()"""

# Texts of one picture that lie over each other, or reach out of it; and whether the page scrolls sideways.
LAYOUT = """(() => {
  const all = (what, root = document) => Array.from(root.querySelectorAll(what));
  const overlaps = [], cut = [];
  let checked = 0;
  for (const picture of all('.pic')) {
    const frame = picture.querySelector('.strip').getBoundingClientRect();
    const boxes = all('svg text, .lh', picture).map(node => [node, node.getBoundingClientRect()])
      .filter(([, box]) => box.width > 0 && box.height > 0);
    boxes.sort((a, b) => a[1].top - b[1].top);
    checked += boxes.length;
    for (let i = 0; i < boxes.length; i++) {
      const [node, a] = boxes[i];
      if (a.left < frame.left - 1 || a.right > frame.right + 1) cut.push(node.textContent.slice(0, 60));
      for (let j = i + 1; j < boxes.length && boxes[j][1].top < a.bottom - 2; j++) {
        const b = boxes[j][1];
        if (a.left < b.right - 1.5 && b.left < a.right - 1.5 && a.top < b.bottom - 2.5 && b.top < a.bottom - 2.5) {
          overlaps.push(node.textContent.slice(0, 50) + ' / ' + boxes[j][0].textContent.slice(0, 50));
        }
      }
    }
  }
  for (const node of all('main h1, main h2, main p, main td, main li, main summary')) {
    const box = node.getBoundingClientRect();
    if (box.width && box.right > innerWidth + 1 && !node.closest('.pic, .wide')) cut.push(node.textContent.slice(0, 60));
  }
  return { width: innerWidth, page: document.documentElement.scrollWidth, checked, overlaps, cut };
})()"""


def visible(browser):
    return browser.run("""(() => {
      const seen = what => Array.from(document.querySelectorAll(what)).filter(node => node.offsetParent !== null).length;
      return { findings: seen('.finding'), lanes: seen('.devices .lane[data-f]'), rows: seen('.answers tbody tr') };
    })()""")


def use(browser, page):
    """Filter, keys, card and jump, with mouse and keyboard."""
    facts = {}
    browser.size(1280)
    browser.open(page)
    facts["all"] = visible(browser)
    wanted = browser.run("(document.querySelector('.finding h2 code') || {}).textContent")
    if wanted:
        browser.key("/")
        browser.type(wanted)
        browser.settle()
        facts["filtered"] = visible(browser)
        facts["matches"] = browser.run("document.getElementById('matches').textContent")
        browser.key("Escape")
        browser.settle()
        facts["unfiltered"] = visible(browser)
        browser.run("scrollTo(0, 0)")
        browser.key("n")
        facts["next"] = browser.run("document.activeElement.id")
    keys = browser.run("document.querySelectorAll('figure .key').length")
    if keys > 1:
        browser.run("document.querySelectorAll('figure .key')[1].click()")
        facts["dimmed"] = browser.run("document.querySelectorAll('figure .s.dimmed').length")
        facts["bright"] = browser.run("document.querySelectorAll('figure .s:not(.dimmed)').length")
        browser.run("document.querySelectorAll('figure .key')[1].click()")
    if browser.run("!!document.querySelector('figure .s[href]')"):
        browser.run("document.querySelector('figure .pic').scrollIntoView({ block: 'center' })")
        browser.run("document.querySelector('figure .pic').focus({ preventScroll: true })")
        width = "document.querySelector('figure .strip').getBoundingClientRect().width"
        before = browser.run(width)
        hidden = "document.querySelector('figure .pic').querySelectorAll('.no-room').length"
        facts["hidden"] = browser.run(hidden)
        browser.key("+")
        browser.settle()
        facts["zoom"] = round(browser.run(width) / before, 3)
        ticks = "document.querySelector('figure .axis').querySelectorAll('.tick').length"
        facts["ticks"] = browser.run(ticks)
        for _ in range(6):
            browser.key("+")
        browser.settle()
        facts["hiddenZoomed"] = browser.run(hidden)
        facts["ticksZoomed"] = browser.run(ticks)
        facts["layout"] = browser.run(LAYOUT)
        browser.key("ArrowRight")
        facts["panned"] = browser.run("document.querySelector('figure .pic').scrollLeft > 0")
        browser.key("0")
        browser.settle()
        facts["unzoomed"] = round(browser.run(width) / before, 3)
        x, y = browser.run("""(() => { const box = document.querySelector('figure .s[href] rect').getBoundingClientRect();
          return [box.left + Math.min(30, box.width / 2), box.top + box.height / 2]; })()""")
        browser.mouse("mouseMoved", x, y)
        browser.settle()
        facts["card"] = browser.run("document.getElementById('tip').hidden ? null : "
                                    "document.getElementById('tip').textContent")
        browser.click(x, y)
        browser.settle()
        facts["jump"] = browser.run("""(() => { const line = document.querySelector('.l:target');
          if (!line) return null;
          const box = line.getBoundingClientRect();
          return { hash: location.hash, text: line.textContent, seen: box.top >= 0 && box.bottom <= innerHeight,
            neighbours: line.parentElement.children.length }; })()""")
    return facts


def touch(browser, page):
    """A tap shows the card with a link, and does not jump."""
    browser.size(390, 844, touch=True)
    browser.open(page)
    if not browser.run("!!document.querySelector('figure .s[href]')"):
        return None
    browser.run("document.querySelector('figure .pic').scrollIntoView({ block: 'center' })")
    x, y = browser.run("""(() => { const box = document.querySelector('figure .s[href] rect').getBoundingClientRect();
      return [Math.max(20, box.left + Math.min(15, box.width / 2)), box.top + box.height / 2]; })()""")
    browser.tap(x, y)
    browser.run("new Promise(done => setTimeout(done, 400))")
    return browser.run("""(() => { const tip = document.getElementById('tip'); const link = tip.querySelector('a');
      return { shown: !tip.hidden, text: tip.textContent, link: link && link.getAttribute('href'),
        jumped: location.hash !== '' }; })()""")


def main():
    page = sys.argv[1]
    with Browser() as browser:
        facts = browser.looks(page, CONTENT, LAYOUT)
        facts["use"] = use(browser, page)
        facts["touch"] = touch(browser, page)
        browser.size(1280)
        browser.scripts(False)
        browser.open(page)
        browser.scripts(True)
        facts["plain"] = {"content": browser.run(CONTENT), "tools": browser.run(
            "getComputedStyle(document.querySelector('.tools')).display")}
        facts["requests"] = sorted(set(browser.requests))
        facts["problems"] = browser.problems
    json.dump(facts, sys.stdout, indent=1)


main()
