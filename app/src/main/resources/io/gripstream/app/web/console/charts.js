// Charts of the last 15 minutes, drawn by uPlot (MIT). The figures are kept in this page only.

import uPlot from '/console/uplot.js';
import { $, el } from './dom.js';

const MINUTES = 15;
const HEIGHT = 130;

/** A token's colour as a canvas takes it: the scheme decides, so it has to be computed. */
function colour(name, alpha = 1) {
  const probe = $('main');
  const before = probe.style.outlineColor;
  probe.style.outlineColor = `var(${name})`;
  const [red, green, blue] = getComputedStyle(probe).outlineColor.match(/[\d.]+/g);
  probe.style.outlineColor = before;
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

const minute = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false });

/** A chart in a card: a title, the last value as text, and lines. */
export class Chart {
  constructor(parent, { id, title, unit, note, format }) {
    this.format = format ?? ((value) => `${value.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`);
    this.series = new Map();
    this.times = [];
    this.plot = null;
    this.value = el('strong', { class: 'value' }, '–');
    this.picture = el('div', { class: 'plot', role: 'img', 'aria-label': `${title}: no figures yet` });
    this.title = title;
    this.note = el('p', { class: 'note' }, note);
    parent.append(el('figure', { class: 'card chart', id: `chart-${id}` },
      el('figcaption', {}, el('span', {}, title), this.value), this.picture, this.note));
  }

  /** Adds figures by name; what is unknown is null. */
  add(time, figures) {
    const from = time - MINUTES * 60;
    this.times.push(time);
    for (const name of Object.keys(figures)) {
      if (!this.series.has(name)) {
        this.series.set(name, new Array(this.times.length - 1).fill(null));
        this.plot?.destroy();
        this.plot = null;
      }
    }
    for (const [name, values] of this.series) values.push(figures[name] ?? null);
    while (this.times.length > 0 && this.times[0] < from) {
      this.times.shift();
      for (const values of this.series.values()) values.shift();
    }
    const known = Object.entries(figures).filter(([, value]) => value !== null);
    const names = [...this.series.keys()];
    this.value.replaceChildren(...(known.length === 0 ? ['–'] : known.flatMap(([name, value], i) => [
      ...(i > 0 ? [' · '] : []),
      names.length > 1 ? el('span', { class: `line-${1 + names.indexOf(name) % 4}` }, `${name} ${this.format(value)}`) : this.format(value),
    ])));
    this.picture.setAttribute('aria-label', `${this.title} of the last ${MINUTES} minutes; now ${this.value.textContent}`);
    this.draw();
  }

  /** From the first figure on, two minutes at least. */
  draw() {
    const time = this.times.at(-1);
    const from = Math.min(this.times[0], time - 120);
    const width = this.picture.clientWidth;
    if (width === 0) return;
    const data = [this.times, ...this.series.values()];
    if (this.plot === null) this.plot = new uPlot(this.options(width), data, this.picture);
    if (this.plot.width !== width) this.plot.setSize({ width, height: HEIGHT });
    this.plot.setData(data, false);
    this.plot.setScale('x', { min: from, max: time });
  }

  options(width) {
    const axis = { stroke: colour('--soft'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { show: false }, font: '11px system-ui' };
    const line = (i) => `--line-${1 + i % 4}`;
    return {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: (_, __, max) => [0, max > 0 ? max * 1.15 : 1] } },
      axes: [
        { ...axis, size: 26, space: 70, values: (_, ticks) => ticks.map((tick) => (tick % 60 === 0 ? minute(tick) : '')) },
        { ...axis, size: 44, space: 30 },
      ],
      series: [{}, ...[...this.series.keys()].map((label, i) => ({
        label, stroke: colour(line(i)), width: 2, points: { show: false }, spanGaps: false,
        fill: this.series.size === 1 ? colour(line(0), 0.12) : undefined,
      }))],
    };
  }

  /** Colours are read when a chart is made, so another scheme makes it anew. */
  restyle() {
    this.plot?.destroy();
    this.plot = null;
    if (this.times.length > 0) this.draw();
  }
}

export const place = () => $('charts');
