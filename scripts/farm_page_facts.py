#!/usr/bin/env python3
"""farm_page_facts.py PAGE: opens a farm's page in headless Chromium, uses it as a reader would, and prints what it saw as JSON."""
import json
import sys

from browser import Browser

CONTENT = """(() => {
  const all = (what, root = document) => Array.from(root.querySelectorAll(what));
  const text = node => node.textContent.trim();
  return {
    title: document.title, heading: text(document.querySelector('h1')),
    rises: all('.rises tbody tr').map(row => all('td', row).slice(0, 3).map(text)),
    groups: all('.groups tbody tr').map(row => all('td', row).map(text)),
    topics: all('.topic').map(node => node.dataset.c),
    boards: all('.topic:first-of-type tbody th, #t1 tbody th').map(text),
    kernels: all('#t1 thead th').slice(3).map(text),
    cells: all('#t1 .c').map(cell => cell.firstChild.textContent + '|' + cell.title),
    curves: all('.spark').length,
    examples: all('.example').map(node => node.querySelector('summary code').textContent),
    raw: all('.example .raw').map(text), pictures: all('.example .pic').length, commands: all('.example .recipe').map(text),
    alarms: all('.alarm').map(text),
    scripts: all('script').length, foreign: all('img, iframe, object, embed, link, video, audio, form, base').length,
    handlers: all('*').filter(node => Array.from(node.attributes).some(a => /^on/i.test(a.name))).length,
    csp: document.querySelector('meta[http-equiv="Content-Security-Policy"]').content,
    dead: all('a[href^="#"]').map(a => a.getAttribute('href').slice(1))
      .filter(name => !name.includes('=') && !document.getElementById(name)),
  };
})()"""

# Whether the page scrolls sideways, and what sticks out of it; maps and pictures scroll in frames of their own.
LAYOUT = """(() => {
  const cut = [];
  for (const node of document.querySelectorAll('main h1, main h2, main p, main td, main th, main li, main summary, .tools *')) {
    const box = node.getBoundingClientRect();
    if (box.width && box.right > innerWidth + 1 && !node.closest('.pic, .wide')) cut.push(node.textContent.slice(0, 60));
  }
  return { width: innerWidth, page: document.documentElement.scrollWidth, cut };
})()"""

VISIBLE = """(() => {
  const seen = what => Array.from(document.querySelectorAll(what)).filter(node => node.offsetParent !== null);
  return { topics: seen('.topic').length, groups: seen('.groups tbody tr').length, rises: seen('.rose, .rises tbody tr').length,
    rows: seen('.topic tbody tr').length, cells: seen('.topic .c').length, hash: location.hash,
    rate: (seen('.rate')[0] || { textContent: '' }).textContent, matches: document.getElementById('matches').textContent,
    share: (seen('.groups tbody td:nth-child(3)')[0] || { textContent: '' }).textContent };
})()"""


def settle(browser):
    browser.settle()
    # The filter waits for the address.
    browser.run("new Promise(done => setTimeout(done, 60))")


def use(browser, page):
    """The filter by keyboard, by a click and by the address; back; an example."""
    facts = {}
    browser.size(1280)
    browser.open(page)
    facts["all"] = browser.run(VISIBLE)
    browser.key("/")
    facts["focus"] = browser.run("document.activeElement.id")
    browser.key("ArrowDown")
    settle(browser)
    facts["board"] = browser.run(VISIBLE)
    browser.run("document.activeElement.blur()")
    browser.key("Escape")
    settle(browser)
    facts["escaped"] = browser.run(VISIBLE)
    browser.run("history.back()")
    settle(browser)
    facts["back"] = browser.run(VISIBLE)
    browser.run("location.hash = '#board='")
    settle(browser)
    # A cell that shows something, of a board and a kernel.
    place = browser.run("""(() => { const cell = Array.from(document.querySelectorAll('#t1 .c')).find(cell =>
      /h[1-6]/.test(cell.className) && cell.parentElement.dataset.b && cell.cellIndex > 2);
      if (!cell) return null;
      cell.scrollIntoView({ block: 'center' });
      const box = cell.getBoundingClientRect();
      return [box.left + box.width / 2, box.top + box.height / 2, cell.title]; })()""")
    if place:
        browser.click(place[0], place[1])
        settle(browser)
        facts["title"] = place[2]
        facts["cell"] = browser.run(VISIBLE)
    browser.run("location.hash = '#board='")
    settle(browser)
    browser.run("document.querySelector('.groups a[href^=\"#g\"]').click()")
    settle(browser)
    facts["example"] = browser.run("""(() => { const node = document.querySelector('.example[open]');
      if (!node) return null;
      const box = node.getBoundingClientRect();
      return { id: node.id, seen: box.top >= 0 && box.top < innerHeight, evidence: node.querySelectorAll('li').length,
        picture: node.querySelectorAll('.pic .plot').length }; })()""")
    facts["layout"] = browser.run(LAYOUT)
    return facts


def main():
    page = sys.argv[1]
    with Browser() as browser:
        facts = browser.looks(page, CONTENT, LAYOUT)
        facts["use"] = use(browser, page) if facts["content"]["topics"] else None
        browser.size(1280)
        browser.scripts(False)
        browser.open(page)
        browser.scripts(True)
        facts["plain"] = browser.run(CONTENT)
        facts["requests"] = sorted(set(browser.requests))
        facts["problems"] = browser.problems
    json.dump(facts, sys.stdout, indent=1)


main()
