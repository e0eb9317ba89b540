// Runs once for each HTML component of the page (Gradio's js_on_load), with `element`, `trigger`, `props`, `watch`.
// Clicks are delegated, so that whatever the server renders later works, by mouse and by keyboard (Enter on links
// and buttons is a click). Nothing here reads text as HTML.

const events = { open: 'select', ask: 'example_select', remove: 'delete', summarize: 'edit', gene: 'submit', add: 'apply' };

function say(button, word) {
  const before = button.textContent;
  button.textContent = word;
  setTimeout(() => { button.textContent = before; }, 1600);
}

async function copy(button) {
  const text = button.dataset.text;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context (a page served to another machine over http) only the old way works.
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
    button.focus();
  }
  say(button, 'Copied');
}

function save(button) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([button.dataset.text], { type: 'text/plain;charset=utf-8' }));
  link.download = button.dataset.save;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(button, 'Saved');
}

function close() {
  props.value = '';
  window.locusOpener?.focus();
}

element.addEventListener('click', (event) => {
  const target = event.target.closest('[data-open],[data-ask],[data-remove],[data-summarize],[data-gene],[data-add],[data-copy],[data-save],[data-close]');
  if (!target || !element.contains(target)) return;
  event.preventDefault();
  if ('close' in target.dataset) return close();
  if ('copy' in target.dataset) return copy(target);
  if ('save' in target.dataset) return save(target);
  const kind = Object.keys(events).find((name) => name in target.dataset);
  if (kind === 'open') {
    window.locusOpener = target;
    document.querySelectorAll('a.cite.current').forEach((old) => old.classList.remove('current'));
    target.classList.add('current');
  }
  if (kind === 'gene') window.locusFollowed = true;
  trigger(events[kind], { ...target.dataset });
});

element.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && element.querySelector('[data-close]')) close();
});

// The source panel: bring the quote into view, inside the panel and, on a narrow screen, on the page.
function reveal() {
  const article = element.querySelector('article.source');
  if (!article) {
    document.querySelectorAll('a.cite.current').forEach((old) => old.classList.remove('current'));
    return;
  }
  const mark = article.querySelector('mark');
  const panel = element.closest('#source');
  if (panel && mark) {
    const from = mark.getBoundingClientRect().top - panel.getBoundingClientRect().top;
    panel.scrollTop += from - Math.min(160, panel.clientHeight / 3);
  } else if (panel) {
    panel.scrollTop = 0;
  }
  article.focus({ preventScroll: true });
  const box = article.getBoundingClientRect();
  if (box.top > window.innerHeight * 0.8 || box.bottom < 0) {
    (mark ?? article).scrollIntoView({ block: 'center', behavior: 'smooth' });
  }
}

// The turn in progress: follow it, unless the reader has scrolled away.
let last = 0;
function follow() {
  const turn = element.querySelector('article.turn');
  if (!turn) { last = 0; return; }
  const started = last === 0;
  const near = document.documentElement.scrollHeight - window.scrollY - window.innerHeight < 240;
  last = 1;
  if (started || near) turn.scrollIntoView({ block: started ? 'start' : 'nearest', behavior: started ? 'smooth' : 'auto' });
}

// A finished answer: its beginning where it is longer than the window, else all of it.
let turns = 0;
function settle() {
  const all = element.querySelectorAll('article.turn');
  const added = all.length > turns;
  turns = all.length;
  if (!added) return;
  const newest = all[all.length - 1];
  const long = newest.getBoundingClientRect().height > window.innerHeight - 200;
  newest.scrollIntoView({ block: long ? 'start' : 'nearest' });
}

// Another gene by a link: its name in view, and reading goes on there.
let named = '';
function introduce() {
  const head = element.querySelector('h2');
  const name = head?.dataset.concept ?? '';
  if (!head || name === named) return;
  named = name;
  if (window.locusFollowed) {
    window.locusFollowed = false;
    head.focus({ preventScroll: true });
    head.scrollIntoView({ block: 'start' });
  }
}

watch('value', () => {
  if (element.closest('#source')) reveal();
  else if (element.closest('#log')) settle();
  else if (element.closest('#gene-head')) introduce();
  else if (element.closest('.live')) follow();
});
