import Writing

/// The page's script: zoom, pan, keys, filter, and the card with a bar's facts. The page says everything without it.
enum PageScript {
  /// For the Content-Security-Policy: SHA-256 of `text`. PageTests says what it must be after a change.
  static let hash = "sha256-YJXV0bXa4kwRqxGyTwDnxnt8AuAEsKZnEj8riv0/qEg="

  static let text = #"""

    'use strict';
    (() => {
      const all = (what, root = document) => Array.from(root.querySelectorAll(what));
      const pictures = all('.pic');
      const tip = document.getElementById('tip');
      document.documentElement.classList.add('js');

      // Texts in bars are shown where the bar is wide enough by now.
      const fit = picture => {
        const jobs = all('.s .in', picture).map(text => {
          const bar = text.previousElementSibling;
          return [text, bar.getBoundingClientRect().width >= text.textContent.length * 6.7 + 8];
        });
        for (const [text, fits] of jobs) text.classList.toggle('no-room', !fits);
      };

      // A wider axis has room for more ticks; the page has those of an axis that is not zoomed.
      const name = 'http://www.w3.org/2000/svg';
      const svg = (kind, facts, parent) => {
        const node = document.createElementNS(name, kind);
        for (const fact of Object.keys(facts)) node.setAttribute(fact, facts[fact]);
        parent.append(node);
        return node;
      };
      const seconds = micros => (micros / 1e6).toFixed(6).replace(/0{1,3}$/, '');
      const round = value => {
        const power = Math.pow(10, Math.floor(Math.log10(value)));
        return Math.max(1, power * [1, 2, 5, 10].find(factor => factor * power >= value));
      };
      const ticks = picture => {
        const strip = picture.querySelector('.strip');
        const axis = picture.querySelector('.axis');
        for (const old of all('.added', axis)) old.remove();
        const width = strip.getBoundingClientRect().width;
        const taken = all('.tick', axis).map(tick => parseFloat(tick.parentElement.getAttribute('x')) * width / 100);
        const knots = strip.dataset.knots.split(' ').map(knot => knot.split(':').map(Number));
        for (let i = 0; i + 1 < knots.length; i += 2) {
          const [from, low] = knots[i], [to, high] = knots[i + 1];
          const pixels = (high - low) * width / 1e5;
          if (pixels < 100 || to <= from) continue;
          const step = round((to - from) * 95 / pixels);
          for (let time = (Math.floor(from / step) + 1) * step; time < to; time += step) {
            const x = (low + (time - from) / (to - from) * (high - low)) * width / 1e5;
            if (taken.some(other => Math.abs(other - x) < 92)) continue;
            taken.push(x);
            const tick = svg('svg', { x: 100 * x / width + '%', overflow: 'visible', class: 'added' }, axis);
            svg('line', { class: 'tick', y1: 30, y2: 36 }, tick);
            svg('text', { class: 'tk', y: 27, 'text-anchor': 'middle' }, tick).textContent = seconds(time);
          }
        }
      };

      // The text of a bar that begins left of what is seen stays in sight.
      const follow = picture => {
        const edge = picture.getBoundingClientRect().left;
        const jobs = all('.s .in:not(.no-room)', picture).map(text => {
          const bar = text.previousElementSibling.getBoundingClientRect();
          const room = bar.width - text.textContent.length * 6.7 - 8;
          return [text, Math.max(0, Math.min(edge - bar.left, room))];
        });
        for (const [text, by] of jobs) text.setAttribute('transform', by ? 'translate(' + by + ' 0)' : '');
      };

      const zoomOf = new WeakMap();
      const zoom = (picture, factor, clientX) => {
        const strip = picture.querySelector('.strip');
        const frame = picture.getBoundingClientRect();
        const at = clientX === undefined ? frame.width / 2 : clientX - frame.left;
        const old = zoomOf.get(picture) || 1;
        const now = factor === 0 ? 1 : Math.min(200, Math.max(1, old * factor));
        if (now === old) return;
        const before = strip.getBoundingClientRect().width;
        const point = (picture.scrollLeft + at) / before;
        zoomOf.set(picture, now);
        strip.style.width = now === 1 ? '' : now * 100 + '%';
        picture.scrollLeft = point * strip.getBoundingClientRect().width - at;
        fit(picture);
        ticks(picture);
        follow(picture);
      };

      for (const picture of pictures) {
        fit(picture);
        let isDue = false;
        picture.addEventListener('scroll', () => {
          if (isDue) return;
          isDue = true;
          requestAnimationFrame(() => { isDue = false; follow(picture); });
        });
        picture.addEventListener('wheel', event => {
          if (!event.ctrlKey && !event.metaKey) return;
          event.preventDefault();
          zoom(picture, event.deltaY < 0 ? 1.25 : 0.8, event.clientX);
        }, { passive: false });
        let grab = null;
        picture.addEventListener('pointerdown', event => {
          if (event.pointerType === 'mouse' && event.button === 0) {
            grab = { x: event.clientX, left: picture.scrollLeft, moved: false };
          }
        });
        picture.addEventListener('pointermove', event => {
          if (!grab) return;
          if (!(event.buttons & 1)) { grab = null; return; }
          if (Math.abs(event.clientX - grab.x) > 4) grab.moved = true;
          if (grab.moved) picture.scrollLeft = grab.left - (event.clientX - grab.x);
        });
        picture.addEventListener('click', event => {
          if (grab && grab.moved) event.preventDefault();
          grab = null;
        }, true);
        picture.addEventListener('dragstart', event => event.preventDefault());
        picture.addEventListener('dblclick', event => zoom(picture, 2, event.clientX));
      }
      addEventListener('resize', () => pictures.forEach(fit));

      // The card: what a bar or mark is. The browser's own would come late, and not at all on a touch screen.
      const describe = node => {
        const title = node.querySelector(':scope > title');
        if (title) {
          node.dataset.tip = title.textContent;
          node.setAttribute('aria-label', title.textContent);
          title.remove();
        }
        return node.dataset.tip || '';
      };
      const parts = '.s, .m, .no, .win, .more, .cut';
      const show = (node, x, y, withLink) => {
        const text = describe(node);
        if (!text) return;
        tip.textContent = text;
        const target = node.getAttribute('href');
        if (withLink && target) {
          const link = document.createElement('a');
          link.href = target;
          link.textContent = '\nshow the line';
          tip.append(link);
        }
        tip.hidden = false;
        const box = tip.getBoundingClientRect();
        tip.style.left = Math.max(4, Math.min(x + 12, innerWidth - box.width - 4)) + 'px';
        tip.style.top = (y + 18 + box.height < innerHeight ? y + 18 : Math.max(4, y - box.height - 12)) + 'px';
      };
      const hide = () => { tip.hidden = true; };
      const part = event => event.target.closest && event.target.closest(parts);
      document.addEventListener('pointerover', event => {
        if (event.pointerType === 'touch') return;
        const node = part(event);
        if (node && node.closest('.pic')) show(node, event.clientX, event.clientY, false);
        else if (event.target !== tip) hide();
      });
      document.addEventListener('focusin', event => {
        const node = part(event);
        if (!node || !node.matches(':focus-visible')) return;
        const box = (node.querySelector('rect, circle, path') || node).getBoundingClientRect();
        show(node, Math.max(0, box.left), box.bottom, false);
      });
      document.addEventListener('focusout', hide);
      // A tap shows the card; its link jumps.
      document.addEventListener('click', event => {
        const node = part(event);
        if (node && node.closest('.pic') && event.pointerType === 'touch') {
          event.preventDefault();
          show(node, event.clientX, event.clientY, true);
        } else {
          hide();
        }
      });

      // Filter: devices, drivers, threads.
      const filter = document.getElementById('filter') || document.createElement('input');
      const matches = document.getElementById('matches') || document.createElement('span');
      const filtered = all('[data-f]');
      const names = new Set();
      for (const node of filtered) for (const word of node.dataset.f.split(' ')) if (word) names.add(word);
      const list = document.getElementById('names') || document.createElement('datalist');
      for (const name of Array.from(names).sort().slice(0, 500)) {
        const option = document.createElement('option');
        option.value = name;
        list.append(option);
      }
      const apply = () => {
        const wanted = filter.value.trim().toLowerCase();
        const hits = filtered.filter(node => {
          const hit = node.dataset.f.toLowerCase().includes(wanted);
          node.hidden = !hit;
          return hit;
        });
        const devices = hits.filter(node => node.matches('.lane')).length;
        const findings = hits.filter(node => node.matches('.finding')).length;
        const count = (number, noun) => number + ' ' + noun + (number === 1 ? '' : 's');
        matches.textContent = wanted ? count(findings, 'finding') + ', ' + count(devices, 'device') : '';
      };
      filter.addEventListener('input', apply);
      for (const tools of all('.tools')) tools.hidden = false;

      // A thread's button dims the others.
      let chosen = null;
      const choose = number => {
        chosen = chosen === number ? null : number;
        for (const key of all('.key')) key.setAttribute('aria-pressed', String(key.dataset.t === chosen));
        for (const node of all('.pic [data-t]')) {
          node.classList.toggle('dimmed', chosen !== null && node.dataset.t !== chosen);
        }
      };
      for (const key of all('.key')) key.addEventListener('click', () => choose(key.dataset.t));

      // Keys.
      const findings = () => all('.finding:not([hidden])');
      const step = by => {
        const list = findings();
        if (!list.length) return;
        const line = 80;
        let at = list.findIndex(node => node.getBoundingClientRect().bottom > line);
        if (at < 0) at = list.length;
        const inside = at < list.length && list[at].getBoundingClientRect().top <= line;
        const next = by > 0 ? (inside ? at + 1 : at) : at - 1;
        const node = list[Math.max(0, Math.min(list.length - 1, next))];
        node.scrollIntoView();
        node.focus({ preventScroll: true });
      };
      let under = null;
      document.addEventListener('pointermove', event => { under = event.target.closest && event.target.closest('.pic'); });
      const current = () => (document.activeElement && document.activeElement.closest('.pic')) || under ||
        pictures.find(picture => picture.getBoundingClientRect().bottom > 80);
      document.addEventListener('keydown', event => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.key === 'Escape') {
          hide();
          if (document.activeElement === filter) { filter.value = ''; apply(); filter.blur(); }
          if (chosen !== null) choose(chosen);
          return;
        }
        if (event.target.matches && event.target.matches('input')) return;
        const picture = current();
        if (event.key === '/') { event.preventDefault(); filter.focus(); }
        else if (event.key === 'n') step(1);
        else if (event.key === 'p') step(-1);
        else if (picture && (event.key === '+' || event.key === '=')) zoom(picture, 1.5);
        else if (picture && event.key === '-') zoom(picture, 1 / 1.5);
        else if (picture && event.key === '0') zoom(picture, 0);
        else if (picture && event.key === 'ArrowLeft') { event.preventDefault(); picture.scrollLeft -= 120; }
        else if (picture && event.key === 'ArrowRight') { event.preventDefault(); picture.scrollLeft += 120; }
      });
    })();

    """#
}
