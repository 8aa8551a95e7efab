/// The page's script: the filter, which stands in the address, and keys. The page says everything without it.
enum FarmScript {
  /// For the Content-Security-Policy: SHA-256 of `text`. FarmPageTests says what it must be after a change.
  static let hash = "sha256-xYYHJ1gGdEDhdjwkTJJ1IBKspj7uI3U8sS6q/EAh0+U="

  static let text = #"""

    'use strict';
    (() => {
      const all = (what, root = document) => Array.from(root.querySelectorAll(what));
      const tools = document.querySelector('.tools');
      if (!tools) return;
      const names = ['board', 'kernel', 'cause'];
      const fields = Object.fromEntries(names.map(name => [name, document.getElementById(name)]));
      const matches = document.getElementById('matches');
      const clear = document.getElementById('clear');
      const kernels = Array.from(fields.kernel.options).map(option => option.value);

      // Of each cause its rows, the first of all boards; of each row its cells, the first of all kernels.
      const topics = all('.topic').map(node => ({
        node, cause: node.dataset.c, rate: node.querySelector('.rate'), heads: all('thead th', node).slice(2),
        rows: all('tbody tr', node).map(row => ({ node: row, board: row.dataset.b, cells: all('.c', row) })),
      }));
      const byNumber = number => topics[Number(number) - 1];
      let wanted = { board: '', kernel: '', cause: '' };

      const cell = topic => {
        const row = topic.rows.find(row => row.board === wanted.board);
        return row && row.cells[kernels.indexOf(wanted.kernel)];
      };
      // What a cause comes to there: nothing of it is not shown, unless the cause itself was asked for.
      const isShown = topic => {
        if (wanted.cause) return topic.cause === wanted.cause;
        const there = cell(topic);
        return Boolean(there) && /(^| )h/.test(there.className);
      };

      const apply = () => {
        const column = kernels.indexOf(wanted.kernel);
        for (const topic of topics) {
          topic.node.hidden = !isShown(topic);
          topic.heads.forEach((head, index) => { head.hidden = wanted.kernel !== '' && index !== column; });
          for (const row of topic.rows) {
            row.node.hidden = wanted.board !== '' && row.board !== wanted.board;
            row.cells.forEach((cell, index) => { cell.hidden = wanted.kernel !== '' && index !== column; });
          }
          const there = cell(topic);
          const where = [wanted.board && ' on ' + wanted.board, wanted.kernel && ' with ' + wanted.kernel].join('');
          topic.there = (there ? there.title : 'not in this page') + where;
          topic.rate.textContent = topic.there;
        }
        for (const row of all('.rises tbody tr')) {
          row.hidden = [['board', 'b'], ['kernel', 'k'], ['cause', 'c']].some(
            ([name, key]) => wanted[name] !== '' && row.dataset[key] !== wanted[name]);
        }
        for (const part of all('.rose')) part.hidden = !all('tbody tr', part).some(row => !row.hidden);
        // How many of a board's or a kernel's boots show one group of a cause the page does not know: what it says is of the cause.
        const isPlace = wanted.board !== '' || wanted.kernel !== '';
        for (const row of all('.groups tbody tr')) {
          const topic = byNumber(row.dataset.t);
          // A group of a board or a kernel has a rate of its own, and says nothing of what it is not of.
          const own = { board: row.dataset.b, kernel: row.dataset.k, cause: topic && topic.cause };
          const isOwn = Boolean(own.board || own.kernel);
          const rate = row.cells[2];
          rate.dataset.all ??= rate.textContent;
          rate.textContent = isPlace && topic && !isOwn ? topic.there + ', all of the cause' : rate.dataset.all;
          row.hidden = topic && !isOwn ? topic.node.hidden : names.some(
            name => wanted[name] !== '' && own[name] !== wanted[name]);
        }
        const shown = topics.filter(topic => !topic.node.hidden);
        for (const example of all('.example')) {
          example.hidden = wanted.cause !== '' && example.dataset.c !== wanted.cause;
        }
        const isFiltered = names.some(name => wanted[name] !== '');
        clear.hidden = !isFiltered;
        matches.textContent = isFiltered ? shown.length + ' of ' + topics.length + ' causes' : '';
        for (const name of names) fields[name].value = wanted[name];
      };

      const address = filter => '#' + new URLSearchParams(names.filter(name => filter[name]).map(
        name => [name, filter[name]]));
      const go = filter => { location.hash = names.some(name => filter[name]) ? address(filter) : '#board='; };

      // The address says what is shown; a place in the page leaves that as it is.
      const read = () => {
        const text = location.hash.slice(1);
        if (text === '' || text.includes('=')) {
          const given = new URLSearchParams(text);
          for (const name of names) wanted[name] = given.get(name) || '';
          apply();
          return;
        }
        const place = document.getElementById(text);
        if (!place) return;
        if (place.closest('[hidden]')) {
          wanted = { board: '', kernel: '', cause: '' };
          apply();
        }
        if (place.matches('details')) place.open = true;
        place.scrollIntoView();
      };
      addEventListener('hashchange', read);
      for (const name of names) {
        fields[name].addEventListener('change', () => go({ ...wanted, [name]: fields[name].value }));
      }
      document.addEventListener('click', event => {
        const link = event.target.closest('.map a');
        const chosen = event.target.closest('.map .c');
        if (link) {
          event.preventDefault();
          const given = new URLSearchParams(link.getAttribute('href').slice(1));
          go({ ...wanted, ...Object.fromEntries(given) });
        } else if (chosen) {
          const cells = all('.c', chosen.parentElement);
          go({ ...wanted, board: chosen.parentElement.dataset.b, kernel: kernels[cells.indexOf(chosen)],
            cause: chosen.closest('.topic').dataset.c });
        }
      });

      const step = by => {
        const list = topics.map(topic => topic.node).filter(node => !node.hidden);
        if (!list.length) return;
        const line = 80;
        let at = list.findIndex(node => node.getBoundingClientRect().bottom > line);
        if (at < 0) at = list.length;
        const inside = at < list.length && list[at].getBoundingClientRect().top <= line;
        const node = list[Math.max(0, Math.min(list.length - 1, by > 0 ? (inside ? at + 1 : at) : at - 1))];
        node.scrollIntoView();
        node.focus({ preventScroll: true });
      };
      document.addEventListener('keydown', event => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.key === 'Escape') { if (names.some(name => wanted[name] !== '')) go({}); return; }
        if (event.target.matches && event.target.matches('select')) return;
        if (event.key === '/') { event.preventDefault(); fields.board.focus(); }
        else if (event.key === 'n') step(1);
        else if (event.key === 'p') step(-1);
      });
      tools.hidden = false;
      read();
    })();

    """#
}
