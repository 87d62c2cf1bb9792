'use strict'
const { BASE, OURS } = require('./contenders')
const { added } = require('./goals')
const { median, quantile } = require('./statistics')

/** What is drawn, from left to right and from top to bottom. */
const CHARTS = [
  { work: 'express', figure: 'cpu', title: 'express', unit: 'µs CPU a request' },
  { work: 'express + pg + redis', figure: 'cpu', title: 'express + pg + redis', unit: 'µs CPU a request' },
  { work: 'express + fetch + pg + redis', figure: 'cpu', title: 'express + fetch + pg + redis', unit: 'µs CPU a request' },
  { work: 'fastify', figure: 'cpu', title: 'fastify', unit: 'µs CPU a request' },
  { work: 'koa', figure: 'cpu', title: 'koa', unit: 'µs CPU a request' },
  { work: 'http', figure: 'cpu', title: 'node:http', unit: 'µs CPU a request' },
  { work: 'express, 1 % sampled', figure: 'cpu', title: 'express, 1 % sampled', unit: 'µs CPU a request' },
  { work: 'express, sampled off', figure: 'cpu', title: 'express, sampled off', unit: 'µs CPU a request' },
  { work: 'start, express + pg + redis', figure: 'ms', title: 'start of express + pg + redis', unit: 'ms CPU' },
  { work: 'express + pg + redis at 400 requests a second', figure: 'rss', title: 'memory at 400 requests a second', unit: 'MB RSS' }
]
// All lengths are in pixels.
const WIDTH = 860
const MARGIN = 16
const HEAD = 48
const GUTTER = 36
const NAMES = 116
const VALUES = 58
const ROW = 18
const BAR = 11
const TITLE = 26
const GAP = 18
const COLUMN = (WIDTH - 2 * MARGIN - GUTTER) / 2
const LENGTH = COLUMN - NAMES - VALUES

const STYLE = `
  text { font: 12px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #57606a }
  .head { font-size: 16px; font-weight: 600; fill: #1f2328 }
  .title { font-weight: 600; fill: #1f2328 }
  .ours { font-weight: 600; fill: #0a6e54 }
  .peer-bar { fill: #b6bfc9 }
  .ours-bar { fill: #12946f }
  .axis { stroke: #8c959f; stroke-width: 1 }
  .range { stroke: #57606a; stroke-width: 1.25 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 }
    .head, .title { fill: #e6edf3 }
    .ours { fill: #45d6a8 }
    .peer-bar { fill: #535c68 }
    .ours-bar { fill: #23b98d }
    .axis { stroke: #656c76 }
    .range { stroke: #c4ccd4 }
  }
`
const px = number => Number(number.toFixed(1))
const text = (x, y, content, type = '', anchor = 'start') =>
  `<text x="${px(x)}" y="${px(y)}"${type && ` class="${type}"`}${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}>${content}</text>`

/** Bars from a common zero, with a line from quartile to quartile; nothing is drawn left of zero. */
function chart ({ title, unit, bars }, left, top) {
  const zero = left + NAMES
  const most = Math.max(...bars.map(({ high }) => high))
  const at = value => zero + Math.max(0, value) / most * LENGTH
  const rows = bars.map(({ name, middle, low, high }, i) => {
    const y = top + TITLE + i * ROW
    const type = name === OURS ? 'ours' : 'peer'
    return [
      text(zero - 8, y + 9.5, name, name === OURS ? 'ours' : '', 'end'),
      `<rect x="${px(zero)}" y="${px(y)}" width="${px(Math.max(1, at(middle) - zero))}" height="${BAR}" class="${type}-bar"/>`,
      `<line x1="${px(at(low))}" x2="${px(at(high))}" y1="${px(y + BAR / 2)}" y2="${px(y + BAR / 2)}" class="range"/>`,
      text(at(Math.max(high, middle)) + 6, y + 9.5, `${middle < 0 ? '−' : '+'}${Math.abs(middle).toFixed(Math.abs(middle) < 9.95 ? 1 : 0)}`, name === OURS ? 'ours' : '')
    ].join('\n')
  })
  return [
    `${text(zero, top + 12, `${title}<tspan dx="8" font-weight="400">${unit}</tspan>`, 'title')}`,
    ...rows,
    `<line x1="${px(zero)}" x2="${px(zero)}" y1="${top + TITLE - 3}" y2="${top + TITLE + bars.length * ROW - 4}" class="axis"/>`
  ].join('\n')
}

/** What each tracer adds, for each work that was measured on a version of Node, as an SVG for light and dark pages; empty if nothing was. */
exports.plot = function plot ({ date, machine, runs }, major) {
  const { node, results } = runs[major]
  const charts = CHARTS.flatMap(({ work, figure, title, unit }) => {
    const samples = results.find(({ name }) => name === work)?.figures[figure]
    if (samples === undefined) return []
    const bars = Object.keys(samples).filter(name => name !== BASE).map(name => {
      const over = added(samples, name)
      return { name, middle: median(over), low: quantile(over, 0.25), high: quantile(over, 0.75) }
    })
    return [{ title, unit, bars }]
  })
  if (charts.length === 0) return ''
  const height = TITLE + ROW * Math.max(...charts.map(({ bars }) => bars.length)) + GAP
  const drawn = charts.map((one, i) => chart(one, MARGIN + (i % 2) * (COLUMN + GUTTER), HEAD + Math.floor(i / 2) * height))
  const bottom = HEAD + Math.ceil(charts.length / 2) * height + 10
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${bottom + 14}" viewBox="0 0 ${WIDTH} ${bottom + 14}" role="img" aria-label="What each tracer adds">
<style>${STYLE}</style>
${text(MARGIN, 24, 'What each tracer adds to an application without one', 'head')}
${drawn.join('\n')}
${text(MARGIN, bottom, `Medians, with a line from quartile to quartile; each chart has a scale of its own. Node ${node}, ${machine}, ${date}`)}
</svg>
`
}
